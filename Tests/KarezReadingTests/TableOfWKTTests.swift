import KarezCore
import KarezGeometry
import KarezReading
import TestSupport
import Testing

/// Tables with a column of WKT, GML, and drawings that are not read.
@Suite struct TableOfWKTTests {
  static let square = "\"POLYGON ((76 39,76 39.01,76.01 39.01,76 39))\""

  @Test func `a table of WKT is a layer, every value the text it is`() async throws {
    let text = """
      \u{FEFF}id,WKT,地类,备注
      0103,\(Self.square),,""
      "a,b",\(Self.square),"x ""y\"""," z
      2"

      c,,'=1+1,'d
      """
    let (layer, features) = try await Workers.read(text: text, as: "图斑.csv")
    #expect(layer.name == "图斑")
    #expect(layer.format == .csv)
    #expect(layer.crs == .unknown && layer.crsReason == .unstated)
    #expect(layer.fields.map(\.name) == ["id", "地类", "备注"])
    #expect(layer.fields.allSatisfy { $0.type == .text })
    #expect(
      features.map(\.attributes) == [
        ["id": .text("0103"), "地类": .null, "备注": .text("")],
        ["id": .text("a,b"), "地类": .text("x \"y\""), "备注": .text(" z\n2")],
        ["id": .text("c"), "地类": .text("=1+1"), "备注": .text("'d")],
      ])
    #expect(features.map(\.fault) == [nil, nil, .empty])
  }

  static let systems: [(String, SourceCRS?, SourceCRS, CRSReason)] = [
    ("SRID=4490;", nil, .epsg(4_490), .statedCode), ("", .epsg(4_490), .epsg(4_490), .declared),
    ("", nil, .unknown, .unstated),
  ]

  @Test(arguments: systems)
  func `the system is what each geometry says, or the caller`(
    prefix: String, declared: SourceCRS?, crs: SourceCRS, reason: CRSReason
  ) async throws {
    let shape = "\"" + prefix + Self.square.dropFirst()
    let read = try await Workers.read(
      text: "geometry,a\n\(shape),1\n", as: "a.csv", ReadOptions(declared: declared))
    #expect(read.layer.crs == crs)
    #expect(read.layer.crsReason == reason)
    #expect(read.features[0].geometry != nil)
  }

  @Test func `GBK is recognised, and a name alone makes no column of WKT`() async throws {
    let text = "图形,地类\r\n\(Self.square),旱地\r\n\(Self.square),水浇地\r\n"
    let bytes = try TextEncoding.gb18030.encode(text)
    let read = try await Workers.read(bytes: bytes, as: "a.csv")
    #expect(read.layer.encoding.name == "GB18030")
    #expect(read.features.map { $0.attributes["地类"] } == [.text("旱地"), .text("水浇地")])
    // A table of vertices with a column called shape is still one of vertices.
    let vertices = "shape,X,Y\n1,76.0,39.0\n1,76.01,39.0\n1,76.01,39.01\n1,76.0,39.0\n"
    let table = try? await Workers.read(text: vertices, as: "b.csv")
    #expect(table?.layer.format != .csv)
  }

  @Test func `geometry that is none is its row's fault, a broken table the file's`() async throws {
    let rows = "WKT,a\nPOINT (76 39),1\nPOINT (76 x),2\n\"POLYGON ((0 0,1 1,0 1))\",3\n"
    let read = try await Workers.read(text: rows, as: "a.csv")
    #expect(read.features.map { $0.fault == nil } == [true, false, false])
    #expect(read.features.map { $0.attributes["a"] } == [.text("1"), .text("2"), .text("3")])
    for (bad, line) in [
      ("WKT,a\nPOINT (76 39),1\nPOINT (76 39)\n", 3),
      ("WKT,a\nPOINT (76 39),1\nPOINT (76 39),\"x\n", 3),
      ("WKT,a\nPOINT (76 39),1\nPOINT (76 39),\"x\"y\n", 3),
    ] {
      await #expect("\(bad)") {
        _ = try await Workers.read(text: bad, as: "a.csv")
      } throws: { error in
        guard case .text(.csv, let found, _, _) = error as? ReadingError else { return false }
        return found == line
      }
    }
  }

  // MARK: GML

  static func gml(_ positions: String, srs: String = "urn:ogc:def:crs:EPSG::4490") -> String {
    """
    <?xml version="1.0" encoding="utf-8"?>
    <app:Layer xmlns:app="http://example.org/app" xmlns:gml="http://www.opengis.net/gml/3.2"
     gml:id="l"><gml:featureMember><app:patch gml:id="p1"><app:code>0103</app:code><app:shape>
    <gml:Polygon srsName="\(srs)" gml:id="g1"><gml:exterior><gml:LinearRing><gml:posList>
    \(positions)</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></app:shape>
    </app:patch></gml:featureMember></app:Layer>
    """
  }

  static let north = "39 76 39.01 76 39.01 76.01 39 76"

  @Test func `GML of any schema is read, axes by the system's name, codes as text`() async throws {
    let read = try await Workers.read(text: Self.gml(Self.north), as: "a.bin")
    #expect(read.layer.format == .gml)
    #expect(read.layer.crs == .epsg(4_490))
    #expect(read.features.map { $0.attributes["code"] } == [.text("0103")])
    guard case .polygons(let multi)? = read.features.first?.geometry else {
      Issue.record("no polygon: \(read.features)")
      return
    }
    #expect(multi.polygons[0].shell.positions[1] == Position(x: 76, y: 39.01))
  }

  @Test(arguments: [
    "39 76 39.01 76 39.01 76.01 39", "39 76 x 76 39.01 76.01 39 76",
    "39 76 39.01 76 <!-- --> 39.01 76.01 39 76", "39,76 39.01,76 39.01,76.01 39,76",
  ])
  func `positions of GML that are none are refused with their line`(positions: String) async {
    await #expect("\(positions)") {
      _ = try await Workers.read(text: Self.gml(positions), as: "a.gml")
    } throws: { error in
      guard case .text(.gml, 5...6, _, _) = error as? ReadingError else { return false }
      return true
    }
  }

  // MARK: DWG

  @Test func `a drawing of AutoCAD's own format is refused by its first bytes, or its name`()
    async throws
  {
    let head = Array("AC1032".utf8) + [0, 0, 0, 0, 1, 2, 3]
    await #expect(throws: ReadingError.drawingBinary(version: "AC1032")) {
      _ = try await Workers.read(bytes: head, as: "a.dxf")
    }
    await #expect(throws: ReadingError.drawingBinary(version: "")) {
      _ = try await Workers.read(bytes: [1, 2, 3, 0, 4], as: "宗地.DWG")
    }
    var archive = ZipBuilder()
    archive.add("plan/宗地.dwg", head)
    await #expect(throws: ReadingError.drawingBinary(version: "")) {
      _ = try await Workers.read(bytes: archive.bytes, as: "a.zip")
    }
    // A text that begins with the letters is a text.
    await #expect {
      _ = try await Workers.read(text: "AC1032 is a version", as: "a.txt")
    } throws: { error in
      if case .drawingBinary? = error as? ReadingError { false } else { true }
    }
  }
}
