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

  static func fill(_ data: String, in folder: URL) throws {
    let file = folder.appending(path: "in.geojson")
    try OverlayTests.write(
      [
        ([76.0, 39.0, 76.01, 39.01], "\"地类\": \"0103\", \"层数\": 9007199254740993, \"面积\": 1.5"),
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
