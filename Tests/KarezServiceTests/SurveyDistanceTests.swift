import Foundation
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Facts that look around the boundary, on points, lines and polygons that are recorded.
@Suite struct SurveyDistanceTests {
  typealias Box = SurveyFixture.Box

  /// About 173 m by 222 m, from 76° E 39° N.
  static let boundary = Box(0, 0, 2, 2)
  /// Due east of the middle of its eastern edge; made with pyproj 3.7.2 as
  /// `Geod(ellps='GRS80').fwd(76.002, 39.001, 90, d)`.
  static let eastward: [(metres: Double, x: Double, y: Double)] = [
    (1, 76.00201154398695, 39.000999999999436), (5, 76.00205771993475, 39.00099999998573),
    (50, 76.00257719934757, 39.0009999985723), (500, 76.00777199346814, 39.00099985722876),
  ]

  static func known(_ text: String) -> DatasetID {
    guard let id = DatasetID(text) else { preconditionFailure("not a dataset id: \(text)") }
    return id
  }

  static let pipelines = known("oil-gas-pipelines")
  static let sites = known("hazard-sites")

  private func survey(
    _ fixture: SurveyFixture, _ dataset: DatasetID, reaching metres: Double
  ) async throws -> BoundarySurvey {
    try BoundarySurvey(
      boundary: try Self.boundary.geometry, asOf: try await fixture.asOf(), store: fixture.store,
      scope: .all, reaches: [dataset: metres])
  }

  private func number(
    _ fixture: SurveyFixture, _ dataset: DatasetID, _ measure: MapMeasure.Measure, within: String,
    classes: [String] = [], inside: [DatasetID] = [], outside: [DatasetID] = []
  ) async throws -> Double? {
    let survey = try await survey(fixture, dataset, reaching: 1_000)
    let fact = SurveyFixture.fact(
      measure, of: dataset, classes: classes, within: Quantity(within), inside: inside,
      outside: outside)
    return try await fixture.measurer(survey).measure(fact)?.number
  }

  @Test func `within a distance includes the distance itself, for points, lines and polygons`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(Self.sites, geometry: .point)
      try await fixture.define(Self.pipelines, geometry: .line)
      try await fixture.define(SurveyFixture.patches)
      var (points, lines, triangles) = ([], [], []) as ([Geometry], [Geometry], [Geometry])
      for place in Self.eastward {
        let at = Position(x: place.x, y: place.y)
        let corners = [(at.x + 0.1, 38.9), (at.x + 0.1, 39.1)].map { Position(x: $0.0, y: $0.1) }
        points.append(.points([at]))
        lines.append(.lines([[corners[1], at]]))
        triangles.append(
          .polygons(
            MultiPolygon([Polygon(shell: try Ring([at, corners[0], corners[1], at]))])))
      }
      for (dataset, geometries) in [
        (Self.sites, points), (Self.pipelines, lines), (SurveyFixture.patches, triangles),
      ] {
        try await fixture.record(geometries, in: dataset, key: dataset.text)
        for (index, place) in Self.eastward.enumerated() {
          let exact = "\(Int(place.metres)) m"
          #expect(
            try await number(fixture, dataset, .count, within: exact) == Double(index + 1),
            "\(dataset) \(exact)")
          let less = "\(DecimalText.fixed(place.metres - 0.001, decimals: 3)) m"
          #expect(
            try await number(fixture, dataset, .count, within: less) == Double(index),
            "\(dataset) \(less)")
        }
        // A boundary at the distance itself touches; a touch has no area.
        let area = try #require(try await number(fixture, dataset, .area, within: "1 m"))
        #expect(area < 0.005, "\(dataset)")
        #expect(try #require(try await number(fixture, dataset, .area, within: "50 m")) > 1_000)
      }
    }
  }

  @Test func `values are those of the features within the distance`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(Self.sites, geometry: .point)
      try await fixture.record(
        Self.eastward.map { .points([Position(x: $0.x, y: $0.y)]) }, in: Self.sites, key: "1")
      let survey = try await survey(fixture, Self.sites, reaching: 1_000)
      let fact = SurveyFixture.fact(
        .values(of: "note"), of: Self.sites, within: Quantity("50 m"))
      #expect(
        try await fixture.measurer(survey).measure(fact)?.value
          == .codes(["note of f0", "note of f1", "note of f2"]))
    }
  }

  @Test func `the land near filtered features is taken on the ground the fact states`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(Self.pipelines, geometry: .line)
      try await fixture.define(SurveyFixture.reserve)
      try await fixture.define(SurveyFixture.zone)
      // Upright through the middle, 222.031 m of it; and far away, of another class.
      try await fixture.record(
        [
          .lines([[Position(x: 76.001, y: 38.9), Position(x: 76.001, y: 39.1)]]),
          .lines([[Position(x: 76.3, y: 38.9), Position(x: 76.3, y: 39.1)]]),
        ], in: Self.pipelines, key: "1")
      // The northern half.
      try await fixture.record(
        [("a", Box(0, 1, 2, 2), "01")], in: SurveyFixture.reserve, key: "2")
      let strip = 10 * 222.031
      func area(_ inside: [DatasetID], _ outside: [DatasetID], _ classes: [String] = [])
        async throws -> Double?
      {
        try await number(
          fixture, Self.pipelines, .area, within: "5 m", classes: classes, inside: inside,
          outside: outside)
      }
      #expect(abs(try #require(try await area([], [])) - strip) < 0.01)
      #expect(abs(try #require(try await area([SurveyFixture.reserve], [])) - strip / 2) < 0.02)
      #expect(abs(try #require(try await area([], [SurveyFixture.reserve])) - strip / 2) < 0.02)
      #expect(abs(try #require(try await area([], [], ["00"])) - strip) < 0.01)
      #expect(try await area([], [], ["01"]) == 0)
      // A layer that was never recorded leaves the fact unknown, as without a distance.
      #expect(try await area([SurveyFixture.zone], []) == nil)
      let survey = try await survey(fixture, Self.pipelines, reaching: 5)
      let fact = SurveyFixture.fact(
        .area, of: Self.pipelines, within: Quantity("5 m"),
        inside: [SurveyFixture.reserve])
      let piece = try #require(try await fixture.measurer(survey).piece(of: fact))
      #expect(abs(try PlaneRegion(piece).area.squareMetres - strip / 2) < 0.02)
      let layer = try #require(try await survey.layer(Self.pipelines))
      #expect(layer.features.count == 1, "the line that meets the boundary, and no other")
    }
  }

  @Test func `a dataset that was never recorded is unknown around the boundary too`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      #expect(try await number(fixture, Self.pipelines, .count, within: "5 m") == nil)
      try await fixture.define(Self.pipelines, geometry: .line)
      #expect(try await number(fixture, Self.pipelines, .count, within: "5 m") == nil)
      #expect(try await number(fixture, Self.pipelines, .area, within: "5 m") == nil)
      try await fixture.record(
        [.lines([[Position(x: 80, y: 40), Position(x: 80, y: 41)]])], in: Self.pipelines, key: "1")
      #expect(try await number(fixture, Self.pipelines, .count, within: "5 m") == 0)
      #expect(try await number(fixture, Self.pipelines, .area, within: "5 m") == 0)
    }
  }

  @Test(arguments: [true, false])
  func `polygons around the boundary are found in layer files and without`(isFiled: Bool)
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let policy = SnapshotPolicy(mostRows: isFiled ? 1 : 1_000, isMadeInBackground: false)
      let fixture = try SurveyFixture(folder, policy)
      try await fixture.define(SurveyFixture.patches)
      // A row of patches to the east, 86.6 m apart edge to edge.
      try await fixture.record(
        (0..<40).map { ("f\($0)", Box(3 + 2 * $0, 0, 4 + 2 * $0, 2), "0\($0 % 2)") },
        in: SurveyFixture.patches, key: "1")
      if isFiled { await fixture.store.makeSnapshot(of: SurveyFixture.patches) }
      for (within, count) in [("86 m", 0), ("87 m", 1), ("259 m", 1), ("260 m", 2), ("950 m", 5)] {
        #expect(
          try await number(fixture, SurveyFixture.patches, .count, within: within)
            == Double(count), "\(within)")
      }
      let odd = try await number(
        fixture, SurveyFixture.patches, .count, within: "950 m", classes: ["01"])
      #expect(odd == 2)
    }
  }
}
