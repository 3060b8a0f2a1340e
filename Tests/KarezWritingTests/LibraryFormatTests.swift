import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import KarezWriting
import TestSupport
import Testing

/// The formats of others, written in the sandbox and read back by our own reader.
@Suite struct LibraryFormatTests {
  /// What a field is called in a file, by the attribute's name.
  static func names(_ notes: [OutputNote]) -> [String: String] {
    var names: [String: String] = [:]
    for case .fieldRenamed(let field, let name) in notes { names[field] = name }
    return names
  }

  static func positions(_ geometry: KarezGeometry.Geometry?) -> [Position] {
    switch geometry {
    case .polygons(let multi)?: multi.polygons.flatMap { $0.rings.flatMap(\.positions) }
    case .lines(let lines)?: lines.flatMap { $0 }
    case .points(let points)?: points
    case nil: []
    }
  }

  /// The same rings in the same order, to so many degrees or metres.
  static func expectNear(
    _ found: KarezGeometry.Geometry?, _ written: KarezGeometry.Geometry?, within tolerance: Double
  ) {
    let (found, written) = (positions(found), positions(written))
    #expect(found.count == written.count)
    for (one, other) in zip(found, written) {
      #expect(abs(one.x - other.x) <= tolerance && abs(one.y - other.y) <= tolerance)
    }
  }

  /// The values a format without these types reads back.
  static func text(_ value: AttributeValue) -> AttributeValue {
    switch value {
    case .null, .text: value
    case .integer(let number): .text(String(number))
    case .decimal(let number): .text(number.description)
    case .boolean(let flag): .text(flag ? "true" : "false")
    case .date(let day): .text(day.description)
    }
  }

  static func flag(_ value: AttributeValue) -> AttributeValue {
    guard case .boolean(let flag) = value else { return value }
    return .integer(flag ? 1 : 0)
  }

  // MARK: Shapefile

  @Test(arguments: WritingOptions.Encoding.allCases)
  func `a Shapefile reads back bit for bit, in its encoding and under its short names`(
    encoding: WritingOptions.Encoding
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.zip")
      let (layer, features) = (Layers.layer(), try Layers.features())
      let notes = try await Files.written(
        features, of: layer, as: .shapefile, to: file,
        options: WritingOptions(encoding: encoding))
      let names = Self.names(notes)
      #expect(
        names == [
          "identifier": "BSM", "land_class": "DLBM", "recorded_area": "TBMJ",
          "is_adjustable": "is_adjusta", "surveyed_on": "DCRQ",
        ])
      let read = try await Files.read(file)
      #expect(read.layer.name == "land-patches")
      #expect(read.layer.crs == .epsg(4_490))
      #expect(read.layer.encoding.reason == .sidecar)
      #expect(read.layer.encoding.name == (encoding == .gbk ? "GB18030" : "UTF-8"))
      #expect(read.features.map(\.geometry) == features.map(\.geometry))
      for (found, written) in zip(read.features, features) {
        for (field, value) in zip(layer.fields, written.values) {
          #expect(found.attributes[names[field.name] ?? field.name] == Self.flag(value))
        }
      }
      #expect(try Files.names(in: folder) == ["out.zip"])
    }
  }

  @Test func `names that are the same when cut are numbered, and every change is told`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      var layer = Layers.layer()
      layer.fields = ["永久基本农田面积", "永久基本农田代码", "永久基本", "recorded_area", "recorded_area_2", "id"]
        .map { OutputField(name: $0, type: .text) }
      let values = layer.fields.indices.map { AttributeValue.text("\($0)") }
      let shape = try Layers.features()[0].geometry
      for (encoding, expected) in [
        (
          WritingOptions.Encoding.utf8, ["永久基", "永久_1", "永久_2", "recorded_a", "recorded_1", "id"]
        ),
        (.gbk, ["永久基本农", "永久基本_1", "永久基本", "recorded_a", "recorded_1", "id"]),
      ] {
        let file = folder.appending(path: "\(encoding).zip")
        let notes = try await Files.written(
          [OutputFeature(id: "1", geometry: shape, values: values)], of: layer, as: .shapefile,
          to: file, options: WritingOptions(encoding: encoding))
        let read = try await Files.read(file)
        #expect(read.layer.fields.map(\.name) == expected)
        let told = zip(layer.fields.map(\.name), expected).filter { $0 != $1 }
        #expect(notes == told.map { OutputNote.fieldRenamed(field: $0, to: $1) })
        let found = expected.map { read.features[0].attributes[$0] }
        #expect(found == values)
      }
    }
  }

  @Test func `what a table cannot hold is refused with its place, and nothing is left`()
    async throws
  {
    let long = String(repeating: "农", count: 85)
    let cases: [(AttributeValue, AttributeType, WritingOptions.Encoding, ValueFault)] = [
      (.text(long), .text, .utf8, .tooLong(bytes: 255, limit: 254)),
      (.text("𠀀"), .text, .gbk, .notInEncoding(name: "GBK")),
      (.text("a\0b"), .text, .utf8, .character(scalar: 0)),
      (
        .integer(1_000_000_000_000_000_000), .integer, .utf8,
        .tooManyDigits(value: "1000000000000000000", limit: 18)
      ),
      (.decimal(1e-40), .decimal, .utf8, .tooManyDigits(value: "1e-40", limit: 32)),
      (.decimal(.infinity), .decimal, .utf8, .notFinite),
    ]
    for (value, type, encoding, fault) in cases {
      try await Places.withTemporaryFolder { folder in
        var layer = Layers.layer()
        layer.fields = [OutputField(name: "value", type: type)]
        let shape = try Layers.features()[0].geometry
        let features = [AttributeValue.null, value].enumerated().map {
          OutputFeature(id: "f\($0)", geometry: shape, values: [$1])
        }
        let place = OutputPlace(row: 2, feature: "f1")
        await #expect(throws: WritingError.value(fault, field: "value", at: place)) {
          _ = try await Files.written(
            features, of: layer, as: .shapefile, to: folder.appending(path: "out.zip"),
            options: WritingOptions(encoding: encoding))
        }
        let left = try Files.names(in: folder)
        #expect(left.isEmpty)
      }
    }
  }

  @Test(arguments: 0..<20)
  func `numbers of any size stand in a table as they are, or are refused`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let numbers = (0..<20).map { _ in
      Double.random(in: -1...1, using: &random)
        * [1, 1e3, 1e9, 1e-3, 1e-6][Int.random(in: 0..<5, using: &random)]
    }
    try await Places.withTemporaryFolder { folder in
      var layer = Layers.layer()
      layer.fields = [OutputField(name: "value", type: .decimal)]
      let shape = try Layers.features()[0].geometry
      let file = folder.appending(path: "out.zip")
      do {
        _ = try await Files.written(
          numbers.map { OutputFeature(id: "1", geometry: shape, values: [.decimal($0)]) },
          of: layer, as: .shapefile, to: file)
      } catch WritingError.value(.tooManyDigits(_, 32), _, _) {
        return
      }
      let read = try await Files.read(file)
      #expect(read.features.map { $0.attributes["value"] } == numbers.map { .decimal($0) })
    }
  }

  @Test func `two gigabytes of shapes, or of rows, are refused before they are written`() throws {
    let rules = try #require(LibraryRules(.shapefile, encoding: .utf8))
    let limit = WritingError.layer(.tooManyBytes(limit: 2_147_483_647))
    var positions = (0..<1_000_000).map { Position(x: Double($0) / 1e5, y: 0) }
    positions += [Position(x: 5, y: 9), positions[0]]
    let large = OutputFeature(
      id: "1", geometry: .polygons(MultiPolygon([Polygon(shell: try Ring(positions))])),
      values: Layers.fields.map { _ in .null })
    var shapes = LibraryMeasure(Layers.layer(), rules)
    for _ in 0..<134 { try shapes.add(large) }
    try shapes.checkSize()
    try shapes.add(large)
    #expect(throws: limit) { try shapes.checkSize() }
    var layer = Layers.layer(geometry: .point)
    layer.fields = (0..<255).map { OutputField(name: "f\($0)", type: .text) }
    let wide = AttributeValue.text(String(repeating: "x", count: 254))
    var row = OutputFeature(
      id: "1", geometry: .points([Position(x: 76, y: 39)]), values: layer.fields.map { _ in wide })
    var table = LibraryMeasure(layer, rules)
    try table.add(row)
    // Every row is as wide as the widest.
    row.values = layer.fields.map { _ in .null }
    #expect(throws: limit) { for _ in 0..<34_816 { try table.add(row) } }
  }

  @Test(arguments: [
    (0.1, 1, 1), (123_456_789.125, 9, 3), (-1.5, 2, 1), (1e-7, 1, 7), (1.5e16, 17, 0),
    (1.25e-7, 1, 9), (.leastNonzeroMagnitude, 1, 324), (100, 3, 0), (1e22, 23, 0),
  ])
  func `the digits of a number are counted as they are written out`(
    number: Double, before: Int, after: Int
  ) {
    let digits = DecimalDigits(number)
    #expect(digits.before == before && digits.after == after)
  }

  // MARK: The others

  @Test func `a FileGDB reads back, its positions to a tenth of a millimetre`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.gdb.zip")
      let layer = Layers.layer()
      var features = try Layers.features()
      features[0].values[2] = .integer(999_999_999_999_999)
      let notes = try await Files.written(features, of: layer, as: .fileGDB, to: file)
      #expect(notes == [.layerRenamed(to: "land_patches")])
      let read = try await Files.read(file)
      #expect(read.layer.format == .fileGDB)
      #expect(read.layer.crs == .epsg(4_490))
      for (found, written) in zip(read.features, features) {
        Self.expectNear(found.geometry, written.geometry, within: 1e-9)
        var expected = written.attributes(of: layer).mapValues(Self.flag)
        if case .integer(let number)? = expected["floors"] {
          expected["floors"] = .decimal(Double(number))
        }
        if let day = expected["surveyed_on"] { expected["surveyed_on"] = Self.text(day) }
        #expect(found.attributes == NamedValues(expected))
      }
      #expect(read.features.count == 3)
    }
  }

  @Test(arguments: [OutputFormat.gml, .kml])
  func `GML and KML read back, every value as the text it is`(
    format: OutputFormat
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out." + format.rawValue)
      let (layer, features) = (Layers.layer(), try Layers.features())
      let notes = try await Files.written(features, of: layer, as: format, to: file)
      #expect(notes.contains(.layerRenamed(to: "land_patches")))
      #expect(notes.contains(.statedAsWGS84) == (format == .kml))
      let read = try await Files.read(file)
      #expect(read.layer.crs == .epsg(format == .kml ? 4_326 : 4_490))
      #expect(read.features.count == 3)
      for (found, written) in zip(read.features, features) {
        Self.expectNear(found.geometry, written.geometry, within: 1e-12)
        for (name, value) in written.attributes(of: layer) {
          #expect(found.attributes[name] ?? .null == Self.text(value), "\(name)")
        }
      }
    }
  }

  @Test func `a drawing has closed polylines, hatches where there are holes, and no system`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.dxf")
      let features = try Layers.features()
      let notes = try await Files.written(features, as: .dxf, to: file)
      #expect(
        notes == [
          .fieldsLeftOut(Layers.fields.map(\.name)),
          .systemUnstated(.cgcs2000),
        ])
      let read = try await Files.read(file)
      #expect(read.layer.crs == .unknown)
      let written = features.flatMap { feature -> [Polygon] in
        guard case .polygons(let multi)? = feature.geometry else { return [] }
        return multi.polygons
      }
      #expect(read.features.count == written.count)
      for (found, polygon) in zip(read.features, written) {
        Self.expectNear(
          found.geometry, .polygons(MultiPolygon([polygon])), within: 1e-12)
        #expect(found.attributes["Layer"] == .text("land-patches"))
      }
    }
  }

  @Test
  func `KML is refused in a plane, a drawing in Chinese layers, tables where areas are meant`()
    async throws
  {
    let zone = try CoordinateReferenceSystem(epsg: 4_513)
    var drawing = Layers.layer()
    drawing.name = "地类图斑"
    let table = Layers.layer(geometry: .none)
    let cases: [(OutputFormat, OutputLayer, LayerFault)] = [
      (.kml, Layers.layer(zone), .crsUnsupported(zone)),
      (.dxf, drawing, .nameUnusable(name: "地类图斑")),
      (.shapefile, table, .geometryUnsupported(.none)),
      (.kml, table, .geometryUnsupported(.none)),
      (.boundaryText, table, .geometryUnsupported(.none)),
    ]
    try await Places.withTemporaryFolder { folder in
      for (format, layer, fault) in cases {
        await #expect(throws: WritingError.layer(fault), "\(format)") {
          _ = try await Files.written(
            [], of: layer, as: format, to: folder.appending(path: "out"))
        }
      }
      let left = try Files.names(in: folder)
      #expect(left.isEmpty)
    }
  }

  @Test(arguments: [OutputFormat.shapefile, .fileGDB, .gml])
  func `points, lines, planes and a zone without a code are read back`(
    format: OutputFormat
  ) async throws {
    let place = Position(x: 24_485_000.125, y: 4_370_000.25)
    let other = Position(x: 24_485_010, y: 4_370_010)
    let grid = try #require(GaussKruger(zone: 24, isPrefixed: true))
    let systems = [
      try CoordinateReferenceSystem(epsg: 4_513), .gaussKruger(grid),
      try CoordinateReferenceSystem(epsg: 4_326),
    ]
    let shapes: [(GeometryKind, [KarezGeometry.Geometry])] = [
      (.point, [.points([place])]), (.point, [.points([place]), .points([place, other])]),
      (.line, [.lines([[place, other]]), .lines([[place, other], [other, place]])]),
    ]
    for (crs, (kind, written)) in zip(systems, shapes) where format != .gml || crs.epsg != nil {
      try await Places.withTemporaryFolder { folder in
        let file = folder.appending(path: "out.zip")
        var layer = Layers.layer(crs, geometry: kind)
        layer.fields = [OutputField(name: "id", type: .text)]
        let features = written.enumerated().map { index, shape in
          OutputFeature(id: "\(index)", geometry: shape, values: [.text("\(index)")])
        }
        _ = try await Files.written(features, of: layer, as: format, to: file)
        let read = try await Files.read(file)
        #expect(read.layer.crs == SourceCRS(crs))
        #expect(read.layer.geometry == kind)
        #expect(read.features.count == features.count)
        for (found, feature) in zip(read.features, features) {
          Self.expectNear(found.geometry, feature.geometry, within: 1e-4)
        }
      }
    }
  }

  // MARK: Tables for people

  @Test(.enabled(if: Files.areOthersInstalled))
  func `a spreadsheet has titles, numbers as numbers and codes as text`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.xlsx")
      var layer = Layers.layer()
      layer.fields[1] = OutputField(
        name: "land_class", type: .text, title: LocalizedText(zh: "地类编码", en: "class"))
      var features = try Layers.features()
      features[0].values[2] = .integer(123_456_789_012_345)
      let notes = try await Files.written(features, of: layer, as: .xlsx, to: file)
      #expect(notes == [.geometryLeftOut])
      let shown = try Files.shown("ogrinfo", ["-al", file.path])
      #expect(shown.contains("Layer name: 地类图斑"))
      #expect(shown.contains("地类编码 (String) = 0103"))
      #expect(shown.contains("地类编码 (String) = =1+1"))
      #expect(shown.contains("floors (Integer64) = 123456789012345"))
      #expect(shown.contains("recorded_area (Real) = 123456789.125"))
      #expect(shown.contains("surveyed_on (Date) = 1949/10/01"))
      #expect(shown.contains("identifier (String) = b\"c,d\ne"))
      features[0].values[2] = .integer(1_234_567_890_123_456)
      let place = OutputPlace(row: 1, feature: features[0].id)
      await #expect(
        throws: WritingError.value(
          .tooManyDigits(value: "1234567890123456", limit: 15), field: "floors", at: place)
      ) { _ = try await Files.written(features, of: layer, as: .xlsx, to: file) }
    }
  }

  // MARK: The worker

  @Test func `without a sandbox nothing is written, and what was there stays`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out.zip")
      try Data("before".utf8).write(to: file)
      let worker = LibraryWriter(
        program: Program.path(of: "karez-reader").path, bubblewrap: "/nowhere/bwrap")
      let writer = try LayerOutput(worker: worker).writer(
        .shapefile, to: file.path, layer: Layers.layer())
      try await writer.append(try Layers.features())
      await #expect(throws: WritingError.worker(.sandboxMissing)) { try await writer.finish() }
      #expect(try Data(contentsOf: file) == Data("before".utf8))
    }
  }
}
