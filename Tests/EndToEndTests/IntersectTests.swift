import Foundation
import KarezCore
import TestSupport
import Testing

/// `karez intersect`, the way a user or a script runs it.
@Suite struct IntersectTests {
  static let unit = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
  static let square = "POLYGON ((75.9 39.4, 75.91 39.4, 75.91 39.41, 75.9 39.41, 75.9 39.4))"

  static func intersect(
    _ text: String, _ options: [String] = [], piped: Bool = false
  ) async throws -> Program.Outcome {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "pairs.tsv")
      try Data(text.utf8).write(to: file)
      return try Program.run(
        "karez", ["intersect", piped ? "-" : file.path] + options, input: piped ? file : nil)
    }
  }

  @Test(arguments: [false, true])
  func `pairs come back as their id and seventeen digits, from a file or a pipe`(
    piped: Bool
  ) async throws {
    let half = "MULTIPOLYGON (((0.5 0, 1.5 0, 1.5 1, 0.5 1, 0.5 0)))"
    let outcome = try await Self.intersect(
      """
      same\t\(Self.unit)\t\(Self.unit)\r
      图斑 7\t\(Self.unit)\t\(half)

      third\tPOLYGON ((0 0, 1 0, 0 0.75, 0 0))\t\(Self.unit)
      none\tPOLYGON EMPTY\tMULTIPOLYGON EMPTY
      \t\(Self.unit)\tPOLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))
      """, piped: piped)
    #expect(outcome.status == 0)
    #expect(
      outcome.output == "same\t1\n图斑 7\t0.5\nthird\t0.375\nnone\t0\n\t0\n")
    #expect(outcome.problems.isEmpty)
  }

  @Test func `statutory areas are those of the parcel in degrees, whatever it was given in`()
    async throws
  {
    let statutory = try await Self.intersect(
      "s\t\(Self.square)\t\(Self.square)\n", ["--statutory"])
    let area = try #require(Double(statutory.output.dropFirst(2).dropLast()))
    // By the regulation's trapezoid: b²·ΔL·(σ(B₂) − σ(B₁)).
    #expect(abs(area - 955_846) < 2_000, "\(area)")
    let planar = try await Self.intersect("p\t\(Self.square)\t\(Self.square)\n")
    #expect(abs(try #require(Double(planar.output.dropFirst(2).dropLast())) - 1e-4) < 1e-15)
    // A square of the zone: planar as written, statutory by way of degrees.
    let metres = """
      m\tPOLYGON ((500000 4400000, 501000 4400000, 501000 4401000, 500000 4401000, 500000 4400000))\
      \tPOLYGON ((500500 4400000, 502000 4400000, 502000 4402000, 500500 4402000, 500500 4400000))

      """
    let grid = try await Self.intersect(metres, ["--crs", "EPSG:4534"])
    #expect(grid.output == "m\t500000\n")
    let ellipsoid = try await Self.intersect(metres, ["--crs", "EPSG:4534", "--statutory"])
    let square = try #require(Double(ellipsoid.output.dropFirst(2).dropLast()))
    #expect(square != 500_000 && abs(square - 500_000) < 100, "\(square)")
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let line: String
    let code: String
    let place: String
    var testDescription: String { line }
  }

  static let bad: [Bad] = [
    Bad(line: "only an id", code: "pair-fields", place: "line 2"),
    Bad(line: "x\t\(unit)", code: "pair-fields", place: "line 2"),
    Bad(line: "x\t\(unit)\t\(unit)\t", code: "pair-fields", place: "line 2"),
    Bad(
      line: "x\tPOLYGON ((0 0, 1 0, 1 1))\t\(unit)", code: "ring-too-short",
      place: "line 2, byte 11, feature 1"),
    Bad(
      line: "x\t\(unit)\tPOLYGON ((0 0, 1 0, 1 1, 0 1))", code: "ring-not-closed",
      place: "feature 2, part 1, ring 1"),
    Bad(line: "x\t\(unit)\tPOINT (0 0)", code: "geometry-unsupported", place: "feature 2"),
    Bad(
      line: "x\tPOLYGON ((0 0, 1 nan, 1 1, 0 0))\t\(unit)", code: "text-unexpected",
      place: "feature 1"),
    Bad(
      line: "x\tPOLYGON ((0 0, 1e99 0, 1 1, 0 0))\t\(unit)", code: "coordinate-out-of-range",
      place: "vertex 2"),
    Bad(line: "x\t\(unit) junk\t\(unit)", code: "text-unexpected", place: "feature 1"),
    Bad(line: "x\t\tPOLYGON EMPTY", code: "text-ends-too-soon", place: "byte 2, feature 1"),
  ]

  @Test(arguments: bad)
  func `a bad line ends the job with its place, and nothing is written`(bad: Bad) async throws {
    let good = "a\t\(Self.unit)\t\(Self.unit)\n"
    let outcome = try await Self.intersect(good + bad.line + "\n" + good, ["--json"])
    #expect(outcome.status == 3)
    #expect(outcome.output.isEmpty, "half-done: \(outcome.output)")
    let problem = try JSONValue(parsing: outcome.problems)
    #expect(problem["code"]?.string == bad.code)
    let place = problem["place"]?.string ?? ""
    #expect(place.hasPrefix("pairs.tsv: line 2"), "\(place)")
    #expect(place.contains(bad.place), "\(place)")
    #expect(problem["message"]?["zh"]?.string?.contains("；") == true)
  }

  @Test
  func `told to keep going, every line has an answer and the status says something was wrong`()
    async throws
  {
    let lines = Self.bad.map(\.line) + ["a\t\(Self.unit)\t\(Self.unit)"]
    let outcome = try await Self.intersect(
      lines.joined(separator: "\n"), ["--keep-going", "--lang", "en"], piped: true)
    #expect(outcome.status == 3)
    let answers = outcome.output.split(separator: "\n")
    #expect(answers.count == lines.count)
    for (answer, bad) in zip(answers, Self.bad) {
      #expect(answer.hasSuffix("\terror:\(bad.code)"), "\(answer)")
    }
    #expect(answers.last == "a\t1")
    let problems = outcome.problems.split(separator: "\n")
    #expect(problems.count == Self.bad.count)
    for (number, problem) in problems.enumerated() {
      #expect(problem.hasPrefix("stdin: line \(number + 1)"), "\(problem)")
    }
  }

  @Test func `degrees that are metres are refused, a missing file and an unknown system too`()
    async throws
  {
    let metres = "m\tPOLYGON ((500000 0, 501000 0, 501000 1, 500000 0))\t\(Self.unit)\n"
    let outcome = try await Self.intersect(metres, ["--statutory", "--lang", "en"])
    #expect(outcome.status == 3)
    #expect(outcome.problems.hasPrefix("pairs.tsv: line 1, feature 1, part 1, ring 1, vertex 1: "))
    let missing = try Program.run("karez", ["intersect", "nowhere.tsv", "--lang", "en"])
    #expect(missing.status == 3)
    #expect(missing.problems == "nowhere.tsv: there is no such file; check the path\n")
    let unknown = try await Self.intersect(metres, ["--crs", "EPSG:2"])
    #expect(unknown.status == 3)
  }

  @Test func `polygons that bound no area properly are repaired, and that is said`() async throws {
    let tie = "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
    let outcome = try await Self.intersect(
      "t\t\(tie)\tPOLYGON ((1 0, 3 0, 3 2, 1 2, 1 0))\n", ["--lang", "en"])
    #expect(outcome.output == "t\t1\n")
    #expect(outcome.problems == "1 pairs had invalid polygons and were repaired first\n")
  }

  @Test func `machine-readable answers are one object a line`() async throws {
    let outcome = try await Self.intersect("a\t\(Self.unit)\t\(Self.unit)\n", ["--json"])
    #expect(outcome.output == "{\"area\":\"1\",\"id\":\"a\"}\n")
  }

  @Test func `a ring of a million vertices in one line is measured`() async throws {
    // A comb whose teeth are one unit wide and high: the bar takes half of every tooth.
    let teeth = 250_000
    var points: [String] = []
    points.reserveCapacity(4 * teeth)
    for tooth in 0..<teeth {
      let x = 2 * tooth
      points += ["\(x) 0", "\(x) 1", "\(x + 1) 1", "\(x + 1) 0"]
    }
    let comb = "POLYGON ((\(points.joined(separator: ",")),\(2 * teeth) -1,0 -1,0 0))"
    let bar = "POLYGON ((-1 0.5,600000 0.5,600000 2,-1 2,-1 0.5))"
    let outcome = try await Self.intersect("comb\t\(comb)\t\(bar)\n")
    #expect(outcome.output == "comb\t125000\n", "\(outcome.problems)")
  }

  @Test func `a polygon wider than a zone is cut by zones without loss`() async throws {
    let country = "POLYGON ((75 30, 95 30, 95 50, 75 50, 75 30))"
    var lines = "whole\t\(country)\t\(country)\n"
    for zone in stride(from: 72, to: 99, by: 3) {
      let strip =
        "POLYGON ((\(zone) 20, \(zone + 3) 20, \(zone + 3) 60, \(zone) 60, \(zone) 20))"
      lines += "\(zone)\t\(country)\t\(strip)\n"
    }
    let outcome = try await Self.intersect(lines, ["--statutory"])
    let areas = outcome.output.split(separator: "\n").compactMap {
      $0.split(separator: "\t").last.flatMap { Double($0) }
    }
    try #require(areas.count == 10)
    #expect(abs(areas.dropFirst().reduce(0, +) / areas[0] - 1) < 1e-14)
  }
}
