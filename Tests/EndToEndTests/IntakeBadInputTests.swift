import Foundation
import KarezCore
import TestSupport
import Testing

/// Files with faults of the kinds the intake is known to be given, the whole way to the gate.
@Suite struct IntakeBadInputTests {
  static let shapes = [
    "{\"type\":\"Polygon\",\"coordinates\":[[[76,39],[76.01,39],[76.01,39.01],[76,39]]]}",
    "{\"type\":\"Point\",\"coordinates\":[76,39]}",
    "{\"type\":\"LineString\",\"coordinates\":[[76,39],[76.01,39]]}",
  ]

  static func collection(_ features: [(shape: String, properties: String)]) -> String {
    let written = features.map {
      "{\"type\":\"Feature\",\"properties\":{\($0.properties)},\"geometry\":\($0.shape)}"
    }
    return "{\"type\":\"FeatureCollection\",\"features\":[\(written.joined(separator: ","))]}"
  }

  /// Imports a text under a name, and gives what came of it.
  static func importing(
    _ text: String, as name: String, into dataset: String = "polygons", _ more: [String] = []
  ) async throws -> Program.Outcome {
    try await Places.withTemporaryFolder { folder in
      let data = try ExportTests.makeMap(in: folder)
      let file = folder.appending(path: name)
      try Data(text.utf8).write(to: file)
      return try karez(
        words: [
          "import", dataset, file.path, "--data", data, "--valid-from", "2024-01-01", "--json",
        ]
          + more)
    }
  }

  static func findings(_ outcome: Program.Outcome) throws -> [JSONValue] {
    try JSONValue(parsing: outcome.output)["findings"]?.array ?? []
  }

  @Test func `a layer of mixed geometry is refused row by row, and nothing is committed`()
    async throws
  {
    let text = Self.collection(Self.shapes.enumerated().map { ($1, "\"BSM\":\"\($0)\"") })
    let outcome = try await Self.importing(text, as: "mixed.geojson", ["--crs", "EPSG:4490"])
    #expect(outcome.status == 3, "\(outcome.problems)")
    let answer = try JSONValue(parsing: outcome.output)
    #expect(answer["commit"] == .null)
    let told = try Self.findings(outcome).filter { $0["severity"]?.string == "error" }
    #expect(Set(told.compactMap { $0["feature"]?.string }) == ["1", "2"], "\(outcome.output)")
    for finding in told {
      #expect(finding["message"]?["zh"]?.string?.isEmpty == false)
      #expect(finding["message"]?["en"]?.string?.isEmpty == false)
    }
  }

  @Test func `an identifier twice in a file is told with the row that had it first`() async throws {
    let square = Self.shapes[0]
    let text = Self.collection([
      (square, "\"BSM\":\"a\""), (square.replacing("39", with: "38"), "\"BSM\":\"a\""),
    ])
    let outcome = try await Self.importing(text, as: "twice.geojson", ["--crs", "EPSG:4490"])
    #expect(outcome.status == 3, "\(outcome.problems)")
    let told = try Self.findings(outcome).compactMap { $0["message"]?["zh"]?.string }
    #expect(told.contains { $0.contains("1") }, "\(told)")
  }

  @Test func `a table of WKT in degrees of unstated origin is read, and doubted`() async throws {
    let text = "BSM,WKT\na,\"POLYGON ((76 39,76 39.01,76.01 39.01,76 39))\"\n"
    let outcome = try await Self.importing(text, as: "a.csv")
    let doubts = try JSONValue(parsing: outcome.output)["warnings"]?.array ?? []
    #expect(doubts.map { $0["code"]?.string } == ["datum-doubtful"], "\(outcome.output)")
    let stated = try await Self.importing(text, as: "a.csv", ["--crs", "EPSG:4490"])
    #expect(stated.status == 0, "\(stated.problems)\(stated.output)")
  }

  @Test(arguments: [
    ("宗地.dwg", "AC1032\0\0\0\0\0\u{1}", "DXF"),
    ("cut.vct", String((VCTTests.head + VCTTests.body).dropLast(200)), "VCT"),
    ("cut.gml", "<a xmlns:gml=\"http://www.opengis.net/gml\"><gml:pos>1 2", "gml"),
    ("cut.csv", "BSM,WKT\na,\"POLYGON ((76 39,", "引号"),
  ])
  func `a file that is cut, or of another's own format, is one line with a way out`(
    name: String, text: String, words: String
  ) async throws {
    for language in ["zh", "en"] {
      let outcome = try await Self.importing(
        text, as: name, ["--crs", "EPSG:4490", "--lang", language])
      #expect(outcome.status == 3, "\(outcome.problems)\(outcome.output)")
      let problem = try JSONValue(parsing: outcome.problems)
      let zh = try #require(problem["message"]?["zh"]?.string)
      #expect(zh.contains(name) && zh.contains("；"), "\(zh)")
      #expect(zh.lowercased().contains(words.lowercased()), "\(zh)")
      let en = try #require(problem["message"]?["en"]?.string)
      #expect(en.contains("; "), "\(en)")
    }
  }

  @Test(.enabled(if: DemoMap.hasOutlines, "the outlines were not fetched: run make setup"))
  func `a boundary in GCJ-02 that says it is WGS 84 is told where corners are on record`()
    async throws
  {
    let demo = try await DemoMap.shared.prepare()
    try await Places.withTemporaryFolder { folder in
      // A recorded patch, displaced as a web map displaces it, in a file that by its format is
      // in WGS 84.
      let exported = folder.appending(path: "patches.geojson")
      let outcome = try karez(
        "export", "land-patches", exported.path, "--data", demo.data, "--on", DemoMap.day)
      try #require(outcome.status == 0, "\(outcome.problems)")
      let patches = try JSONValue(parsing: Array(Data(contentsOf: exported)))
      let ring = try #require(
        patches["features"]?.array?.lazy.compactMap { feature -> [JSONValue]? in
          let geometry = feature["geometry"]
          let rings = geometry?["type"]?.string == "Polygon" ? geometry?["coordinates"] : nil
          guard let shell = rings?.array?.first?.array, (6...60).contains(shell.count) else {
            return nil
          }
          return shell
        }.first)
      let moved = try ring.map { position in
        let numbers = try #require(position.array).compactMap(\.double)
        let (x, y) = GCJ02Shift.displaced(numbers[0], numbers[1])
        return "[\(x),\(y)]"
      }
      let file = folder.appending(path: "web-map.geojson")
      try Data(
        "{\"type\":\"Polygon\",\"coordinates\":[[\(moved.joined(separator: ","))]]}".utf8
      ).write(to: file)
      let checked = try karez(
        "check", file.path, "--data", demo.data, "--on", DemoMap.day, "--json")
      try #require(checked.status == 0, "\(checked.problems)")
      let warnings = try json(checked)["boundary"]?["warnings"]?.array ?? []
      #expect(
        warnings.contains { $0["code"]?.string == "datum-looks-displaced" }, "\(warnings)")
    }
  }
}

/// The public formula of the displacement, written here a second time so that the test does not
/// lean on what it tests.
enum GCJ02Shift {
  static func displaced(_ longitude: Double, _ latitude: Double) -> (Double, Double) {
    let (x, y) = (longitude - 105, latitude - 35)
    let radians = latitude / 180 * Double.pi
    let (a, e) = (6_378_245.0, 0.006_693_421_622_965_943)
    let root = (1 - e * sin(radians) * sin(radians))
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * abs(x).squareRoot()
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * abs(x).squareRoot()
    let waves = (20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)) * 2 / 3
    let dLatitude =
      north + waves + (20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)) * 2 / 3
      + (160 * sin(y / 12 * .pi) + 320 * sin(y * .pi / 30)) * 2 / 3
    let dLongitude =
      east + waves + (20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)) * 2 / 3
      + (150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)) * 2 / 3
    return (
      longitude + dLongitude * 180 / (a / root.squareRoot() * cos(radians) * .pi),
      latitude + dLatitude * 180 / (a * (1 - e) / (root * root.squareRoot()) * .pi)
    )
  }
}
