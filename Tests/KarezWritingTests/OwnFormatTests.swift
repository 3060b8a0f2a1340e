import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import KarezTables
import KarezWriting
import TestSupport
import Testing

/// The formats that are written here, without a library of others.
@Suite struct OwnFormatTests {
  @Test(arguments: [OutputFormat.geopackage, .geojson])
  func `what was written reads back bit for bit`(format: OutputFormat) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out")
      let (layer, features) = (Layers.layer(), try Layers.features())
      try await Files.write(features, as: format, to: file)
      let read = try await Files.read(file)
      #expect(read.layer.crs == .epsg(4_490))
      #expect(read.layer.crsReason == .statedCode)
      #expect(read.layer.name == "land-patches")
      #expect(read.features.map(\.geometry) == features.map(\.geometry))
      for (found, written) in zip(read.features, features) {
        var expected = written.attributes(of: layer)
        if format == .geojson, case .date(let day)? = expected["surveyed_on"] {
          expected["surveyed_on"] = .text(day.description)
        }
        #expect(found.attributes == NamedValues(expected))
      }
      #expect(try Files.names(in: folder) == ["out"])
    }
  }

  @Test(arguments: OutputFormat.allCases.filter { $0 != .fileGDB && $0 != .boundaryText })
  func `the same features give the same bytes`(format: OutputFormat) async throws {
    try await Places.withTemporaryFolder { folder in
      var written: [Data] = []
      for name in ["a", "b"] {
        let file = folder.appending(path: name)
        try await Files.write(try Layers.features(for: format), as: format, to: file)
        written.append(try Data(contentsOf: file))
      }
      #expect(written[0] == written[1])
    }
  }

  @Test(arguments: OutputFormat.allCases)
  func `a layer without features is a file without features`(format: OutputFormat) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out." + format.rawValue)
      try await Files.write([], as: format, to: file)
      #expect(try Data(contentsOf: file).count > 20)
    }
  }

  @Test func `in EPSG 4326 GeoJSON is as RFC 7946 has it`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.geojson")
      let wgs84 = try CoordinateReferenceSystem(epsg: 4_326)
      try await Files.write(
        try Layers.features(), of: Layers.layer(wgs84), as: .geojson, to: file)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(!text.contains("\"crs\""))
      let read = try await Files.read(file)
      #expect(read.layer.crs == .epsg(4_326))
      #expect(read.layer.crsReason == .formatDefault)
      // The shells ran clockwise; the format wants them the other way round.
      guard case .polygons(let multi)? = read.features[1].geometry else {
        Issue.record("no polygon")
        return
      }
      #expect(multi.polygons[0].shell.positions[1] == Position(x: 76.11, y: 39.1))
    }
  }

  @Test(arguments: [OutputFormat.geojson, .geopackage])
  func `points, lines and projected layers are written as they are`(
    format: OutputFormat
  ) async throws {
    let place = Position(x: 25_585_000.125, y: 4_370_000.25)
    let other = Position(x: 25_585_010, y: 4_370_010)
    let cases: [(GeometryKind, [KarezGeometry.Geometry])] = [
      (.point, [.points([place])]),
      (.line, [.lines([[place, other]]), .lines([[place, other], [other, place]])]),
    ]
    for (kind, shapes) in cases {
      try await Places.withTemporaryFolder { folder in
        let file = folder.appending(path: "out")
        var layer = Layers.layer(try CoordinateReferenceSystem(epsg: 4_513), geometry: kind)
        layer.fields = [OutputField(name: "id", type: .text)]
        let features = shapes.enumerated().map { index, shape in
          OutputFeature(id: "\(index)", geometry: shape, values: [.text("\(index)")])
        }
        try await Files.write(features, of: layer, as: format, to: file)
        let read = try await Files.read(file)
        #expect(read.layer.crs == .epsg(4_513))
        #expect(read.layer.geometry == kind)
        #expect(read.features.map(\.geometry) == shapes)
      }
    }
  }

  @Test func `a zone without a code of EPSG is described in a GeoPackage`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.gpkg")
      let grid = try #require(GaussKruger(zone: 24, isPrefixed: true))
      try await Files.write(
        [], of: Layers.layer(.gaussKruger(grid)), as: .geopackage, to: file)
      let read = try await Files.read(file)
      #expect(read.layer.crs == .gaussKruger(zone: 24, width: 3, prefixed: true))
    }
  }

  @Test(
    arguments: OutputFormat.allCases.filter { ![.geopackage, .dxf, .boundaryText].contains($0) })
  func `a number that is none is refused with its place, and nothing is left`(
    format: OutputFormat
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out")
      try Data("before".utf8).write(to: file)
      var features = try Layers.features(for: format)
      features[1].values[3] = .decimal(.nan)
      let error = await #expect(throws: WritingError.self) {
        try await Files.write(features, as: format, to: file)
      }
      let place = OutputPlace(row: 2, feature: features[1].id)
      #expect(
        [
          .value(.notFinite, field: "recorded_area", at: place),
          .file(.notFinite(column: "recorded_area", row: 2)),
        ].contains(error))
      #expect(try Files.names(in: folder) == ["out"])
      #expect(try Data(contentsOf: file) == Data("before".utf8))
    }
  }

  @Test func `columns a GeoPackage would take for one are told`() async throws {
    try await Places.withTemporaryFolder { folder in
      for (names, second) in [(["DLBM", "dlbm"], "dlbm"), (["Geom"], "Geom"), (["FID"], "FID")] {
        var layer = Layers.layer()
        layer.fields = names.map { OutputField(name: $0, type: .text) }
        let first = names.count == 2 ? names[0] : second.lowercased()
        let path = folder.appending(path: "out.gpkg").path
        #expect(
          throws: WritingError.layer(.namesCollide(first: first, second: second, name: second))
        ) {
          _ = try LayerOutput().writer(.geopackage, to: path, layer: layer)
        }
      }
      let left = try Files.names(in: folder)
      #expect(left.isEmpty)
    }
  }

  @Test(.enabled(if: Files.areOthersInstalled))
  func `other programs read the CSV and its geometry`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.csv")
      try await Files.write(try Layers.features(), as: .csv, to: file)
      let shown = try Files.shown("ogrinfo", ["-al", file.path])
      #expect(shown.contains("Feature Count: 3"))
      #expect(shown.contains("land_class (String) = 0103"))
      #expect(shown.contains("is_adjustable (String) = true"))
      #expect(shown.contains("surveyed_on (String) = 2024-02-29"))
      #expect(
        shown.contains(
          "MULTIPOLYGON (((76.2 39.2,76.2 39.21,76.21 39.21,76.21 39.2,76.2 39.2)),"))
    }
  }
}
