public import KarezCore

/// 法律: a law, regulation, rule or normative document, and what the packs cite of it.
public struct Law: Hashable, Sendable {
  public struct Article: Hashable, Sendable {
    /// `46`, or `2(1)` for the sections of a document.
    public let number: String
    /// The whole text, only where a test compares it word for word.
    public let text: String?
    /// 大意: what it says, in our words.
    public let summary: LocalizedText?
  }

  /// Where a test finds the text.
  public struct Verification: Hashable, Sendable {
    /// Package and version.
    public let package: String
    /// Name of the law in it.
    public let name: String
  }

  /// Jurisdiction, law, year of the version: `cn/land-administration-law/2019`.
  public let id: String
  public let title: LocalizedText
  /// Number of the order or document that promulgated it.
  public let number: String
  public let validity: Validity
  public let certainty: Certainty
  public let verification: Verification?
  public let articles: [Article]

  /// The article a citation such as `46(1)(2)` lies in.
  public func article(citedAs citation: String) -> Article? {
    articles.filter { citation == $0.number || citation.hasPrefix($0.number + "(") }
      .max { $0.number.count < $1.number.count }
  }
}

/// Reads `laws/<jurisdiction>/<id>.yaml`.
enum LawFile {
  static func law(from node: PackNode) -> (law: Law?, faults: [PackFault]) {
    var fields = PackFields(node)
    let id = fields.text("id")
    let title = fields.localized("title")
    let number = fields.text("number")
    let validity = fields.validity("inForce")
    let certainty = fields.choice("certainty", of: Certainty.self)
    let verification = fields.optional("verifiedAgainst").flatMap { Self.verified($0, &fields) }
    var articles: [Law.Article] = []
    for item in fields.list("articles") {
      guard let article = Self.article(from: item, &fields) else { continue }
      if articles.contains(where: { $0.number == article.number }) {
        fields.add(.idTwice(article.number), at: item.origin)
      }
      if article.text != nil, verification == nil {
        fields.add(.quoteUnverifiable(article.number), at: item.origin)
      }
      articles.append(article)
    }
    if articles.isEmpty { fields.add(.keyMissing("articles")) }
    let faults = fields.finish()
    guard let id, let title, let number, let validity, let certainty else { return (nil, faults) }
    let law = Law(
      id: id, title: title, number: number, validity: validity, certainty: certainty,
      verification: verification, articles: articles)
    return (law, faults)
  }

  private static func verified(
    _ node: PackNode, _ parent: inout PackFields
  ) -> Law.Verification? {
    var fields = PackFields(node)
    let package = fields.text("package")
    let name = fields.text("name")
    parent.add(fields.finish())
    guard let package, let name else { return nil }
    return Law.Verification(package: package, name: name)
  }

  private static func article(from node: PackNode, _ parent: inout PackFields) -> Law.Article? {
    var fields = PackFields(node)
    let number = fields.text("article")
    let text = fields.optionalText("text")
    let summary = fields.optionalLocalized("summary")
    if text == nil, summary == nil { fields.add(.keyMissing("summary")) }
    parent.add(fields.finish())
    return number.map { Law.Article(number: $0, text: text, summary: summary) }
  }
}
