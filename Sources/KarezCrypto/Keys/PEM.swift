/// The text form of keys (RFC 7468): base 64 between two lines that say what it is.
enum PEM {
  static func text(of bytes: [UInt8], label: String) -> String {
    let digits = Base64.text(bytes)
    var lines = ["-----BEGIN \(label)-----"]
    var rest = Substring(digits)
    while !rest.isEmpty {
      lines.append(String(rest.prefix(64)))
      rest = rest.dropFirst(64)
    }
    return (lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
  }

  /// The bytes of the first block with the label.
  static func bytes(of text: String, label: String) throws(CryptoError) -> [UInt8] {
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.filter { !$0.isWhitespace || $0 == " " }
    }
    guard text.utf8.count <= 1 << 16,
      let start = lines.firstIndex(of: "-----BEGIN \(label)-----"),
      let end = lines[start...].firstIndex(of: "-----END \(label)-----"),
      let bytes = Base64.bytes(lines[(start + 1)..<end].joined())
    else { throw .keyUnreadable }
    return bytes
  }

  static func holds(_ label: String, in text: String) -> Bool {
    text.contains("-----BEGIN \(label)-----")
  }
}

/// Base 64 with padding (RFC 4648, section 4), read strictly.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= UInt32(8 * (3 - group.count))
      for digit in 0..<4 {
        let isPadding = digit > group.count
        let value = Int(bits >> UInt32(18 - 6 * digit) & 63)
        text.append(isPadding ? UInt8(ascii: "=") : alphabet[value])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    let padding = digits.suffix(2).count { $0 == UInt8(ascii: "=") }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    for (index, digit) in digits.enumerated() {
      let isPadding = index >= digits.count - padding
      guard let value = isPadding ? 0 : alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      guard index % 4 == 3 else { continue }
      bytes += [UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255)]
      bits = 0
    }
    let whole = Array(bytes.dropLast(padding))
    return self.text(whole) == text ? whole : nil
  }
}
