import Glibc

/// How a text file's bytes are read as text.
public enum TextEncoding: String, CaseIterable, Hashable, Sendable {
  case utf8 = "UTF-8"
  case utf8WithBOM = "UTF-8 BOM"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  /// GBK and GB2312 are subsets of it.
  case gb18030 = "GB18030"

  /// The text of the bytes and how they were read: by their mark, as UTF-8 where they are valid
  /// UTF-8, and else as GB18030.
  ///
  /// - Errors: `unreadableText` when they are none of these.
  public static func decode(
    _ bytes: [UInt8]
  ) throws(GeometryError) -> (text: String, encoding: TextEncoding) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      guard let text = String(validating: bytes.dropFirst(3), as: UTF8.self) else {
        throw .unreadableText(encoding: TextEncoding.utf8.rawValue)
      }
      return (text, .utf8WithBOM)
    }
    if bytes.starts(with: [0xFF, 0xFE]) { return (try utf16(bytes, .utf16LittleEndian)) }
    if bytes.starts(with: [0xFE, 0xFF]) { return (try utf16(bytes, .utf16BigEndian)) }
    if let text = String(validating: bytes, as: UTF8.self) { return (text, .utf8) }
    let converted = try converted(bytes, from: "GB18030", to: "UTF-8")
    return (String(decoding: converted, as: UTF8.self), .gb18030)
  }

  private static func utf16(
    _ bytes: [UInt8], _ encoding: TextEncoding
  ) throws(GeometryError) -> (String, TextEncoding) {
    let rest = bytes.dropFirst(2)
    guard rest.count.isMultiple(of: 2) else {
      throw .unreadableText(encoding: encoding.rawValue)
    }
    let units = stride(from: rest.startIndex, to: rest.endIndex, by: 2).map { index in
      let (low, high) = (UInt16(rest[index]), UInt16(rest[index + 1]))
      return encoding == .utf16LittleEndian ? high << 8 | low : low << 8 | high
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw .unreadableText(encoding: encoding.rawValue)
    }
    return (text, encoding)
  }

  /// The text in this encoding.
  ///
  /// - Errors: `unreadableText` for a character the encoding lacks.
  public func encode(_ text: String) throws(GeometryError) -> [UInt8] {
    switch self {
    case .utf8: Array(text.utf8)
    case .utf8WithBOM: [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    case .utf16LittleEndian:
      [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .utf16BigEndian:
      [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    case .gb18030: try Self.converted(Array(text.utf8), from: "UTF-8", to: "GB18030")
    }
  }

  private static func converted(
    _ bytes: [UInt8], from source: String, to target: String
  ) throws(GeometryError) -> [UInt8] {
    let failed = iconv_t(bitPattern: -1)
    guard let converter = iconv_open(target, source), converter != failed else {
      throw .unreadableText(encoding: "\(source) → \(target)")
    }
    defer { iconv_close(converter) }
    // Two bytes become three at most one way, and four at most the other.
    var output = [UInt8](repeating: 0, count: bytes.count * 2 + 4)
    var input = bytes.map { CChar(bitPattern: $0) }
    // Safe because iconv is told how many bytes each buffer has, and both outlive the call.
    let written: Int? = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBytes { raw in
        var from = source.baseAddress
        var left = source.count
        var to = raw.bindMemory(to: CChar.self).baseAddress
        var room = raw.count
        guard iconv(converter, &from, &left, &to, &room) != -1, left == 0 else { return nil }
        return raw.count - room
      }
    }
    guard let written else { throw .unreadableText(encoding: "\(source) → \(target)") }
    return Array(output[..<written])
  }
}
