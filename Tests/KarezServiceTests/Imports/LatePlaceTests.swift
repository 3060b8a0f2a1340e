import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@testable import KarezService

/// Rows are examined as they are read, once it is known where they lie.
@Suite struct LatePlaceTests {
  private static let bowTie = "[[[76,39],[76.01,39.01],[76.01,39],[76,39.01],[76,39]]]"

  /// A thousand features without a place, which are one batch of the reader, and one that has a
  /// place and bounds no area.
  private static func text(placeComesLast: Bool) -> String {
    var features = (1...1_000).map {
      "{\"type\":\"Feature\",\"properties\":{\"name\":\"\($0)\"},\"geometry\":null}"
    }
    features.insert(
      "{\"type\":\"Feature\",\"properties\":{\"name\":\"last\"},"
        + "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":\(bowTie)}}",
      at: placeComesLast ? features.count : 0)
    return "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}"
  }

  private static func outcome(placeComesLast: Bool) async throws -> ImportOutcome {
    try await Places.withTemporaryFolder { folder in
      let fixture = try await TimeFixture(folder)
      let file = folder.appending(path: "late.geojson")
      try Data(text(placeComesLast: placeComesLast).utf8).write(to: file)
      var order = ImportOrder(
        dataset: "polygons", file: FileArgument(file.path),
        validFrom: try TimeFixture.day("2025-01-01"))
      order.isDryRun = true
      return try await fixture.map.importFile(order, by: .operator, in: .all) { _ in }
    }
  }

  @Test func `features are told of alike wherever the first with a place stands`() async throws {
    let late = try await Self.outcome(placeComesLast: true)
    let early = try await Self.outcome(placeComesLast: false)
    #expect(late.report.examined == 1_001 && early.report.examined == 1_001)
    #expect(late.report.counts == early.report.counts)
    #expect(late.report.counts["geometry-invalid"] == 1)
    let finding = try #require(late.report.findings.first { $0.rule == "geometry-invalid" })
    let place = try #require(finding.place)
    #expect(abs(place.x - 76.005) < 1e-9 && abs(place.y - 39.005) < 1e-5)
  }
}
