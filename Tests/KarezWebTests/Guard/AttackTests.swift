import Foundation
import FoundationNetworking
import KarezCore
import KarezGeometry
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// 攻击测试: each known way in, tried on the real server with the real reader, one test a way.
///
/// What the parsers below it are tried with stands in `KarezReadingTests`; who is told what, in
/// `ChannelMatrixTests`; requests no library would send, in `RawSocketTests`.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct AttackTests {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  /// Sends a file to be checked, under any name.
  static func upload(
    _ bytes: Data, named name: String, to client: Client
  ) async throws -> Reply {
    var body = Data("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"".utf8)
    body += Data("\(name)\"\r\n\r\n".utf8) + bytes + Data("\r\n--b--\r\n".utf8)
    return try await client.send(
      "POST", "/api/v1/checks", type: "multipart/form-data; boundary=b", body: body)
  }

  /// Refused with a reason, and nothing of the machine told.
  static func expectRefused(
    _ reply: Reply, _ what: String, location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      (400...422).contains(reply.status), "\(what): \(reply.status) \(reply.body.prefix(300))",
      sourceLocation: location)
    #expect(reply.code != nil, "\(what)", sourceLocation: location)
    for word in ["root:", "/tmp/", "karez-test-", "uploads", "SELECT ", "fatal"] {
      #expect(!reply.body.contains(word), "\(what): \(reply.body)", sourceLocation: location)
    }
  }

  // MARK: Files

  @Test func `SSRF: no file makes the server ask an address`() async throws {
    let listener = try Listener()
    let address = "http://127.0.0.1:\(listener.port)/x.geojson"
    let placemark =
      "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>100,30 100.01,30 "
      + "100.01,30.01 100,30</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    let files: [(String, String)] = [
      (
        "vrt.geojson",
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/\(address)"
          + "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
      ),
      ("vrt.shp", "<OGRVRTDataSource><SrcDataSource>\(address)</SrcDataSource></OGRVRTDataSource>"),
      (
        "link.kml",
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document><NetworkLink><Link><href>"
          + "\(address)</href></Link></NetworkLink></Document></kml>"
      ),
      (
        "schema.gml",
        "<gml:FeatureCollection xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:xsi="
          + "\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:x \(address)\"/>"
      ),
      (
        "entity.kml",
        "<!DOCTYPE kml [<!ENTITY x SYSTEM \"\(address)\">]><kml><Document>&x;\(placemark)"
          + "</Document></kml>"
      ),
      (
        "crs.geojson",
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"link\",\"properties\":{\"href\":\""
          + "\(address)\"}},\"features\":[]}"
      ),
      ("csv.csv", "WKT\n\"/vsicurl/\(address)\"\n"),
      ("address.txt", address),
    ]
    let client = try await SharedServer.shared.client().client
    for (name, text) in files {
      Self.expectRefused(
        try await Self.upload(Data(text.utf8), named: name, to: client), name)
    }
    // One that is otherwise fine: it is read, and its address still is not asked.
    let schema = "http://127.0.0.1:\(listener.port)/kml.xsd"
    let kml =
      "<kml xmlns=\"http://www.opengis.net/kml/2.2\" xmlns:xsi="
      + "\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\""
      + "http://www.opengis.net/kml/2.2 \(schema)\"><Document><Style id=\"s\"><IconStyle><Icon>"
      + "<href>\(address)</href></Icon></IconStyle></Style>\(placemark)</Document></kml>"
    let read = try await Self.upload(Data(kml.utf8), named: "fine.kml", to: client)
    #expect(read.status == 200, "\(read.body.prefix(300))")
    #expect(listener.connections() == 0)
    let probe = try RawClient("http://127.0.0.1:\(listener.port)")
    probe.send("x")
    #expect(listener.connections() == 1, "the listener would have noticed")
  }

  @Test func `local files: no file makes the server read another`() async throws {
    let files: [(String, String)] = [
      (
        "vrt.geojson",
        "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/etc/passwd</SrcDataSource>"
          + "</OGRVRTLayer></OGRVRTDataSource>"
      ),
      (
        "raw.geojson",
        "<VRTDataset rasterXSize=\"64\" rasterYSize=\"1\"><VRTRasterBand dataType=\"Byte\" band="
          + "\"1\" subClass=\"VRTRawRasterBand\"><SourceFilename>/etc/passwd</SourceFilename>"
          + "</VRTRasterBand></VRTDataset>"
      ),
      (
        "entity.gml",
        "<!DOCTYPE x [<!ENTITY p SYSTEM \"file:///etc/passwd\">]><x>&p;</x>"
      ),
      ("path.csv", "WKT\n/etc/passwd\n"), ("path.txt", "/etc/passwd"),
    ]
    let client = try await SharedServer.shared.client().client
    for (name, text) in files {
      Self.expectRefused(
        try await Self.upload(Data(text.utf8), named: name, to: client), name)
    }
    var link = StoredZip()
    link.add("a.shp", Array("/etc/passwd".utf8), attributes: 0xA1FF_0000)
    Self.expectRefused(
      try await Self.upload(Data(link.bytes), named: "link.zip", to: client), "link")
  }

  @Test func `path traversal: no name leads out of its folder`() async throws {
    let (client, map) = try await SharedServer.shared.client()
    let kept = map.data.appending(path: "karez.json")
    let settings = try String(contentsOf: kept, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(!settings.isEmpty)
    let ups = [
      "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2fkarez.json", "..%5c..%5ckarez.json",
      "....//karez.json", "%00", "karez.json%00.css",
    ]
    for up in ups {
      for path in [
        "/assets/\(up)", "/answers/\(up)", "/answers/\(up).json", "/downloads/\(up)",
        "/downloads/\(up)/file", "/edits/\(up)", "/submissions/\(up)", "/catalogue/\(up)",
        "/catalogue/\(up)/features/\(up)", "/api/v1/datasets/\(up)/features",
        "/api/v1/datasets/\(up)/export?format=csv", "/api/v1/catalogue/\(up)/metadata.xml",
        "/api/v1/submissions/\(up)",
      ] {
        let reply = try await client.get(path)
        #expect([303, 400, 404].contains(reply.status), "\(path): \(reply.status)")
        #expect(!reply.body.contains("root:") && !reply.body.contains(settings), "\(path)")
      }
    }
    let shape = Data(WebServerTests.square.utf8)
    for name in ["../../evil.geojson", "/etc/evil.geojson", "..\\..\\evil.geojson", "..", ""] {
      _ = try await Self.upload(shape, named: name, to: client)
    }
    var slip = StoredZip()
    slip.add("a.geojson", Array(shape))
    slip.add("../../../evil.geojson", Array(shape))
    Self.expectRefused(
      try await Self.upload(Data(slip.bytes), named: "slip.zip", to: client), "zip slip")
    let above = map.data.deletingLastPathComponent().path
    let all = FileManager.default.enumerator(atPath: above)?.compactMap { $0 as? String } ?? []
    #expect(all.contains { $0.hasSuffix("karez.json") }, "the right folder is looked at")
    #expect(all.filter { $0.contains("evil") || $0.contains("upload-") } == [])
  }

  @Test func `XXE and billion laughs: XML that declares anything is refused at once`()
    async throws
  {
    let laughs =
      "<!DOCTYPE lolz [<!ENTITY lol \"lol\">"
      + (1...9).map { number in
        let name = number == 1 ? "lol" : "lol\(number - 1)"
        return "<!ENTITY lol\(number) \"" + String(repeating: "&\(name);", count: 10) + "\">"
      }.joined() + "]>"
    let client = try await SharedServer.shared.client().client
    for (name, root) in [("a.kml", "kml"), ("a.gml", "gml"), ("a.xml", "x")] {
      for text in [
        laughs + "<\(root)>&lol9;</\(root)>",
        "<?xml version=\"1.0\"?><!DOCTYPE \(root) SYSTEM \"http://127.0.0.1:9/x.dtd\"><\(root)/>",
      ] {
        let reply = try await Self.upload(Data(text.utf8), named: name, to: client)
        Self.expectRefused(reply, name)
      }
    }
  }

  @Test func `zip bomb: what is small and unpacks large is refused unpacked`() async throws {
    let client = try await SharedServer.shared.client().client
    let bomb = try await Self.python(
      "import io,sys,zipfile\nb=io.BytesIO()\n"
        + "with zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED) as z:\n"
        + " with z.open('a.shp','w') as f:\n"
        + "  for _ in range(300): f.write(bytes(1<<20))\n"
        + "open(sys.argv[1],'wb').write(b.getvalue())")
    #expect(bomb.count < 1 << 20)
    Self.expectRefused(try await Self.upload(bomb, named: "bomb.zip", to: client), "bomb")
    #expect(try await client.get("/healthz").status == 200)
  }

  @Test func `GeoPackage trigger: what could run inside a file is refused by name`()
    async throws
  {
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
    } _: { client, _ in
      try await Places.withTemporaryFolder { folder in
        let file = folder.appending(path: "a.gpkg")
        let path = "/api/v1/datasets/matrix-public/export?format=gpkg&validOn=2025-06-01"
        let (data, _) = try await Client.session.data(
          from: try #require(URL(string: client.base + path)))
        for sql in [
          "",
          "CREATE TRIGGER evil AFTER INSERT ON gpkg_contents BEGIN DELETE FROM gpkg_contents; END",
          "CREATE VIEW evil AS SELECT * FROM gpkg_contents",
          "CREATE VIRTUAL TABLE evil USING fts5(a)",
        ] {
          try data.write(to: file)
          _ = try await Self.python(
            "import sqlite3,sys\nc=sqlite3.connect(sys.argv[2])\nc.execute(sys.argv[3])\nc.commit()\n"
              + "open(sys.argv[1],'wb').close()",
            [file.path, sql])
          let reply = try await Self.upload(
            try Data(contentsOf: file), named: "a.gpkg", to: client)
          if sql.isEmpty {
            #expect(reply.status == 200, "the file itself is fine: \(reply.body.prefix(300))")
          } else {
            Self.expectRefused(reply, sql)
            #expect(reply.body.contains("evil"), "it is named")
          }
        }
      }
    }
  }

  // MARK: What is kept and shown again

  @Test func `CSV formula: no cell of a download begins as a formula`() async throws {
    try await WebServerTests.withServer(prepare: Hostile.prepare) { client, _ in
      let path = "/api/v1/datasets/\(Hostile.dataset)/export?format=csv&validOn=2025-06-01"
      let csv = try await client.get(path)
      #expect(
        csv.status == 200 && csv.headers["content-disposition"]?.hasPrefix("attachment") == true)
      let found = csv.body.matches(of: /(?m)(?:^|,)"?([=+@\t\r-])[A-Z(]/)
      #expect(found.isEmpty, "\(csv.body)")
      for formula in Hostile.formulas {
        #expect(csv.body.contains("'" + formula.prefix(6)), "\(formula) is there, as text")
      }
    }
  }

  @Test func `stored XSS: what was recorded is shown as text on every page`() async throws {
    try await WebServerTests.withServer(prepare: Hostile.prepare) { client, _ in
      var shown = 0
      for path in try await Hostile.pages(client) {
        let reply = try await client.get(path)
        #expect(reply.status == 200, "\(path): \(reply.body.prefix(200))")
        for payload in Hostile.payloads {
          #expect(!reply.body.contains(payload), "\(path) holds \(payload)")
        }
        if reply.body.contains("&lt;img") || reply.body.contains("&lt;script") { shown += 1 }
      }
      #expect(shown >= 4, "the payloads are there, as text")
      let own = "<img src=x onerror=alert(1)>"
      for path in [
        "/catalogue?search=", "/log?kind=", "/differences?dataset=", "/submissions/new?dataset=",
        "/?validOn=", "/catalogue?theme=", "/nowhere/", "/catalogue/",
      ] {
        let escaped = own.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let reply = try await client.get(path + escaped)
        #expect(!reply.body.contains("<img src=x"), "\(path) says it back")
      }
    }
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium"),
      "no Chromium: run make setup"))
  func `stored XSS: no script of a recorded value runs in a real browser`() async throws {
    try await WebServerTests.withServer(prepare: Hostile.prepare) { client, _ in
      let pages = try await Hostile.pages(client)
      let script = Places.repository.appending(path: "Tests/Browser/attack.py").path
      let outcome = try await Self.run(
        ProviderProgram.python, [script, client.base] + pages)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.problems)")
      #expect(outcome.output.contains("\(pages.count) pages, nothing ran"), "\(outcome.output)")
    }
  }

  // MARK: Other people's

  @Test func `IDOR: what is another county's is not there, whatever address asks for it`()
    async throws
  {
    var people: [AccessMap.Person] = []
    var things: [String: AccessMap.OwnThings] = [:]
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
      people = try await AccessMap.people(map, ceilings: [.confidential])
        .filter { $0.regions == ["653101"] && $0.role.permissions.contains(.view) }
      things = try await AccessMap.ownThings(of: people, map)
    } _: { client, _ in
      #expect(people.count > 1)
      let others = try #require(things[""])
      let (own, foreign) = (
        AccessMap.feature(.public, "653101"), AccessMap.feature(.public, "653121")
      )
      let dataset = AccessMap.dataset(.public)
      for person in people {
        let cookie = ["Cookie": "karez-session=\(person.cookie)"]
        func status(_ path: String) async throws -> Int {
          try await client.get(path, headers: cookie).status
        }
        for form in [
          "/catalogue/\(dataset)/features/ID", "/catalogue/\(dataset)/features/ID?tab=history",
          "/api/v1/datasets/\(dataset)/features/ID/history", "/log/parcel/ID",
        ] {
          #expect(try await status(form.replacing("ID", with: own)) == 200, "\(person): \(form)")
          #expect(
            try await status(form.replacing("ID", with: foreign)) == 404, "\(person): \(form)")
        }
        for path in [
          "/downloads/\(others.download ?? "-")", "/downloads/\(others.download ?? "-")/file",
          "/edits/\(others.edit ?? "-")", "/submissions/\(AccessMap.submission(.public))",
          "/api/v1/submissions/\(AccessMap.submission(.public))",
        ] {
          #expect(try await status(path) == 404, "\(person): \(path)")
        }
        let rows = try await client.get(
          "/api/v1/datasets/\(dataset)/features?validOn=2025-06-01", headers: cookie)
        #expect(rows.body.contains(own) && !rows.body.contains("653121"))
      }
    }
  }

  // MARK: Tools

  /// Runs Python on a file of its own; what it wrote there.
  static func python(_ code: String, _ arguments: [String] = []) async throws -> Data {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "out")
      let outcome = try await run(
        "/usr/bin/python3", ["-c", code, file.path] + arguments)
      try #require(outcome.status == 0, "\(outcome.problems)")
      return try Data(contentsOf: file)
    }
  }

  /// Runs a program on a thread of its own: the server it asks lives in this very process.
  static func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil
  ) async throws -> Program.Outcome {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { try Program.run(program, arguments, in: folder) })
      }
    }
  }
}
