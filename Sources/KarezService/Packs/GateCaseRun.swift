import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

/// Runs the cases of rule profiles: each on an empty One Map of its own, through the gate that
/// every file goes through.
struct GateCaseRun {
  let packs: PackLibrary

  func outcome(of sample: GateCase) async throws(Problem) -> CaseOutcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-case-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let store = try SQLiteStore(folder: folder) { Clock.timestamp() }
      for state in sample.recorded {
        _ = try await examine(state.dataset, state.rows, on: state.from, in: store, folder) {
          _ = try await store.commit(
            $0, CommitOrder(reason: "case", idempotencyKey: "\(state.dataset)/\(state.from)"),
            by: .operator, in: .all)
        }
      }
      let report = try await examine(sample.dataset, sample.rows, on: sample.day, in: store, folder)
      let found = report.findings.map {
        GateCase.Expectation($0.rule, row: $0.row.map(Int.init), message: $0.what.zh)
      }
      return sample.outcome(of: found)
    } catch {
      throw Self.problem(error, at: sample.place.description)
    }
  }

  private static func problem(_ error: any Error, at place: String) -> Problem {
    switch error {
    case let error as StoreError: .store(error)
    case let error as GateError: .gate(error, of: place)
    case let error as GeometryError: .geometry(error, of: place)
    default: .from(error, file: place)
    }
  }

  /// What the gate says of the rows; `record` may keep the draft.
  private func examine(
    _ dataset: DatasetID, _ rows: [GateCase.Row], on day: LegalDate, in store: SQLiteStore,
    _ folder: URL, record: (DraftID) async throws -> Void = { _ in }
  ) async throws -> GateReport {
    guard let schema = packs.schema(dataset), let validity = Validity(from: day) else {
      preconditionFailure("a case of an unknown dataset \(dataset)")
    }
    try await store.define(schema, by: .operator, in: .all)
    let plan = DraftPlan(
      dataset: dataset, mode: .state, validity: validity,
      lineage: Lineage(source: "case", sourceSM3: "", reader: "case", crs: "EPSG:4490"))
    let draft = try await store.openDraft(plan, by: .operator, in: .all)
    let vocabulary = packs.ruleBook.vocabulary
    let gate = Gate(
      schema: schema, profiles: packs.profiles,
      setting: Gate.Setting(
        day: day, scratch: folder.path, tables: packs.codeTables,
        parameters: Array(vocabulary.parameters.values),
        functions: Array(vocabulary.functions.values)))
    let mapping = FeatureMapping(schema: schema, fields: schema.attributes.map(\.name))
    var earlier = GateReport(rules: gate.rules)
    var drafted: [DraftRow] = []
    for (index, row) in rows.enumerated() {
      let mapped = mapping.row(
        Int64(index + 1), fallback: "", geometry: try row.shape.map(Self.geometry),
        values: NamedValues(row.values.mapValues(AttributeValue.text)))
      for finding in mapped.findings { earlier.note(finding) }
      drafted.append(mapped.row)
    }
    try await store.append(drafted, to: draft)
    let report = try await gate.examine(draft, in: store, earlier: earlier)
    try await record(draft)
    return report
  }

  // MARK: Shapes

  private static func geometry(_ shape: GateCase.Shape) throws(GeometryError) -> Geometry {
    switch shape {
    case .box(let minX, let minY, let maxX, let maxY):
      try box(minX, minY, maxX, maxY)
    case .rectangle(let east, let north, let x, let y):
      try rectangle(east, north, x, y)
    }
  }

  private static func box(
    _ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double
  ) throws(GeometryError) -> Geometry {
    let corners = [(minX, minY), (maxX, minY), (maxX, maxY), (minX, maxY), (minX, minY)]
    return .polygons(
      MultiPolygon([Polygon(shell: try Ring(corners.map { Position(x: $0.0, y: $0.1) }))]))
  }

  /// Degrees are found by comparing what they measure with what is wanted; some rounds are exact
  /// to the last hundredth of a square metre.
  private static func rectangle(
    _ east: Double, _ north: Double, _ x: Double, _ y: Double
  ) throws(GeometryError) -> Geometry {
    var (width, height) = (east / 86_600, north / 111_000)
    for _ in 0..<6 {
      guard case .polygons(let shape) = try box(x, y, x + width, y + height) else { break }
      let measured = Position(x: x, y: y).metres(to: Position(x: x + width, y: y))
      height *= east * north / shape.statutoryArea().squareMetres * measured / east
      width *= east / measured
    }
    return try box(x, y, x + width, y + height)
  }
}
