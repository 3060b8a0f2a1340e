import CSQLite
import Foundation
import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// The formats besides Shapefile, and how what is wrong in them is told.
@Suite struct FormatTests {
  // MARK: GeoJSON

  func collection(_ features: String, more: String = "") -> String {
    "{\"type\":\"FeatureCollection\"\(more),\n\"features\":[\(features)]}"
  }

  func feature(_ geometry: String, _ properties: String = "null") -> String {
    "{\"type\":\"Feature\",\"properties\":\(properties),\"geometry\":\(geometry)}"
  }

  let square = "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}"

  @Test func `GeoJSON without a crs is in degrees, and says the format prescribes it`()
    async throws
  {
    let text = collection(
      feature(square, "{\"a\":1,\"b\":\"x\",\"c\":null,\"d\":[1]}") + ","
        + feature(square, "{\"a\":1.5,\"e\":true}"))
    let (layer, features) = try await Workers.read(text: text, as: "boundary.json")
    #expect(layer.name == "boundary")
    #expect(layer.format == .geojson)
    #expect(layer.crs == .epsg(4_326))
    #expect(layer.crsReason == .formatDefault)
    #expect(layer.featureCount == 2)
    let types = Dictionary(uniqueKeysWithValues: layer.fields.map { ($0.name, $0.type) })
    #expect(types == ["a": .decimal, "b": .text, "c": .text, "d": .text, "e": .boolean])
    #expect(
      features[0].attributes
        == ["a": .decimal(1), "b": .text("x"), "c": .null, "d": .text("[1]"), "e": .null])
  }

  @Test(arguments: [
    ("urn:ogc:def:crs:EPSG::4490", SourceCRS.epsg(4_490)), ("EPSG:4513", .epsg(4_513)),
    ("urn:ogc:def:crs:OGC:1.3:CRS84", .epsg(4_326)), ("local", .unknown),
  ])
  func `the crs member is honoured, before or after the features`(
    name: String, crs: SourceCRS
  ) async throws {
    let member = "\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"\(name)\"}}"
    let before = try await Workers.read(
      text: collection(feature(square), more: "," + member), as: "a.json")
    #expect(before.layer.crs == crs)
    let after = collection(feature(square)).dropLast() + "," + member + "}"
    let last = try await Workers.read(text: String(after), as: "a.json")
    #expect(last.layer == before.layer)
  }

  @Test func `a lone feature and a lone geometry are read`() async throws {
    let lone = try await Workers.read(text: feature(square, "{\"n\":7}"), as: "a.json")
    #expect(lone.features.map(\.attributes) == [["n": .integer(7)]])
    let bare = try await Workers.read(text: square, as: "a.json")
    #expect(bare.features.count == 1)
    #expect(bare.features[0].geometry == lone.features[0].geometry)
  }

  @Test(arguments: [
    ("[[[0,0],[1,0],[1,1],[0,1]]]", SourceFault.ringNotClosed(part: 1, ring: 1)),
    ("[[[0,0],[1,0],[0,0]]]", .ringTooShort(part: 1, ring: 1, vertices: 3)),
    ("[]", .empty),
  ])
  func `a ring that is none is a fault of its feature`(
    coordinates: String, fault: SourceFault
  ) async throws {
    let bad = "{\"type\":\"Polygon\",\"coordinates\":\(coordinates)}"
    let (_, features) = try await Workers.read(
      text: collection(feature(square) + "," + feature(bad)), as: "a.json")
    #expect(features.map(\.fault) == [nil, fault])
    #expect(features[1].geometry == nil)
  }

  @Test(arguments: [
    ("NaN", "unexpected"), ("1e400", "number-out-of-range"), ("Infinity", "unexpected"),
  ])
  func `a number that is none is refused by its line`(number: String, code: String) async throws {
    let bad = "{\"type\":\"Polygon\",\n\"coordinates\":[[[0,\n\(number)]]]}"
    await #expect {
      _ = try await Workers.read(text: collection(feature(bad)), as: "a.json")
    } throws: { error in
      guard case .json(code, 4, _) = error as? ReadingError else { return false }
      return true
    }
  }

  @Test func `JSON that ends too soon, nests too deep or names a key twice is refused`()
    async throws
  {
    let cases = [
      ("{\"type\":\"FeatureCollection\",\"features\":[", "ends-too-soon"),
      ("{\"a\":" + String(repeating: "[", count: 20_000), "too-deep"),
      ("{\"type\":\"Feature\",\"type\":\"Feature\"}", "duplicate-key"),
      (collection("{\"type\":\"Feature\",\"a\":1,\"a\":2}"), "duplicate-key"),
      ("{}", "not-geojson"), ("{\"type\":\"Topology\"}", "not-geojson"),
      (collection("3"), "not-a-feature"), (collection("") + "x", "trailing"),
    ]
    for (text, code) in cases {
      await #expect("\(code)") {
        _ = try await Workers.read(text: text, as: "a.json")
      } throws: { error in
        guard case .json(code, _, _) = error as? ReadingError else { return false }
        return true
      }
    }
  }

  // MARK: KML, DXF

  @Test func `a placemark of KML is read in degrees`() async throws {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>d</name><Placemark>
      <name>地块</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
      76,39,0 76.01,39,0 76.01,39.01,0 76,39.01,0 76,39,0
      </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>
      """
    let (layer, features) = try await Workers.read(text: text, as: "a.bin")
    #expect(layer.format == .kml)
    #expect(layer.crs == .epsg(4_326))
    #expect(features.count == 1)
    #expect(features[0].attributes["Name"] == .text("地块"))
    guard case .polygons(let multi) = features[0].geometry else {
      Issue.record("no polygon: \(features[0])")
      return
    }
    #expect(multi.vertexCount == 5)
  }

  @Test func `of a KML's folders the one of areas is read, with its extended data`() async throws {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <kml xmlns="http://www.opengis.net/kml/2.2"><Document>
      <Schema name="s" id="s"><SimpleField name="name" type="string"/>
      <SimpleField name="begin" type="string"/></Schema>
      <Folder><name>marks</name><Placemark><Point><coordinates>76,39</coordinates></Point>
      </Placemark></Folder><Folder><name>land</name><Placemark>
      <ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="name">0103</SimpleData>
      <SimpleData name="begin">x</SimpleData></SchemaData></ExtendedData>
      <Polygon><outerBoundaryIs><LinearRing><coordinates>
      76,39 76.01,39 76.01,39.01 76,39</coordinates></LinearRing></outerBoundaryIs></Polygon>
      </Placemark></Folder></Document></kml>
      """
    let (layer, features) = try await Workers.read(text: text, as: "a.kml")
    #expect(layer.name == "land")
    #expect(layer.geometry == .polygon)
    #expect(features.map { $0.attributes["name"] } == [.text("0103")])
    #expect(features.map { $0.attributes["begin"] } == [.text("x")])
  }

  func drawing(_ entities: String...) -> String {
    "0\nSECTION\n2\nENTITIES\n" + entities.joined() + "0\nENDSEC\n0\nEOF\n"
  }

  func polyline(closed: Bool) -> String {
    let points = [(0, 0), (10, 0), (10, 10), (0, 10)]
    let body = points.map { "10\n\($0.0).0\n20\n\($0.1).0\n" }.joined()
    return "0\nLWPOLYLINE\n8\nboundary\n90\n4\n70\n\(closed ? 1 : 0)\n" + body
  }

  @Test func `a closed polyline of a drawing is an area, an open one a fault`() async throws {
    let (layer, features) = try await Workers.read(
      text: drawing(polyline(closed: true), polyline(closed: false)), as: "a.dxf")
    #expect(layer.format == .dxf)
    #expect(layer.crs == .unknown)
    #expect(features.count == 2)
    guard case .polygons(let multi)? = features.first?.geometry else {
      Issue.record("no polygon: \(features)")
      return
    }
    #expect(multi.vertexCount == 5)
    #expect(features[1].geometry == nil)
    #expect(features[1].fault == .lineNotClosed(vertices: 4))
  }

  // MARK: GeoPackage

  func geopackage(changedBy sql: String, _ body: (String) async throws -> Void) async throws {
    let source = try #require(Places.shared)
      .appending(path: "data/kashgar-admin/kashgar_counties_cgcs2000.gpkg")
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "a.gpkg")
      try Data(contentsOf: source).write(to: file)
      var handle: OpaquePointer?
      #expect(sqlite3_open(file.path, &handle) == SQLITE_OK)
      #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
      sqlite3_close(handle)
      try await body(file.path)
    }
  }

  @Test(
    .enabled(if: Places.shared != nil),
    arguments: [
      (
        "CREATE TRIGGER rtree_county_geom_insert2 AFTER INSERT ON county BEGIN DELETE FROM county; END",
        GeoPackageFault.trigger(name: "rtree_county_geom_insert2")
      ),
      ("CREATE VIEW v AS SELECT * FROM county", .view(name: "v")),
      ("CREATE VIRTUAL TABLE t USING fts5(a)", .virtualTable(name: "t")),
      (
        "CREATE TRIGGER t BEFORE INSERT ON county BEGIN SELECT RAISE(ABORT, 'no'); DELETE FROM county; END",
        .trigger(name: "t")
      ),
    ])
  func `what could run in a GeoPackage is refused by name`(
    sql: String, fault: GeoPackageFault
  ) async throws {
    try await geopackage(changedBy: sql) { file in
      await #expect(throws: ReadingError.geopackage(fault)) { _ = try await Workers.read(file) }
    }
  }

  @Test(.enabled(if: Places.shared != nil))
  func `a trigger that only refuses rows is let be`() async throws {
    let sql = "CREATE TRIGGER t BEFORE INSERT ON county BEGIN SELECT RAISE(ABORT, 'a; b'); END"
    try await geopackage(changedBy: sql) { file in
      let read = try await Workers.read(file)
      #expect(read.features.count == 12)
    }
  }

  @Test(.enabled(if: Places.shared != nil), arguments: 0..<20)
  func `a damaged GeoPackage is read or refused, never worse`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let source = try #require(Places.shared)
      .appending(path: "data/kashgar-admin/kashgar_counties_cgcs2000.gpkg")
    var bytes = [UInt8](try Data(contentsOf: source))
    for _ in 0..<200 {
      bytes[Int.random(in: 100..<bytes.count, using: &random)] =
        UInt8.random(in: 0...255, using: &random)
    }
    do {
      let (_, features) = try await Workers.read(bytes: bytes, as: "a.gpkg")
      #expect(features.count <= 1_000)
    } catch let error as ReadingError {
      switch error {
      case .workerCrashed, .workerFailed, .badFrame, .timeLimit, .memoryLimit:
        Issue.record("\(error)")
      default: break
      }
    }
  }
}
