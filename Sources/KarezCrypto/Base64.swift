/// Base 64 as files and web tokens write bytes: of the usual alphabet or the one for addresses.
///
/// - Source: RFC 4648, 4 and 5.
public enum Base64 {
  private static let usual = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let addresses: [UInt8] =
    Array(usual.dropLast(2)) + [UInt8(ascii: "-"), UInt8(ascii: "_")]
  private static let values: [UInt8: UInt32] = {
    var values = Dictionary(uniqueKeysWithValues: zip(usual, UInt32(0)...))
    values[UInt8(ascii: "-")] = 62
    values[UInt8(ascii: "_")] = 63
    return values
  }()

  /// The bytes written; nil for a text that is none, or that ends in bits nobody wrote.
  public static func bytes(of text: String) -> [UInt8]? {
    var letters = Array(text.utf8)
    if letters.count % 4 == 0 {
      for _ in 0..<2 where letters.last == UInt8(ascii: "=") { letters.removeLast() }
    }
    guard letters.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3 + 2)
    var held: UInt32 = 0
    var count = 0
    for letter in letters {
      guard let value = values[letter] else { return nil }
      held = (held << 6 | value) & 0xFFFF
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(count)))
    }
    return held & ((1 << UInt32(count)) - 1) == 0 ? bytes : nil
  }

  /// For addresses, without padding.
  public static func addressText(of bytes: [UInt8]) -> String {
    String(decoding: letters(of: bytes, in: addresses), as: UTF8.self)
  }

  /// With padding, as files have it.
  public static func text(of bytes: [UInt8]) -> String {
    let letters = letters(of: bytes, in: usual)
    let padding = (4 - letters.count % 4) % 4
    return String(
      decoding: letters + repeatElement(UInt8(ascii: "="), count: padding), as: UTF8.self)
  }

  private static func letters(of bytes: [UInt8], in alphabet: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var held: UInt32 = 0
    var count = 0
    func letter(_ value: UInt32) -> UInt8 { alphabet[Int(value & 63)] }
    for byte in bytes {
      held = (held << 8 | UInt32(byte)) & 0xFFFF
      count += 8
      while count >= 6 {
        count -= 6
        text.append(letter(held >> UInt32(count)))
      }
    }
    if count > 0 { text.append(letter(held << UInt32(6 - count))) }
    return text
  }
}
