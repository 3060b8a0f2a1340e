import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

/// One engine of the store; every contract test runs against all of them.
struct StoreEngine: Sendable, CustomTestStringConvertible {
  enum Kind: String {
    case embedded = "SQLite"
    case server = "PostgreSQL"
  }

  /// Where one One Map lies: a folder and, on a server, a database.
  struct Place: Sendable {
    let folder: URL
    let database: String
  }

  let kind: Kind
  var policy: SnapshotPolicy?

  var testDescription: String {
    kind.rawValue + (policy.map { ", \($0)" } ?? "")
  }

  static let kinds: [Kind] = [.embedded] + (PostgreSQLServer.isInstalled ? [.server] : [])
  static let all = kinds.map { StoreEngine(kind: $0) }

  /// The engines under every policy for layer files that makes a difference to small datasets.
  static let layered = kinds.flatMap { kind in
    [
      SnapshotPolicy(mostRows: 0, share: 0, mostBytes: 0, isMadeInBackground: false),
      SnapshotPolicy(mostRows: 2, share: 0, isMadeInBackground: false),
      SnapshotPolicy(mostRows: 0, share: 0.5, mostBytes: 1 << 20, mostValues: 1),
      SnapshotPolicy(),
    ].map { StoreEngine(kind: kind, policy: $0) }
  }

  /// Opens the One Map at a place, making it where there is none.
  func open(
    _ place: Place, clock: @escaping @Sendable () -> String = Fixture.clock
  ) async throws -> RelationalStore {
    let policy = policy ?? SnapshotPolicy()
    switch kind {
    case .embedded:
      return try SQLiteStore(folder: place.folder, clock: clock, snapshots: policy)
    case .server:
      let address = try PostgreSQLServer.shared().address(of: place.database)
      return try await RelationalStore.server(
        PostgreSQLSettings(address: address, connections: 4), isMade: true, cache: place.folder,
        clock: clock, snapshots: policy)
    }
  }

  /// Runs the body with a place of its own, empty.
  func withPlace(_ body: (Place) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      guard kind == .server else { return try await body(Place(folder: folder, database: "")) }
      try await PostgreSQLServer.shared().withDatabase { database in
        try await body(Place(folder: folder, database: database))
      }
    }
  }

  /// Runs the body with an empty One Map.
  func withStore(_ body: (any OneMapStore) async throws -> Void) async throws {
    try await withPlace { place in try await body(try await open(place)) }
  }
}

/// A small dataset and what goes into it.
enum Fixture {
  static let clock: @Sendable () -> String = { "2025-03-01T08:00:00Z" }
  static let lineage = Lineage(source: "a.shp", sourceSM3: "00", reader: "test", crs: "EPSG:4490")

  static func dataset(_ text: String) throws -> DatasetID { try #require(DatasetID(text)) }

  static func schema(
    _ id: DatasetID, classification: Classification = .internal, isOpen: Bool = false,
    geometry: GeometryKind = .polygon, more: [Attribute] = []
  ) -> DatasetSchema {
    let text = LocalizedText(zh: "图斑", en: "land patches")
    return DatasetSchema(
      id: id, title: text, steward: text, theme: "survey", classification: classification,
      geometry: geometry, isCoverage: true, identifier: "number", region: "region",
      attributes: [
        Attribute(name: "number", title: text, type: .text, isRequired: true, isUnique: true),
        Attribute(name: "region", title: text, type: .text, classification: .public),
        Attribute(name: "share", title: text, type: .decimal),
        Attribute(name: "floors", title: text, type: .integer),
        Attribute(name: "kept", title: text, type: .boolean),
        Attribute(name: "since", title: text, type: .date),
        Attribute(name: "owner", title: text, type: .text, classification: .restricted),
      ] + more, isOpen: isOpen)
  }

  static func day(_ number: Int) -> LegalDate {
    guard let day = LegalDate(year: 2020 + number, month: 1, day: 1) else {
      preconditionFailure("no such day")
    }
    return day
  }

  /// A feature whose content is told by one number.
  static func feature(_ id: String, _ content: Int) throws -> Feature {
    Feature(
      id: id,
      geometry: .polygons(try Shapes.square(x: 76 + Double(content) * 0.01, y: 39, side: 0.005)),
      attributes: [
        "number": .text(id), "region": .text("6531\(content)"),
        "share": .decimal(Double(content) / 3), "floors": .integer(Int64(content)),
        "kept": .boolean(content.isMultiple(of: 2)), "since": .date(day(content % 5)),
        "owner": .text("张\(content)"),
      ])
  }

  static func content(of feature: Feature) -> Int {
    guard case .integer(let number)? = feature.attributes["floors"] else { return -1 }
    return Int(number)
  }
}

extension OneMapStore {
  /// Reads, stages and records in one go.
  @discardableResult
  func importing(
    _ rows: [DraftRow], into dataset: DatasetID, _ mode: CommitMode, from: LegalDate,
    until: LegalDate? = nil, key: String, expected: CommitNumber? = nil
  ) async throws -> CommitReceipt {
    let validity = try #require(Validity(from: from, until: until))
    let plan = DraftPlan(
      dataset: dataset, mode: mode, validity: validity, lineage: Fixture.lineage)
    let draft = try await openDraft(plan, by: .operator, in: .all)
    try await append(rows, to: draft)
    return try await commit(
      draft, CommitOrder(reason: "test", idempotencyKey: key, expected: expected),
      by: .operator, in: .all)
  }

  func contents(
    of dataset: DatasetID, on day: LegalDate, at commit: CommitNumber
  ) async throws -> [String: Int] {
    var contents: [String: Int] = [:]
    var cursor: FeatureCursor?
    repeat {
      let page = try await features(
        FeatureQuery(dataset: dataset, asOf: AsOf(validOn: day, recorded: commit)),
        after: cursor, limit: 3, in: .all)
      for version in page.versions {
        #expect(contents[version.feature.id] == nil, "two versions of one feature on one day")
        contents[version.feature.id] = Fixture.content(of: version.feature)
      }
      cursor = page.next
    } while cursor != nil
    return contents
  }
}
