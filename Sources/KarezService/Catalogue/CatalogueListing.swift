public import KarezCore
public import KarezPacks
public import KarezStore

/// One line of the catalogue.
public struct CatalogueItem: Hashable, Sendable {
  public let summary: DatasetSummary
  /// Whether its newest state is older than its update cycle allows.
  public let isStale: Bool
  /// Attributes a search found it by, where its own names do not say the word.
  public let matched: [Attribute]
}

/// A theme with how many datasets hang on it and on all below.
public struct CatalogueTheme: Hashable, Sendable {
  public let theme: Theme
  public let datasets: Int
  public let themes: [CatalogueTheme]
}

/// 数据目录: the tree of themes with counts, and the datasets asked for.
public struct CatalogueListing: Hashable, Sendable {
  /// Counts are of all datasets the reader may see, whatever was searched for.
  public let themes: [CatalogueTheme]
  /// In the order of the search, or of the tree where nothing was searched for.
  public let items: [CatalogueItem]
  public let asOf: AsOf
}

/// What of the catalogue is asked for; nothing stated means all of it.
public struct CatalogueQuestion: Hashable, Sendable {
  public let search: String?
  /// Id of a theme; those below it are asked for too.
  public let theme: String?

  public init(search: String? = nil, theme: String? = nil) {
    self.search = search
    self.theme = theme
  }
}
