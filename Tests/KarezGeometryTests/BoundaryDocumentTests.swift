import KarezCore
import KarezGeometry
import Testing

/// Tables of vertices, WKT and GeoJSON as boundaries, and the judgement of their numbers.
@Suite struct BoundaryDocumentTests {
  static func read(
    _ text: String, options: BoundaryDocument.Options = .init()
  ) throws -> BoundaryDocument {
    try BoundaryDocument(reading: Array(text.utf8), options: options)
  }

  static let triangle = [
    Position(x: 75.9, y: 39.4), Position(x: 76, y: 39.4), Position(x: 76, y: 39.5),
    Position(x: 75.9, y: 39.4),
  ]

  static func isTriangle(_ document: BoundaryDocument) -> Bool {
    document.parcels.map { $0.geometry.polygons.map(\.shell.positions) } == [[triangle]]
  }

  @Test(arguments: [
    "75.9,39.4\n76,39.4\n76,39.5\n75.9,39.4\n", "75.9\t39.4\n76\t39.4\n76\t39.5\n",
    "75.9 39.4\r\n76  39.4\r\n76 39.5", "lon,lat\n75.9,39.4\n76,39.4\n76,39.5\n",
    "lat;lon\n39.4;75.9\n39.4;76\n39.5;76\n", "点号,纬度,经度\nJ1,39.4,75.9\nJ2,39.4,76\nJ3,39.5,76\n",
    "1,75.9,39.4\n2,76,39.4\n3,76,39.5\n", "J1,1,75.9,39.4\nJ2,1,76,39.4\nJ3,1,76,39.5\n",
    "\"x\",\"y\"\n\"75.9\",\"39.4\"\n\"76\",\"39.4\"\n\"76\",\"39.5\"\n",
    "\u{FEFF}75.9,39.4\n76,39.4\n76,39.5\n",
  ])
  func `a table of vertices is read with or without names`(text: String) throws {
    let document = try Self.read(text)
    #expect(document.format == .vertexTable)
    #expect(Self.isTriangle(document), "\(document.parcels)")
    #expect(document.crs == .cgcs2000)
    #expect(document.evidence == .sizeOfDegrees)
    #expect(document.doubts.map(\.code) == ["datum-doubtful"])
  }

  @Test func `columns that stand in the other order than their names are turned, and it is said`()
    throws
  {
    let document = try Self.read("lon,lat\n39.4,75.9\n39.4,76\n39.5,76\n")
    #expect(Self.isTriangle(document))
    #expect(document.doubts.map(\.code) == ["datum-doubtful", "axes-swapped"])
  }

  @Test func `X and Y of surveying are told from those of computing by their size`() throws {
    let rows = ["4370000,25585000", "4370000,25586000", "4371000,25586000"]
    let survey = try Self.read("x,y\n" + rows.joined(separator: "\n"))
    #expect(survey.crs.description == "EPSG:4513")
    #expect(!survey.doubts.contains(.axesSwapped))
    #expect(survey.parcels[0].geometry.polygons[0].shell.positions[0].x == 25_585_000)
  }

  @Test func `rings and parcels have columns or blank lines of their own`() throws {
    let document = try Self.read(
      """
      地块编号,圈号,x,y
      A,1,75.9,39.4
      A,1,76,39.4
      A,1,76,39.5
      A,2,75.97,39.42
      A,2,75.98,39.42
      A,2,75.98,39.43
      B,1,75.7,39.4
      B,1,75.8,39.4
      B,1,75.8,39.5

      B,1,75.5,39.4
      B,1,75.6,39.4
      B,1,75.6,39.5
      """)
    #expect(document.parcels.map(\.id) == ["A", "B", "B"])
    #expect(document.parcels.map { $0.geometry.polygons[0].holes.count } == [1, 0, 0])
    #expect(document.parcels.map(\.line) == [2, 8, 12])
    #expect(document.doubts.contains(.parcelIDRepeated("B")))
    #expect(document.parcels[0].doubts == [.closingPointAbsent(rings: 2)])
  }

  @Test(arguments: [
    ("75.9,39.4\n76,nan\n76,39.5\n", 2), ("75.9,39.4\n76\n76,39.5\n", 2),
    ("75.9,39.4\n\n76,39.4\n76,39.5\n76,39.6\n", 1), ("1,2,3,4,5\n", 1),
    ("J1,x,75.9,39.4\n", 1),
  ])
  func `a row that cannot be trusted is refused with its line`(text: String, line: Int) throws {
    let error = try #require(throws: GeometryError.self) { _ = try Self.read(text) }
    #expect(error.place.line == line, "\(error)")
  }

  @Test func `GeoJSON is a parcel a feature, or one for a bare geometry`() throws {
    let ring = "[[[75.9,39.4],[76,39.4],[76,39.5],[75.9,39.4]]]"
    let geometry = #"{"type":"Polygon","coordinates":\#(ring)}"#
    let feature = #"{"type":"Feature","id":7,"properties":{"name":"一"},"geometry":\#(geometry)}"#
    for text in [geometry, feature, #"{"type":"FeatureCollection","features":[\#(feature)]}"#] {
      let document = try Self.read(text)
      #expect(document.format == .geoJSON)
      #expect(Self.isTriangle(document))
    }
    let parcel = try Self.read(feature).parcels[0]
    #expect(parcel.id == "7" && parcel.name == "一")
  }

  @Test func `GeoJSON that names its system is held against its numbers`() throws {
    func collection(_ crs: String, _ x: String) -> String {
      """
      {"type":"FeatureCollection",
       "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::\(crs)"}},
       "features":[{"type":"Feature","properties":null,"geometry":{"type":"Polygon",
       "coordinates":[[[\(x)585000,4370000],[\(x)586000,4370000],[\(x)586000,4371000],\
      [\(x)585000,4370000]]]}}]}
      """
    }
    let plain = try Self.read(collection("4534", ""))
    #expect(plain.crs.description == "EPSG:4534")
    #expect(plain.evidence == .stated("EPSG:4534"))
    #expect(plain.doubts.isEmpty)
    let unstated = try Self.read(collection("4534", "25"))
    #expect(unstated.crs.description == "EPSG:4513")
    #expect(unstated.doubts == [.zonePrefixUnstated(zone: 25)])
    let missing = try Self.read(collection("4513", ""))
    #expect(missing.crs.description == "EPSG:4534")
    #expect(missing.doubts == [.zonePrefixMissing(zone: 25)])
    #expect(throws: GeometryError.zoneContradiction(declared: 26, found: 25)) {
      _ = try Self.read(collection("4514", "25"))
    }
    #expect(throws: GeometryError.notDegrees(Position(x: 585_000, y: 4_370_000))) {
      _ = try Self.read(collection("4490", ""))
    }
    #expect(throws: GeometryError.datumShiftUnknown(crs: "EPSG:2349")) {
      _ = try Self.read(collection("2349", "25"))
    }
  }

  @Test func `a WKT file may state its code`() throws {
    let wkt = "POLYGON ((75.9 39.4, 76 39.4, 76 39.5, 75.9 39.4))"
    #expect(Self.isTriangle(try Self.read(wkt)))
    #expect(Self.isTriangle(try Self.read("SRID=4490;" + wkt)))
    #expect(try Self.read("SRID=4490;\n" + wkt).doubts.isEmpty)
    #expect(try Self.read("SRID=4326;" + wkt).doubts == [.datumTakenAsEqual(crs: "EPSG:4326")])
    #expect(throws: GeometryError.self) { _ = try Self.read("SRID=x;" + wkt) }
    #expect(throws: GeometryError.self) { _ = try Self.read("LINESTRING (75.9 39.4, 76 39.4)") }
  }

  @Test func `a system the caller states comes before what the file says`() throws {
    let text = "4370000,585000\n4370000,586000\n4371000,586000\n"
    #expect(throws: GeometryError.unknownCRS("4370000, 585000")) { _ = try Self.read(text) }
    let crs = try CoordinateReferenceSystem(name: "CGCS2000 3° GK zone 24")
    let document = try Self.read(text, options: .init(crs: crs))
    #expect(document.crs.description == "CGCS2000 3° GK zone 24 without prefix")
    #expect(document.doubts.contains(.zonePrefixMissing(zone: 24)))
  }

  @Test(arguments: [
    "500,600\n700,600\n700,800\n", "75.9,39.4\n76000,39.4\n76,39.5\n",
    "12345678,4370000\n12345678,4370001\n12345679,4370000\n",
  ])
  func `numbers that fit no system are refused`(text: String) throws {
    let error = try #require(throws: GeometryError.self) { _ = try Self.read(text) }
    guard case .unknownCRS = error.cause else {
      Issue.record("\(error)")
      return
    }
  }

  @Test func `eastings with prefixes of two zones contradict each other`() {
    let text = "25585000,4370000\n26586000,4370000\n25586000,4371000\n"
    #expect(throws: GeometryError.zoneContradiction(declared: 25, found: 26)) {
      _ = try Self.read(text)
    }
  }

  @Test func `a heading without prefixes may name a zone of six degrees`() throws {
    var hints = CoordinateJudgement.Hints(saysFirstIsNorth: true, asksForPrefix: true)
    hints.zone = 13
    let columns = BoundingBox(minX: 4_370_000, minY: 585_000, maxX: 4_371_000, maxY: 586_000)
    let judgement = try CoordinateJudgement(columns: columns, hints: hints)
    #expect(judgement.crs.description == "EPSG:4502")
    hints.width = .threeDegrees
    #expect(throws: GeometryError.zoneContradiction(declared: 3, found: 6)) {
      _ = try CoordinateJudgement(columns: columns, hints: hints)
    }
    let prefixed = BoundingBox(
      minX: 4_370_000, minY: 13_585_000, maxX: 4_371_000, maxY: 13_586_000)
    hints.width = nil
    let six = try CoordinateJudgement(columns: prefixed, hints: hints)
    #expect(six.crs.description == "EPSG:4491")
  }

  @Test func `for a system of another kind the extent tells the axes apart`() throws {
    let utm = try CoordinateReferenceSystem(epsg: 32_643)
    let extent = BoundingBox(minX: 75, minY: 39, maxX: 77, maxY: 40)
    // 75.99°E, 39.46°N is 585 km east and 4 368 km north in zone 43.
    let upright = BoundingBox(minX: 585_000, minY: 4_368_000, maxX: 586_000, maxY: 4_369_000)
    let turned = BoundingBox(minX: 4_368_000, minY: 585_000, maxX: 4_369_000, maxY: 586_000)
    let hints = CoordinateJudgement.Hints(crs: utm, extent: extent)
    let plain = try CoordinateJudgement(columns: upright, hints: hints)
    #expect(!plain.firstIsNorth)
    let judgement = try CoordinateJudgement(columns: turned, hints: hints)
    #expect(judgement.firstIsNorth)
    #expect(judgement.doubts == [.datumTakenAsEqual(crs: "EPSG:32643"), .axesSwapped])
  }

  @Test(arguments: [
    (BoundingBox(minX: 39.4, minY: 75.9, maxX: 39.5, maxY: 76), true),
    (BoundingBox(minX: 75.9, minY: 39.4, maxX: 76, maxY: 39.5), false),
    (BoundingBox(minX: 116, minY: 39, maxX: 117, maxY: 40), false),
    (BoundingBox(minX: 39, minY: 116, maxX: 40, maxY: 117), true),
  ])
  func `longitudes are told from latitudes`(columns: BoundingBox, firstIsNorth: Bool) throws {
    let judgement = try CoordinateJudgement(columns: columns, hints: .init())
    #expect(judgement.firstIsNorth == firstIsNorth)
    #expect(judgement.doubts.contains(.axesSwapped) == firstIsNorth)
  }

  @Test func `the doubt about degrees says how far GCJ-02 would be off`() throws {
    let document = try Self.read("75.9,39.4\n76,39.4\n76,39.5\n")
    let metres = try #require(document.doubts.first?.facts["metres"].flatMap(Double.init))
    #expect((200...500).contains(metres))
  }

  @Test(
    arguments: [
      ("", nil), ("   \n", nil), ("{}", .geoJSON), ("\u{FEFF} {", .geoJSON), ("polygon((", .wkt),
      ("SRID=1;POINT(", .wkt), ("point,x,y\n1,2,3", .vertexTable), ("1 2", .vertexTable),
      ("[地块坐标]\n", .coordinateText), ("5,1,a,b,面,,,,@\n", .coordinateText), ("hello", nil),
    ] as [(String, BoundaryDocument.Format?)])
  func `the format is what the bytes say`(text: String, format: BoundaryDocument.Format?) {
    #expect(BoundaryDocument.format(of: Array(text.utf8)) == format)
  }

  @Test func `a long GBK file is known by its first part, wherever that cuts a character`() throws {
    for shift in 0..<4 {
      let heading = "[属性描述]\n" + String(repeating: "a", count: shift) + "="
      let text = heading + String(repeating: "测", count: 50_000)
      let bytes = try TextEncoding.gb18030.encode(text)
      #expect(BoundaryDocument.format(of: bytes) == .coordinateText)
    }
  }

  @Test(
    arguments: [
      [0xFF], [0x81], [0xB2, 0xE2, 0xFF, 0xFF], [0xEF, 0xBB, 0xBF, 0xFF], [0xFF, 0xFE, 0x41],
      [0xFF, 0xFE, 0x00, 0xD8],
    ] as [[UInt8]])
  func `bytes that are no text are refused`(bytes: [UInt8]) {
    #expect(throws: GeometryError.self) { _ = try TextEncoding.decode(bytes) }
    #expect(BoundaryDocument.format(of: bytes) == nil)
  }
}
