import Foundation
import KarezCore
import KarezGeometry
import KarezTiles
import TestSupport
import Testing

@testable import KarezReport

@Suite struct AnswerViewTests {
  @Test(arguments: Language.allCases)
  func `the text shows every part of the answer`(language: Language) throws {
    let text = AnswerText.text(
      of: try SampleAnswer.make(), in: try SampleAnswer.setting(),
      messages: try SampleAnswer.catalogues()[language])
    try expectGolden(text, named: "answer-\(language.rawValue).txt")
  }

  @Test func `figures are grouped, and areas stand in three units`() {
    #expect(FigureText.grouped("1234567.80") == "1\u{2009}234\u{2009}567.80")
    #expect(FigureText.grouped("999") == "999")
    #expect(FigureText.grouped("-1000") == "-1\u{2009}000")
    let figures = AnswerView.AreaFigures(.hectares(35))
    #expect(figures.squareMetres == "350\u{2009}000.00")
    #expect(figures.hectares == "35.0000")
    #expect(figures.mu == "525.00")
  }

  @Test func `a quotation hides no summary and a summary is never shown as a quotation`() throws {
    let view = try SampleAnswer.view(in: .zh)
    #expect(view.findings.map(\.quotation) == ["样例条文的原话", nil, "样例条文的原话"])
    #expect(view.findings.map(\.gist) == [nil, "须经论证", nil])
    #expect(view.findings.map(\.isUnconfirmed) == [false, true, false])
  }

  @Test func `what prohibits stands first, what could not be decided stands apart`() throws {
    let view = try SampleAnswer.view(in: .zh)
    #expect(view.findings.map(\.severity) == ["prohibits", "requires", "informs"])
    #expect(view.findings.map(\.number) == [1, 2, 3])
    #expect(view.findings.map(\.place) == [4, 3, 2])
    #expect(view.undecided.map(\.rule) == ["sample/undecided"])
    #expect(view.undecided.map(\.number) == [4])
  }

  @Test func `Uyghur reads from right to left and says that it is unreviewed`() throws {
    let view = try SampleAnswer.view(in: .ug)
    #expect(view.direction == "rtl")
    #expect(view.isUnreviewed)
    #expect(try SampleAnswer.view(in: .zh).direction == "ltr")
  }

  @Test(arguments: Language.allCases)
  func `the page is whole, loads nothing and escapes what others wrote`(language: Language) throws {
    let portal = Places.repository.appending(path: "Portal")
    let style = try AnswerPage.style(portal: portal.path)
    let templates = try PageTemplates(folder: portal.appending(path: "templates").path)
    let view = try SampleAnswer.view(in: language)
    let html = try AnswerPage.html(view, templates: templates, style: style)
    #expect(html.hasPrefix("<!doctype html>"))
    for loader in ["src=", "<link", "<script", "url(http", "@import"] {
      #expect(!html.contains(loader), "\(loader)")
    }
    #expect(!html.contains("{{"))
    #expect(!html.contains("<读取>"))
    #expect(html.contains(view.digest))
    for finding in view.findings { #expect(html.contains(finding.message)) }
    let linked = try AnswerPage.html(view, templates: templates, style: nil)
    #expect(!linked.contains("<style"))
    #expect(!linked.contains(" style=\""))
  }
}

@Suite struct FigureTextTests {
  @Test func `no area that is not nothing prints as nothing`() {
    for hundredths in 1...1_000 {
      let area = Area.squareMetres(Double(hundredths) / 100)
      for text in [
        FigureText.squareMetres(area), FigureText.hectares(area), FigureText.mu(area),
      ] {
        #expect((Double(text) ?? 0) > 0, "\(area.text) m²: \(text)")
      }
    }
    #expect(FigureText.hectares(.squareMetres(0.48)) == "0.000048")
    #expect(FigureText.hectares(.squareMetres(0.5)) == "0.0001")
    #expect(FigureText.hectares(.zero) == "0.0000")
    #expect(FigureText.mu(.squareMetres(3)) == "0.004500")
    #expect(FigureText.mu(.zero) == "0.00")
  }
}

@Suite struct MapDrawingTests {
  @Test func `the map has frame, pieces, numbers, scale bar, north and graticule`() throws {
    let drawing = MapDrawing(
      of: try SampleAnswer.make(), layers: try SampleAnswer.setting().layers, northLetter: "北")
    try expectGolden(
      drawing.svg.replacing("><", with: ">\n<") + "\n", named: "map.svg")
    #expect(drawing.scale > 0)
  }

  @Test(arguments: 0..<100)
  func `the window holds the boundary and keeps the sheet's shape`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let west = Double.random(in: 70...80, using: &random)
    let south = Double.random(in: 35...45, using: &random)
    let size = Double.random(in: 0.0001...1, using: &random)
    let frame = MapFrame(
      around: BoundingBox(
        minX: west, minY: south, maxX: west + size, maxY: south + size / 3))
    #expect(frame.window.minX < west && frame.window.maxX > west + size)
    #expect(frame.window.minY < south && frame.window.maxY > south + size / 3)
    #expect(abs(frame.x(frame.window.minX) - MapFrame.left) < 1e-6)
    #expect(abs(frame.x(frame.window.maxX) - MapFrame.right) < 1e-6)
    #expect(abs(frame.y(frame.window.minY) - MapFrame.bottom) < 1e-6)
    #expect(abs(frame.y(frame.window.maxY) - MapFrame.top) < 1e-6)
    let lines = MapCanvas.multiples(
      of: MapCanvas.step(for: frame.window.maxX - frame.window.minX), from: frame.window.minX,
      to: frame.window.maxX)
    #expect((2...10).contains(lines.count))
  }

  @Test func `degrees are written without parts that are zero`() {
    #expect(MapCanvas.degrees(76) == "76°")
    #expect(MapCanvas.degrees(75.5) == "75°30′")
    #expect(MapCanvas.degrees(75 + 59.0 / 60 + 5.0 / 3600) == "75°59′05″")
  }

  @Test func `a scale bar is the longest round length that fits`() {
    #expect([130.0, 260, 99, 4.2].map { MapCanvas.barLength(upTo: $0) } == [100, 200, 50, 2])
  }

  @Test func `a colour that is not a colour never reaches the drawing`() {
    #expect(MapPaint(fill: "#A1b2C3").fill == "#a1b2c3")
    #expect(MapPaint(fill: "red\" onload=\"x").fill == nil)
    #expect(MapPaint(fill: "#12345").fill == nil)
  }
}

@Suite struct MessageCatalogueTests {
  @Test func `every language has every message with the same places to fill`() throws {
    let catalogues = try SampleAnswer.catalogues()
    let keys = Set(catalogues[.zh].texts.keys)
    #expect(keys.count > 100)
    for language in Language.allCases {
      #expect(Set(catalogues[language].texts.keys) == keys)
      for key in keys {
        let expected = Self.places(in: catalogues[.zh].text(key))
        #expect(Self.places(in: catalogues[language].text(key)) == expected, "\(language) \(key)")
      }
    }
    #expect(!catalogues[.ug].isReviewed)
  }

  @Test func `a single thing has words of its own, in every language`() throws {
    let catalogues = try SampleAnswer.catalogues()
    #expect(catalogues[.en].text("of_it_slivers", count: 1, ["area": "0.48"]).hasSuffix("1 sliver"))
    #expect(catalogues[.en].text("of_it_slivers", count: 2, ["area": "1"]).hasSuffix("2 slivers"))
    #expect(catalogues[.en].text("layer_features", count: 1) == "1 feature")
    for language in Language.allCases {
      let texts = catalogues[language].texts
      for key in texts.keys where key.hasSuffix("_one") {
        #expect(texts[String(key.dropLast(4))] != nil, "\(language) \(key)")
      }
    }
  }

  @Test func `every message a template or a script names exists`() throws {
    let texts = try SampleAnswer.catalogues()[.zh].texts
    let portal = Places.repository.appending(path: "Portal")
    var named = 0
    for (folder, pattern) in [
      ("templates", /\bt\.([a-z_]+)/), ("assets", /\bwords\.([a-z_]+)/),
      ("../Sources/KarezReport", /messages\.text\("([a-z_]+)"[,)]/),
      ("../Sources/KarezWeb", /messages\.text\("([a-z_]+)"[,)]/),
    ] {
      let files = FileManager.default.enumerator(
        at: portal.appending(path: folder), includingPropertiesForKeys: nil)
      for case let file as URL in try #require(files)
      where ["mustache", "js", "swift"].contains(file.pathExtension) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: pattern) {
          named += 1
          #expect(texts[String(match.1)] != nil, "\(file.lastPathComponent): \(match.1)")
        }
      }
    }
    #expect(named > 50)
  }

  @Test func `a catalogue that lacks a message is refused by name`() async throws {
    try await Places.withTemporaryFolder { folder in
      for language in Language.allCases {
        let extra = language == .zh ? ",\"b\":\"乙\"" : ""
        let text = "{\"language\":\"x\",\"reviewed\":true,\"messages\":{\"a\":\"甲\"\(extra)}}"
        try text.write(
          to: folder.appending(path: language.rawValue + ".json"), atomically: true, encoding: .utf8
        )
      }
      #expect(throws: ReportError.messageMissing(language: "ug", key: "b")) {
        try MessageCatalogues(folder: folder.path)
      }
    }
  }

  static func places(in text: String) -> Set<String> {
    Set(text.matches(of: /\{[a-z]+\}/).map { String($0.0) })
  }
}
