/// One file of an archive as its central directory describes it.
package struct ZipEntry: Hashable, Sendable {
  package let name: String
  package let packed: Int64
  package let unpacked: Int64
  let offset: Int64
  let flags: UInt16
  let method: UInt16
  let isLink: Bool

  package var isFolder: Bool { name.hasSuffix("/") }
}

/// What an archive may hold.
package struct ZipLimits: Hashable, Sendable {
  package var entries: Int64 = 1_000
  package var bytes: Int64 = 2 << 30
  package var ratio: Int64 = 100
  /// Small entries may be as repetitive as they like.
  package var ratioAppliesFrom: Int64 = 1 << 20

  package init() {}
}

/// The central directory of a ZIP archive, checked before anything is unpacked.
///
/// - Errors: `zip(…)` for more than the limits allow, for names that leave the archive's folder, for
///   links, archives within, two entries of one name, encryption, and methods other than stored and
///   deflated. What is unpacked later cannot exceed what was checked here: the reading library
///   stops at the size the directory states.
/// - Source: PKWARE APPNOTE 6.3.9, sections 4.3.7 to 4.3.16.
package struct ZipDirectory: Sendable {
  package private(set) var entries: [ZipEntry] = []
  /// Names without the UTF-8 flag that are not UTF-8 are taken for GBK.
  package private(set) var namesAreGBK = false

  package init(
    of source: some ByteSource, limits: ZipLimits = ZipLimits(),
    decodingGBK: ([UInt8]) -> String?
  ) throws(ReadingError) {
    let end = try ZipEnd(of: source)
    guard end.count <= limits.entries else {
      throw .zip(.tooManyEntries(count: end.count, limit: limits.entries))
    }
    guard end.size <= 16 << 20 else { throw .zip(.malformed(byte: end.offset)) }
    let bytes = try source.read(at: end.offset, count: Int(end.size))
    guard bytes.count == Int(end.size) else { throw .zip(.malformed(byte: end.offset)) }
    var reader = ZipBytes(bytes: bytes, base: end.offset)
    for _ in 0..<end.count {
      let entry = try reader.entry(decodingGBK: decodingGBK, sawGBK: &namesAreGBK)
      try Self.check(entry, limits)
      entries.append(entry)
    }
    try checkTogether(limits, size: source.size)
  }

  private static let archives = [".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".kmz"]

  private static func check(_ entry: ZipEntry, _ limits: ZipLimits) throws(ReadingError) {
    let name = entry.name
    let parts = name.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
    let isDrive = name.utf8.dropFirst().first == UInt8(ascii: ":")
    guard !name.isEmpty, parts.first != "", !parts.contains(".."), !isDrive,
      !name.unicodeScalars.contains(where: { $0.value < 0x20 })
    else { throw .zip(.entryEscapes(name: name)) }
    guard !entry.isLink else { throw .zip(.entryIsLink(name: name)) }
    guard entry.flags & 0x2041 == 0 else { throw .zip(.encrypted(name: name)) }
    guard entry.method == 0 || entry.method == 8 else {
      throw .zip(.method(name: name, number: Int64(entry.method)))
    }
    let lower = name.lowercased()
    guard !archives.contains(where: { lower.hasSuffix($0) }) else {
      throw .zip(.nested(name: name))
    }
    let ratio = entry.unpacked / max(1, entry.packed)
    guard entry.unpacked < limits.ratioAppliesFrom || ratio <= limits.ratio else {
      throw .zip(.ratio(name: name, ratio: ratio, limit: limits.ratio))
    }
  }

  private func checkTogether(_ limits: ZipLimits, size: Int64) throws(ReadingError) {
    var names: Set<String> = []
    var unpacked: Int64 = 0
    for entry in entries {
      // Case does not tell names apart everywhere, so it does not here.
      guard names.insert(entry.name.lowercased()).inserted else {
        throw .zip(.entryTwice(name: entry.name))
      }
      let (sum, overflow) = unpacked.addingReportingOverflow(entry.unpacked)
      guard !overflow, sum <= limits.bytes else {
        throw .zip(.tooLarge(bytes: overflow ? .max : sum, limit: limits.bytes))
      }
      unpacked = sum
    }
    let ratio = unpacked / max(1, size)
    guard ratio <= limits.ratio else {
      throw .zip(.ratio(name: "", ratio: ratio, limit: limits.ratio))
    }
    // Entries that share bytes unpack to more than their archive could hold.
    var free: Int64 = 0
    for entry in entries.sorted(by: { $0.offset < $1.offset }) {
      let (next, overflow) = entry.offset.addingReportingOverflow(30 + entry.packed)
      guard entry.offset >= free, !overflow, next <= size else {
        throw .zip(.malformed(byte: entry.offset))
      }
      free = next
    }
  }
}

/// Where the central directory lies, from the record at the end of the archive.
private struct ZipEnd {
  var count: Int64
  var size: Int64
  var offset: Int64

  init(of source: some ByteSource) throws(ReadingError) {
    let tailSize = min(source.size, 22 + 65_535)
    let start = source.size - tailSize
    let tail = try source.read(at: start, count: Int(tailSize))
    guard tail.count >= 22,
      let found = (0...(tail.count - 22)).last(where: {
        tail[$0] == 0x50 && tail[$0 + 1] == 0x4B && tail[$0 + 2] == 5 && tail[$0 + 3] == 6
      })
    else { throw .zip(.malformed(byte: source.size)) }
    let place = start + Int64(found)
    var reader = ZipBytes(bytes: Array(tail[found...]), base: place)
    try reader.skip(10)
    count = Int64(try reader.integer(UInt16.self))
    size = Int64(try reader.integer(UInt32.self))
    offset = Int64(try reader.integer(UInt32.self))
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF {
      try readLarge(of: source, before: place)
    }
    guard count >= 0, size >= 0, offset >= 0, size <= place, offset <= place - size,
      count <= size / 46
    else { throw .zip(.malformed(byte: place)) }
  }

  /// The 64-bit record, which a locator of 20 bytes just before the end points at.
  private mutating func readLarge(
    of source: some ByteSource, before place: Int64
  ) throws(ReadingError) {
    var locator = ZipBytes(bytes: try source.read(at: place - 20, count: 20), base: place - 20)
    guard try locator.integer(UInt32.self) == 0x0706_4B50 else {
      throw .zip(.malformed(byte: place))
    }
    try locator.skip(4)
    let record = Int64(clamping: try locator.integer(UInt64.self))
    var reader = ZipBytes(bytes: try source.read(at: record, count: 56), base: record)
    guard try reader.integer(UInt32.self) == 0x0606_4B50 else {
      throw .zip(.malformed(byte: record))
    }
    try reader.skip(28)
    count = Int64(clamping: try reader.integer(UInt64.self))
    size = Int64(clamping: try reader.integer(UInt64.self))
    offset = Int64(clamping: try reader.integer(UInt64.self))
  }
}

/// Reads the records of an archive and says where one is broken.
private struct ZipBytes {
  private var reader: ByteReader
  private let base: Int64
  private let total: Int

  init(bytes: [UInt8], base: Int64) {
    reader = ByteReader(bytes[...])
    self.base = base
    total = bytes.count
  }

  private var broken: ReadingError {
    .zip(.malformed(byte: base + Int64(total - reader.remaining)))
  }

  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type
  ) throws(ReadingError) -> Value {
    do { return try reader.integer(type) } catch { throw broken }
  }

  mutating func bytes(_ count: Int) throws(ReadingError) -> [UInt8] {
    do { return try reader.raw(count) } catch { throw broken }
  }

  mutating func skip(_ count: Int) throws(ReadingError) { _ = try bytes(count) }

  mutating func entry(
    decodingGBK: ([UInt8]) -> String?, sawGBK: inout Bool
  ) throws(ReadingError) -> ZipEntry {
    guard try integer(UInt32.self) == 0x0201_4B50 else { throw broken }
    let system = try integer(UInt16.self) >> 8
    try skip(2)
    let flags = try integer(UInt16.self)
    let method = try integer(UInt16.self)
    try skip(8)
    var sizes = ZipSizes(packed: Int64(try integer(UInt32.self)))
    sizes.unpacked = Int64(try integer(UInt32.self))
    let lengths = [try integer(UInt16.self), try integer(UInt16.self), try integer(UInt16.self)]
    try skip(4)
    let attributes = try integer(UInt32.self)
    sizes.offset = Int64(try integer(UInt32.self))
    let name = try bytes(Int(lengths[0]))
    try sizes.widen(by: try bytes(Int(lengths[1])), else: broken)
    try skip(Int(lengths[2]))
    var text = String(validating: name, as: UTF8.self)
    if text == nil {
      text = decodingGBK(name)
      sawGBK = true
    }
    guard let text else { throw broken }
    return ZipEntry(
      name: text, packed: sizes.packed, unpacked: sizes.unpacked, offset: sizes.offset,
      flags: flags, method: method, isLink: system == 3 && attributes >> 28 == 0xA)
  }
}

/// The sizes of an entry, which an extra field may state with 64 bits.
private struct ZipSizes {
  var packed: Int64
  var unpacked: Int64 = 0
  var offset: Int64 = 0

  mutating func widen(
    by extra: [UInt8], else broken: ReadingError
  ) throws(ReadingError) {
    do {
      var reader = ByteReader(extra[...])
      while reader.remaining >= 4 {
        let kind = try reader.integer(UInt16.self)
        let content = try reader.raw(Int(try reader.integer(UInt16.self)))
        guard kind == 1 else { continue }
        var wide = ByteReader(content[...])
        let all: Int64 = 0xFFFF_FFFF
        if unpacked == all { unpacked = Int64(clamping: try wide.integer(UInt64.self)) }
        if packed == all { packed = Int64(clamping: try wide.integer(UInt64.self)) }
        if offset == all { offset = Int64(clamping: try wide.integer(UInt64.self)) }
      }
    } catch {
      throw broken
    }
    guard packed < Int64.max - 64, unpacked < Int64.max - 64 else { throw broken }
  }
}
