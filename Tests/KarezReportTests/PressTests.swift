import Foundation
import KarezCore
import KarezGeometry
import KarezService
import TestSupport
import Testing

@testable import KarezReport

/// Letters and certificates on paper, by the printer that set-up makes.
@Suite(.serialized) struct PressTests {
  @Test(.enabled(if: PrinterTests.canPrint))
  func `a certificate prints with its map and its code, the same bytes each time`() async throws {
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      let corners = [(76.0, 39.0), (76.01, 39.0), (76.01, 39.01), (76.0, 39.01), (76.0, 39.0)]
      let ring = try Ring(corners.map { Position(x: $0.0, y: $0.1) })
      let land = MultiPolygon([Polygon(shell: ring)])
      var sheet = CaseSheet(
        title: "临时用地批准证明", number: "LSZ653101202500001",
        lines: [.init(label: "面积", value: "960000.00")],
        paragraphs: ["兹证明：已经批准。<b> #1 $x$"], conditions: ["按期复垦"],
        code: "karez:certificate:LSZ653101202500001:sm3:00",
        day: try #require(LegalDate("2025-03-03")))
      let plain = try await SheetPress().pdf(of: sheet, on: map)
      sheet.boundary = AnsweredBoundary(
        statutoryArea: land.statutoryArea(), parcels: 1, crs: "EPSG:4490",
        crsReason: LocalizedText(zh: "测试", en: "test"), warnings: [], geometry: land)
      let drawn = try await SheetPress().pdf(of: sheet, on: map)
      #expect(drawn.starts(with: Array("%PDF-1.7".utf8)))
      #expect(String(decoding: drawn, as: UTF8.self).contains("pdfaid:part"))
      #expect(drawn != plain && drawn.count > 10_000)
      let picture = try #require(try await SheetPress().picture(of: sheet, on: map))
      #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]) && picture.count > 2_000)
      #expect(try await SheetPress().pdf(of: sheet, on: map) == drawn)
    }
  }
}
