import KarezCore
import KarezCrypto
import KarezStore

/// 翻页凭据: where a page ends, as a text that says nothing to who carries it.
///
/// The store's own numbers would tell how many rows lie between two that a reader may see. A
/// token is good for one question of one scope.
struct CursorSeal: Sendable {
  private let key: [UInt8]

  /// A map that is held to no key gives tokens that end with the process.
  private static let passing = Secret.bytes(count: SealedText.keyBytes)

  init(_ store: any OneMapStore) {
    key = (store as? RelationalStore)?.sealingKey(for: "cursor") ?? Self.passing
  }

  /// For what nobody has to read again.
  var tagKey: [UInt8] { Array("tag".utf8) + key }

  func token(of cursor: FeatureCursor, for question: String) -> String? {
    // Of one length for numbers of any size.
    let text = cursor.text
    let padded = text + String(repeating: " ", count: 63 - (text.utf8.count + 63) % 64)
    guard let sealed = try? SealedText(Array(padded.utf8), key: key, context: question) else {
      return nil
    }
    return Base64.addressText(of: sealed.bytes)
  }

  /// The cursor of a token of ours for the same question, or nil.
  func cursor(of token: String, for question: String) -> FeatureCursor? {
    guard token.utf8.count <= 4_096, let bytes = Base64.bytes(of: token),
      let text = try? SealedText(bytes: bytes).opened(key: key, context: question)
    else { return nil }
    return FeatureCursor(text: String(decoding: text, as: UTF8.self))
  }
}
