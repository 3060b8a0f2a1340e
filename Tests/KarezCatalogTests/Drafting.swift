import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

/// Stages rows and examines them, as an import does.
enum Drafting {
  static let name = LocalizedText(zh: "面", en: "polygons")

  /// A schema that takes any polygons.
  static var polygons: DatasetSchema {
    get throws {
      DatasetSchema(
        id: try #require(DatasetID("polygons")), title: name, steward: name, theme: "trial",
        classification: .internal, geometry: .polygon, isCoverage: true,
        identifier: "identifier",
        attributes: [
          Attribute(name: "identifier", title: name, type: .text, isUnique: true, source: "BSM")
        ], isOpen: true)
    }
  }

  static func examine(
    _ schema: DatasetSchema, fields: [String] = [], codes: [String: Set<String>] = [:],
    tables: [String: CodeTable]? = nil, extent: BoundingBox? = nil,
    crs: CoordinateReferenceSystem? = nil,
    findingsPerRule: Int = 10_000, profiles: [RuleProfile] = [],
    rows: (FeatureMapping) throws -> [FeatureMapping.MappedRow]
  ) async throws -> GateReport {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder) { "2025-03-01T08:00:00Z" }
      try await store.define(schema, by: .operator, in: .all)
      let mapping = FeatureMapping(schema: schema, fields: fields)
      let mapped = try rows(mapping)
      let day = try #require(LegalDate("2025-01-01"))
      let plan = DraftPlan(
        dataset: schema.id, mode: .state, validity: try #require(Validity(from: day)),
        lineage: Lineage(source: "t", sourceSM3: "0", reader: "test", crs: "test"))
      let draft = try await store.openDraft(plan, by: .operator, in: .all)
      try await store.append(mapped.map(\.row), to: draft)
      let gate = Gate(
        schema: schema, profiles: profiles,
        setting: Gate.Setting(
          day: day, scratch: folder.path, tables: tables ?? codes.mapValues(table), extent: extent,
          crs: crs))
      var earlier = GateReport(rules: gate.rules, keptPerRule: findingsPerRule)
      for finding in mapping.findings + mapped.flatMap(\.findings) { earlier.note(finding) }
      return try await gate.examine(draft, in: store, earlier: earlier)
    }
  }

  /// A table of these codes.
  private static func table(_ codes: Set<String>) -> CodeTable {
    CodeTable(
      id: "codes", title: name, source: "test", certainty: .certain, columns: [],
      rows: codes.sorted().map { CodeTable.Row(code: $0, name: name) })
  }

  static func square(x: Double, y: Double, side: Double) throws -> Geometry {
    try polygon([(x, y), (x + side, y), (x + side, y + side), (x, y + side)])
  }

  static func polygon(_ corners: [(Double, Double)]) throws -> Geometry {
    let positions = (corners + corners.prefix(1)).map { Position(x: $0.0, y: $0.1) }
    return .polygons(MultiPolygon([Polygon(shell: try Ring(positions))]))
  }
}

/// Other programs that tests compare with, where the machine has them.
enum Tool {
  static func exists(_ name: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + name)
  }

  static func run(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
