/// A ZIP file of stored entries in the one form we write, so that equal parts are equal bytes.
///
/// - Shape: no compression, no comment, no extra field, one date, names in UTF-8 and in the order
///   they are given. The reader takes nothing else: what it gives back, written again, is the
///   file it was given.
struct BundleArchive: Hashable {
  struct Part: Hashable {
    let name: String
    let bytes: [UInt8]
  }

  enum Fault: Error, Hashable {
    case tooLarge
    /// The content of a part, or what stands around it, is not as it was written.
    case altered(part: String)
  }

  static let mostParts = 20_000
  static let mostBytes = 512 << 20
  static let longestName = 240

  let parts: [Part]

  private static let localMark: UInt32 = 0x0403_4B50
  private static let centralMark: UInt32 = 0x0201_4B50
  private static let endMark: UInt32 = 0x0605_4B50
  /// 1980-01-01, the first day the format has.
  private static let day: UInt16 = 0x21
  /// Names are UTF-8.
  private static let flags: UInt16 = 0x0800
  private static let localBytes = 30

  func bytes() -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for part in parts {
      let offset = UInt32(clamping: file.count)
      let name = Array(part.name.utf8)
      let head = Self.head(of: part, name)
      file.append(Self.localMark)
      file.append(UInt16(20))
      file += head + name + part.bytes
      directory.append(Self.centralMark)
      directory.append(UInt16(20))
      directory.append(UInt16(20))
      directory += head
      // No comment, first disk, no attributes.
      directory += [UInt8](repeating: 0, count: 10)
      directory.append(offset)
      directory += name
    }
    let start = UInt32(clamping: file.count)
    file += directory
    file.append(Self.endMark)
    file.append(UInt32(0))
    file.append(UInt16(clamping: parts.count))
    file.append(UInt16(clamping: parts.count))
    file.append(UInt32(clamping: directory.count))
    file.append(start)
    file.append(UInt16(0))
    return file
  }

  /// What both headers of a part have in common.
  private static func head(of part: Part, _ name: [UInt8]) -> [UInt8] {
    var head: [UInt8] = []
    head.append(flags)
    head.append(UInt16(0))
    head.append(UInt16(0))
    head.append(day)
    head.append(CRC32.of(part.bytes))
    head.append(UInt32(clamping: part.bytes.count))
    head.append(UInt32(clamping: part.bytes.count))
    head.append(UInt16(clamping: name.count))
    head.append(UInt16(0))
    return head
  }

  init(parts: [Part]) { self.parts = parts }

  /// - Errors: `Fault`, naming the first part that is not whole.
  init(reading file: [UInt8]) throws(Fault) {
    guard file.count <= Self.mostBytes else { throw .tooLarge }
    var parts: [Part] = []
    var place = 0
    while file.uint32(at: place) == Self.localMark {
      guard parts.count < Self.mostParts else { throw .tooLarge }
      let part = try Self.part(of: file, at: &place, after: parts.last)
      parts.append(part)
    }
    self.parts = parts
    guard parts.count == Set(parts.map(\.name)).count, bytes() == file else {
      throw .altered(part: parts.isEmpty ? "archive" : "directory")
    }
  }

  private static func part(
    of file: [UInt8], at place: inout Int, after last: Part?
  ) throws(Fault) -> Part {
    let unknown = Fault.altered(part: "after \(last?.name ?? "the beginning")")
    guard let count = file.uint16(at: place + 26), count > 0, count <= longestName,
      let size = file.uint32(at: place + 22), place + localBytes + Int(count) <= file.count
    else { throw unknown }
    let start = place + localBytes + Int(count)
    let text = String(validating: file[(place + localBytes)..<start], as: UTF8.self)
    guard let text, isPlain(text) else { throw unknown }
    guard Int(size) <= file.count - start else { throw .altered(part: text) }
    let part = Part(name: text, bytes: Array(file[start..<(start + Int(size))]))
    guard Array(file[(place + 6)..<(place + localBytes)]) == head(of: part, Array(text.utf8))
    else { throw .altered(part: text) }
    place = start + Int(size)
    return part
  }

  /// A path below a folder: no root, no step up, nothing hidden.
  private static func isPlain(_ name: String) -> Bool {
    name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { step in
      !step.isEmpty && !step.hasPrefix(".")
        && step.utf8.allSatisfy { $0 > 0x20 && $0 != 0x5C && $0 != 0x7F }
    }
  }
}

/// The check sum of ZIP files (ISO 3309); against accidents, not against people.
private enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  static func of(_ bytes: [UInt8]) -> UInt32 {
    let table = table
    return ~bytes.reduce(~UInt32(0)) { value, byte in
      table[Int((value ^ UInt32(byte)) & 0xFF)] ^ (value >> 8)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate func uint16(at place: Int) -> UInt16? {
    guard place >= 0, place <= count - 2 else { return nil }
    return UInt16(self[place]) | UInt16(self[place + 1]) << 8
  }

  fileprivate func uint32(at place: Int) -> UInt32? {
    guard let low = uint16(at: place), let high = uint16(at: place + 2) else { return nil }
    return UInt32(low) | UInt32(high) << 16
  }
}
