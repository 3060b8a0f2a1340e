import Foundation
import KarezCore
import TestSupport
import Testing

/// Overlays of files and of datasets, as a user runs them.
@Suite struct OverlayTests {
  /// A GeoJSON of rectangles in degrees: west, south, east, north, and properties.
  static func write(
    _ rectangles: [(box: [Double], properties: String)], to file: URL
  ) throws {
    let features = rectangles.map { box, properties in
      let (west, south, east, north) = (box[0], box[1], box[2], box[3])
      let ring = [
        [west, south], [east, south], [east, north], [west, north], [west, south],
      ]
      return """
        {"type": "Feature", "properties": {\(properties)},
         "geometry": {"type": "Polygon", "coordinates": [\(ring)]}}
        """
    }
    let text =
      "{\"type\": \"FeatureCollection\", \"features\": [\(features.joined(separator: ","))]}"
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  static func rows(_ file: URL) throws -> [[String]] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Two project sites over four patches; the second site lies half outside.
  static func makeFiles(in folder: URL) throws -> (sites: String, patches: String) {
    let sites = folder.appending(path: "sites.geojson")
    let patches = folder.appending(path: "patches.geojson")
    try write(
      [
        ([76.0, 39.0, 76.02, 39.01], "\"site\": \"A\""),
        ([76.03, 39.0, 76.05, 39.01], "\"site\": \"B\""),
      ], to: sites)
    try write(
      [
        ([76.0, 39.0, 76.01, 39.01], "\"class\": \"0101\""),
        ([76.01, 39.0, 76.02, 39.01], "\"class\": \"0103\""),
        ([76.02, 39.0, 76.03, 39.01], "\"class\": \"0101\""),
        ([76.03, 39.0, 76.04, 39.01], "\"class\": \"0101\""),
      ], to: patches)
    return (sites.path, patches.path)
  }

  @Test func `areas by class are those of the pieces, in every form of output`() async throws {
    try await Places.withTemporaryFolder { folder in
      let (sites, patches) = try Self.makeFiles(in: folder)
      let out = folder.appending(path: "out.csv")
      let outcome = try karez(
        "overlay", sites, patches, "--by", "class", "--left-id", "site", "--out", out.path,
        "--json")
      #expect(outcome.status == 0, "\(outcome.problems)")
      let rows = try Self.rows(out)
      #expect(rows.map { Array($0.prefix(2)) } == [["A", "0101"], ["A", "0103"], ["B", "0101"]])
      // Equal widths on the same parallels: the three pieces are equal, and a half of site A.
      let area = try json(karez("area", sites, "--json"))["parcels"]?.array?.first
      let whole = try #require(Double(area?["statutoryAreaM2"]?.string ?? ""))
      for row in rows { #expect(abs((Double(row[2]) ?? 0) - whole / 2) < 0.006, "\(row)") }
      let summary = try json(outcome)
      #expect(summary["pairs"] == .integer(3))
      #expect(summary["noise"]?["rows"] == .integer(0))

      let columns = folder.appending(path: "out.parquet").path
      #expect(
        try karez("overlay", sites, patches, "--by", "class", "--out", columns).status == 0)
      let printed = try karez("overlay", sites, patches, "--by", "class", "--left-id", "site")
      #expect(printed.output.contains("A,0103,"))
    }
  }

  @Test func `a layer laid out beforehand gives the same rows, planar ones differ`() async throws {
    try await Places.withTemporaryFolder { folder in
      let (sites, patches) = try Self.makeFiles(in: folder)
      let laid = folder.appending(path: "patches.layer").path
      #expect(
        try karez("layer", patches, "--columns", "class", "--out", laid).status == 0)
      let direct = try karez("overlay", sites, patches, "--by", "class", "--left-id", "site")
      let again = try karez("overlay", sites, laid, "--by", "class", "--left-id", "site")
      #expect(direct.output == again.output)
      let planar = try karez(
        "overlay", sites, laid, "--by", "class", "--left-id", "site", "--planar", "EPSG:4513")
      #expect(planar.status == 0)
      #expect(planar.output != direct.output)
    }
  }

  @Test func `what cannot be overlaid is refused in one line`() async throws {
    try await Places.withTemporaryFolder { folder in
      let (sites, patches) = try Self.makeFiles(in: folder)
      let cases: [(arguments: [String], status: Int32, says: String)] = [
        (["overlay", sites, patches, "--by", "nothing"], 2, "nothing"),
        (["overlay", sites, folder.path + "/none.gpkg", "--by", "class"], 3, "none.gpkg"),
        (["overlay", sites, patches, "--by", "class", "--out", folder.path + "/x.doc"], 2, "csv"),
        (["overlay", sites, patches, "--by", "class", "--planar", "EPSG:4490"], 2, "4514"),
        (["overlay", sites, patches, "--by", "class", "--threads", "0"], 2, "threads"),
      ]
      for (arguments, status, says) in cases {
        let outcome = try Program.run(
          "karez", arguments + ["--lang", "en", "--data", folder.path + "/no-data"],
          environment: ["KAREZ_HOME": Places.repository.path])
        #expect(outcome.status == status, "\(arguments): \(outcome.problems)")
        #expect(outcome.problems.contains(says), "\(arguments): \(outcome.problems)")
        #expect(outcome.problems.split(separator: "\n").count == 1, "\(outcome.problems)")
      }
      // A layer file that is cut short is damaged, not smaller.
      let laid = folder.appending(path: "patches.layer")
      _ = try karez("layer", patches, "--columns", "class", "--out", laid.path)
      let bytes = try Data(contentsOf: laid)
      try bytes.dropLast(64).write(to: laid)
      let damaged = try karez("overlay", sites, laid.path, "--by", "class", "--lang", "en")
      #expect(damaged.status == 5, "\(damaged.problems)")
    }
  }

  @Test func `a flow matrix closes over rows and columns`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      #expect(try karez("init", "--data", data).status == 0)
      func patch(_ id: Int, _ land: String) -> String {
        "\"BSM\": \"\(id)\", \"DLBM\": \"\(land)\", \"ZLDWDM\": \"653101001001\""
      }
      let first = folder.appending(path: "first.geojson")
      try Self.write(
        [
          ([76.0, 39.0, 76.01, 39.01], patch(1, "0103")),
          ([76.01, 39.0, 76.02, 39.01], patch(2, "0301")),
          ([76.02, 39.0, 76.03, 39.01], patch(3, "0401")),
        ], to: first)
      let second = folder.appending(path: "second.geojson")
      // A third of patch 2 becomes 0103; patch 3 is gone; 4 is new land.
      try Self.write(
        [
          ([76.0, 39.0, 76.01, 39.01], patch(1, "0103")),
          ([76.01, 39.0, 76.013, 39.01], patch(5, "0103")),
          ([76.013, 39.0, 76.02, 39.01], patch(2, "0301")),
          ([76.04, 39.0, 76.05, 39.01], patch(4, "0401")),
        ], to: second)
      for (file, day) in [(first, "2024-01-01"), (second, "2025-01-01")] {
        let outcome = try karez(
          "import", "land-patches", file.path, "--data", data, "--valid-from", day)
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
      }
      let outcome = try karez(
        "flow", "land-patches", "--from", "2024-06-01", "--to", "2025-06-01", "--by",
        "land_class", "--data", data, "--json")
      #expect(outcome.status == 0, "\(outcome.problems)")
      let matrix = try json(outcome)
      #expect(matrix["unchanged"] == .integer(1))
      var cells: [String: Double] = [:]
      for cell in matrix["cells"]?.array ?? [] {
        let name = "\(cell["from"]?.string ?? "")>\(cell["to"]?.string ?? "")"
        cells[name] = Double(cell["areaM2"]?.string ?? "")
      }
      #expect(
        Set(cells.keys) == ["0103>0103", "0301>0103", "0301>0301", "0401>-", "->0401"])
      let whole = try #require(cells["0103>0103"])
      // Equal widths on the same parallels have equal areas.
      #expect(abs((cells["0301>0103"] ?? 0) - whole * 0.3) < 0.01)
      #expect(abs((cells["0301>0301"] ?? 0) - whole * 0.7) < 0.01)
      #expect(abs((cells["0401>-"] ?? 0) - whole) < 0.01)
      func total(_ list: String) -> Double {
        (matrix[list]?.array ?? []).reduce(0) { $0 + (Double($1["areaM2"]?.string ?? "") ?? 0) }
      }
      let sum = cells.values.reduce(0, +)
      #expect(abs(total("fromTotals") - sum) < 1e-6)
      #expect(abs(total("toTotals") - sum) < 1e-6)
      let datasets = try karez(
        "overlay", "land-patches", "land-patches", "--by", "land_class", "--on", "2025-06-01",
        "--data", data)
      #expect(datasets.status == 0, "\(datasets.problems)")
      #expect(datasets.output.split(separator: "\n").count == 5, "\(datasets.output)")
    }
  }
}
