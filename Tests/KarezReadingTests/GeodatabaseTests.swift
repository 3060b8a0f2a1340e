import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// File geodatabases, made by GDAL's own program where it is installed.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/ogr2ogr")))
struct GeodatabaseTests {
  /// A geodatabase with one layer of two areas in zone 25.
  func geodatabase(in folder: URL) throws -> URL {
    let square = { (x: Int) in
      "[[[\(x),4370000],[\(x + 100),4370000],[\(x + 100),4370100],[\(x),4370100],[\(x),4370000]]]"
    }
    let features = [25_585_000, 25_586_000].map { x in
      "{\"type\":\"Feature\",\"properties\":{\"DLMC\":\"旱地\",\"n\":\(x)},\"geometry\":"
        + "{\"type\":\"Polygon\",\"coordinates\":\(square(x))}}"
    }
    let source = folder.appending(path: "a.geojson")
    try Data(
      "{\"type\":\"FeatureCollection\",\"features\":[\(features.joined(separator: ","))]}".utf8
    ).write(to: source)
    let made = folder.appending(path: "村庄.gdb")
    let program = Process()
    program.executableURL = URL(filePath: "/usr/bin/ogr2ogr")
    program.arguments = [
      "-f", "OpenFileGDB", "-a_srs", "EPSG:4513", "-nln", "DLTB", "-nlt", "MULTIPOLYGON",
      made.path, source.path,
    ]
    program.standardError = FileHandle.nullDevice
    try program.run()
    program.waitUntilExit()
    try #require(program.terminationStatus == 0)
    return made
  }

  @Test func `a geodatabase reads the same bare and zipped`() async throws {
    try await Places.withTemporaryFolder { folder in
      let made = try geodatabase(in: folder)
      let bare = try await Workers.read(made.path)
      #expect(bare.layer.format == .fileGDB)
      #expect(bare.layer.name == "DLTB")
      #expect(bare.layer.crs == .epsg(4_513))
      #expect(bare.features.count == 2)
      #expect(bare.features.allSatisfy { $0.fault == nil && $0.geometry != nil })
      #expect(bare.features[1].attributes["DLMC"] == .text("旱地"))
      #expect(bare.features[1].attributes["n"] == .integer(25_586_000))
      var archive = ZipBuilder()
      for name in try FileManager.default.contentsOfDirectory(atPath: made.path).sorted() {
        let bytes = try Data(contentsOf: made.appending(path: name))
        archive.add("data/村庄.gdb/" + name, [UInt8](bytes))
      }
      let zipped = try await Workers.read(bytes: archive.bytes, as: "upload.zip")
      #expect(zipped.layer == bare.layer)
      #expect(zipped.features == bare.features)
    }
  }
}
