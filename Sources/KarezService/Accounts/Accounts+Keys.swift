public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

extension Accounts {
  /// Registers a public key, or the one of a certificate, as a second factor of the account.
  ///
  /// The text is PEM; the key SM2 or ECDSA on P-256.
  ///
  /// - Errors: `key-malformed` for anything else; conflict for a key some account has already.
  public func addKey(
    _ pem: String, titled title: String, to id: String, password: String
  ) async throws(Problem) {
    guard let key = SignerKey(pem: pem) else { throw Self.keyMalformed }
    guard !title.isEmpty, title.count <= 60,
      !title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw Self.keyUntitled }
    var account = try await shownAgain(id, password: password)
    let text = Self.hexadecimal(key.bytes)
    for other in try await all() where other.factors.keys.contains(where: { $0.key == text }) {
      throw Self.keyTaken
    }
    guard account.factors.keys.count < Self.mostKeys else { throw Self.tooManyKeys }
    account.factors.keys.append(
      AccountKey(
        id: String(SM3.digest(key.bytes).description.prefix(16)), title: title,
        algorithm: key.algorithm.rawValue, key: text, since: clock.now().description))
    try await put(
      [account.change], "key-registered",
      ["account": .string(id), "algorithm": .string(key.algorithm.rawValue)], by: Actor(id: id))
  }

  /// Ends a sign-in that has begun with a signature over its challenge.
  ///
  /// The signature is DER, in base 64 or hexadecimal. The challenge serves once: it ends with the
  /// sign-in, and each sign-in has its own.
  public func finish(_ ticket: String, signature: String) async throws(Problem) -> String {
    let bytes = Self.bytes(of: signature)
    return try await finish(ticket, with: "key") { account, pending, _ in
      guard let bytes else { return false }
      let message = Array(pending.challenge.utf8)
      return account.factors.keys.contains { known in
        Self.bytes(of: known.key).flatMap { SignerKey(bytes: $0) }?
          .isValid(bytes, over: message) == true
      }
    }
  }

  // MARK: Parts

  private static let mostKeys = 10

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Bytes written in hexadecimal or base 64, lines and all; nil for anything else.
  private static func bytes(of text: String) -> [UInt8]? {
    let letters = text.filter { !$0.isWhitespace }
    guard !letters.isEmpty, letters.utf8.count <= 2_048 else { return nil }
    if letters.utf8.count % 2 == 0, letters.allSatisfy(\.isHexDigit) {
      let digits = Array(letters.utf8)
      let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
        UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
      }
      return bytes.count * 2 == digits.count ? bytes : nil
    }
    return Base64.bytes(of: letters)
  }

  private static let keyMalformed = Wording(
    "key-malformed", "不是 PEM 格式的 SM2 或 P-256 公钥或证书",
    "this is no PEM of a public key or certificate of SM2 or P-256",
    do: "从证书或密码设备导出公钥后再试", "export the public key of the certificate or device"
  ).problem(.usage, at: "pem")

  private static let keyUntitled = Wording(
    "key-untitled", "没有写明密钥的名称，或超过 60 字", "the key has no name, or one too long",
    do: "用几个字写明是哪个设备", "say in a few words which device it is"
  ).problem(.usage, at: "title")

  private static let keyTaken = Wording(
    "key-taken", "此密钥已登记", "this key is registered already", do: "每个账户用自己的密钥",
    "every account uses a key of its own"
  ).problem(.conflict, at: "pem")

  private static let tooManyKeys = Wording(
    "keys-too-many", "登记的密钥过多", "there are too many keys", do: "先移除不用的密钥",
    "remove those not in use first"
  ).problem(.conflict, at: "")
}
