public import KarezCore
public import KarezPacks
public import KarezStore
public import KarezWriting

/// 数据集档案: what the catalogue knows of one dataset: its form, who answers for it, where it
/// stands and how it came to be.
public struct DatasetRecord: Sendable {
  /// An article the dataset rests on, and the law it is of.
  public struct Basis: Hashable, Sendable {
    public let law: Law
    public let article: String
  }

  public let item: CatalogueItem
  public let asOf: AsOf
  /// From the top of the tree down to its own.
  public let themes: [Theme]
  public let cycle: CycleAllowance?
  public let basis: [Basis]
  /// Those its attributes take values from, in the order of the attributes.
  public let codeTables: [CodeTable]
  /// The last commits, the latest first.
  public let commits: [CommitRecord]
  /// What was decided on its levels, the latest first.
  public let decisions: [LabelDecision]
  /// Datasets whose rows refer to this one's.
  public let dependants: [DatasetID]
  /// What `karez export` writes it as.
  public let formats: [String]

  public var schema: DatasetSchema { item.summary.schema }
}

extension OneMap {
  /// The record of a dataset as of a state, today's by default.
  ///
  /// - Errors: `Problem` of kind not found where there is none, or it is out of scope.
  public func record(
    of dataset: String, asOf: AsOf? = nil, commits limit: Int = 20, in scope: Scope
  ) async throws(Problem) -> DatasetRecord {
    let id = try Self.dataset(named: dataset)
    let state: AsOf
    if let asOf { state = asOf } else { state = try await today() }
    let summary = try await asked { store throws(StoreError) in
      try await store.summary(of: id, asOf: state, in: scope)
    }
    let item = item(summary, on: state.validOn)
    let schema = item.summary.schema
    let commits = try await commits(
      of: dataset, before: CommitNumber(state.recorded.value + 1), limit: limit, in: scope)
    // Whoever may not know an attribute may not know what it refers to.
    let dependants = try await schemas(in: scope).map(described).filter { other in
      other.id != id && other.attributes.contains { $0.references?.dataset == id }
    }
    var tables: [CodeTable] = []
    for table in schema.attributes.compactMap({ $0.codes.flatMap { packs.codeTables[$0] } })
    where !tables.contains(where: { $0.id == table.id }) {
      tables.append(table)
    }
    return DatasetRecord(
      item: item, asOf: state,
      themes: packs.themes.lazy.compactMap { $0.path(to: schema.theme) }
        .first ?? [],
      cycle: schema.entry.flatMap { packs.cycles[$0.cycle] },
      basis: (schema.entry?.basis ?? []).compactMap { basis in
        packs.law(basis.law).map { DatasetRecord.Basis(law: $0, article: basis.article) }
      }, codeTables: tables, commits: commits.reversed(),
      // Who decided, and why, is between the offices.
      decisions: scope.namesPeople ? try await labelling.decisions(on: dataset, in: scope) : [],
      dependants: dependants.map(\.id),
      formats: OutputFormat.allCases.map(Self.title))
  }

  /// What people call a format.
  public static func title(of format: OutputFormat) -> String {
    formatTitles[format.rawValue] ?? format.rawValue
  }

  private static let formatTitles = [
    "gpkg": "GeoPackage", "geojson": "GeoJSON", "csv": "CSV", "parquet": "GeoParquet",
    "vct": "VCT 3.0", "shp": "Shapefile", "fgdb": "FileGDB", "gml": "GML", "kml": "KML",
    "dxf": "DXF", "txt": "报批坐标 TXT", "xlsx": "XLSX",
  ]

  /// A dataset's line of the catalogue, with what the packs say of it today.
  func item(
    _ summary: DatasetSummary, on day: LegalDate, matched: [Attribute] = []
  ) -> CatalogueItem {
    let schema = described(summary.schema)
    return CatalogueItem(
      summary: summary.described(as: schema),
      isStale: packs.isStale(schema, currentTo: summary.currentTo, on: day), matched: matched)
  }
}

extension Theme {
  /// The themes from this one down to the one of that id; nil where it is not below.
  public func path(to id: String) -> [Theme]? {
    if self.id == id { return [self] }
    return themes.lazy.compactMap { $0.path(to: id) }.first.map { [self] + $0 }
  }
}
