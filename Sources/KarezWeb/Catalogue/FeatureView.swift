import KarezCore
import KarezReport
import KarezService
import KarezStore

/// The page of one feature: its facts on a day, or its history in both times.
struct FeatureView {
  struct Fact {
    let factTitle: String
    let factName: String
    let factValue: String
    let factUnit: String?
  }

  /// One version: on which days it was so, and which commits said that.
  struct VersionRow {
    let days: String
    let recordedSince: String
    let recordedAt: String
    let supersededBy: String?
    let recorder: String
    let versionReason: String
    let versionArea: String?
    let isStanding: Bool
  }

  struct Member {
    let memberID: String
    let memberAddress: String
    let isSelf: Bool
  }

  struct SuccessionRow {
    let kindWords: String
    let day: String
    let parents: [Member]
    let children: [Member]
    let commitWords: String
    let withdrawnWords: String?
  }

  let frame: PageFrame
  let featureID: String
  let datasetTitle: String
  let datasetAddress: String
  let factsAddress: String
  let historyAddress: String
  let readersAddress: String
  let historyJSON: String
  let isHistory: Bool
  private(set) var isFacts: Bool
  let editAddress: String
  /// Whether the reader may prepare a change of it.
  private(set) var mayEdit = false
  private(set) var isEdit = false
  private(set) var edit: EditForm?
  let isThere: Bool
  let stateWords: String
  let tone: String
  let featureFacts: [Fact]
  let area: String?
  let versions: [VersionRow]
  let versionCount: String
  let successions: [SuccessionRow]
  let hasSuccessions: Bool

  init(
    _ frame: PageFrame, _ schema: DatasetSchema, _ shown: FeatureVersion?,
    _ history: FeatureHistory, isHistory: Bool, _ words: CatalogueWords, names: PersonNames,
    address: CatalogueAddress
  ) {
    self.frame = frame
    self.isHistory = isHistory
    isFacts = !isHistory
    let messages = words.messages
    featureID = history.id
    datasetTitle = schema.title[words.language]
    datasetAddress = address.dataset(schema.id.text)
    factsAddress = address.feature(history.id, in: schema.id.text)
    readersAddress = "/log/parcel/" + Asked.escaped(history.id)
    historyAddress = address.feature(history.id, in: schema.id.text, tab: "history")
    editAddress = address.feature(history.id, in: schema.id.text, tab: "edit")
    historyJSON =
      "/api/v1/datasets/\(schema.id)/features/\(Asked.escaped(history.id))/history"
    isThere = shown != nil
    stateWords = messages.text(shown == nil ? "feature_absent" : "feature_in_force")
    tone = shown == nil ? "inform" : "order"
    featureFacts = shown.map { Self.facts($0, schema, words) } ?? []
    area = shown?.statutoryArea.map { FigureText.grouped($0.text) }
    versions = history.entries.reversed().map { Self.row($0, names) }
    versionCount = messages.text("versions_count", count: history.entries.count)
    successions = history.successions.map { succession in
      func members(_ ids: [String]) -> [Member] {
        ids.map {
          Member(
            memberID: $0,
            memberAddress: address.feature($0, in: schema.id.text, tab: "history"),
            isSelf: $0 == history.id)
        }
      }
      return SuccessionRow(
        kindWords: messages.texts["succession_" + succession.kind.rawValue]
          ?? succession.kind.rawValue,
        day: succession.validOn.description, parents: members(succession.parents),
        children: members(succession.children),
        commitWords: messages.text(
          "by_commit", ["commit": succession.recordedFrom.description]),
        withdrawnWords: succession.recordedUntil.map {
          messages.text("withdrawn_by", ["commit": $0.description])
        })
    }
    hasSuccessions = !successions.isEmpty
  }

  /// Shows the way to the forms, and the forms where there are any.
  mutating func offerEdit(_ form: EditForm?) {
    mayEdit = true
    edit = form
    isEdit = form != nil
    if isEdit { isFacts = false }
  }

  /// In the order of the schema, then what no schema names.
  static func facts(
    _ version: FeatureVersion, _ schema: DatasetSchema, _ words: CatalogueWords
  ) -> [Fact] {
    let values = version.feature.attributes
    let named = Set(schema.attributes.map(\.name))
    return schema.attributes.map { attribute in
      let value = values[attribute.name] ?? .null
      return Fact(
        factTitle: attribute.title[words.language], factName: attribute.name,
        factValue: words.value(value, of: attribute),
        factUnit: value == .null ? nil : words.unit(attribute))
    }
      + values.filter { !named.contains($0.key) }.sorted { $0.key < $1.key }.map { name, value in
        Fact(
          factTitle: name, factName: name, factValue: words.value(value, of: nil), factUnit: nil)
      }
  }

  private static func row(_ entry: FeatureHistory.Entry, _ names: PersonNames) -> VersionRow {
    let version = entry.version.version
    return VersionRow(
      days: "\(version.validity.from) – \(version.validity.until?.description ?? "")",
      recordedSince: version.recordedFrom.description,
      recordedAt: entry.commit.map { SubmissionWords.minute($0.recordedAt) } ?? "",
      supersededBy: entry.version.recordedUntil?.description,
      recorder: entry.commit.map { names[$0.actor.id] } ?? "",
      versionReason: entry.commit?.reason ?? "",
      versionArea: version.statutoryArea.map { FigureText.grouped($0.text) },
      isStanding: entry.version.recordedUntil == nil)
  }
}
