import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The page of one dataset: what it is, what its features look like, where it came from.
struct DatasetView {
  struct Crumb {
    let crumbTitle: String
    let crumbAddress: String
  }

  struct AttributeRow {
    let attributeTitle: String
    let attributeName: String
    let sourceField: String?
    let type: String
    let unit: String?
    let isRequired: Bool
    let isUnique: Bool
    let codes: String?
    let codesAnchor: String?
    let reference: String?
    let referenceAddress: String?
    let secrecy: String
  }

  /// One decision on a level.
  struct DecisionRow {
    let decidedAt: String
    let decidedWhat: String
    let decidedStep: String
    let decidedBy: String
    let decidedReason: String
  }

  struct CodeRow {
    let code: String
    let codeName: String
    let codeDays: String?
  }

  struct CodeTableRow {
    /// More rows than these are in the record's JSON only.
    static let mostShown = 500

    let tableID: String
    let tableTitle: String
    let tableSource: String
    let edition: String?
    let otherEditions: String?
    let isUnconfirmed: Bool
    let countWords: String
    let codeRows: [CodeRow]
    let isCut: Bool
    let hasDays: Bool
  }

  struct Link {
    let linkTitle: String
    let linkAddress: String
  }

  struct Facts {
    let steward: String
    let secrecy: String
    let cycle: String?
    let currentTo: String?
    let featureCount: String
    let lastCommit: String?
    let geometry: String
    let coverageWords: String?
    let extent: String?
    let identifier: String
  }

  /// What the page is made from.
  struct Shown {
    let record: DatasetRecord
    let names: PersonNames
    let broken: [BrokenReferences]
    let download: DownloadForm?
    let mayEdit: Bool
  }

  /// Rows that name features which are not there.
  struct BrokenRow {
    let referredTitle: String
    let brokenWords: String
    let olderWords: String?
    let brokenFeatures: [Link]
    let moreWords: String?
  }

  let frame: PageFrame
  let id: String
  let datasetTitle: String
  let summary: String?
  let crumbs: [Crumb]
  let freshness: String
  let tone: String
  let facts: Facts
  let bases: [String]
  let hasBases: Bool
  let dependants: [Link]
  let hasDependants: Bool
  let attributes: [AttributeRow]
  let tables: [CodeTableRow]
  let hasTables: Bool
  let commits: [CommitRow]
  /// Nil for a reader who may not take a commit back.
  let revertAddress: String?
  let hasCommits: Bool
  let decisions: [DecisionRow]
  let hasDecisions: Bool
  let metadataAddress: String
  let jsonAddress: String
  let differencesAddress: String
  let statisticsAddress: String
  /// Nil of what has no place on a map.
  let printAddress: String?
  let featuresAddress: String
  let keptDay: String?
  let broken: [BrokenRow]
  let hasBroken: Bool
  /// Nil of a dataset nothing was ever recorded in.
  let download: DownloadForm?
  /// Files as they come, for people who have not signed in and may take them.
  let fileLinks: [Link]
  let hasFileLinks: Bool

  init(
    _ frame: PageFrame, _ shown: Shown, _ words: CatalogueWords, among schemas: [DatasetSchema],
    address: CatalogueAddress
  ) {
    self.frame = frame
    let record = shown.record
    let schema = record.schema
    let titles = Dictionary(
      schemas.map { ($0.id, $0.title[words.language]) }
    ) { first, _ in first }
    id = schema.id.text
    datasetTitle = schema.title[words.language]
    summary = schema.entry?.summary[words.language]
    crumbs = record.themes.map {
      Crumb(
        crumbTitle: $0.title[words.language],
        crumbAddress: address("/catalogue", [("theme", $0.id)]))
    }
    (freshness, tone) = words.freshness(record.item)
    facts = Self.facts(record, words)
    bases = record.basis.map(words.basis)
    hasBases = !bases.isEmpty
    dependants = record.dependants.map {
      Link(linkTitle: titles[$0] ?? $0.text, linkAddress: address.dataset($0.text))
    }
    hasDependants = !dependants.isEmpty
    attributes = schema.attributes.map { Self.row($0, words, titles, address) }
    tables = record.codeTables.map { Self.table($0, words) }
    hasTables = !tables.isEmpty
    commits = record.commits.map { CommitRow($0, names: shown.names) }
    hasCommits = !commits.isEmpty
    decisions = record.decisions.map { Self.row($0, schema, words, shown.names) }
    hasDecisions = !decisions.isEmpty
    revertAddress = shown.mayEdit ? "/catalogue/\(id)/revert" : nil
    metadataAddress = address("/api/v1/catalogue/\(id)/metadata.xml")
    jsonAddress = address("/api/v1/catalogue/\(id)")
    differencesAddress = "/differences?dataset=" + id
    statisticsAddress = address("/statistics", [("dataset", id)])
    printAddress =
      schema.geometry == .none ? nil : address("/print", [("layers", "counties,\(id)")])
    featuresAddress = "/catalogue/\(id)/features"
    keptDay = frame.asOf.flatMap { $0.isPast ? $0.shownDay : nil }
    let name = schema.id.text
    broken = shown.broken.map { Self.row($0, in: name, words, titles) }
    hasBroken = !broken.isEmpty
    download = shown.download
    let hasFiles = frame.isPublicEdition && frame.offersFiles && hasCommits
    fileLinks =
      hasFiles
      ? [("CSV", "csv"), ("GeoJSON", "geojson"), ("GeoPackage", "gpkg")].map {
        Link(
          linkTitle: $0.0, linkAddress: "/api/v1/datasets/\(name)/export?format=\($0.1)")
      } : []
    hasFileLinks = !fileLinks.isEmpty
  }

  private static func row(
    _ decision: LabelDecision, _ schema: DatasetSchema, _ words: CatalogueWords,
    _ names: PersonNames
  ) -> DecisionRow {
    let order = decision.order
    let attribute = order.attribute.flatMap { name in
      schema.attributes.first { $0.name == name }
    }
    return DecisionRow(
      decidedAt: SubmissionWords.minute(decision.at),
      decidedWhat: (attribute?.title ?? schema.title)[words.language],
      decidedStep: words.classification(decision.former) + " → "
        + words.classification(order.level),
      decidedBy: [decision.by, decision.second].compactMap { $0.map { names[$0] } }
        .joined(separator: ", "), decidedReason: decision.reason)
  }

  private static func row(
    _ broken: BrokenReferences, in dataset: String, _ words: CatalogueWords,
    _ titles: [DatasetID: String]
  ) -> BrokenRow {
    let messages = words.messages
    let count = broken.missing ?? broken.features.count
    let rest = (broken.missing ?? 0) - broken.features.count
    let commit = ["commit": broken.examined.description]
    // As they are now: the day of the page may be another one.
    let address = CatalogueAddress()
    return BrokenRow(
      referredTitle: titles[broken.referred] ?? broken.referred.text,
      brokenWords: messages.text("broken_count", count: count, commit),
      olderWords: broken.isOlder ? messages.text("broken_older", commit) : nil,
      brokenFeatures: broken.features.map {
        Link(linkTitle: $0, linkAddress: address.feature($0, in: dataset))
      },
      moreWords: rest > 0
        ? messages.text("broken_more", ["count": FigureText.count(rest)]) : nil)
  }

  private static func facts(_ record: DatasetRecord, _ words: CatalogueWords) -> Facts {
    let schema = record.schema
    let summary = record.item.summary
    let box = summary.extent.map { box in
      [box.minX, box.minY, box.maxX, box.maxY].map { DecimalText.fixed($0, decimals: 4) }
    }
    return Facts(
      steward: schema.steward[words.language],
      secrecy: words.classification(schema.classification),
      cycle: record.cycle?.title[words.language], currentTo: summary.currentTo?.description,
      featureCount: FigureText.count(summary.features),
      lastCommit: summary.commit == .none ? nil : summary.commit.description,
      geometry: words.geometry(schema.geometry),
      coverageWords: schema.isCoverage ? words.messages.text("dataset_coverage") : nil,
      extent: box.map { "\($0[0])–\($0[2])°E, \($0[1])–\($0[3])°N" },
      identifier: schema.identifier)
  }

  private static func row(
    _ attribute: Attribute, _ words: CatalogueWords, _ titles: [DatasetID: String],
    _ address: CatalogueAddress
  ) -> AttributeRow {
    let table = attribute.codes.flatMap { words.packs.codeTables[$0] }
    let target = attribute.references?.dataset
    return AttributeRow(
      attributeTitle: attribute.title[words.language], attributeName: attribute.name,
      sourceField: attribute.source, type: words.type(attribute), unit: words.unit(attribute),
      isRequired: attribute.isRequired, isUnique: attribute.isUnique,
      codes: table.map { $0.title[words.language] } ?? attribute.codes ?? attribute.format,
      codesAnchor: table.map { "#codes-" + $0.id },
      reference: target.map { titles[$0] ?? $0.text },
      referenceAddress: target.flatMap { titles[$0] == nil ? nil : address.dataset($0.text) },
      secrecy: words.classification(attribute.classification))
  }

  private static func table(_ table: CodeTable, _ words: CatalogueWords) -> CodeTableRow {
    let others = table.edition.map { edition in
      words.packs.editions(of: edition.family).filter { $0.id != table.id }
        .compactMap(\.edition?.name)
    }
    return CodeTableRow(
      tableID: table.id, tableTitle: table.title[words.language], tableSource: table.source,
      edition: table.edition?.name,
      otherEditions: others.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") },
      isUnconfirmed: table.certainty == .unconfirmed,
      countWords: words.messages.text("codes_count", count: table.rows.count),
      codeRows: table.rows.prefix(CodeTableRow.mostShown).map { row in
        CodeRow(
          code: row.code, codeName: row.name[words.language],
          codeDays: row.validity.map { "\($0.from) – \($0.until?.description ?? "")" })
      }, isCut: table.rows.count > CodeTableRow.mostShown,
      hasDays: table.rows.contains { $0.validity != nil })
  }
}
