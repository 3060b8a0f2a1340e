public import KarezCore

/// 目录检索: finds datasets by what people call them.
///
/// Every word of the question must be found; a word is looked for in the title, the identifier, the
/// pinyin, the theme, the attributes and the summary, and counts by the best place it was found in.
public struct CatalogueSearch: Sendable {
  /// Where a word was found, best first.
  public enum Place: Int, CaseIterable, Hashable, Sendable, Comparable {
    case title
    case identifier
    case pinyin
    case theme
    case attribute
    case summary

    public static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
  }

  /// One dataset that was found.
  public struct Hit: Hashable, Sendable {
    public let dataset: DatasetID
    /// Higher is better; only compared, never shown.
    public let score: Int
    /// Names of the attributes in which a word was found that the title does not have.
    public let attributes: [String]
  }

  private let pinyin: PinyinTable
  /// Titles of the themes above a dataset, by id of its theme.
  private let themeTitles: [String: [LocalizedText]]

  public init(pinyin: PinyinTable, themeTitles: [String: [LocalizedText]]) {
    self.pinyin = pinyin
    self.themeTitles = themeTitles
  }

  /// The datasets in which every word is found, best first; of equals the one with the shorter title,
  /// of which the words say more, and then by id.
  public func hits(for question: String, among schemas: [DatasetSchema]) -> [Hit] {
    let words = question.lowercased().split { $0.isWhitespace || $0 == "、" || $0 == "，" }
      .map(String.init)
    guard !words.isEmpty else { return [] }
    let found = schemas.compactMap { schema in
      hit(words, in: schema).map { (hit: $0, length: schema.title.zh.count) }
    }
    return found.sorted {
      ($1.hit.score, $0.length, $0.hit.dataset) < ($0.hit.score, $1.length, $1.hit.dataset)
    }.map(\.hit)
  }

  private func hit(_ words: [String], in schema: DatasetSchema) -> Hit? {
    var score = 0
    var attributes: [String] = []
    for word in words {
      if let own = ownScore(word, in: schema) {
        score += own
        continue
      }
      let named = schema.attributes.filter { isFound(word, in: $0) }.map(\.name)
      if !named.isEmpty {
        score += Self.value(of: .attribute)
        attributes += named.filter { !attributes.contains($0) }
      } else if let summary = schema.entry?.summary, contains(word, in: summary) {
        score += Self.value(of: .summary)
      } else {
        return nil
      }
    }
    return Hit(dataset: schema.id, score: score, attributes: attributes)
  }

  /// What a word is worth in the dataset's own names; nil if it is in none of them.
  private func ownScore(_ word: String, in schema: DatasetSchema) -> Int? {
    [
      score(word, in: schema.title),
      score(word, inIdentifier: schema.id.text),
      pinyinScore(word, in: schema.title.zh),
      (themeTitles[schema.theme] ?? []).contains { contains(word, in: $0) }
        ? Self.value(of: .theme) : nil,
    ].compactMap(\.self).max()
  }

  private func score(_ word: String, in title: LocalizedText) -> Int? {
    let texts = [title.zh, title.en, title.ug].compactMap { $0?.lowercased() }
    let value = Self.value(of: .title)
    if texts.contains(word) { return value + 9 }
    if texts.contains(where: { $0.hasPrefix(word) }) { return value + 6 }
    if texts.contains(where: { text in text.split(separator: " ").contains { $0.hasPrefix(word) } })
    {
      return value + 3
    }
    return texts.contains { $0.contains(word) } ? value : nil
  }

  private func score(_ word: String, inIdentifier id: String) -> Int? {
    let value = Self.value(of: .identifier)
    if id == word { return Self.value(of: .title) + 9 }
    if id.hasPrefix(word) { return value + 3 }
    return id.contains(word) ? value : nil
  }

  private func pinyinScore(_ word: String, in title: String) -> Int? {
    // One letter spells something in nearly every title.
    guard word.utf8.count >= 2, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) }),
      let match = pinyin.match(word, in: title)
    else { return nil }
    return Self.value(of: .pinyin) + 3 * match.rawValue
  }

  private func isFound(_ word: String, in attribute: Attribute) -> Bool {
    contains(word, in: attribute.title) || attribute.name.contains(word)
      || attribute.source?.lowercased() == word
  }

  private func contains(_ word: String, in text: LocalizedText) -> Bool {
    [text.zh, text.en, text.ug].contains { $0?.lowercased().contains(word) == true }
  }

  private static func value(of place: Place) -> Int { (Place.allCases.count - place.rawValue) * 10 }
}
