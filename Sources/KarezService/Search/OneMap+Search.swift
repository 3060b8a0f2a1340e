public import KarezCore
import KarezPacks
import KarezStore

/// 搜索结果: what a text typed into the header leads to, as far as its reader may know.
public struct SearchAnswer: Sendable {
  /// A feature that was found, by its identifier or a name.
  public struct Feature: Sendable {
    public let schema: DatasetSchema
    public let id: String
    /// The name that was met; nil where it was found by its identifier.
    public let name: String?
    /// Nil of what has no place on a map.
    public let place: ShownPlace?
  }

  /// A case of that number.
  public struct Case: Sendable {
    public let number: String
    public let procedure: String
  }

  public var codes: [Feature] = []
  public var cases: [Case] = []
  public var places: [Feature] = []
  public var datasets: [DatasetSchema] = []

  public var isEmpty: Bool {
    codes.isEmpty && cases.isEmpty && places.isEmpty && datasets.isEmpty
  }
}

extension OneMap {
  /// More than any name or number has.
  public static let longestQuestion = 100
  private static let namesOnPage = 1_000

  /// Whether a text says enough to be looked for.
  public static func isQuestion(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return false }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return false
    }
    // One character of Chinese names something; one letter is in nearly every name.
    return text.count >= 2 || first.value >= 0x2E80
  }

  /// Looks for a text among identifiers, numbers of cases, names and datasets.
  ///
  /// Identifiers and numbers have to be whole, and are found by the store's index; names are met in
  /// part or by pinyin, in what `Packs/search.yaml` names. What is out of scope is not found, by
  /// the same calls of the store that everything else is read with.
  public func search(
    _ text: String, for principal: Principal
  ) async throws(Problem) -> SearchAnswer {
    var answer = SearchAnswer()
    let text = Self.trimmed(text)
    guard Self.isQuestion(text), text.count <= Self.longestQuestion else { return answer }
    let scope = principal.scope
    let most = packs.search?.mostFound ?? 8
    let state = try await today()
    let summaries = try await catalogue(asOf: state, in: scope).filter { $0.commit != .none }
    answer.codes = try await features(called: text, in: summaries, atMost: most, state, scope)
    answer.places = try await places(named: text, in: summaries, atMost: most, state, scope)
    if let found = try await cases.head(text.uppercased(), for: principal) {
      answer.cases = [SearchAnswer.Case(number: found.number, procedure: found.procedure)]
    }
    let listing = try await listing(CatalogueQuestion(search: text), asOf: state, in: scope)
    answer.datasets = listing.items.prefix(most).map(\.summary.schema)
    return answer
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// Features of that identifier; a number typed with small letters is its own with large ones.
  private func features(
    called text: String, in summaries: [DatasetSummary], atMost most: Int, _ state: AsOf,
    _ scope: Scope
  ) async throws(Problem) -> [SearchAnswer.Feature] {
    var found: [SearchAnswer.Feature] = []
    let spellings = text.uppercased() == text ? [text] : [text, text.uppercased()]
    for summary in summaries where summary.features > 0 && found.count < most {
      for spelling in spellings {
        let query = FeatureQuery(dataset: summary.schema.id, asOf: state, id: spelling)
        for version in try await features(query, limit: 1, in: scope).features {
          found.append(
            SearchAnswer.Feature(
              schema: described(summary.schema), id: version.feature.id, name: nil,
              place: version.feature.geometry.flatMap(ShownPlace.init)))
        }
      }
    }
    return found
  }

  private func places(
    named text: String, in summaries: [DatasetSummary], atMost most: Int, _ state: AsOf,
    _ scope: Scope
  ) async throws(Problem) -> [SearchAnswer.Feature] {
    guard let rules = packs.search else { return [] }
    var found: [(feature: SearchAnswer.Feature, match: NamedPlaces.Match)] = []
    for names in rules.names {
      guard let summary = summaries.first(where: { $0.schema.id == names.dataset }),
        summary.features > 0, summary.features <= rules.mostNamed,
        let index = try await index(of: names, summary, state, scope)
      else { continue }
      let schema = described(summary.schema)
      for (place, match) in index.found(text, atMost: most) {
        let feature = SearchAnswer.Feature(
          schema: schema, id: place.id, name: place.name, place: place.shown)
        found.append((feature, match))
      }
    }
    // Of equal matches the order of the file decides.
    let ranked = found.enumerated()
      .sorted { ($0.element.match, $0.offset) < ($1.element.match, $1.offset) }
      .prefix(most).map(\.element.feature)
    for feature in ranked { try await noteRead(of: feature.schema, features: [feature.id]) }
    return ranked
  }

  /// Nil where the reader may know none of the attributes that are names.
  private func index(
    of names: SearchRules.Names, _ summary: DatasetSummary, _ state: AsOf, _ scope: Scope
  ) async throws(Problem) -> NamedPlaces? {
    let known = Set(summary.schema.attributes.map(\.name))
    let attributes = names.attributes.filter(known.contains)
    guard !attributes.isEmpty else { return nil }
    let tag =
      "\(names.dataset) \(summary.commit) \(state.validOn) \(attributes.joined(separator: ",")) "
      + accounts.mark(of: scope)
    if let kept = self.names.content(tag) { return kept }
    var index = NamedPlaces(attributes: attributes, readings: packs.pinyin)
    let query = FeatureQuery(dataset: names.dataset, asOf: state)
    var cursor: FeatureCursor?
    repeat {
      let after = cursor
      let page = try await asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: Self.namesOnPage, in: scope)
      }
      for version in page.versions { index.add(version) }
      cursor = page.next
    } while cursor != nil
    self.names.keep(index, tag)
    return index
  }
}

extension Cases {
  /// Where a case of that number stands; nil where there is none for the reader.
  func head(_ number: String, for principal: Principal) async throws(Problem) -> StoredCase? {
    let scope = principal.caseScope
    return try await map.asked { store throws(StoreError) in
      try await store.caseHead(number, in: scope)
    }?.stored
  }
}
