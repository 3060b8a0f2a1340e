import Foundation
import KarezCore
import KarezGeometry
import KarezService
import KarezStore
import KarezTiles
import TestSupport
import Testing

@testable import KarezReport
@testable import KarezWeb

/// Map sheets: the page that composes them, and the printed file itself, measured.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct PlateTests {
  static let hasPDFPrograms = FileManager.default.fileExists(atPath: "/usr/bin/pdftotext")
  static let middle = Position(x: 76.005, y: 39.005)

  static func order(_ change: (inout PlateOrder) -> Void = { _ in }) throws -> PlateOrder {
    let day = try #require(LegalDate("2025-07-01"))
    var order = PlateOrder(asOf: AsOf(validOn: day, recorded: try #require(CommitNumber(2))))
    order.layers = ["townships"]
    order.title = "乡镇图"
    order.centre = middle
    order.scale = 10_000
    order.grid = .kilometres
    change(&order)
    return order
  }

  static func withMap(_ body: (OneMap, WebServerTests.Client) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      try await WebServerTests.withServer { map in
        for (name, day, squares) in [
          ("a.geojson", "2025-01-01", [("653101001", 76.0), ("653101002", 76.02)]),
          ("b.geojson", "2025-06-01", [("653101001", 76.0), ("653101003", 76.04)]),
        ] {
          var order = ImportOrder(
            dataset: "townships",
            file: FileArgument(try CataloguePageTests.file(folder, name, squares)),
            validFrom: try #require(LegalDate(day)))
          order.reason = "年度更新"
          let outcome = try await map.importFile(order, by: .operator, in: .all) { _ in }
          #expect(outcome.json["commit"]?.integer != nil)
        }
      } _: { client, map in
        try await body(map, client)
      }
    }
  }

  /// What a program of poppler says of a file.
  static func asked(_ program: String, _ options: [String], of bytes: [UInt8]) async throws
    -> String
  {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "sheet.pdf")
      let out = folder.appending(path: "out.txt")
      try Data(bytes).write(to: file)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/" + program)
      process.arguments = options + [file.path, out.path]
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(program)")
      return try String(contentsOf: out, encoding: .utf8)
    }
  }

  private static let millimetresPerPoint = 25.4 / 72

  /// Middles of the words of a sheet, in millimetres.
  static func words(_ bytes: [UInt8]) async throws -> [(words: String, x: Double, y: Double)] {
    let text = try await asked("pdftotext", ["-bbox"], of: bytes)
    let pattern =
      /<word xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="([0-9.]+)" yMax="([0-9.]+)">([^<]*)</
    return text.matches(of: pattern).map { match in
      let numbers = [match.1, match.2, match.3, match.4].map { Double($0) ?? 0 }
      return (
        String(match.5), (numbers[0] + numbers[2]) / 2 * millimetresPerPoint,
        (numbers[1] + numbers[3]) / 2 * millimetresPerPoint
      )
    }
  }

  @Test(.enabled(if: hasPDFPrograms, "poppler-utils is not installed"))
  func `the printed frame's millimetres times the scale are metres of the ground`() async throws {
    try await Self.withMap { map, _ in
      for (paper, isLandscape, scale) in [
        (PlatePaper.a4, true, 10_000), (.a3, false, 25_000), (.a0, true, 50_000),
      ] {
        let order = try Self.order {
          $0.paper = paper
          $0.isLandscape = isLandscape
          $0.scale = scale
        }
        let making = try await PlateMaking(order, map: map, language: .zh, in: .all)
        let sheet = try await making.pdf(by: .operator, in: .all)
        let found = try await Self.words(sheet)
        // Kilometres of the grid below the frame, with the zone before them.
        let zone = String(making.frame.grid.zone)
        let eastings = found.filter { $0.words.hasPrefix(zone) && $0.words.count >= 5 }
        let bottom = try #require(eastings.map(\.y).max())
        let row = eastings.filter { abs($0.y - bottom) < 1 }.sorted { $0.x < $1.x }
        let (first, last) = (try #require(row.first), try #require(row.last))
        let kilometres = try #require(Double(last.words)) - (try #require(Double(first.words)))
        #expect(kilometres > 0 && row.count > 2, "\(row)")
        let printed = (last.x - first.x) * Double(scale) / 1_000
        #expect(abs(printed - kilometres * 1_000) < 0.05 * Double(scale) / 1_000)
        // The frame itself: a rectangle drawn with a line of 0.4 mm.
        let drawn = try await Self.asked("pdftocairo", ["-svg"], of: sheet)
        let frame = try #require(
          drawn.firstMatch(
            of:
              #/stroke-width:1\.1338[0-9]*;[^"]*" d="M [-0-9.]+ [-0-9.]+ L ([0-9.]+) [-0-9.]+ L [0-9.]+ ([0-9.]+) /#
          ))
        let width = (Double(frame.1) ?? 0) * Self.millimetresPerPoint
        let height = (Double(frame.2) ?? 0) * Self.millimetresPerPoint
        let ground = making.groundMetres
        #expect(abs(width * Double(scale) / 1_000 - ground.east) < 0.02 * Double(scale) / 1_000)
        #expect(abs(height * Double(scale) / 1_000 - ground.north) < 0.02 * Double(scale) / 1_000)
        // That ground, by the corners' longitudes and latitudes put back on the grid.
        let corner = making.frame.degrees(atX: making.frame.width, y: 0)
        let far = try making.frame.grid.position(ofDegrees: corner)
        #expect(abs(far.x - making.frame.centre.x - ground.east / 2) < 0.01)
        #expect(abs(far.y - making.frame.centre.y - ground.north / 2) < 0.01)
      }
    }
  }

  @Test(.enabled(if: hasPDFPrograms, "poppler-utils is not installed"))
  func `a sheet says what it is: title, marking, scale, state, source, slot of approval`()
    async throws
  {
    try await Self.withMap { map, _ in
      let order = try Self.order {
        $0.unit = "自然资源局"
        $0.grid = .graticule
      }
      let making = try await PlateMaking(order, map: map, language: .zh, in: .all)
      let told = try await Self.words(try await making.pdf(by: .operator, in: .all))
        .map(\.words).joined()
      for words in [
        "乡镇图", "公开", "2025-07-01", "民政部门", "自然资源局", "____", "CGCS2000", "39°00′",
        "镇653101001", "图例",
      ] {
        #expect(told.contains(words), "\(words): \(told)")
      }
      #expect(told.contains("1:10\u{2009}000") || told.contains("1:10000"))
      let picture = try await making.png(width: 400, in: .all)
      #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      let log = try await map.logEntries(after: 0, limit: 1_000)
      #expect(log.contains { $0.kind == "plate-printed" })
    }
  }

  @Test func `the level of the most secret layer marks a sheet, and what is hidden is not there`()
    async throws
  {
    try await Self.withMap { map, client in
      let both = try Self.order { $0.layers = ["townships", "land-patches"] }
      let making = try await PlateMaking(both, map: map, language: .zh, in: .all)
      let level = try #require(making.schemas.map(\.classification).max())
      #expect(making.marking >= level && level > .public)
      let open = Scope(ceiling: .public)
      do throws(Problem) {
        _ = try await PlateMaking(both, map: map, language: .zh, in: open)
        Issue.record("a layer out of scope was drawn")
      } catch {
        #expect(error.kind == .notFound)
      }
      for (query, status) in [
        ("layers=no-such", 404), ("layers=townships&region=999999", 404),
        ("layers=townships&paper=a9", 400), ("layers=townships&centre=x", 400),
        ("layers=townships&region=..", 400), ("layers=townships&layout=round", 400),
        ("layers=townships&view=1,2", 400), ("layers=townships&title=%00", 400),
      ] {
        #expect(try await client.get("/print?\(query)").status == status, "\(query)")
        let sheet = try await client.get("/print/sheet.pdf?\(query)")
        #expect(sheet.status == status, "\(query)")
      }
      #expect(try await client.get("/print/sheet.pdf").status == 400)
      // Beyond where the grid means something the page says so, beside the form.
      let far = try await client.get("/print?layers=townships&centre=20,39&lang=en")
      #expect(far.status == 200 && far.body.contains("national grid"))
      #expect(
        try await client.get("/print/preview.png?layers=townships&centre=20,39").status == 422)
    }
  }

  @Test func `the page keeps its state in its address, and takes the portal's`() async throws {
    try await Self.withMap { _, client in
      for language in Language.allCases {
        for query in ["", "&layers=townships&region=653101&scale=50000&paper=a3&layout=portrait"] {
          let reply = try await client.get("/print?lang=\(language.rawValue)\(query)")
          // The region's own borders are not recorded here.
          #expect(reply.status == (query.isEmpty ? 200 : 404), "\(reply.body.prefix(200))")
          #expect(!reply.body.contains("plate_") && !reply.body.contains(" style="))
        }
      }
      let page = try await client.get(
        "/print?view=76.00500,39.00500,13.00&layers=townships~50,none&validOn=2025-02-01&lang=en")
      #expect(page.status == 200)
      for words in [
        "centre=76.005000,39.005000", "layers=townships", "validOn=2025-02-01", "scale=100000",
        "/print/sheet.pdf?", "/print/preview.png?",
      ] {
        #expect(page.body.contains(words), "\(words)")
      }
      let picture = try await client.get(
        "/print/preview.png?layers=townships&centre=76.005,39.005&scale=10000")
      #expect(picture.status == 200 && picture.headers["content-type"] == "image/png")
    }
  }

  @Test(arguments: PlatePaper.allCases, [true, false])
  func `the frame lies within every sheet, and has room around it`(
    paper: PlatePaper, isLandscape: Bool
  ) {
    let layout = PlateLayout(paper, isLandscape: isLandscape)
    let box = layout.frame
    #expect(box.x > 0 && box.y > 0 && box.width > 100 && box.height > 80)
    #expect(box.x + box.width < layout.width && box.y + box.height < layout.height)
    #expect((layout.width > layout.height) == isLandscape)
  }

  @Test func `shapes are cut at the frame, and what is outside costs nothing`() throws {
    let layout = PlateLayout(.a4, isLandscape: true)
    let frame = try PlateFrame(around: Self.middle, scale: 10_000, box: layout.frame)
    func shapes(_ around: Double, _ reach: Double) throws -> [KarezReport.MapLayer.Shape] {
      let ring = try Ring(
        [(-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach), (-reach, -reach)]
          .map { Position(x: around + $0.0, y: 39.005 + $0.1) })
      return [
        KarezReport.MapLayer.Shape(
          geometry: .polygons(MultiPolygon([Polygon(shell: ring)])),
          paint: MapPaint(fill: "#aabbcc"))
      ]
    }
    var canvas = PlateCanvas(frame: frame)
    canvas.draw(try shapes(77, 0.1))
    #expect(canvas.vertices == 0)
    // Land all around: what is left are the corners of the cut.
    canvas.draw(try shapes(76.005, 3))
    #expect(canvas.vertices >= 4 && canvas.vertices <= 8)
    let numbers = canvas.text.matches(of: /[ML](-?[0-9]+) (-?[0-9]+)/)
    let limit = Int((max(frame.width, frame.height) + 10) * 100)
    #expect(numbers.allSatisfy { abs(Int($0.1) ?? .max) < limit && abs(Int($0.2) ?? .max) < limit })
  }
}
