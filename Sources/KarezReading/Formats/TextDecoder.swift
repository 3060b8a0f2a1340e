import Glibc

/// Decodes text strictly: a byte sequence that is not of the encoding gives nothing.
package final class TextDecoder {
  private let converter: iconv_t?
  package let encoding: String

  package init?(encoding: String) {
    self.encoding = encoding
    if encoding == "UTF-8" {
      converter = nil
      return
    }
    let converter = iconv_open("UTF-8", encoding)
    guard Int(bitPattern: converter) != -1 else { return nil }
    self.converter = converter
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  package func decode(_ bytes: UnsafeRawBufferPointer) -> String? {
    // Safe because bytes are all that is asked of what is lent.
    converter == nil ? String(strict: bytes.bindMemory(to: UInt8.self)) : decode(Array(bytes))
  }

  package func decode(_ bytes: [UInt8]) -> String? {
    guard let converter, bytes.contains(where: { $0 >= 0x80 }) else {
      return String(validating: bytes, as: UTF8.self)
    }
    iconv(converter, nil, nil, nil, nil)
    var source = bytes.map { CChar(bitPattern: $0) }
    var target = [CChar](repeating: 0, count: bytes.count * 3 + 16)
    var left = source.count
    var room = target.count
    // Safe because iconv advances within `left` and `room`, the sizes of the two buffers.
    let result = source.withUnsafeMutableBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        return iconv(converter, &from, &left, &to, &room)
      }
    }
    guard result == 0, left == 0 else { return nil }
    let decoded = target.prefix(target.count - room).map { UInt8(bitPattern: $0) }
    return String(validating: decoded, as: UTF8.self)
  }

  /// The text without a last character that was cut off in the middle.
  package func decodeCutOff(_ bytes: [UInt8]) -> String? {
    for dropped in 0...min(3, bytes.count) {
      if let text = decode(Array(bytes.dropLast(dropped))) { return text }
    }
    return nil
  }
}

extension String {
  /// The text of bytes of UTF-8; nil where they are none.
  ///
  /// As `String(validating:as:)`, which takes many times as long for a short text.
  package init?(strict bytes: UnsafeBufferPointer<UInt8>) {
    var text = String(decoding: bytes, as: UTF8.self)
    // What is no UTF-8 is decoded as something else.
    let isSame = text.withUTF8 { decoded in
      guard decoded.count == bytes.count else { return false }
      guard let one = decoded.baseAddress, let other = bytes.baseAddress else {
        return bytes.isEmpty
      }
      return bytes.isEmpty || memcmp(one, other, bytes.count) == 0
    }
    guard isSame else { return nil }
    self = text
  }

  /// The first character that has no business in a name: a control, or one that turns the direction
  /// of what follows so that it reads as something else.
  package var forbiddenScalar: UInt32? {
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else {
      return nil
    }
    return unicodeScalars.first { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: false
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069: true
      default: false
      }
    }?.value
  }
}
