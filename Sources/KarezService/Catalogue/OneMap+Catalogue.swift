import KarezCatalog
public import KarezCore
import KarezPacks
import KarezStore

extension OneMap {
  /// The catalogue as of a state, today's by default; searched and by theme where asked.
  ///
  /// - Errors: `Problem` of kind usage for a theme that is not in the tree.
  public func listing(
    _ question: CatalogueQuestion, asOf: AsOf? = nil, in scope: Scope
  ) async throws(Problem) -> CatalogueListing {
    let state: AsOf
    if let asOf { state = asOf } else { state = try await today() }
    let summaries = try await catalogue(asOf: state, in: scope)
    let schemas = summaries.map { described($0.schema) }
    let themes = packs.themes.map { Self.counted($0, schemas) }
    let wanted = try themeIDs(question.theme)
    let chosen = schemas.filter { wanted?.contains($0.theme) ?? true }
    let byID = Dictionary(summaries.map { ($0.schema.id, $0) }) { first, _ in first }
    let items = ordered(chosen, by: question.search).compactMap { found -> CatalogueItem? in
      guard let summary = byID[found.schema.id] else { return nil }
      return item(summary, on: state.validOn, matched: found.attributes)
    }
    return CatalogueListing(themes: themes, items: items, asOf: state)
  }

  /// The schema with what the packs say of it today; a data folder may be older than they are.
  ///
  /// Attributes and levels stay those recorded: only they have columns, and only those in scope are
  /// shown.
  func described(_ schema: DatasetSchema) -> DatasetSchema {
    guard let current = packs.schema(schema.id) else { return schema }
    let names = Set(schema.attributes.map(\.name))
    return current.keeping { names.contains($0.name) }.labelled(schema.labels)
  }

  private func ordered(
    _ schemas: [DatasetSchema], by search: String?
  ) -> [(schema: DatasetSchema, attributes: [Attribute])] {
    guard let search, search.contains(where: { !$0.isWhitespace }) else {
      let order = packs.themes.flatMap(\.all).map(\.id)
      let places = Dictionary(zip(order, order.indices)) { first, _ in first }
      let sorted = schemas.sorted {
        (places[$0.theme] ?? order.count, $0.id) < (places[$1.theme] ?? order.count, $1.id)
      }
      return sorted.map { ($0, []) }
    }
    let byID = Dictionary(schemas.map { ($0.id, $0) }) { first, _ in first }
    return catalogueSearch.hits(for: search, among: schemas).compactMap { hit in
      byID[hit.dataset].map { schema in
        (schema, schema.attributes.filter { hit.attributes.contains($0.name) })
      }
    }
  }

  private var catalogueSearch: CatalogueSearch {
    CatalogueSearch(
      pinyin: PinyinTable(readings: packs.pinyin), themeTitles: Self.titles(packs.themes, []))
  }

  /// The titles of each theme and of those it lies in.
  private static func titles(
    _ themes: [Theme], _ above: [LocalizedText]
  ) -> [String: [LocalizedText]] {
    var titles: [String: [LocalizedText]] = [:]
    for theme in themes {
      let own = above + [theme.title]
      titles[theme.id] = own
      titles.merge(Self.titles(theme.themes, own)) { first, _ in first }
    }
    return titles
  }

  private func themeIDs(_ name: String?) throws(Problem) -> Set<String>? {
    guard let name else { return nil }
    guard let theme = packs.theme(name) else {
      throw Wording(
        "theme-unknown", "没有主题 \(name)", "there is no theme \(name)",
        do: "主题见 Packs/themes.yaml", "see Packs/themes.yaml"
      ).problem(.usage, at: "theme")
    }
    return Set(theme.all.map(\.id))
  }

  private static func counted(_ theme: Theme, _ schemas: [DatasetSchema]) -> CatalogueTheme {
    let ids = Set(theme.all.map(\.id))
    return CatalogueTheme(
      theme: theme, datasets: schemas.count { ids.contains($0.theme) },
      themes: theme.themes.map { counted($0, schemas) })
  }
}

extension DatasetSummary {
  func described(as schema: DatasetSchema) -> DatasetSummary {
    DatasetSummary(
      schema: schema, features: features, commit: commit, currentTo: currentTo, extent: extent)
  }
}
