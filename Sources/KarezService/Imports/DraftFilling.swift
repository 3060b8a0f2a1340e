import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReading
import KarezRules
import KarezStore

/// Rows as they go into a draft.
struct DraftBatch {
  let rows: [DraftRow]
  /// Numbers of those whose geometry could not be read, which has been told.
  var unreadable: Set<Int64> = []
}

/// Where the rows of a draft come from.
protocol DraftSource: AnyObject {
  /// What was found while rows were taken; bounded, as the gate's own report is.
  var found: GateReport { get }
  var rows: Int { get }
  var warnings: [BoundaryWarning] { get }
  /// The CRS found, as lineage keeps it.
  var crs: CoordinateReferenceSystem? { get }
  /// What is recorded of successions with the rows, and which of them are taken back.
  var successions: [Succession] { get }
  var withdrawn: Set<Int64> { get }
  /// Whether it is known where the rows seen so far lie, if they lie anywhere.
  var isPlaced: Bool { get }
  /// Reads everything into the draft; `onRows` sees each row on its way.
  func fill(onRows: (DraftBatch) async throws(GateError) -> Void) async throws(Problem)
}

extension DraftSource {
  var successions: [Succession] { [] }
  var withdrawn: Set<Int64> { [] }
}

/// Takes features from the reader, maps them to the schema and appends them to a draft.
///
/// Not Sendable: it belongs to the task that imports. Memory holds one batch at a time.
final class DraftFilling: DraftSource {
  private let order: ImportOrder
  private let schema: DatasetSchema
  private let map: OneMap
  private let draft: DraftID
  private let ending: (attribute: String, value: String)?
  private let placement: SourcePlacement

  private var layer: SourceLayer?
  private var mapping: FeatureMapping?
  /// What the mapping found; bounded, as the gate's own report is.
  private(set) var found: GateReport
  private(set) var rows = 0

  /// `found` is the report to begin with, of the gate's rules.
  init(
    _ order: ImportOrder, schema: DatasetSchema, map: OneMap, draft: DraftID, into found: GateReport
  ) throws(Problem) {
    self.found = found
    self.order = order
    self.schema = schema
    self.map = map
    self.draft = draft
    placement = try SourcePlacement(
      crs: order.crs, region: map.region, name: order.file.name)
    ending = try order.ending.map { text throws(Problem) in try Self.ending(text) }
  }

  var warnings: [BoundaryWarning] {
    (layer?.warnings.map(BoundaryWarningWording.warning) ?? []) + (placement.system?.warnings ?? [])
  }

  /// The CRS found, as lineage keeps it.
  var crs: CoordinateReferenceSystem? { placement.system?.crs }
  var isPlaced: Bool { crs != nil || schema.geometry == .none }

  /// Reads the whole file into the draft.
  func fill(onRows: (DraftBatch) async throws(GateError) -> Void) async throws(Problem) {
    let reader = SourceReader(program: map.installation.reader.path)
    let options = ReadOptions(
      layer: order.file.layer, profile: .bulk, declared: placement.stated)
    do {
      try await reader.read(order.file.path, options) { layer in
        self.layer = layer
        let mapping = FeatureMapping(schema: schema, fields: layer.fields.map(\.name))
        self.mapping = mapping
        for finding in mapping.findings { note(finding) }
      } onFeatures: { features in
        try await take(features, onRows)
      }
    } catch {
      if let store = error as? StoreError { throw .store(store) }
      if let gate = error as? GateError { throw .gate(gate, of: order.file.name) }
      throw Problem.from(error, file: order.file.name)
    }
  }

  private func take(
    _ features: [SourceFeature], _ onRows: (DraftBatch) async throws(GateError) -> Void
  ) async throws {
    guard let layer, let mapping else { throw ReadingError.badFrame(.outOfOrder) }
    if schema.geometry != .none { try placement.settle(by: features, of: layer) }
    var rows: [DraftRow] = []
    rows.reserveCapacity(features.count)
    var unreadable: Set<Int64> = []
    for feature in features {
      if let fault = feature.fault {
        note(fault, of: feature)
        unreadable.insert(feature.row)
      }
      let mapped = mapping.row(
        feature.row, fallback: feature.fid, geometry: try degrees(feature),
        source: placement.source(of: feature), values: feature.attributes, ends: ends(feature))
      for finding in mapped.findings { note(finding) }
      rows.append(mapped.row)
    }
    self.rows += rows.count
    let (store, draft, batch) = (map.store, draft, DraftBatch(rows: rows, unreadable: unreadable))
    // Kept and examined at the same time.
    async let kept: Void = store.append(batch.rows, to: draft)
    try await onRows(batch)
    try await kept
  }

  /// The geometry in EPSG:4490; nil, and a finding, where it cannot be converted.
  private func degrees(_ feature: SourceFeature) throws -> Geometry? {
    do throws(GeometryError) {
      return try placement.degrees(of: feature)
    } catch {
      let problem = Problem.geometry(error, of: String(feature.row))
      note(
        GateFinding(
          .geometryOutOfRange, row: feature.row, feature: feature.fid, what: problem.what,
          remedy: problem.remedy))
      return nil
    }
  }

  private func ends(_ feature: SourceFeature) -> Bool {
    guard let ending, let value = feature.attributes[ending.attribute] else { return false }
    switch value {
    case .text(let text): return text == ending.value
    case .integer(let number): return String(number) == ending.value
    case .boolean(let flag): return String(flag) == ending.value
    case .date(let day): return day.description == ending.value
    case .decimal, .null: return false
    }
  }

  private func note(_ fault: SourceFault, of feature: SourceFeature) {
    let wording = SourceFaultWording.wording(for: fault)
    note(
      GateFinding(
        .geometryUnreadable, row: feature.row, feature: feature.fid, what: wording.what,
        remedy: wording.remedy))
  }

  private func note(_ finding: GateFinding) { found.note(finding) }

  private static func ending(
    _ text: String
  ) throws(Problem) -> (attribute: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw Wording(
        "ending-malformed", "--end 应写作 字段=值", "--end is written ATTR=VALUE", do: "例如 --end 状态=终止",
        "such as --end status=ended"
      ).problem(.usage, at: "--end")
    }
    return (String(parts[0]), String(parts[1]))
  }
}

extension Geometry {
  /// East and north exchanged, for a file that wrote them the other way round.
  var withAxesSwapped: Geometry {
    func swapped(_ position: Position) -> Position { Position(x: position.y, y: position.x) }
    switch self {
    case .points(let positions): return .points(positions.map(swapped))
    case .lines(let lines): return .lines(lines.map { $0.map(swapped) })
    case .polygons(let polygons): return .polygons(polygons.withAxesSwapped)
    }
  }
}
