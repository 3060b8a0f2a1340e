import KarezCore
import KarezService
import KarezStore

/// What the statistics pages' address says; all of the page's state.
struct StatisticsForm {
  /// How an address names what is not stated.
  static let unstated = "-"

  let dataset: String?
  let attribute: String?
  let level: StatisticsOrder.Level
  let validOn: LegalDate?
  let recorded: CommitNumber?
  private(set) var area: String?
  /// Of one figure.
  let cell: StatisticsCell

  init(_ asked: Asked) throws(WebError) {
    dataset = asked.text("dataset")
    attribute = asked.text("by")
    validOn = try asked.day("validOn")
    recorded = try asked.commit("recorded")
    area = asked.text("area")
    if let name = asked.text("level") {
      guard let level = StatisticsOrder.Level(rawValue: name) else {
        throw .fieldInvalid(name: "level")
      }
      self.level = level
    } else {
      level = .county
    }
    func stated(_ name: String) -> String? {
      asked.text(name).map { $0 == Self.unstated ? "" : $0 }
    }
    cell = StatisticsCell(region: stated("region"), className: stated("class"))
  }

  /// The same statistics within another area, or everywhere.
  func within(_ area: String?) -> StatisticsForm {
    var form = self
    form.area = area
    return form
  }

  var order: StatisticsOrder? {
    guard let dataset else { return nil }
    var order = StatisticsOrder(dataset: dataset)
    order.attribute = attribute
    order.level = level
    order.validOn = validOn
    order.recorded = recorded
    order.area = area
    return order
  }

  /// What the address holds, in the names of the form's fields.
  var fields: [(name: String, value: String)] {
    let pairs: [(String, String?)] = [
      ("dataset", dataset), ("by", attribute), ("level", level.rawValue),
      ("validOn", validOn?.description), ("recorded", recorded?.description), ("area", area),
    ]
    return pairs.compactMap { pair in pair.1.map { (name: pair.0, value: $0) } }
  }

  func address(_ path: String, _ more: [(String, String)] = []) -> String {
    path + "?"
      + (fields.map { ($0.name, $0.value) } + more)
      .map { $0.0 + "=" + Asked.escaped($0.1) }.joined(separator: "&")
  }

  /// Where the features behind a figure are.
  func address(of cell: StatisticsCell, after: String? = nil) -> String {
    func named(_ value: String) -> String { value.isEmpty ? Self.unstated : value }
    let pairs: [(String, String?)] = [
      ("region", cell.region.map(named)), ("class", cell.className.map(named)), ("after", after),
    ]
    return address(
      "/statistics/rows", pairs.compactMap { pair in pair.1.map { (pair.0, $0) } })
  }
}
