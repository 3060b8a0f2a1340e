import Foundation
import KarezCore
import TestSupport
import Testing

/// States of datasets as files, the way a user asks for them.
@Suite struct ExportTests {
  /// A One Map with an open dataset of two squares that have fields of their own.
  static func makeMap(in folder: URL, named name: String = "data") throws -> String {
    let data = folder.appending(path: name).path
    #expect(try karez("init", "--data", data).status == 0)
    return data
  }

  /// The whole number has 16 digits, which some formats cannot hold, or as many as asked for.
  static func fill(
    _ data: String, in folder: URL, floors: String = "9007199254740993"
  ) throws {
    let file = folder.appending(path: "in.geojson")
    try OverlayTests.write(
      [
        ([76.0, 39.0, 76.01, 39.01], "\"地类\": \"0103\", \"层数\": \(floors), \"面积\": 1.5"),
        ([76.01, 39.0, 76.02, 39.01], "\"地类\": \"=1+1\", \"层数\": null, \"面积\": 0.1"),
      ], to: file)
    let outcome = try karez(
      "import", "polygons", file.path, "--data", data, "--crs", "EPSG:4490", "--valid-from",
      "2024-01-01")
    try #require(outcome.status == 0, "\(outcome.problems)\(outcome.output)")
  }

  @Test(arguments: ["gpkg", "geojson"])
  func `what was exported is imported as the same rows`(format: String) async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder)
      let file = folder.appending(path: "out.\(format)").path
      let outcome = try karez(
        "export", "polygons", file, "--data", data, "--on", "2024-06-01", "--json")
      try #require(outcome.status == 0, "\(outcome.problems)")
      let json = try JSONValue(parsing: outcome.output)
      #expect(json["features"] == .integer(2))
      #expect(json["format"] == .string(format))
      // The same content is no change: the store compares digests of rows.
      let again = try karez(
        "import", "polygons", file, "--data", data, "--valid-from", "2024-01-01", "--json")
      try #require(again.status == 0, "\(again.problems)\(again.output)")
      let receipt = try JSONValue(parsing: again.output)
      #expect(receipt["commit"] == .null, "\(again.output)")
    }
  }

  @Test(arguments: [
    "out.zip", "out.shp.zip", "out.gdb.zip", "out.gml", "out.kml", "out.csv", "out.txt",
  ])
  func `what was exported for others is imported again by itself`(name: String) async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder, floors: "12")
      let file = folder.appending(path: name).path
      var words = ["export", "polygons", file, "--data", data, "--on", "2024-06-01", "--json"]
      if name == "out.zip" { words += ["--format", "shp", "--encoding", "gbk"] }
      let outcome = try karez(words: words)
      try #require(outcome.status == 0, "\(outcome.problems)")
      #expect(try JSONValue(parsing: outcome.output)["features"] == .integer(2))
      let other = try Self.makeMap(in: folder, named: "other")
      // A table of WKT states no system.
      let crs = name == "out.csv" ? ["--crs", "EPSG:4490"] : []
      let again = try karez(
        words: [
          "import", "polygons", file, "--data", other, "--valid-from", "2024-01-01", "--json",
        ]
          + crs)
      try #require(again.status == 0, "\(again.problems)\(again.output)")
      let receipt = try JSONValue(parsing: again.output)
      #expect(receipt["inserted"] == .integer(2), "\(again.output)")
      let areas = try [data, other].map { map in
        let measured = try karez(
          "export", "polygons", folder.appending(path: "areas.geojson").path, "--data", map,
          "--on", "2024-06-01")
        try #require(measured.status == 0, "\(measured.problems)")
        let shown = try karez(
          "area", folder.appending(path: "areas.geojson").path, "--json")
        return try json(shown)["parcels"]?.array?.compactMap { $0["statutoryAreaM2"]?.string }
          .sorted()
      }
      // A text of coordinates in millimetres moves a hectare by less than a square metre.
      let (before, after) = (try #require(areas[0]), try #require(areas[1]))
      #expect(before.count == 2 && after.count == 2)
      for (one, two) in zip(before, after) {
        let difference = abs((Double(one) ?? 0) - (Double(two) ?? 1e9))
        #expect(difference <= (name == "out.txt" ? 5 : 0.05), "\(one) \(two)")
      }
    }
  }

  @Test func `what a file has otherwise is told, in either language`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder, floors: "12")
      let cases = [
        ("out.shp.zip", "zh", "字段名：identifier → BSM"),
        ("out.kml", "zh", "KML 规定为 WGS 84"), ("out.dxf", "zh", "坐标为 EPSG:4490"),
        ("out.dxf", "en", "the format states no system; coordinates are in EPSG:4490"),
        ("out.xlsx", "en", "the table has no geometry"),
      ]
      for (name, language, words) in cases {
        let outcome = try karez(
          "export", "polygons", folder.appending(path: name).path, "--data", data, "--lang",
          language)
        #expect(outcome.status == 0, "\(outcome.problems)")
        #expect(outcome.output.contains(words), "\(outcome.output)")
      }
    }
  }

  static let isShown = FileManager.default.isExecutableFile(atPath: "/usr/bin/ogrinfo")

  @Test(.enabled(if: isShown, "no reader of spreadsheets: run make setup"))
  func `findings and the area ledger are spreadsheets of text and numbers`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder, floors: "12")
      let ledger = folder.appending(path: "ledger.xlsx").path
      let outcome = try karez(
        "diff", "polygons", "--from", "2023-06-01", "--to", "2024-06-01", "--out", ledger,
        "--data", data)
      #expect(outcome.status == 0, "\(outcome.problems)")
      let shown = try Program.run("/usr/bin/ogrinfo", ["-al", ledger]).output
      #expect(shown.contains("Layer name: 面积账"))
      #expect(shown.contains("类别: String"), "\(shown)")
      #expect(shown.contains("期末（平方米） (Real) = "))
      let file = folder.appending(path: "mixed.geojson")
      let mixed = IntakeBadInputTests.shapes.enumerated().map { ($1, "\"BSM\":\"00\($0)\"") }
      try Data(IntakeBadInputTests.collection(mixed).utf8).write(to: file)
      let report = folder.appending(path: "findings.xlsx").path
      let refused = try karez(
        "import", "polygons", file.path, "--data", data, "--valid-from", "2025-01-01", "--dry-run",
        "--report", report)
      #expect(refused.status == 3, "\(refused.problems)")
      let findings = try Program.run("/usr/bin/ogrinfo", ["-al", report]).output
      #expect(findings.contains("Layer name: 质检结果"))
      #expect(findings.contains("要素标识 (String) = 001"), "\(findings)")
      #expect(findings.contains("行号 (Integer) = 2"), "\(findings)")
    }
  }

  @Test func `an export stands in the log with the digest of its file`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder)
      let file = folder.appending(path: "out.csv").path
      let outcome = try karez("export", "polygons", file, "--data", data, "--json")
      try #require(outcome.status == 0, "\(outcome.problems)")
      let sm3 = try #require(try JSONValue(parsing: outcome.output)["sm3"]?.string)
      let log = try karez("log", "show", "--data", data, "--json")
      #expect(log.output.contains("\"export\""))
      #expect(log.output.contains(sm3))
      #expect(try karez("log", "verify", "--data", data).status == 0)
    }
  }

  @Test func `a day before the first state is a file without features`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder)
      let file = folder.appending(path: "out.geojson").path
      let outcome = try karez(
        "export", "polygons", file, "--data", data, "--on", "2023-12-31", "--json")
      #expect(outcome.status == 0, "\(outcome.problems)")
      #expect(try JSONValue(parsing: outcome.output)["features"] == .integer(0))
    }
  }

  @Test func `what cannot be done is refused in one line, and leaves no file`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = try Self.makeMap(in: folder)
      try Self.fill(data, in: folder)
      let file = folder.appending(path: "out.xyz").path
      let cases: [(arguments: [String], status: Int32, words: String)] = [
        (["polygons", file], 2, "--format"),
        (["no-such-dataset", file + ".csv"], 3, "no-such-dataset"),
        (["polygons", file + ".csv", "--crs", "EPSG:2432"], 3, "EPSG:2432"),
        (["polygons", file + ".shp"], 2, "out.xyz.shp.zip"),
        (["polygons", file + ".gdb"], 2, "out.xyz.gdb.zip"),
        (["polygons", file + ".kml", "--crs", "EPSG:4513"], 3, "--crs"),
        (["polygons", file + ".csv", "--region", "11"], 2, "--region"),
      ]
      for (arguments, status, words) in cases {
        let outcome = try karez(words: ["export"] + arguments + ["--data", data])
        #expect(outcome.status == status, "\(arguments): \(outcome.problems)")
        #expect(outcome.problems.contains(words), "\(outcome.problems)")
        #expect(outcome.problems.split(separator: "\n").count == 1, "\(outcome.problems)")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["data", "in.geojson"])
    }
  }
}
