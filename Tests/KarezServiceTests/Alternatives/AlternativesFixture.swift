import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A One Map with the product's packs and permanent basic farmland in one corner.
struct AlternativesFixture {
  typealias Box = SurveyFixture.Box

  let map: OneMap
  let limits: WebLimits.Checks

  static func withMap(_ body: (AlternativesFixture) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      let fixture = AlternativesFixture(map: map, limits: try map.webLimits().checks)
      try await fixture.farmland([("a", Box(4, 0, 8, 4))], from: "2024-01-01", in: folder)
      try await body(fixture)
    }
  }

  func farmland(_ members: [(String, Box)], from day: String, in folder: URL) async throws {
    let features = try members.map { id, box -> JSONValue in
      .object([
        "type": .string("Feature"), "geometry": try box.geometry.geoJSON,
        "properties": .object([
          "identifier": .string(id), "land_class": .string("0103"),
          "location_code": .string("653101001001"),
        ]),
      ])
    }
    let file = folder.appending(path: "farmland-\(day).geojson")
    let text = JSONValue.object([
      "type": .string("FeatureCollection"), "features": .array(features),
    ]).canonicalText
    try Data(text.utf8).write(to: file)
    var order = ImportOrder(
      dataset: "permanent-basic-farmland", file: FileArgument(file.path),
      validFrom: try #require(LegalDate(day)))
    order.reason = "划定"
    let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
    #expect(outcome.json["commit"]?.integer != nil, "\(outcome.lines(in: .en))")
  }

  func check(
    _ box: Box, purpose: String? = "residential/rural", on day: String = "2025-11-01"
  ) async throws -> ComplianceAnswer {
    try await map.check(
      CheckRequest(
        boundary: try ReadBoundary(drawn: [box.geometry]), purpose: purpose,
        validOn: try #require(LegalDate(day))), by: .operator, in: .all)
  }
}
