import Foundation
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A small One Map without files from outside: rectangles in a few datasets.
struct SurveyFixture {
  /// Longitude and latitude of two corners, in thousandths of a degree from 76° E, 39° N.
  struct Box: Hashable {
    let west: Int
    let south: Int
    let east: Int
    let north: Int

    init(_ west: Int, _ south: Int, _ east: Int, _ north: Int) {
      self.west = west
      self.south = south
      self.east = east
      self.north = north
    }

    var geometry: MultiPolygon {
      get throws {
        let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        let ring = try Ring(
          corners.map { Position(x: 76 + Double($0.0) / 1000, y: 39 + Double($0.1) / 1000) })
        return MultiPolygon([Polygon(shell: ring)])
      }
    }
  }

  static let patches = known("land-patches")
  static let reserve = known("farmland-reserve")
  static let zone = known("urban-development-boundary")
  static let day = LegalDate("2025-01-01")

  private static func known(_ text: String) -> DatasetID {
    guard let id = DatasetID(text) else { preconditionFailure("not a dataset id: \(text)") }
    return id
  }

  let folder: URL
  let store: SQLiteStore
  let day: LegalDate

  init(_ folder: URL, _ policy: SnapshotPolicy = SnapshotPolicy()) throws {
    self.folder = folder
    day = try #require(Self.day)
    store = try SQLiteStore(
      folder: folder, clock: { "2025-03-01T08:00:00Z" }, snapshots: policy)
  }

  func define(
    _ dataset: DatasetID, isCoverage: Bool = true, geometry: GeometryKind = .polygon
  ) async throws {
    let text = LocalizedText(zh: "图斑", en: "land patches")
    try await store.define(
      DatasetSchema(
        id: dataset, title: text, steward: text, theme: "survey", classification: .internal,
        geometry: geometry, isCoverage: isCoverage, identifier: "number",
        attributes: [
          Attribute(name: "number", title: text, type: .text, isRequired: true, isUnique: true),
          Attribute(name: "land_class", title: text, type: .text, codes: "land-classes"),
          Attribute(name: "ownership", title: text, type: .text),
          Attribute(name: "note", title: text, type: .text),
        ]), by: .operator, in: .all)
  }

  /// Records features without asking the gate, so that overlaps are let pass.
  @discardableResult
  func record(
    _ members: [(id: String, box: Box, landClass: String)], in dataset: DatasetID, key: String,
    _ mode: CommitMode = .state
  ) async throws -> CommitReceipt {
    let features = try members.map {
      ($0.id, Geometry.polygons(try $0.box.geometry), $0.landClass)
    }
    return try await record(features, in: dataset, key: key, mode)
  }

  /// Records features `f0`, `f1` … of class 00.
  @discardableResult
  func record(
    _ geometries: [Geometry], in dataset: DatasetID, key: String
  ) async throws -> CommitReceipt {
    try await record(
      geometries.enumerated().map { ("f\($0)", $1, "00") }, in: dataset, key: key, .state)
  }

  private func record(
    _ members: [(id: String, geometry: Geometry, landClass: String)], in dataset: DatasetID,
    key: String, _ mode: CommitMode
  ) async throws -> CommitReceipt {
    let validity = try #require(Validity(from: day))
    let draft = try await store.openDraft(
      DraftPlan(
        dataset: dataset, mode: mode, validity: validity,
        lineage: Lineage(source: "a", sourceSM3: "00", reader: "test", crs: "EPSG:4490")),
      by: .operator, in: .all)
    let rows = members.enumerated().map { index, member in
      DraftRow(
        row: Int64(index + 1),
        feature: Feature(
          id: member.id, geometry: member.geometry,
          attributes: [
            "number": .text(member.id), "land_class": .text(member.landClass),
            "note": .text("note of \(member.id)"),
          ]))
    }
    try await store.append(rows, to: draft)
    return try await store.commit(
      draft, CommitOrder(reason: "test", idempotencyKey: key), by: .operator, in: .all)
  }

  func asOf() async throws -> AsOf {
    AsOf(validOn: day, recorded: try await store.lastCommit())
  }

  func survey(_ box: Box, asOf: AsOf? = nil, store other: SQLiteStore? = nil) async throws
    -> BoundarySurvey
  {
    let state: AsOf
    if let asOf { state = asOf } else { state = try await self.asOf() }
    return try BoundarySurvey(
      boundary: try box.geometry, asOf: state, store: other ?? store, scope: .all)
  }

  func measurer(_ survey: BoundarySurvey, tolerance: Area? = nil) throws -> FactMeasurer {
    let boundary = try ReadBoundary(drawn: [survey.prepared.asRegion().multiPolygon()])
    return FactMeasurer(
      survey: survey,
      request: CheckRequest(boundary: boundary, purpose: nil, validOn: day),
      sliverTolerance: tolerance)
  }

  /// A fact of some features within the boundary.
  static func fact(
    _ measure: MapMeasure.Measure, of dataset: DatasetID, classes: [String] = [],
    attribute: String = "land_class", within: Quantity? = nil, inside: [DatasetID] = [],
    outside: [DatasetID] = []
  ) -> FactDeclaration {
    let filters =
      classes.isEmpty ? [] : [AttributeFilter(attribute: attribute, prefixes: classes)]
    return FactDeclaration(
      id: FactID("fact"), title: LocalizedText(zh: "事实", en: "fact"), type: .quantity(.area),
      source: .map(
        MapMeasure(
          dataset: dataset, filters: filters, within: within, inside: inside, outside: outside,
          measure: measure)))
  }
}

extension FactMeasurer.Measured {
  /// Square metres, or a count.
  var number: Double? {
    guard case .quantity(let quantity) = value else { return nil }
    return quantity.value
  }
}
