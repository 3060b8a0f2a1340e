import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import Testing

/// A report names nothing that its reader may not know.
@Suite struct WithheldFindingTests {
  static func finding(_ row: Int64?, _ feature: String, _ others: [String]) -> GateFinding {
    let text = LocalizedText(zh: "与 \(others) 不符", en: "it does not agree with \(others)")
    var finding = GateFinding(
      .outsideRegion, row: row, feature: feature, place: Position(x: 76, y: 39), what: text,
      remedy: text)
    finding.others = others
    finding.areaM2 = 12.5
    return finding
  }

  @Test func `findings keep their rule and row, and lose what names a hidden feature`() {
    var report = GateReport()
    for finding in [
      Self.finding(1, "own", ["hidden"]), Self.finding(2, "own-too", ["near"]),
      Self.finding(nil, "hidden", ["own"]),
    ] {
      report.note(finding)
    }
    #expect(report.namedElsewhere == ["hidden", "near", "own"])
    let before = report.findings
    report.withhold([])
    #expect(report.findings == before)
    report.withhold(["hidden"])
    let found = report.findings
    #expect(
      found.map(\.rule) == before.map(\.rule) && found.map(\.severity) == before.map(\.severity))
    #expect(found.map(\.row) == [1, 2, nil] && found.map(\.feature) == ["own", "own-too", ""])
    #expect(found[1] == before[1])
    for finding in [found[0], found[2]] {
      #expect(finding.others == [] && finding.areaM2 == nil)
      #expect(!finding.message.zh.contains("hidden") && !finding.message.en.contains("hidden"))
    }
    #expect(found[0].place != nil && found[2].place == nil)
  }
}
