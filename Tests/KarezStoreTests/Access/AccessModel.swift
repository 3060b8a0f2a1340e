import KarezCore
import KarezGeometry
import KarezStore
import Testing

/// What the access matrix is about: four datasets, one of each level, with an attribute of each
/// level, rows of three counties and a history; and who may know what of it, said plainly.
///
/// The model uses nothing of the rule it judges but a scope's members.
enum AccessModel {
  static let levels = Classification.allCases

  struct Row {
    let id: String
    let region: String
    let x: Double
  }

  static let rows = [
    Row(id: "p0001", region: "653101", x: 76), Row(id: "p0002", region: "653121", x: 76.1),
    Row(id: "p0003", region: "653122", x: 76.2), Row(id: "p0004", region: "653101", x: 76.3),
    Row(id: "p0005", region: "653101", x: 76.4), Row(id: "p0006", region: "653121", x: 76.5),
  ]
  /// Attributes that are not the identifier or the region, each of another level.
  static let attributes = [
    ("name", Classification.public), ("grade", .internal), ("owner", .restricted),
    ("depth", .confidential),
  ]

  static func dataset(_ level: Classification) throws -> DatasetID {
    try Fixture.dataset("land-\(level.rawValue)")
  }

  static func schema(_ level: Classification) throws -> DatasetSchema {
    let text = LocalizedText(zh: "地块", en: "land")
    func attribute(_ name: String, _ level: Classification) -> Attribute {
      Attribute(
        name: name, title: text, type: .text, codes: name == "grade" ? "grades" : nil,
        classification: level)
    }
    return DatasetSchema(
      id: try dataset(level), title: text, steward: text, theme: "survey", classification: level,
      geometry: .polygon, isCoverage: false, identifier: "number", region: "region",
      attributes: [attribute("number", .public), attribute("region", .public)]
        + attributes.map(attribute))
  }

  static func value(_ attribute: String, _ row: Row, at step: Int) -> String {
    // The second commit changes the grade of one row and the owner of another.
    let changed = ["grade": "p0001", "owner": "p0002"]
    let isChanged = step > 1 && changed[attribute] == row.id
    return "\(attribute)-\(row.id)" + (isChanged ? "-new" : "")
  }

  /// A row as it is after the first, second or third commit.
  static func feature(
    _ row: Row, at step: Int, of level: Classification, in scope: Scope? = nil
  ) throws -> Feature {
    var values: [String: AttributeValue] = ["number": .text(row.id), "region": .text(row.region)]
    for (name, _) in attributes { values[name] = .text(value(name, row, at: step)) }
    if let scope { values = values.filter { mayRead($0.key, of: level, in: scope) } }
    return Feature(
      id: row.id, geometry: .polygons(try Shapes.square(x: row.x, y: 39, side: 0.05)),
      attributes: values)
  }

  // MARK: Who may know what

  private static func rank(_ level: Classification) -> Int { levels.firstIndex(of: level) ?? 9 }

  private static func zone(_ zone: NetworkZone) -> Int {
    switch zone {
    case .public: 0
    case .internal: 2
    case .classified: 3
    }
  }

  static func exists(_ level: Classification, in scope: Scope) -> Bool {
    rank(level) <= rank(scope.ceiling) && rank(level) <= zone(scope.zone)
  }

  static func mayRead(_ name: String, of level: Classification, in scope: Scope) -> Bool {
    guard !["number", "region"].contains(name) else { return true }
    let own = attributes.first { $0.0 == name }.map { rank($0.1) } ?? 9
    let isHigh =
      own <= rank(scope.ceiling) && own <= rank(scope.attributeCeiling) && own <= zone(scope.zone)
    return isHigh && !scope.withheld.contains(name)
      && !scope.withheld.contains("land-\(level.rawValue)/\(name)")
  }

  /// The highest level of attributes that is in scope, as a number.
  static func attributeRank(in scope: Scope) -> Int {
    min(rank(scope.ceiling), rank(scope.attributeCeiling), zone(scope.zone))
  }

  static func attributes(of level: Classification, in scope: Scope) -> [String] {
    ["number", "region"] + attributes.map(\.0).filter { mayRead($0, of: level, in: scope) }
  }

  static func seesAllAttributes(of level: Classification, in scope: Scope) -> Bool {
    attributes(of: level, in: scope).count == attributes.count + 2
  }

  static func isVisible(_ row: Row, in scope: Scope) -> Bool {
    scope.regionPrefixes.map { $0.contains { row.region.hasPrefix($0) } } ?? true
  }

  static func row(_ id: String) -> Row { rows.first { $0.id == id } ?? rows[0] }

  // MARK: Cases

  static let counties = ["653101", "653121", "653122"]

  static func number(_ region: String) -> String { "T\(region)2025001" }

  /// A case of a county; `again` as somebody would add to it who knows ten events of it.
  static func opening(_ region: String, again: Bool = false) -> CaseAppend {
    let stored = StoredCase(
      number: number(region), procedure: "test/small", procedureVersion: "1.0.0", region: region,
      project: nil, applicant: "a", states: ["begin"], isOver: false, due: Fixture.day(1),
      timer: nil, openedOn: Fixture.day(0), tasks: [.init(transition: "go", role: "clerk")])
    return CaseAppend(
      after: stored, expecting: again ? 10 : 0,
      events: [.object(["position": .integer(again ? 11 : 1), "kind": .string("opened")])],
      key: again ? "again" : "open")
  }

  // MARK: Making it

  /// Days: all begins on day 0, changes on day 1, one row becomes two on day 2; asked on day 3.
  static func prepare(_ store: any OneMapStore) async throws {
    for region in counties {
      _ = try await store.appendCase(opening(region), by: .operator, in: .all)
    }
    for level in levels {
      try await store.define(schema(level), by: .operator, in: .all)
      func draft(_ some: [(String, Bool)], _ step: Int) throws -> [DraftRow] {
        try some.enumerated().map { place, item in
          DraftRow(
            row: Int64(place + 1), feature: try feature(row(item.0), at: step, of: level),
            ends: item.1)
        }
      }
      let first = try draft(rows.prefix(4).map { ($0.id, false) }, 1)
      let dataset = try dataset(level)
      try await store.importing(
        first, into: dataset, .state, from: Fixture.day(0), key: "\(level)1")
      try await store.importing(
        try draft([("p0001", false), ("p0002", false), ("p0003", true)], 2), into: dataset,
        .changes, from: Fixture.day(1), key: "\(level)2")
      let split = try #require(
        Succession(.split, of: ["p0004"], into: ["p0005", "p0006"], on: Fixture.day(2)))
      try await store.changing(
        try draft([("p0004", true), ("p0005", false), ("p0006", false)], 3), in: dataset,
        from: Fixture.day(2), key: "\(level)3", [split])
    }
  }

  /// The commits of a level's dataset: which rows each inserted, changed and ended.
  static func commits(
    of level: Classification
  ) -> [(number: Int, inserted: [String], changed: [String], ended: [String])] {
    let first = rank(level) * 3
    return [
      (first + 1, ["p0001", "p0002", "p0003", "p0004"], [], []),
      (first + 2, [], ["p0001", "p0002"], ["p0003"]),
      (first + 3, ["p0005", "p0006"], [], ["p0004"]),
    ]
  }

  /// Every version that was written: the row, its step, and its days.
  static let versions: [(id: String, step: Int, from: Int, until: Int?)] = [
    ("p0001", 1, 0, nil), ("p0002", 1, 0, nil), ("p0003", 1, 0, nil), ("p0004", 1, 0, nil),
    ("p0001", 2, 1, nil), ("p0002", 2, 1, nil), ("p0001", 1, 0, 1), ("p0002", 1, 0, 1),
    ("p0003", 1, 0, 1), ("p0005", 3, 2, nil), ("p0006", 3, 2, nil), ("p0004", 1, 0, 2),
  ]
  /// Those that are recorded now.
  static let current = versions.dropFirst(4)
  /// Those in force on the day asked for.
  static let inForce: [(id: String, step: Int)] = [
    ("p0001", 2), ("p0002", 2), ("p0005", 3), ("p0006", 3),
  ]
}
