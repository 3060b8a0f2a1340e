import Foundation
public import KarezCore

/// The texts of the product in one language, read from `Portal/messages/<language>.json`.
///
/// - Shape: every language holds the same keys; loading refuses a catalogue that does not.
public struct MessageCatalogue: Hashable, Sendable {
  public let language: Language
  /// False until a speaker of the language confirmed the texts; the page says so.
  public let isReviewed: Bool
  public let texts: [String: String]

  /// The text with its `{name}` places filled.
  ///
  /// - Assumes: the key exists, which the tests hold for every key written in code or template;
  ///   an unknown one shows as itself.
  public func text(_ key: String, _ values: [String: String] = [:]) -> String {
    var text = texts[key] ?? key
    for (name, value) in values {
      text = text.replacingOccurrences(of: "{" + name + "}", with: whole(value))
    }
    return text
  }

  /// A value as it stands in a sentence: what is written another way must not turn the sentence
  /// around it, nor be torn where its parts are apart.
  private func whole(_ value: String) -> String {
    guard language.isRightToLeft, !value.allSatisfy({ $0.isNumber || $0 == "." }) else {
      return value
    }
    return "\u{2068}\(value)\u{2069}"
  }

  /// The text for so many things, with its `{count}` filled: under `key_one` for a single one.
  public func text(
    _ key: String, count: Int, _ values: [String: String] = [:]
  ) -> String {
    let counted = values.merging(["count": FigureText.count(count)]) { _, own in own }
    return text(count == 1 ? key + "_one" : key, counted)
  }
}

/// The catalogues of all languages.
public struct MessageCatalogues: Hashable, Sendable {
  private let byLanguage: [Language: MessageCatalogue]
  private let chinese: MessageCatalogue

  /// Reads `zh.json`, `ug.json` and `en.json`.
  ///
  /// - Errors: `catalogueUnreadable`; `messageMissing` for a key another language has.
  public init(folder: String) throws(ReportError) {
    var read: [Language: MessageCatalogue] = [:]
    for language in Language.allCases {
      read[language] = try Self.read(language, folder: folder)
    }
    guard let chinese = read[.zh] else {
      throw .catalogueUnreadable(file: "zh.json", reason: "absent")
    }
    let keys = Set(read.values.flatMap { $0.texts.keys })
    for language in Language.allCases {
      for key in keys.sorted() where read[language]?.texts[key] == nil {
        throw .messageMissing(language: language.rawValue, key: key)
      }
    }
    self.byLanguage = read
    self.chinese = chinese
  }

  public subscript(language: Language) -> MessageCatalogue { byLanguage[language] ?? chinese }

  private static func read(
    _ language: Language, folder: String
  ) throws(ReportError) -> MessageCatalogue {
    let name = language.rawValue + ".json"
    guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
      throw .catalogueUnreadable(file: name, reason: "absent")
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: Array(data))
    } catch {
      throw .catalogueUnreadable(file: name, reason: "\(error)")
    }
    guard case .object(let members)? = json["messages"],
      case .boolean(let isReviewed)? = json["reviewed"]
    else { throw .catalogueUnreadable(file: name, reason: "no `messages` or no `reviewed`") }
    var texts: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.string, !text.isEmpty else {
        throw .messageMissing(language: language.rawValue, key: key)
      }
      texts[key] = text
    }
    return MessageCatalogue(language: language, isReviewed: isReviewed, texts: texts)
  }
}
