import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// What is at a place, as the workbench's panel shows it.
struct IdentifyView {
  struct Found {
    let featureID: String
    let dataset: String
    /// What the feature is called, where it has a name or a class.
    let byName: String?
    let featureAddress: String
    let historyAddress: String
    let area: String?
    let areaHectares: String?
    let areaMu: String?
    let days: String
    let recordedFrom: String
    /// Where the reader may not see the commit, only its number is told.
    let sourceCommit: CommitRow?
    let featureFacts: [FeatureView.Fact]
    let isFirst: Bool
  }

  struct Layer {
    let layerTitle: String
    let layerAddress: String
    let countWords: String
    let more: String?
    let found: [Found]
  }

  let t: [String: String]
  let placeWords: String
  let stateWords: String
  private(set) var layers: [Layer] = []
  private(set) var hasLayers = false

  private let words: CatalogueWords
  private let names: PersonNames
  private let address: CatalogueAddress

  init(
    _ place: Position, _ asOf: AsOf, _ words: CatalogueWords, names: PersonNames,
    address: CatalogueAddress
  ) {
    t = words.messages.texts
    placeWords =
      DecimalText.fixed(place.x, decimals: 5) + "° " + DecimalText.fixed(place.y, decimals: 5)
      + "°"
    stateWords = words.messages.text(
      "map_state", ["date": asOf.validOn.description, "commit": asOf.recorded.description])
    self.words = words
    self.names = names
    self.address = address
  }

  mutating func add(
    _ versions: [FeatureVersion], of schema: DatasetSchema, isComplete: Bool,
    commits: [CommitNumber: CommitRecord]
  ) {
    let found = versions.enumerated().map { index, version in
      self.found(
        version, of: schema, commit: commits[version.recordedFrom],
        isFirst: layers.isEmpty && index == 0)
    }
    layers.append(
      Layer(
        layerTitle: schema.title[words.language],
        layerAddress: address.dataset(schema.id.text),
        countWords: words.messages.text("layer_features", count: versions.count),
        more: isComplete ? nil : words.messages.text("map_found_more"), found: found))
    hasLayers = true
  }

  private func found(
    _ version: FeatureVersion, of schema: DatasetSchema, commit: CommitRecord?, isFirst: Bool
  ) -> Found {
    let facts = FeatureView.facts(version, schema, words)
    let coded = schema.attributes.first { $0.codes != nil }
    let name = facts.first { $0.factName == "name" } ?? facts.first { $0.factName == coded?.name }
    let area = version.statutoryArea
    let id = version.feature.id
    return Found(
      featureID: id, dataset: schema.id.text,
      byName: name.flatMap { $0.factValue == "–" || $0.factValue == id ? nil : $0.factValue },
      featureAddress: address.feature(id, in: schema.id.text),
      historyAddress: address.feature(id, in: schema.id.text, tab: "history"),
      area: area.map { FigureText.grouped($0.text) },
      areaHectares: area.map { FigureText.grouped(DecimalText.fixed($0.hectares, decimals: 4)) },
      areaMu: area.map { FigureText.grouped(DecimalText.fixed($0.mu, decimals: 2)) },
      days: "\(version.validity.from) – \(version.validity.until?.description ?? "")",
      recordedFrom: version.recordedFrom.description,
      sourceCommit: commit.map { CommitRow($0, names: names) },
      // What nothing was said about takes no room.
      featureFacts: facts.filter { $0.factValue != "–" }, isFirst: isFirst)
  }
}
