import Foundation
import FoundationNetworking
import KarezCore
import KarezGeometry
import KarezPacks
import KarezStore
import KarezTiles
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// WMS, WMTS, WFS and styles over the wire, of the access matrix's facts and of a patch of land.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct ClassicTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let wms = "/ogc/wms?service=WMS&version=1.3.0&"
  static let wfs = "/ogc/wfs?service=WFS&version=2.0.0&"
  static let map = wms + "request=GetMap&format=image/png&layers=land-patches&"
  static let first = "canary_public_653101_id"
  static let second = "canary_public_653121_id"

  /// The matrix's map, and in it a square of irrigated land: a hundredth of a degree from 100° east
  /// and 30° north.
  static func withMap(_ body: (Client, OneMap) async throws -> Void) async throws {
    try await WebServerTests.withServer(
      prepare: { map in
        try await AccessMap.prepare(map)
        try await plant(map)
      }, body)
  }

  private static func plant(_ map: OneMap) async throws {
    let id = try #require(DatasetID("land-patches"))
    let schema = try #require(map.packs.schemas.first { $0.id == id })
    let day = try #require(LegalDate("2024-01-01"))
    let plan = DraftPlan(
      dataset: id, mode: .state, validity: try #require(Validity(from: day)),
      lineage: Lineage(source: "made up", sourceSM3: "", reader: "test", crs: "EPSG:4490"))
    let ring = [(100, 30), (100.01, 30), (100.01, 30.01), (100, 30.01), (100, 30)]
    let shell = try Ring(ring.map { Position(x: $0.0, y: $0.1) })
    let row = DraftRow(
      row: 1,
      feature: Feature(
        id: "653101000000000001",
        geometry: .polygons(MultiPolygon([Polygon(shell: shell)])),
        attributes: [
          schema.identifier: .text("653101000000000001"), "land_class": .text("0102"),
        ]))
    let draft = try await map.store.openDraft(plan, by: .operator, in: .all)
    try await map.store.append([row], to: draft)
    _ = try await map.store.commit(
      draft, CommitOrder(reason: "made up", idempotencyKey: "planted"), by: .operator, in: .all)
  }

  /// Bytes of an answer, which may be no text.
  static func bytes(_ client: Client, _ path: String) async throws -> Data {
    try await Client.session.data(from: try #require(URL(string: client.base + path))).0
  }

  /// Red, green, blue and opacity of a pixel, as GDAL reads the picture.
  static func pixel(
    _ client: Client, _ path: String, _ x: Int, _ y: Int
  ) async throws -> [Int] {
    let bytes = try await bytes(client, path)
    return try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "picture.png")
      try bytes.write(to: file)
      let told = try await AttackTests.run(
        "/usr/bin/gdallocationinfo", ["-valonly", file.path, "\(x)", "\(y)"])
      #expect(told.status == 0, "\(path): \(told.output) \(bytes.prefix(300))")
      return told.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    }
  }

  static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  /// The colour the pack's style gives the land, over white.
  static func expected(_ map: OneMap) throws -> [Int] {
    let id = try #require(DatasetID("land-patches"))
    let style = try #require(map.packs.styles[id].flatMap(LayerStyle.init))
    let paint = style.paint(for: ["land_class": .text("0102")])
    let digits = try #require(paint.fill).dropFirst()
    let number = try #require(Int(digits, radix: 16))
    return [number >> 16, number >> 8 & 255, number & 255].map {
      Int((Double($0) * paint.fillOpacity + 255 * (1 - paint.fillOpacity)).rounded())
    }
  }

  // MARK: Pictures

  @Test func `pictures have the styles' colours, in every system and order of axes`() async throws {
    try await Self.withMap { client, map in
      let expected = try Self.expected(map)
      let grid = try CoordinatePlacement(
        in: .gaussKruger(try #require(GaussKruger(epsg: 4_521))))
      let place = try grid.position(ofDegrees: Position(x: 100.005, y: 30.005))
      let box = [place.y - 2_000, place.x - 2_000, place.y + 2_000, place.x + 2_000]
      let frames = [
        "crs=CRS:84&bbox=99.995,29.995,100.015,30.015",
        "crs=EPSG:4490&bbox=29.995,99.995,30.015,100.015",
        "crs=EPSG:4326&bbox=29.995,99.995,30.015,100.015",
        "crs=EPSG:3857&bbox=11131500,3503200,11133500,3505200",
        "crs=EPSG:4521&bbox=" + box.map { "\($0)" }.joined(separator: ","),
      ]
      for frame in frames {
        let path = Self.map + frame + "&width=120&height=120"
        let middle = try await Self.pixel(client, path, 60, 60)
        #expect(middle.count == 3, "\(frame)")
        for (found, wanted) in zip(middle, expected) {
          #expect(abs(found - wanted) <= 1, "\(frame): \(middle), not \(expected)")
        }
        let corner = try await Self.pixel(client, path, 2, 2)
        #expect(corner == [255, 255, 255], "\(frame)")
        let glass = try await Self.pixel(client, path + "&transparent=TRUE", 2, 2)
        #expect(glass == [0, 0, 0, 0], "\(frame)")
      }
      let before = Self.map + frames[0] + "&width=20&height=20&TIME=2023-06-01"
      #expect(try await Self.pixel(client, before, 10, 10) == [255, 255, 255])
      let unrecorded = Self.map + frames[0] + "&width=20&height=20&RECORDED=0&bgcolor=0x102030"
      #expect(try await Self.pixel(client, unrecorded, 10, 10) == [16, 32, 48])
      let reply = try await client.get(Self.map + frames[0] + "&width=20&height=20")
      #expect(reply.headers["content-type"] == "image/png")
      let tag = try #require(reply.headers["etag"])
      let again = try await client.get(
        Self.map + frames[0] + "&width=20&height=20", headers: ["If-None-Match": tag])
      #expect(again.status == 304)
    }
  }

  @Test func `tiles by every name are the same, and have the styles' colours`() async throws {
    try await Self.withMap { client, map in
      let path = "/ogc/wmts/1.0.0/land-patches/default/"
      let asked = "/ogc/wmts?Service=WMTS&Request=GetTile&Layer=land-patches&Format=tiles&"
      let web = try await Self.bytes(client, path + "WebMercatorQuad/14/6759/12743")
      #expect(web.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      #expect(try await Self.bytes(client, path + "w/14/6759/12743.png") == web)
      #expect(
        try await Self.bytes(
          client, asked + "TileMatrixSet=w&TileMatrix=14&TileRow=6759&TileCol=12743") == web)
      let degrees = try await Self.bytes(client, path + "CGCS2000Quad/13/2730/12743")
      #expect(try await Self.bytes(client, path + "c/14/2730/12743") == degrees)
      #expect(try await Self.bytes(client, path + "WorldCRS84Quad/13/2730/12743") == degrees)
      let colour = try await Self.pixel(client, path + "c/14/2730/12743", 80, 110)
      #expect(colour.count == 4 && colour[3] > 200, "\(colour): land is there")
      let expected = try Self.expected(map)
      #expect(colour[3] < 255 && expected != [255, 255, 255])
      for wrong in ["c/0/0/0", "c/22/0/0", "x/1/0/0", "w/14/99999/0"] {
        let reply = try await client.get(path + wrong)
        #expect(reply.status == 400 && reply.body.contains("TileOutOfRange"), "\(wrong)")
      }
    }
  }

  @Test func `what stands at a pixel is told, and legends are drawn`() async throws {
    try await Self.withMap { client, _ in
      let frame =
        "crs=CRS:84&bbox=100,30,100.02,30.01&width=64&height=32&layers=matrix-public"
        + "&query_layers=matrix-public&feature_count=5&"
      let left = try await client.get(Self.wms + "request=GetFeatureInfo&i=16&j=16&" + frame)
      #expect(left.json?["features"]?.array?.count == 1)
      #expect(left.body.contains(Self.first) && !left.body.contains(Self.second))
      let right = try await client.get(
        Self.wms + "request=GetFeatureInfo&i=48&j=16&info_format=text/html&language=en&" + frame)
      #expect(right.headers["content-type"] == "text/html; charset=utf-8")
      #expect(right.body.contains(Self.second) && right.body.contains("<html lang=\"en\""))
      let outside = try await client.get(Self.wms + "request=GetFeatureInfo&i=64&j=16&" + frame)
      #expect(outside.status == 400 && outside.body.contains("InvalidParameterValue"))
      let legend = Self.wms + "request=GetLegendGraphic&layer=land-patches"
      #expect(try await Self.bytes(client, legend).count > 1_000)
    }
  }

  static let refusals: [(String, Int, String)] = [
    (wms + "request=GetNothing", 400, "OperationNotSupported"),
    ("/ogc/wms?service=WMS", 400, "MissingParameterValue"),
    ("/ogc/wms?service=WMS&request=GetMap&version=1.1.1", 400, "VersionNegotiationFailed"),
    (map + "crs=EPSG:9999&bbox=1,1,2,2&width=9&height=9", 400, "InvalidCRS"),
    (map + "crs=CRS:84&bbox=2,2,1,1&width=9&height=9", 400, "InvalidParameterValue"),
    (map + "crs=CRS:84&bbox=1,1,2,2&width=4097&height=9", 400, "InvalidParameterValue"),
    (map + "crs=CRS:84&bbox=1,1,2,2&width=4096&height=4096", 400, "InvalidParameterValue"),
    (map + "crs=CRS:84&bbox=1,1,2,2&width=9&Width=9&height=9", 400, "InvalidParameterValue"),
    (map + "crs=CRS:84&bbox=1,1,2,2&width=9&height=9&styles=other", 400, "StyleNotDefined"),
    (map + "crs=CRS:84&bbox=1,1,2,2&width=9&height=9&TIME=now", 400, "InvalidDimensionValue"),
    (
      wms + "request=GetMap&layers=land-patches&format=image/gif&crs=CRS:84&bbox=1,1,2,2"
        + "&width=9&height=9", 400, "InvalidFormat"
    ),
    (
      wms + "request=GetMap&layers=nowhere&format=image/png&crs=CRS:84&bbox=1,1,2,2&width=9"
        + "&height=9", 404, "LayerNotDefined"
    ),
    (wfs + "request=GetFeature&typeNames=nowhere", 404, "InvalidParameterValue"),
    (wfs + "request=GetFeature&typeNames=matrix-public&bbox=1,2,3", 400, "InvalidParameterValue"),
    (
      wfs + "request=GetFeature&typeNames=matrix-public&filter=" + escaped("<Filter/>"), 400,
      "InvalidParameterValue"
    ),
    ("/ogc/wfs?service=WFS&request=GetFeature&version=1.0.0", 400, "VersionNegotiationFailed"),
  ]

  @Test func `what is refused is told in the form of the service`() async throws {
    try await Self.withMap { client, _ in
      for (path, status, code) in Self.refusals {
        let reply = try await client.get(path)
        #expect(reply.status == status, "\(path): \(reply.body)")
        #expect(reply.body.contains("\"\(code)\""), "\(path): \(reply.body)")
        #expect(reply.headers["content-type"] == "text/xml; charset=utf-8", "\(path)")
        let form = path.hasPrefix("/ogc/wms") ? "ServiceExceptionReport" : "ows:ExceptionReport"
        #expect(reply.body.contains("<" + form), "\(path)")
      }
      #expect(
        try await client.get(Self.map + "crs=CRS:84&bbox=1,1,2,2&width=9&height=9&DPI=96").status
          == 200)
      let posted = try await client.send(
        "POST", "/ogc/wfs", type: "text/xml", body: Data("<a/>".utf8))
      #expect(posted.status == 405)
    }
  }

  // MARK: Features

  @Test func `features come by box, filter, name and page`() async throws {
    try await Self.withMap { client, _ in
      let items = Self.wfs + "request=GetFeature&typeNames=karez:matrix-public"
      let json = items + "&outputFormat=application/json"
      let all = try await client.get(json)
      #expect(OGCTests.ids(all) == [Self.first, Self.second])
      for box in [
        "30.001,100.011,30.002,100.012", "30.001,100.011,30.002,100.012,urn:ogc:def:crs:EPSG::4326",
        "100.011,30.001,100.012,30.002,CRS:84",
      ] {
        #expect(
          OGCTests.ids(try await client.get(json + "&bbox=" + box)) == [Self.second], "\(box)")
      }
      let filter =
        "<fes:Filter xmlns:fes=\"http://www.opengis.net/fes/2.0\"><fes:PropertyIsEqualTo>"
        + "<fes:ValueReference>region</fes:ValueReference><fes:Literal>653121</fes:Literal>"
        + "</fes:PropertyIsEqualTo></fes:Filter>"
      let found = try await client.get(json + "&filter=" + Self.escaped(filter))
      #expect(OGCTests.ids(found) == [Self.second], "\(found.body)")
      let hits = try await client.get(items + "&resultType=hits")
      #expect(hits.body.contains("numberMatched=\"2\" numberReturned=\"0\""))
      let page = try await client.get(items + "&count=1")
      #expect(page.body.contains(Self.first) && !page.body.contains(Self.second))
      let next = try #require(page.body.firstMatch(of: /next="([^"]+)"/)?.output.1)
      let path = next.replacing("&amp;", with: "&").dropFirst(client.base.count)
      let rest = try await client.get(String(path))
      #expect(rest.body.contains(Self.second) && !rest.body.contains(Self.first))
      #expect(!rest.body.contains(" next="))
      let old = try await client.get(json + "&TIME=2023-06-01")
      #expect(OGCTests.ids(old).isEmpty)
      let name = try #require(page.body.firstMatch(of: /gml:id="([^"]+)"/)?.output.1)
      let one = try await client.get(
        Self.wfs + "request=GetFeature&storedquery_id=\(WFSRoutes.byID)&id=\(name)")
      #expect(one.status == 200 && one.body.contains("<karez:matrix-public gml:id=\"\(name)\""))
      let sorted = try await client.get(json + "&sortby=region%20DESC")
      #expect(OGCTests.ids(sorted) == [Self.second, Self.first])
      let schema = try await client.get(
        Self.wfs + "request=DescribeFeatureType&typeNames=karez:matrix-public")
      #expect(schema.body.contains("gml:MultiSurfacePropertyType"))
    }
  }

  @Test func `coordinates come in the order of the system's name`() async throws {
    try await Self.withMap { client, _ in
      let items = Self.wfs + "request=GetFeature&typeNames=matrix-public&count=1"
      func start(_ srs: String) async throws -> Substring? {
        try await client.get(items + srs).body.firstMatch(of: /posList>([0-9.]+ [0-9.]+)/)?.output.1
      }
      #expect(try await start("") == "30 100")
      #expect(try await start("&srsName=urn:ogc:def:crs:EPSG::4490") == "30 100")
      #expect(try await start("&srsName=CRS:84") == "100 30")
      let grid = try #require(try await start("&srsName=EPSG:4521"))
      let numbers = grid.split(separator: " ").compactMap { Double($0) }
      #expect(numbers.count == 2 && numbers[0] < 4_000_000 && numbers[1] > 33_000_000, "\(grid)")
    }
  }

  // MARK: Styles

  @Test func `styles open as they are`() async throws {
    try await Self.withMap { client, _ in
      let list = try await client.get("/ogc/styles")
      let ids = (list.json?["styles"]?.array ?? []).compactMap { $0["id"]?.string }
      #expect(ids.first == "-" && ids.contains("land-patches"))
      for id in ids {
        let style = try await client.get("/ogc/styles/" + id)
        #expect(style.status == 200 && style.headers["content-type"] == OGCStyleRoutes.type)
        let json = try #require(style.json)
        #expect(json["version"]?.integer == 8)
        guard case .object(let sources)? = json["sources"] else { throw MissingSources() }
        let layers = json["layers"]?.array ?? []
        #expect(!layers.isEmpty)
        #expect(Set(layers.compactMap { $0["id"]?.string }).count == layers.count)
        for layer in layers {
          let source = try #require(layer["source"]?.string)
          #expect(sources[source] != nil && layer["source-layer"]?.string == source)
        }
        #expect(try await client.get("/ogc/styles/\(id)/metadata").status == 200)
      }
      let tile = try #require(
        try await client.get("/ogc/styles/land-patches").json?["sources"]?["land-patches"]?[
          "tiles"]?
          .array?.first?.string)
      let path = tile.dropFirst(client.base.count).replacing("{z}", with: "14")
        .replacing("{y}", with: "6759").replacing("{x}", with: "12743")
      #expect(try await client.get(String(path)).status == 200)
      #expect(try await client.get("/ogc/styles/nowhere").status == 404)
    }
  }

  private struct MissingSources: Error {}

  // MARK: Clients

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/ogrinfo")))
  func `GDAL reads them`() async throws {
    try await Self.withMap { client, _ in
      let base = client.base + "/ogc/"
      func run(_ program: String, _ arguments: [String]) async throws -> String {
        // GDAL keeps what it fetched where it is started.
        let told = try await AttackTests.run(
          "/usr/bin/" + program, arguments, in: FileManager.default.temporaryDirectory)
        #expect(told.status == 0, "\(arguments): \(told.output)")
        return told.output
      }
      let found = try await run(
        "gdalinfo", ["WMS:\(base)wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities"])
      #expect(found.contains("LAYERS=land-patches"))
      let info = try await run(
        "gdalinfo",
        [
          "WMS:\(base)wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=land-patches&STYLES="
            + "&CRS=EPSG:4490&BBOX=29.99,99.99,30.02,100.02&FORMAT=image/png"
        ])
      #expect(info.contains("China 2000"), "\(info)")
      for set in ["c", "WebMercatorQuad"] {
        try await Places.withTemporaryFolder { folder in
          let source = "WMTS:\(base)wmts/1.0.0/WMTSCapabilities.xml,layer=land-patches"
          let file = folder.appending(path: "out.tif").path
          var arguments = ["-q", "-outsize", "100", "100", "-projwin"]
          arguments +=
            set == "c"
            ? ["100.002", "30.008", "100.008", "30.002"]
            : ["11132200", "3504400", "11132700", "3503900"]
          _ = try await run("gdal_translate", arguments + [source + ",tilematrixset=" + set, file])
          let colour = try await run("gdallocationinfo", ["-valonly", file, "50", "50"])
          let numbers = colour.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
          #expect(numbers.count == 4 && numbers[3] > 200, "\(set): \(colour)")
        }
      }
      let features = try await run(
        "ogrinfo",
        [
          "-ro", "-al", "WFS:\(base)wfs", "karez:matrix-public", "-spat", "100.011", "30.001",
          "100.012", "30.002",
        ])
      #expect(
        features.contains("Feature Count: 1") && features.contains(Self.second), "\(features)")
      let filtered = try await run(
        "ogrinfo",
        ["-ro", "-al", "WFS:\(base)wfs", "karez:matrix-public", "-where", "region = '653101'"])
      #expect(filtered.contains("Feature Count: 1") && filtered.contains(Self.first), "\(filtered)")
    }
  }

  @Test(.enabled(if: OGCTests.hasOWSLib, "OWSLib was not installed: run make setup"))
  func `OWSLib reads them`() async throws {
    try await Self.withMap { client, _ in
      let script = """
        from owslib.wms import WebMapService
        from owslib.wmts import WebMapTileService
        from owslib.wfs import WebFeatureService
        base = '\(client.base)/ogc/'
        m = WebMapService(base + 'wms', version='1.3.0')
        assert 'land-patches' in m.contents and 'EPSG:4521' in m['land-patches'].crsOptions
        p = m.getmap(layers=['land-patches'], styles=[''], srs='EPSG:4490',
                     bbox=(99.99, 29.99, 100.02, 30.02), size=(60, 60), format='image/png')
        assert p.read()[:4] == b'\\x89PNG'
        t = WebMapTileService(base + 'wmts')
        assert {'c', 'w', 'CGCS2000Quad'} <= set(t.tilematrixsets)
        p = t.gettile(layer='land-patches', tilematrixset='c', tilematrix='14', row=2730,
                      column=12743, format='image/png')
        assert p.read()[:4] == b'\\x89PNG'
        f = WebFeatureService(base + 'wfs', version='2.0.0')
        assert 'karez:matrix-public' in f.contents
        assert f.get_schema('karez:matrix-public')['properties']['region'] == 'string'
        r = f.getfeature(typename=['karez:matrix-public'], bbox=(100.011, 30.001, 100.012, 30.002),
                         outputFormat='application/json').read()
        assert b'\(Self.second)' in r and b'\(Self.first)' not in r, r
        print('read')
        """
      let outcome = try await AttackTests.run(OGCTests.python, ["-c", script])
      #expect(outcome.status == 0 && outcome.output.contains("read"), "\(outcome.output)")
    }
  }
}
