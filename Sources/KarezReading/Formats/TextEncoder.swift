import Glibc

/// Encodes text strictly: a character the encoding lacks gives nothing.
package final class TextEncoder {
  private let converter: iconv_t?

  package init?(encoding: String) {
    if encoding == "UTF-8" {
      converter = nil
      return
    }
    let converter = iconv_open(encoding, "UTF-8")
    guard Int(bitPattern: converter) != -1 else { return nil }
    self.converter = converter
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  package func encode(_ text: String) -> [UInt8]? {
    guard let converter, text.utf8.contains(where: { $0 >= 0x80 }) else { return Array(text.utf8) }
    iconv(converter, nil, nil, nil, nil)
    var source = text.utf8.map { CChar(bitPattern: $0) }
    var target = [CChar](repeating: 0, count: source.count * 2 + 16)
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
    return target.prefix(target.count - room).map { UInt8(bitPattern: $0) }
  }
}
