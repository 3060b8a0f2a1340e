import Foundation
import KarezCore
import TestSupport
import Testing

/// The verbs on coverages, run the way a user runs them.
@Suite struct CoverageVerbTests {
  /// A square over two, of which it lacks the middle vertex, and one that overlaps the second.
  static let squares = """
    {"type": "FeatureCollection", "features": [
    {"type": "Feature", "id": "a", "properties": {"kind": "field"}, "geometry": {"type": "Polygon",
      "coordinates": [[[76,39],[76.002,39],[76.002,39.001],[76,39.001],[76,39]]]}},
    {"type": "Feature", "id": "b", "properties": {"kind": "field"}, "geometry": {"type": "Polygon",
      "coordinates": [[[76,39.001],[76.001,39.001],[76.001,39.002],[76,39.002],[76,39.001]]]}},
    {"type": "Feature", "id": "c", "properties": {"kind": "wood"}, "geometry": {"type": "Polygon",
      "coordinates": [[[76.001,39.001],[76.002,39.001],[76.002,39.002],[76.001,39.002],
        [76.001,39.001]]]}},
    {"type": "Feature", "id": "d", "properties": {"kind": "road"}, "geometry": {"type": "Polygon",
      "coordinates": [[[76.0015,39.0015],[76.003,39.0015],[76.003,39.003],[76.0015,39.003],
        [76.0015,39.0015]]]}}
    ]}
    """

  private func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(
      "karez", arguments, environment: ["KAREZ_HOME": Places.repository.path])
  }

  private func withSquares<Result>(
    _ body: (_ file: String, _ folder: URL) async throws -> Result
  ) async throws -> Result {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "squares.geojson")
      try Data(Self.squares.utf8).write(to: file)
      return try await body(file.path, folder)
    }
  }

  @Test func `coverage names every fault, with its place and a repair`() async throws {
    try await withSquares { file, _ in
      let outcome = try run(["coverage", file, "--json"])
      #expect(outcome.status == 0, "\(outcome.problems)")
      let report = try JSONValue(parsing: outcome.output)
      #expect(report["examined"] == .integer(4))
      let faults = try #require(report["faults"]?.array)
      #expect(faults.map { $0["kind"] } == [.string("overlap"), .string("mismatch")])
      #expect(faults[0]["areaM2"] == .string("2404.159478"))
      #expect(faults[0]["features"] == .array([.string("d"), .string("c")]))
      #expect(faults[0]["noise"] == .boolean(false))
      #expect(faults[1]["place"] == .array([.number(76.001), .number(39.001)]))
      #expect(faults[1]["repair"]?["feature"] == .string("a"))
    }
  }

  @Test func `coverage is told in Chinese and in English`() async throws {
    try await withSquares { file, _ in
      let chinese = try run(["coverage", file])
      #expect(chinese.output.contains("重叠\t2404.16 m²\t76.00175"))
      #expect(chinese.output.contains("在 a 边界上加节点 76.001000000,39.001000000"))
      let english = try run(["coverage", file, "--lang", "en", "--id", "kind"])
      #expect(english.output.contains("take it from road, leave it to wood"))
      #expect(english.output.contains("1 more of at most 0.0100 m², noise of drawing"))
    }
  }

  @Test func `coverage refuses what is no polygon layer, and says why`() async throws {
    let missing = try run(["coverage", "/none/such.gpkg", "--lang", "en"])
    #expect(missing.status != 0)
    #expect(missing.problems.contains("/none/such.gpkg"))
    try await withSquares { file, _ in
      let negative = try run(["coverage", file, "--gap-width=-1", "--lang", "en"])
      #expect(negative.status != 0)
      #expect(negative.problems.contains("--gap-width"))
    }
  }

  @Test func `dissolve unites by an attribute, and marks a group with faults`() async throws {
    try await withSquares { file, folder in
      let out = folder.appending(path: "kinds.geojson").path
      let outcome = try run(["dissolve", file, "--by", "kind", "--out", out, "--json"])
      #expect(outcome.status == 0, "\(outcome.problems)")
      let groups = try #require(JSONValue(parsing: outcome.output)["groups"]?.array)
      #expect(groups.map { $0["faults"] } == [.integer(1), .integer(0), .integer(0)])
      let text = try String(contentsOfFile: out, encoding: .utf8)
      let features = try #require(JSONValue(parsing: text)["features"]?.array)
      #expect(features.count == 3)
      #expect(features[0]["properties"]?["kind"] == .string("field"))
      #expect(features[0]["properties"]?["areaM2"] == groups[0]["areaM2"])
    }
  }

  @Test func `simplify refuses a layer with overlaps, and writes one without`() async throws {
    try await withSquares { file, folder in
      let out = folder.appending(path: "less.geojson").path
      let refused = try run([
        "simplify", file, "--tolerance", "1", "--out", out, "--lang", "en",
      ])
      #expect(refused.status != 0)
      #expect(refused.problems.contains("2 overlaps or mismatches"))
      #expect(!FileManager.default.fileExists(atPath: out))
      let kinds = folder.appending(path: "one.geojson")
      try Data(
        """
        {"type": "Feature", "id": "a", "properties": {}, "geometry": {"type": "Polygon",
        "coordinates": [[[76,39],[76.001,39.000001],[76.002,39],[76.002,39.001],[76,39]]]}}
        """.utf8
      ).write(to: kinds)
      let done = try run(["simplify", kinds.path, "--tolerance", "1", "--out", out, "--json"])
      #expect(done.status == 0, "\(done.problems)")
      #expect(try JSONValue(parsing: done.output)["remaining"] == .integer(3))
    }
  }

  @Test(.enabled(if: Places.shared != nil, "no folder of real data beside this clone"))
  func `coverage finds in the real farms what the gate finds`() throws {
    let shared = try #require(Places.shared)
    let farms = shared.appending(path: "data/parcels-real/za_farms_shp/farms_33S.shp").path
    let outcome = try run(["coverage", farms, "--json"])
    #expect(outcome.status == 0, "\(outcome.problems)")
    let report = try JSONValue(parsing: outcome.output)
    #expect(report["examined"] == .integer(2_008))
    let faults = try #require(report["faults"]?.array)
    let common = faults.filter { fault in
      let isPair = ["overlap", "duplicate", "contained"].contains { fault["kind"] == .string($0) }
      return isPair && fault["noise"] == .boolean(false)
    }
    // The gate, which judges in the plane of the file, finds 3,733: one lies at the tolerance.
    #expect(common.count == 3_732)
  }
}
