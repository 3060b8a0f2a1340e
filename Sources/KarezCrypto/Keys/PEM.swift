/// The text form of keys (RFC 7468): base 64 between two lines that say what it is.
enum PEM {
  static func text(of bytes: [UInt8], label: String) -> String {
    let digits = Base64.text(of: bytes)
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
      let bytes = Base64.bytes(of: lines[(start + 1)..<end].joined())
    else { throw .keyUnreadable }
    return bytes
  }

  static func holds(_ label: String, in text: String) -> Bool {
    text.contains("-----BEGIN \(label)-----")
  }
}
