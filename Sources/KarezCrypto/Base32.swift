/// Base 32 without padding, as authenticator programs read secrets.
///
/// - Source: RFC 4648, 6.
public enum Base32 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  public static func text(of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var held: UInt32 = 0
    var count = 0
    for byte in bytes {
      held = (held << 8 | UInt32(byte)) & 0xFFFF
      count += 8
      while count >= 5 {
        count -= 5
        text.append(alphabet[Int(held >> UInt32(count)) & 31])
      }
    }
    if count > 0 { text.append(alphabet[Int(held << UInt32(5 - count)) & 31]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes written; nil for a text with anything but the alphabet's letters in it.
  public static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var held: UInt32 = 0
    var count = 0
    for letter in text.uppercased().utf8 {
      guard let value = alphabet.firstIndex(of: letter) else { return nil }
      held = (held << 5 | UInt32(value)) & 0xFFFF
      count += 5
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(count)))
    }
    return bytes
  }
}
