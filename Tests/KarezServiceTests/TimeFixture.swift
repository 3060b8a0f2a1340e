import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A One Map with the repository's packs and a few rectangles of land, at different times.
struct TimeFixture {
  typealias Box = SurveyFixture.Box

  /// A patch as tests write it: where it is, what it is, and whose.
  struct Patch: Hashable {
    var id: String
    var box: Box
    var landClass = "0103"
    var region = "653101001001"
  }

  static let patches = SurveyFixture.patches

  let map: OneMap
  let folder: URL

  /// On a map there is.
  init(on map: OneMap, in folder: URL) {
    self.map = map
    self.folder = folder
  }

  /// In a database of a server, where its address is given.
  init(_ folder: URL, server: String? = nil) async throws {
    self.folder = folder
    map = try await OneMap.initialise(
      data: folder.appending(path: "karez-data"), server: server,
      installation: Installation(home: Places.repository, programs: Program.folder),
      by: .operator)
  }

  /// Runs the body with an empty One Map on an engine.
  static func with(
    _ engine: MapEngine, _ body: (TimeFixture) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        try await body(try await TimeFixture(folder, server: server))
      }
    }
  }

  /// Runs the body with an empty One Map.
  static func with(_ body: (TimeFixture) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      try await body(try await TimeFixture(folder))
    }
  }

  static func day(_ text: String) throws -> LegalDate { try #require(LegalDate(text)) }

  static func feature(_ patch: Patch) throws -> Feature {
    Feature(
      id: patch.id, geometry: .polygons(try patch.box.geometry),
      attributes: [
        "identifier": .text(patch.id), "land_class": .text(patch.landClass),
        "location_code": .text(patch.region),
      ])
  }

  /// Records patches, and the end of others, without asking the gate.
  @discardableResult
  func record(
    _ patches: [Patch], ending ended: [String] = [], _ mode: CommitMode = .changes,
    from day: String, in dataset: DatasetID = TimeFixture.patches,
    _ successions: [Succession] = []
  ) async throws -> CommitReceipt {
    let features = try patches.map(Self.feature)
    return try await record(
      features, ending: ended, mode, from: day, in: dataset, successions)
  }

  @discardableResult
  func record(
    _ features: [Feature], ending ended: [String], _ mode: CommitMode, from day: String,
    in dataset: DatasetID, _ successions: [Succession] = []
  ) async throws -> CommitReceipt {
    let validity = try #require(Validity(from: try Self.day(day)))
    let plan = DraftPlan(
      dataset: dataset, mode: mode, validity: validity,
      lineage: Lineage(source: "test", sourceSM3: "00", reader: "test", crs: "EPSG:4490"))
    let draft = try await map.store.openDraft(plan, by: .operator, in: .all)
    let ends = ended.map { Feature(id: $0, geometry: nil, attributes: [:]) }
    let rows = (features + ends).enumerated().map { index, feature in
      DraftRow(row: Int64(index + 1), feature: feature, ends: index >= features.count)
    }
    try await map.store.append(rows, to: draft)
    return try await map.store.commit(
      draft,
      CommitOrder(
        reason: "test", idempotencyKey: UUID().uuidString, successions: successions),
      by: .operator, in: .all)
  }

  func diff(
    _ from: String, _ to: String, in dataset: DatasetID = TimeFixture.patches,
    scope: Scope = .all, _ change: (inout DiffOrder) -> Void = { _ in }
  ) async throws -> DiffReport {
    var order = DiffOrder(
      dataset: dataset.text, from: try Self.day(from), to: try Self.day(to))
    change(&order)
    return try await map.difference(order, in: scope)
  }
}
