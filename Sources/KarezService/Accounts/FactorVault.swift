import Foundation
import KarezCore
import KarezCrypto
import KarezStore

/// 验证器密钥保管: seals the secrets of authenticators with a key the store does not hold, so that
/// whoever reads the store cannot make anybody's codes.
///
/// - Shape: `keys/factors.key` of the data folder, mode 0600, a key a line, 96 hexadecimal digits;
///   the first seals, all open. A sealed secret is `sealed:KEY:BYTES`, bound to its account.
public struct FactorVault: Sendable {
  struct Key: Hashable, Sendable {
    let id: String
    let bytes: [UInt8]

    /// - Assumes: as many bytes as `SealedText` wants.
    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      id = String(SM3.digest("karez factor key\n" + Hexadecimal.text(bytes)).description.prefix(16))
    }

    static func fresh() -> Key { Key(Secret.bytes(count: SealedText.keyBytes)) }
  }

  private static let mark = "sealed"

  let keys: [Key]

  /// - Assumes: at least one key.
  init(_ keys: [Key]) { self.keys = keys }

  func holds(_ id: String) -> Bool { keys.contains { $0.id == id } }

  /// Whether a text is a secret as it was kept before there was a key.
  static func isReadable(_ text: String) -> Bool { !text.hasPrefix(mark + ":") }

  func isSealedNewly(_ text: String) -> Bool { text.hasPrefix("\(Self.mark):\(keys[0].id):") }

  func sealed(_ secret: String, of account: String) throws(Problem) -> String {
    do throws(CryptoError) {
      let sealed = try SealedText(
        Array(secret.utf8), key: keys[0].bytes, context: Self.context(account))
      return [Self.mark, keys[0].id, Hexadecimal.text(sealed.bytes)].joined(separator: ":")
    } catch {
      throw Self.unusable(account)
    }
  }

  /// - Errors: `factor-secret` where the key is not here, or the text was changed or moved.
  func opened(_ text: String, of account: String) throws(Problem) -> String {
    if Self.isReadable(text) { return text }
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 3, let key = keys.first(where: { $0.id == parts[1] }),
      let bytes = Hexadecimal.bytes(parts[2])
    else { throw Self.unusable(account) }
    do throws(CryptoError) {
      let secret = try SealedText(bytes: bytes)
        .opened(key: key.bytes, context: Self.context(account))
      return String(decoding: secret, as: UTF8.self)
    } catch {
      throw Self.unusable(account)
    }
  }

  private static func context(_ account: String) -> String { "karez authenticator\n" + account }

  static func unusable(_ place: String) -> Problem {
    Wording(
      "factor-secret", "验证器密钥无法解封", "the secret of an authenticator cannot be opened",
      do: "把装置的 keys/factors.key 放回数据文件夹；确已丢失的，为账户清除第二因素后重新设置",
      "put the installation’s keys/factors.key back; if it is lost, clear the account’s factors and set them up anew"
    ).problem(.unavailable, at: place)
  }
}
