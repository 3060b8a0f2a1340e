import Foundation
import KarezAccounts
import KarezCore
import KarezPacks
import TestSupport
import Testing

/// The chart of accounts as it is shipped, and what a chart is refused for.
@Suite struct ChartTests {
  static let library = try? PackLibrary.load(from: Places.repository.appending(path: "Packs").path)

  @Test
  func `the chart that is shipped has quotas that cannot be overdrawn, and says how sure it is`()
    throws
  {
    let library = try #require(Self.library)
    let chart = try library.chart(from: Places.repository.appending(path: "Packs").path)
    #expect(chart.kinds.count == 35 && chart.rules.count == 31)
    for kind in chart.kinds {
      // What may be below zero only tells where quantities come from.
      let isSource = chart.rules.contains { $0.from == kind.id && $0.to != kind.id }
      #expect(!kind.mayBeNegative || isSource, "\(kind.id)")
      #expect(kind.title.ug != nil && !kind.source.zh.isEmpty)
      #expect(kind.certainty == .unconfirmed || !kind.citations.isEmpty)
    }
    for id in ["compensation-quota", "annual-plan-quota", "linked-quota-surplus", "market-funds"] {
      #expect(chart.kind(id)?.mayBeNegative == false, "\(id)")
    }
    #expect(chart.kind("compensation-quota")?.citations.first?.article == "30(2)")
    for rule in chart.rules { #expect(rule.title.ug != nil, "\(rule.id)") }
    // The day the regime changed has one rule of occupation, and so have the days around it.
    for day in ["2024-09-29", "2024-09-30", "2024-10-01"].compactMap({ LegalDate($0) }) {
      let rules = chart.rules.filter {
        $0.from == "compensation-quota" && $0.ground == .pairs && $0.inForce.contains(day)
      }
      #expect(rules.count == 1, "\(day)")
    }
    #expect(chart.rule("compensation-traded")?.paidIn == "market-funds")
  }

  private static let kind = """
      - id: "quota"
        title: { zh: "指标", en: "quota" }
        unit: "m2"
        decimals: "2"
        carry: stays
        certainty: unconfirmed
        source: { zh: "试验", en: "test" }
    """
  private static let move = """
      - id: "move"
        title: { zh: "调剂", en: "move" }
        from: "quota"
        to: "quota"
        reach: region
        ground: none
        inForce: { from: "2020-01-01", until: null }
        certainty: unconfirmed
        source: { zh: "试验", en: "test" }
    """

  private static func read(_ kinds: String, _ moves: String = move) throws -> ChartOfAccounts {
    let text = "# 科目表\nversion: \"1.0.0\"\nkinds:\n\(kinds)\nmoves:\n\(moves)\n"
    return try #require(library).chart(reading: Array(text.utf8))
  }

  static let faults: [(from: String, to: String, PackFault.What)] = [
    ("carry: stays", "carry: lapses", .chart(.carryUnstated("quota"))),
    ("carry: stays", "carry: stays\n    lapsesInto: \"quota\"", .chart(.carryUnstated("quota"))),
    ("to: \"quota\"", "to: \"other\"", .chart(.kindUnknown("other", in: "move"))),
    ("from: \"quota\"", "from: \"other\"", .chart(.kindUnknown("other", in: "move"))),
    ("ground: none", "ground: pairs", .chart(.pairsWithoutMaker("move"))),
    ("ground: none", "ground: none\n    paidIn: \"quota\"", .chart(.notMoney("move"))),
    ("decimals: \"2\"", "decimals: \"9\"", .notNumber(key: "decimals", text: "9")),
    ("id: \"quota\"", "id: \"Quota 1\"", .notID("Quota 1")),
    ("certainty: unconfirmed", "certainty: certain", .citationMissing),
    ("ground: none", "ground: none\n    owner: \"x\"", .keyUnknown("owner")),
  ]

  @Test(arguments: faults.indices)
  func `a chart that cannot be meant is refused, and says why`(index: Int) throws {
    _ = try Self.read(Self.kind)
    let (from, to, fault) = Self.faults[index]
    let whole = Self.kind + "\u{1}" + Self.move
    let range = try #require(whole.range(of: from))
    let pieces = whole.replacingCharacters(in: range, with: to).split(separator: "\u{1}")
    do {
      _ = try Self.read(String(pieces[0]), String(pieces[1]))
      Issue.record("\(to) was read")
    } catch RulePackError.refused(let found) {
      #expect(found.map(\.fact).contains(fault), "\(found)")
    }
  }

  @Test func `two kinds of unlike units or parts are not moved between, and no id stands twice`()
    throws
  {
    let other = Self.kind.replacing("\"quota\"", with: "\"other\"")
    let moved = Self.move.replacing("to: \"quota\"", with: "to: \"other\"")
    let cases: [(String, PackFault.What)] = [
      (Self.kind + "\n" + Self.kind, .chart(.idTwice("quota"))),
      (
        Self.kind + "\n" + other.replacing("\"m2\"", with: "\"yuan\""),
        .chart(.unlikeMeasures("move"))
      ),
      (
        Self.kind + "\n" + other.replacing("carry:", with: "parts: [ grade ]\n    carry:"),
        .chart(.unlikeParts("move"))
      ),
    ]
    for (kinds, fault) in cases {
      do {
        _ = try Self.read(kinds, moved)
        Issue.record("\(fault) was read")
      } catch RulePackError.refused(let found) {
        #expect(found.map(\.fact) == [fault])
      }
    }
  }
}
