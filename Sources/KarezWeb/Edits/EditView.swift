import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore

/// The page of a prepared edit: what becomes of which feature, the account of the land, the map,
/// and what happens when it is sent.
struct EditView {
  /// More features than these are counted only.
  static let mostShown = 300

  struct Change {
    let changeTitle: String
    let before: String
    let after: String
  }

  struct Row {
    let featureID: String
    let featureAddress: String
    let rowKind: String
    let kindWords: String
    let days: String
    let beforeArea: String
    let afterArea: String
    let changes: [Change]
  }

  struct Link {
    let parents: String
    let children: String
    let linkWords: String
  }

  let frame: PageFrame
  let key: String
  let verbTitle: String
  let datasetTitle: String
  let datasetAddress: String
  let reason: String
  let rows: [Row]
  let cutWords: String?
  let links: [Link]
  let hasLinks: Bool
  let accountWords: String
  let accountTone: String
  let hasAccount: Bool
  let shapes: String
  let featuresAddress: String
  let sendWords: String
  let sendTitle: String

  init(
    _ frame: PageFrame, _ planned: PlannedEdit, _ words: CatalogueWords, for visitor: Visitor
  ) {
    self.frame = frame
    let messages = words.messages
    let schema = planned.schema
    key = planned.key
    verbTitle = (messages.texts["edit_" + planned.verb] ?? planned.verb) + " " + planned.subject
    datasetTitle = schema.title[words.language]
    datasetAddress = "/catalogue/" + schema.id.text
    reason = planned.reason
    rows = planned.rows.prefix(Self.mostShown).map { Self.row($0, schema, words) }
    cutWords =
      planned.rows.count > Self.mostShown
      ? messages.text(
        "edit_cut",
        [
          "shown": String(Self.mostShown), "count": FigureText.count(planned.rows.count),
        ]) : nil
    links = planned.successions.map { succession in
      Link(
        parents: succession.parents.joined(separator: ", "),
        children: succession.children.joined(separator: ", "),
        linkWords: messages.texts["succession_" + succession.kind.rawValue]
          ?? succession.kind.rawValue)
    }
    hasLinks = !links.isEmpty
    hasAccount = schema.geometry == .polygon
    accountTone = planned.isClosed ? "order" : "act"
    accountWords = Self.account(planned, messages)
    shapes = Self.shapes(planned.rows.prefix(Self.mostShown))
    featuresAddress = "/api/v1/datasets/\(schema.id)/features"
    let values = [
      "name": visitor.principal.name ?? messages.text("visitor_operator"),
      "dataset": datasetTitle,
    ]
    sendWords =
      visitor.isAtTheMachine
      ? messages.text("edit_send_now", values) : messages.text("edit_send_submission", values)
    sendTitle =
      visitor.isAtTheMachine ? messages.text("edit_record") : messages.text("submission_send")
  }

  private static func row(
    _ row: PlannedEdit.Row, _ schema: DatasetSchema, _ words: CatalogueWords
  ) -> Row {
    let kind = row.after == nil ? "ended" : row.before == nil ? "inserted" : "changed"
    func area(_ squareMetres: Double?) -> String {
      squareMetres.map { FigureText.grouped(DecimalText.fixed($0, decimals: 2)) } ?? "–"
    }
    return Row(
      featureID: row.id,
      featureAddress: CatalogueAddress().feature(row.id, in: schema.id.text, tab: "history"),
      rowKind: kind, kindWords: words.messages.texts["change_" + kind] ?? kind,
      days: "\(row.days.from) – \(row.days.until?.description ?? "")",
      beforeArea: area(row.beforeM2), afterArea: area(row.afterM2),
      changes: changes(row, schema, words))
  }

  /// Attributes that are another than before; all that have a value, of a feature that is new.
  private static func changes(
    _ row: PlannedEdit.Row, _ schema: DatasetSchema, _ words: CatalogueWords
  ) -> [Change] {
    guard let after = row.after else { return [] }
    return schema.attributes.compactMap { attribute in
      let old = row.before?.feature.attributes[attribute.name] ?? .null
      let new = after.attributes[attribute.name] ?? .null
      guard old != new else { return nil }
      return Change(
        changeTitle: attribute.title[words.language], before: words.value(old, of: attribute),
        after: words.value(new, of: attribute))
    }
  }

  private static func account(_ planned: PlannedEdit, _ messages: MessageCatalogue) -> String {
    func text(_ area: Double) -> String {
      FigureText.grouped(DecimalText.fixed(area, decimals: 4))
    }
    return messages.text(
      planned.isClosed ? "edit_closed" : "edit_open",
      [
        "before": text(planned.beforeM2), "after": text(planned.afterM2),
        "difference": text(planned.afterM2 - planned.beforeM2),
      ])
  }

  private static func shapes(_ rows: some Sequence<PlannedEdit.Row>) -> String {
    func shape(_ id: String, _ side: String, _ geometry: Geometry?) -> JSONValue? {
      guard case .polygons(let land)? = geometry else { return nil }
      return .object([
        "id": .string(id), "side": .string(side), "geometry": land.geoJSON,
      ])
    }
    let all = rows.flatMap { row in
      [
        shape(row.id, "before", row.before?.feature.geometry),
        shape(row.id, "after", row.after?.geometry),
      ].compactMap(\.self)
    }
    return JSONValue.array(all).canonicalText
  }
}
