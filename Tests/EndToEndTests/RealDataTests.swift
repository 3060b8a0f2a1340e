import Foundation
import KarezCore
import TestSupport
import Testing

/// Real files through the same door.
@Suite(.enabled(if: Places.shared != nil, "no folder of real data beside this clone"))
struct RealDataTests {
  @Test func `the gate reports every fault of the real farms, and blocks`() async throws {
    let shared = try #require(Places.shared)
    let farms = shared.appending(path: "data/parcels-real/za_farms_shp/farms_33S.shp").path
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      #expect(try karez("init", "--data", data).status == 0)
      let blocked = try karez(
        "import", "polygons", farms, "--data", data, "--valid-from", "2024-01-01", "--json")
      #expect(blocked.status == 3)
      let report = try json(blocked)
      #expect(report["commit"] == .null)
      #expect(report["counts"]?["geometry-invalid"] == .integer(16), "\(report["counts"] ?? .null)")
      // Pairs on one another: 3,732, each told once by what it is.
      #expect(report["counts"]?["overlap"] == .integer(2_765))
      #expect(report["counts"]?["contained"] == .integer(898))
      #expect(report["counts"]?["geometry-duplicate"] == .integer(69))
      let datasets = try #require(json(karez("datasets", "--data", data, "--json")).array)
      #expect(datasets.allSatisfy { $0["features"] == .integer(0) }, "something was half-written")

      let passed = try karez(
        "import", "polygons", farms, "--data", data, "--valid-from", "2024-01-01", "--json",
        "--accept", "geometry-invalid", "--accept", "overlap", "--accept", "contained",
        "--accept", "geometry-duplicate", "--reason", "trial")
      #expect(passed.status == 0, "\(passed.problems)")
      let outcome = try json(passed)
      #expect(outcome["commit"] == .integer(1))
      #expect(outcome["inserted"] == .integer(2_008))
      let log = try karez("log", "show", "--data", data, "--json")
      #expect(log.output.contains("overlap") && log.output.contains("trial"))
    }
  }

  @Test func `the real counties import with the hole they have`() async throws {
    let shared = try #require(Places.shared)
    let counties = shared.appending(path: "data/kashgar-admin/kashgar_counties_cgcs2000.gpkg").path
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      #expect(try karez("init", "--data", data).status == 0)
      let outcome = try karez(
        "import", "counties", counties, "--data", data, "--valid-from", "2024-01-01", "--json")
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
      #expect(try json(outcome)["inserted"] == .integer(12))
      let found = try Program.run(
        "/usr/bin/ogr2ogr", ["-f", "GeoJSON", "/vsistdout/", "\(data)/karez.gpkg", "counties"])
      let features = try #require(JSONValue(parsing: found.output)["features"]?.array)
      #expect(features.count == 12)
      #expect(features.reduce(0) { $0 + holes(in: $1["geometry"]) } == 1)
    }
  }

  @Test func `a corrupt Shapefile is refused with the record that is broken`() async throws {
    let shared = try #require(Places.shared)
    let water = shared.appending(path: "data/parcels-real/broken_shp/water.shp").path
    let outcome = try karez("area", water, "--lang", "en")
    #expect(outcome.status == 3)
    #expect(outcome.problems.contains("record 30"), "\(outcome.problems)")
  }

  private func holes(in geometry: JSONValue?) -> Int {
    let coordinates = geometry?["coordinates"]?.array ?? []
    let isMulti = geometry?["type"] == .string("MultiPolygon")
    let polygons = isMulti ? coordinates : [.array(coordinates)]
    return polygons.reduce(0) { $0 + max(0, ($1.array?.count ?? 0) - 1) }
  }
}
