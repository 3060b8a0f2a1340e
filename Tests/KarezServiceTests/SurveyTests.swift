import Foundation
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What the boundary meets is measured right, wherever the polygons come from.
@Suite struct SurveyTests {
  typealias Box = SurveyFixture.Box

  static func area(_ box: Box) throws -> Double {
    try PlaneRegion(try box.geometry).area.squareMetres
  }

  @Test func `a coverage whose overlaps were let pass is counted once`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      // The second lies half on the first; the third apart; gaps keep the sum below the boundary.
      try await fixture.record(
        [
          ("a", Box(0, 0, 4, 4), "01"), ("b", Box(2, 0, 6, 4), "01"),
          ("c", Box(10, 0, 12, 4), "02"),
        ], in: SurveyFixture.patches, key: "1")
      let survey = try await fixture.survey(Box(0, 0, 100, 4))
      let layer = try #require(try await survey.layer(SurveyFixture.patches))
      let whole = try #require(try await survey.ground(Ground.Key(inside: [], outside: [])))
      let occupied = try survey.occupied(by: layer.all, of: layer, on: whole)
      let expected = try Self.area(Box(0, 0, 6, 4)) + Self.area(Box(10, 0, 12, 4))
      #expect(abs(occupied.squareMetres - expected) < 1e-3)
      let fact = SurveyFixture.fact(.area, of: SurveyFixture.patches, classes: ["01"])
      let measured = try #require(try await fixture.measurer(survey).measure(fact))
      #expect(abs(try #require(measured.number) - (try Self.area(Box(0, 0, 6, 4)))) < 1e-3)
      let piece = try #require(try await fixture.measurer(survey).piece(of: fact))
      #expect(
        abs(try PlaneRegion(piece).area.squareMetres - (try #require(measured.number))) < 1e-3)
    }
  }

  @Test func `neighbours that share an edge are not united`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(
        [("a", Box(0, 0, 4, 4), "01"), ("b", Box(4, 0, 8, 4), "01"), ("c", Box(0, 4, 8, 9), "02")],
        in: SurveyFixture.patches, key: "1")
      let survey = try await fixture.survey(Box(1, 1, 7, 8))
      let layer = try #require(try await survey.layer(SurveyFixture.patches))
      #expect(try layer.overlapping(layer.all) == [])
      let sum = layer.features.reduce(0) { $0 + $1.areaM2 }
      #expect(abs(sum - survey.shape.area) < 1e-6)
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `areas inside and outside other layers are those of the sets themselves`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let boxes = [SurveyFixture.patches, SurveyFixture.reserve, SurveyFixture.zone].map { dataset in
      (dataset, (0..<Int.random(in: 1...6, using: &random)).map { _ in Self.box(using: &random) })
    }
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      for (dataset, members) in boxes {
        try await fixture.define(dataset, isCoverage: false)
        try await fixture.record(
          members.enumerated().map { ("f\($0)", $1, $0.isMultiple(of: 2) ? "01" : "02") },
          in: dataset, key: dataset.text)
      }
      let boundary = Box(2, 2, 14, 14)
      let survey = try await fixture.survey(boundary)
      let measurer = try fixture.measurer(survey)
      for (inside, outside) in [
        ([], [1]), ([1], []), ([1], [2]), ([1, 2], []), ([], [1, 2]), ([], []),
      ]
        as [([Int], [Int])]
      {
        for classes in [[], ["01"]] {
          let fact = SurveyFixture.fact(
            .area, of: SurveyFixture.patches, classes: classes, inside: inside.map { boxes[$0].0 },
            outside: outside.map { boxes[$0].0 })
          let members = boxes[0].1.enumerated()
            .filter { classes.isEmpty || $0.offset.isMultiple(of: 2) }.map(\.element)
          var region = try PlaneRegion.union(of: members.map { try $0.geometry })
          region = try region.intersection(try PlaneRegion(try boundary.geometry))
          for other in inside {
            region = try region.intersection(
              try PlaneRegion.union(of: boxes[other].1.map { try $0.geometry }))
          }
          for other in outside {
            region = try region.subtracting(
              try PlaneRegion.union(of: boxes[other].1.map { try $0.geometry }))
          }
          let measured = try #require(try await measurer.measure(fact)?.number)
          #expect(abs(measured - region.area.squareMetres) < 1e-3, "\(inside) \(outside) \(boxes)")
          let piece = try await measurer.piece(of: fact)
          let shown = try piece.map { try PlaneRegion.union(of: [$0], isRepairing: true) }
          #expect(abs((shown?.area.squareMetres ?? 0) - measured) < 1e-2)
        }
      }
    }
  }

  static func box(using random: inout SplitMix64) -> Box {
    let west = Int.random(in: 0..<14, using: &random)
    let south = Int.random(in: 0..<14, using: &random)
    return Box(
      west, south, west + Int.random(in: 1...6, using: &random),
      south + Int.random(in: 1...6, using: &random))
  }

  @Test func `slivers are counted, and told of beside the total`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(
        [("a", Box(0, 0, 4, 4), "01"), ("b", Box(4, 0, 5, 4), "01"), ("c", Box(8, 0, 9, 1), "01")],
        in: SurveyFixture.patches, key: "1")
      let survey = try await fixture.survey(Box(0, 0, 20, 4))
      let least = try Self.area(Box(8, 0, 9, 1))
      let fact = SurveyFixture.fact(.area, of: SurveyFixture.patches)
      for (tolerance, expected) in [(least - 1, 0), (least + 1, 1), (1e9, 3)] {
        let measurer = try fixture.measurer(survey, tolerance: .squareMetres(tolerance))
        let measured = try #require(try await measurer.measure(fact))
        #expect(measured.noise.features == expected)
        let total = try Self.area(Box(0, 0, 5, 4)) + least
        #expect(abs(try #require(measured.number) - total) < 1e-4)
        if expected == 1 { #expect(abs(measured.noise.areaM2 - least) < 1e-4) }
      }
      let unstated = try fixture.measurer(survey)
      #expect(try await unstated.measure(fact)?.noise == Noise())
    }
  }

  @Test func `attributes without a column of their own are asked for by row`() async throws {
    try await Places.withTemporaryFolder { folder in
      let fixture = try SurveyFixture(folder)
      try await fixture.define(SurveyFixture.patches)
      try await fixture.record(
        (0..<6).map { ("f\($0)", Box($0 * 2, 0, $0 * 2 + 1, 1), "0\($0 % 2)") },
        in: SurveyFixture.patches, key: "1")
      let survey = try await fixture.survey(Box(0, 0, 7, 1))
      let measurer = try fixture.measurer(survey)
      let values = SurveyFixture.fact(.values(of: "note"), of: SurveyFixture.patches)
      #expect(
        try await measurer.measure(values)?.value
          == .codes((0..<4).map { "note of f\($0)" }))
      let count = SurveyFixture.fact(
        .count, of: SurveyFixture.patches, classes: ["note of f1", "note of f5"],
        attribute: "note")
      #expect(try await measurer.measure(count)?.number == 1)
    }
  }
}
