import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What would avoid a line, over a map with the product's rules.
@Suite struct AvoidanceTests {
  typealias Box = SurveyFixture.Box

  static func line(_ found: Avoidance, _ id: String) throws -> JSONValue {
    try #require(found.lines.first { $0["id"]?.string == id })
  }

  static func area(_ json: JSONValue?) throws -> Double {
    try #require(json?.string.flatMap { Double($0) })
  }

  @Test func `a house half on basic farmland is led off it, and its new answer is a real one`()
    async throws
  {
    try await AlternativesFixture.withMap { fixture in
      let answer = try await fixture.check(Box(2, 1, 6, 3))
      #expect(answer.verdict == .prohibited)
      let found = try await fixture.map.avoidance(
        of: answer.id, within: fixture.limits, in: .all)
      let line = try Self.line(found, "permanent_basic_farmland")
      let suggestion = try #require(line["suggestion"])
      let whole = answer.boundary.statutoryArea.squareMetres
      let (rest, givenUp) = (
        try Self.area(suggestion["restM2"]), try Self.area(suggestion["givenUpM2"])
      )
      #expect(abs(rest + givenUp - whole) < 0.001)
      let occupied = try PlaneRegion(Box(4, 1, 6, 3).geometry).area.squareMetres
      #expect(abs(try Self.area(line["occupiedM2"]) - occupied) < 0.006)
      // The strip: one side of 222 m, 3 mm wide.
      #expect((0.3...1.0).contains(try Self.area(suggestion["stripM2"])))
      #expect(suggestion["partsM2"]?.array?.count == 1)
      let gone = suggestion["gone"]?.array?.compactMap { $0["rule"]?.string } ?? []
      #expect(gone.contains("three-lines/basic-farmland/rural-housing"))
      #expect(suggestion["verdict"]?.string != "prohibited")

      let request = try await fixture.map.suggested(
        "permanent_basic_farmland", .rest, around: answer.id, within: fixture.limits, in: .all)
      let again = try await fixture.map.check(request, by: .operator, in: .all)
      #expect(again.verdict.rawValue == suggestion["verdict"]?.string)
      #expect(again.boundary.statutoryArea.text == suggestion["restM2"]?.string)
      let farmland = try #require(
        again.layers.first { $0.dataset.text == "permanent-basic-farmland" })
      #expect(farmland.occupied == .zero && farmland.features == 0)
      #expect(again.asOf == answer.asOf)
    }
  }

  @Test func `the same area is found beside it, free of what prohibits`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let answer = try await fixture.check(Box(2, 1, 6, 3))
      let found = try await fixture.map.avoidance(
        of: answer.id, within: fixture.limits, in: .all)
      let line = try Self.line(found, "permanent_basic_farmland")
      let trade = try #require(line["suggestion"]?["trade"])
      #expect(trade["isMade"] == .boolean(true))
      #expect(trade["verdict"]?.string != "prohibited")
      let area = try Self.area(trade["areaM2"])
      #expect(abs(area - answer.boundary.statutoryArea.squareMetres) < 0.015)
      let traded = try #require(found.boundary(of: "permanent_basic_farmland", .traded))
      let overlap = try PlaneRegion(traded).intersection(PlaneRegion(Box(4, 0, 8, 4).geometry))
      #expect(overlap.area.squareMetres < 1e-4)
      // Within less room there is too little, and that is said.
      var narrow = fixture.limits
      narrow.reachMetres = 1
      let poor = try await fixture.map.avoidance(of: answer.id, within: narrow, in: .all)
      let none = try Self.line(poor, "permanent_basic_farmland")["suggestion"]?["trade"]
      #expect(none?["isMade"] == .boolean(false))
      #expect(try Self.area(none?["foundM2"]) < answer.boundary.statutoryArea.squareMetres)
    }
  }

  @Test func `a boundary wholly on a line has no smaller one that leaves it`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let answer = try await fixture.check(Box(5, 1, 6, 2))
      let found = try await fixture.map.avoidance(
        of: answer.id, within: fixture.limits, in: .all)
      #expect(try Self.line(found, "permanent_basic_farmland")["suggestion"] == .null)
      await #expect(throws: Problem.self) {
        try await fixture.map.suggested(
          "permanent_basic_farmland", .rest, around: answer.id, within: fixture.limits, in: .all)
      }
      let apart = try await fixture.check(Box(10, 1, 12, 2))
      let none = try await fixture.map.avoidance(
        of: apart.id, within: fixture.limits, in: .all)
      #expect(!none.lines.contains { $0["id"]?.string == "permanent_basic_farmland" })
    }
  }

  @Test func `files of a suggestion are read back as it, and leave the line as well`() async throws
  {
    try await AlternativesFixture.withMap { fixture in
      let answer = try await fixture.check(Box(2, 1, 6, 3))
      for format in Avoidance.Format.allCases {
        let bytes = try await fixture.map.suggestionFile(
          "permanent_basic_farmland", .rest, around: answer.id, as: format,
          within: fixture.limits, in: .all)
        try await Places.withTemporaryFolder { folder in
          let file = folder.appending(path: "rest." + format.rawValue)
          try Data(bytes).write(to: file)
          let read = try await fixture.map.readBoundary(file: FileArgument(file.path), crs: nil)
          let again = try await fixture.map.check(
            CheckRequest(
              boundary: read, purpose: answer.purpose, validOn: answer.asOf.validOn),
            by: .operator, in: .all)
          // Whole millimetres do not bring the line back.
          #expect(
            again.layers.first { $0.dataset.text == "permanent-basic-farmland" }?.features == 0,
            "\(format)")
          #expect(again.verdict != .prohibited, "\(format)")
        }
      }
    }
  }

  @Test func `who may not see the farmland learns nothing of it`() async throws {
    try await AlternativesFixture.withMap { fixture in
      let answer = try await fixture.check(Box(2, 1, 6, 3))
      let public_ = Scope(ceiling: .public)
      await #expect(throws: Problem.self) {
        try await fixture.map.avoidance(of: answer.id, within: fixture.limits, in: public_)
      }
      // The same boundary asked about by somebody who sees public datasets only.
      let own = try await fixture.map.check(
        CheckRequest(
          boundary: ReadBoundary(of: answer), purpose: answer.purpose,
          validOn: answer.asOf.validOn), by: Actor(id: "guest"), in: public_)
      let found = try await fixture.map.avoidance(
        of: own.id, within: fixture.limits, in: public_)
      #expect(!found.lines.contains { $0["id"]?.string == "permanent_basic_farmland" })
      await #expect(throws: Problem.self) {
        try await fixture.map.comparison(
          of: [own.id, answer.id], within: fixture.limits, in: public_)
      }
    }
  }
}
