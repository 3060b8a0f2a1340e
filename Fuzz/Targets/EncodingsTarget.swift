@testable import KarezCrypto

/// Bytes as text: base 64, base 32, hexadecimal.
enum EncodingsTarget: FuzzTarget {
  static let name = "encodings"

  static func feed(_ bytes: [UInt8]) {
    hold(Base64.bytes(of: Base64.text(of: bytes)) == bytes, "base 64")
    hold(Base64.bytes(of: Base64.addressText(of: bytes)) == bytes, "base 64 of addresses")
    hold(Base32.bytes(of: Base32.text(of: bytes)) == bytes, "base 32")
    hold(Hexadecimal.bytes(Hexadecimal.text(bytes)) == bytes, "hexadecimal")
    guard let text = text(bytes) else { return }
    _ = Base64.bytes(of: text)
    _ = Base32.bytes(of: text)
    if let read = Hexadecimal.bytes(text) {
      hold(read.count * 2 == text.utf8.count, "two digits a byte")
    }
    _ = OneTimePassword(secret: bytes).step(of: text, atSeconds: 59, after: 0)
  }
}
