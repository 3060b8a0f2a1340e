import CCrypto

/// What nobody can guess, from the operating system's source of randomness.
public enum Secret {
  public static func bytes(count: Int) -> [UInt8] {
    var source = SystemRandomNumberGenerator()
    return (0..<count).map { _ in source.next() }
  }

  /// 256 bits, written as 64 hexadecimal digits.
  public static func token() -> String { Hexadecimal.text(bytes(count: 32)) }

  /// A secret to be read out and typed once: 80 bits in groups of four, of letters and digits that
  /// are not taken for one another.
  public static func spoken() -> String {
    let alphabet = Array("abcdefghjkmnpqrstvwxyz0123456789")
    let letters = bytes(count: 16).map { alphabet[Int($0) % alphabet.count] }
    return stride(from: 0, to: letters.count, by: 4)
      .map { String(letters[$0..<$0 + 4]) }.joined(separator: "-")
  }

  /// Whether two texts are the same, in a time that does not tell where they differ.
  public static func isSame(_ left: String, _ right: String) -> Bool {
    isSame(Array(left.utf8), Array(right.utf8))
  }

  /// Whether two runs of bytes are the same, in a time that does not tell where they differ.
  public static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }
}
