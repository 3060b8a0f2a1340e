import Foundation
import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
public import KarezService
import KarezStore

/// What a submission's examination found, as one page shows it.
///
/// - Shape: plain texts for the template; nothing is decided here.
public struct QualityView: Sendable {
  struct Rule: Sendable {
    let id: String
    let anchor: String
    let title: String
    let severity: String
    let severityTitle: String
    let count: String
    let source: String?
    let isUnconfirmed: Bool
    let isAccepted: Bool
    let findings: [Finding]
    /// How many more there are than are shown.
    let more: String?
  }

  struct Finding: Sendable {
    let feature: String?
    let row: String?
    let what: String
    let remedy: String
    let place: String?
  }

  /// Findings shown of each rule; the data formats have more.
  static let shown = 20

  let t: [String: String]
  let languageTag: String
  let direction: String
  let isUnreviewed: Bool
  let datasetTitle: String
  let facts: [Fact]
  let verdict: String
  let verdictTitle: String
  let verdictText: String
  let rules: [Rule]
  let hasRules: Bool
  let warnings: [String]
  let hasWarnings: Bool
  let mapSVG: String?
  let mapExtent: String
  let mapKinds: [MapKind]
  let profiles: [String]
  let tolerance: String?

  /// What a dot of the map stands for.
  struct MapKind: Sendable {
    let kindTitle: String
    let kindFill: String
  }

  struct Fact: Sendable {
    let name: String
    let value: String
  }

  public init(_ outcome: ImportOutcome, in messages: MessageCatalogue) {
    let language = messages.language
    let report = outcome.report
    t = messages.texts
    languageTag = language.rawValue
    direction = language.isRightToLeft ? "rtl" : "ltr"
    isUnreviewed = !messages.isReviewed
    datasetTitle = outcome.schema.title[language]
    facts = Self.facts(outcome, messages)
    (verdict, verdictTitle) = Self.verdict(outcome, messages)
    verdictText = Self.totals(report, messages)
    rules = Self.rules(outcome, messages)
    hasRules = !rules.isEmpty
    warnings = outcome.warnings.map { $0.message[language] }
    hasWarnings = !warnings.isEmpty
    let map = QualityMap(report.findings)
    mapSVG = map?.svg(label: messages.text("quality_map"))
    mapExtent = map?.extent ?? ""
    mapKinds = (map?.severities ?? []).map { severity in
      MapKind(
        kindTitle: messages.text("quality_" + severity.rawValue),
        kindFill: QualityMap.colour(severity))
    }
    profiles = report.rules.profiles.map(\.description)
    tolerance = report.rules.tolerance.map { tolerance in
      let area = DecimalText.fixed(tolerance.area.squareMetres, decimals: 2) + " m²"
      return messages.text("quality_tolerance", ["area": area])
    }
  }

  private static func facts(
    _ outcome: ImportOutcome, _ messages: MessageCatalogue
  ) -> [Fact] {
    [
      Fact(name: messages.text("quality_file"), value: outcome.source),
      Fact(name: messages.text("quality_dataset"), value: outcome.dataset.text),
      Fact(name: messages.text("quality_valid_from"), value: outcome.validFrom.description),
      Fact(
        name: messages.text("quality_examined"), value: FigureText.count(outcome.report.examined)),
      Fact(name: messages.text("quality_at"), value: minute(outcome.examinedAt)),
    ]
  }

  /// A moment to the minute, in the country's own time.
  private static func minute(_ text: String) -> String {
    guard let moment = Timestamp(text) else { return text }
    return String(moment.adding(seconds: Clock.secondsEast).description.prefix(16))
      .replacing("T", with: " ")
  }

  private static func verdict(
    _ outcome: ImportOutcome, _ messages: MessageCatalogue
  ) -> (String, String) {
    if outcome.isBlocked { return ("prohibited", messages.text("quality_blocked")) }
    let isClean = outcome.report.counts.isEmpty
    if let commit = outcome.receipt.commit {
      let values = ["commit": commit.description]
      return (
        isClean ? "conforms" : "needs-determination",
        messages.text("quality_committed", values)
      )
    }
    let key = outcome.isDryRun ? "quality_would_pass" : "quality_unchanged"
    return (isClean ? "conforms" : "needs-determination", messages.text(key))
  }

  private static func totals(_ report: GateReport, _ messages: MessageCatalogue) -> String {
    var sums: [GateSeverity: Int] = [:]
    for (rule, count) in report.counts {
      sums[report.rules[rule]?.severity ?? .error, default: 0] += count
    }
    return messages.text(
      "quality_totals",
      [
        "errors": FigureText.count(sums[.error] ?? 0),
        "warnings": FigureText.count(sums[.warning] ?? 0),
        "infos": FigureText.count(sums[.info] ?? 0),
      ])
  }

  /// Errors first, and within a severity what was found most often.
  private static func rules(
    _ outcome: ImportOutcome, _ messages: MessageCatalogue
  ) -> [Rule] {
    let report = outcome.report
    let found = Dictionary(grouping: report.findings, by: \.rule)
    let order = report.counts.sorted { one, other in
      let (a, b) = (rank(report, one.key), rank(report, other.key))
      return a != b
        ? a < b : one.value != other.value ? one.value > other.value : one.key < other.key
    }
    return order.compactMap { id, count in
      guard let entry = report.rules[id] else { return nil }
      let findings = (found[id] ?? []).prefix(shown).map { finding($0, messages) }
      let more = count - findings.count
      return Rule(
        id: id, anchor: id.split(separator: "/").joined(separator: "-"),
        title: entry.title[messages.language], severity: severityClass(entry.severity),
        severityTitle: messages.text("quality_" + entry.severity.rawValue),
        count: FigureText.count(count),
        source: entry.source.isEmpty ? nil : entry.source,
        isUnconfirmed: entry.certainty == .unconfirmed,
        isAccepted: outcome.accepted.contains(id), findings: findings,
        more: more > 0 ? messages.text("quality_more", ["count": FigureText.count(more)]) : nil)
    }
  }

  private static func rank(_ report: GateReport, _ rule: String) -> Int {
    GateSeverity.allCases.firstIndex(of: report.rules[rule]?.severity ?? .error) ?? 0
  }

  /// The style's name of a severity, which the answer's sheet has already.
  private static func severityClass(_ severity: GateSeverity) -> String {
    switch severity {
    case .error: "prohibits"
    case .warning: "requires"
    case .info: "informs"
    }
  }

  private static func finding(_ finding: GateFinding, _ messages: MessageCatalogue) -> Finding {
    Finding(
      feature: finding.feature.isEmpty ? nil : finding.feature,
      row: finding.row.map { messages.text("quality_row", ["row": String($0)]) },
      what: FigureText.areasGrouped(in: finding.what[messages.language]),
      remedy: finding.remedy[messages.language],
      place: finding.place.map {
        DecimalText.fixed($0.x, decimals: 7) + ", " + DecimalText.fixed($0.y, decimals: 7)
      })
  }
}

/// A quality report as one self-contained HTML file.
public enum QualityPage {
  private struct Model {
    let view: QualityView
    let styleText: String
  }

  public static func html(
    _ view: QualityView, templates: PageTemplates, style: String
  ) throws(ReportError) -> String {
    try templates.render(Model(view: view, styleText: style), with: "quality-page")
  }
}
