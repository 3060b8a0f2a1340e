import Foundation
import KarezCore
import TestSupport
import Testing

/// `karez gate` and `karez adjust`, run the way a user runs them.
@Suite struct GateVerbTests {
  /// Two patches on one another, of which one has a code that is in no table.
  static let patches = """
    {"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"BSM": "1", "DLBM": "0301", "ZLDWDM": "653101001001"},
      "geometry": {"type": "Polygon",
      "coordinates": [[[76,39],[76.002,39],[76.002,39.001],[76,39.001],[76,39]]]}},
    {"type": "Feature", "properties": {"BSM": "2", "DLBM": "9999", "ZLDWDM": "653101001001"},
      "geometry": {"type": "Polygon",
      "coordinates": [[[76.001,39],[76.003,39],[76.003,39.001],[76.001,39.001],[76.001,39]]]}}
    ]}
    """

  @Test func `a file is examined, reported on, and not recorded`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "karez-data").path
      let file = folder.appending(path: "patches.geojson")
      try Data(Self.patches.utf8).write(to: file)
      #expect(try karez("init", "--data", data).status == 0)
      let reports = ["json", "html", "gpkg"].map { folder.appending(path: "report." + $0).path }
      let outcome = try karez(
        words: [
          "gate", file.path, "--dataset", "land-patches", "--data", data, "--crs", "EPSG:4490",
          "--lang", "en",
        ] + reports.flatMap { ["--report", $0] })
      #expect(outcome.status == 3, "\(outcome.problems)")
      #expect(outcome.output.contains("error\toverlap\t1 ("), "\(outcome.output)")
      #expect(outcome.output.contains("“9999” is not in table land-classes"))
      #expect(
        outcome.output.contains("2 features examined; not committed because of code-unknown"))
      for report in reports { #expect(FileManager.default.fileExists(atPath: report), "\(report)") }
      let commits = try json(karez("commits", "land-patches", "--data", data, "--json"))
      #expect(commits.array?.isEmpty == true, "\(commits)")
    }
  }

  @Test func `what is not there is one line and a status`() async throws {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "karez-data").path
      #expect(try karez("init", "--data", data).status == 0)
      let file = folder.appending(path: "none.gpkg").path
      let missing = try karez("gate", file, "--dataset", "land-patches", "--data", data)
      #expect(missing.status == 3 && missing.problems.split(separator: "\n").count == 1)
      let unknown = try karez("gate", file, "--dataset", "no-such", "--data", data)
      #expect(unknown.status == 3, "\(unknown.problems)")
      let empty = try karez("adjust", "land-patches", "--data", data, "--lang", "en")
      #expect(empty.status == 3 && empty.problems.contains("there are no control figures"))
    }
  }
}
