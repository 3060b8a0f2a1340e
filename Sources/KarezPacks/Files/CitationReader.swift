import KarezCore

/// Reads the citations of a rule or a parameter and resolves them in the laws.
struct CitationReader {
  let laws: [String: Law]

  /// The citations under `cite`; a fault where there are none.
  func citations(_ fields: inout PackFields) -> [Citation] {
    let nodes = fields.list("cite")
    if nodes.isEmpty { fields.add(.citationMissing) }
    return nodes.compactMap { citation($0, &fields) }
  }

  private func citation(_ node: PackNode, _ parent: inout PackFields) -> Citation? {
    var fields = PackFields(node)
    let lawID = fields.text("law")
    let number = fields.text("article")
    let quote = fields.optionalText("quote")
    let summary = fields.optionalLocalized("summary")
    defer { parent.add(fields.finish()) }
    guard let lawID, let number else { return nil }
    guard let law = laws[lawID] else {
      fields.add(.lawUnknown(lawID))
      return nil
    }
    guard let article = law.article(citedAs: number) else {
      fields.add(.articleUnknown(law: lawID, article: number))
      return nil
    }
    switch (quote, summary) {
    case (nil, nil), (.some, .some): fields.add(.quoteOrSummary)
    case (.some(let quote), nil):
      if article.text?.contains(quote) != true {
        fields.add(.quoteNotInArticle(law: lawID, article: number))
      }
    case (nil, .some): break
    }
    return Citation(
      law: lawID, title: law.title, article: number, quote: quote, summary: summary)
  }
}
