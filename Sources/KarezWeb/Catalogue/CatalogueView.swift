import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The catalogue's page: the tree of themes, a search, the datasets found.
struct CatalogueView {
  struct ThemeLink {
    let themeTitle: String
    let themeAddress: String
    let themeCount: String
    let isBelow: Bool
    let isChosen: Bool
  }

  struct Row {
    let rowAddress: String
    let rowTitle: String
    let rowID: String
    let rowSummary: String?
    let rowSteward: String
    /// Nil of a dataset nothing was ever recorded in.
    let rowCount: String?
    let freshness: String
    let tone: String
    let currentTo: String?
    /// Attributes it was found by.
    let matched: String?
  }

  let frame: PageFrame
  let search: String
  let themeID: String?
  let branches: [ThemeLink]
  let allAddress: String
  let isAll: Bool
  let foundWords: String
  let rows: [Row]
  let hasRows: Bool
  let keptDay: String?

  init(
    _ frame: PageFrame, _ listing: CatalogueListing, search: String?, theme: String?,
    _ words: CatalogueWords, address: CatalogueAddress
  ) {
    self.frame = frame
    self.search = search ?? ""
    themeID = theme
    keptDay = frame.asOf.flatMap { $0.isPast ? $0.shownDay : nil }
    branches = listing.themes.flatMap { branch in
      [(branch, false)] + branch.themes.map { ($0, true) }
    }.map { branch, isBelow in
      ThemeLink(
        themeTitle: branch.theme.title[words.language],
        themeAddress: address("/catalogue", [("search", search), ("theme", branch.theme.id)]),
        themeCount: FigureText.count(branch.datasets), isBelow: isBelow,
        isChosen: branch.theme.id == theme)
    }
    allAddress = address("/catalogue", [("search", search)])
    isAll = theme == nil
    foundWords = words.messages.text("datasets_found", count: listing.items.count)
    rows = listing.items.map { Self.row($0, words, address) }
    hasRows = !rows.isEmpty
  }

  private static func row(
    _ item: CatalogueItem, _ words: CatalogueWords, _ address: CatalogueAddress
  ) -> Row {
    let summary = item.summary
    let schema = summary.schema
    let freshness = words.freshness(item)
    let matched = item.matched.map { $0.title[words.language] }
    return Row(
      rowAddress: address.dataset(schema.id.text), rowTitle: schema.title[words.language],
      rowID: schema.id.text, rowSummary: schema.entry?.summary[words.language],
      rowSteward: schema.steward[words.language],
      rowCount: summary.commit == .none
        ? nil : words.messages.text("layer_features", count: summary.features),
      freshness: freshness.words, tone: freshness.tone,
      currentTo: summary.currentTo?.description,
      matched: matched.isEmpty
        ? nil : words.language.listed(matched))
  }
}
