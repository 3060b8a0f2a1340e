import KarezCore

@testable import KarezCrypto

/// Key files, certificates and signatures.
enum KeysTarget: FuzzTarget {
  static let name = "keys"

  static func feed(_ bytes: [UInt8]) {
    guard bytes.count <= 8_192 else { return }
    if let key = try? PublicKey(der: bytes) {
      hold(key.der == bytes, "a key has one encoding")
    }
    if let key = try? PrivateKey(der: bytes) { _ = try? key.sign([1, 2, 3]) }
    _ = SignerKey(bytes: bytes)?.isValid([1, 2, 3], over: [4])
    guard let text = text(bytes) else { return }
    if let key = try? PublicKey(pem: text) {
      hold((try? PublicKey(pem: key.pem)) == key, "a key we write is read")
    }
    _ = try? PrivateKey(pem: text)
    _ = SignerKey(pem: text)
    if let json = try? JSONValue(parsing: text), let signature = try? Signature(json: json) {
      hold((try? Signature(json: signature.json)) == signature, "a signature we write is read")
    }
  }
}
