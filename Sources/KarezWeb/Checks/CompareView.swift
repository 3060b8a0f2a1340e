import KarezCore
import KarezReport
import KarezService

/// The page that shows a few answers side by side.
struct CompareView {
  struct Side {
    let letter: String
    /// Picks the outline's colour, on the map and in the head.
    let sideMark: String
    let answerID: String
    let answerAddress: String
    let chip: VerdictChip
    let purpose: String
    let validOn: String
    let recorded: String
    let squareMetres: String
    let mu: String
    let ownM2: String
    let difference: String?
    let othersAddress: String?
  }

  struct Figure {
    let value: String
    let difference: String?
    /// `more` or `less`; nil where there is none.
    let trend: String?
    let sideLetter: String
  }

  struct Row {
    let rowCode: String
    let rowTitle: String
    let figures: [Figure]
  }

  struct Cell {
    let cellLetter: String
    let message: String?
    let citation: String?
    let area: String?
    let absence: String?
  }

  struct FindingRow {
    let tone: String
    let severityWord: String
    let ruleID: String
    let isRuleChanged: Bool
    let cells: [Cell]
  }

  let frame: PageFrame
  let isCompared: Bool
  let isNothing: Bool
  let lead: String
  let sides: [Side]
  let landUse: [Row]
  let hasLandUse: Bool
  let layers: [Row]
  let hasLayers: Bool
  let differing: [FindingRow]
  let hasDiffering: Bool
  let shared: [FindingRow]
  let hasShared: Bool
  let sharedWords: String
  let commonM2: String
  let isOfOneBoundary: Bool
  let arePacksOther: Bool
  let ids: String
  let mayAdd: Bool
  let shapesAddress: String
  let jsonAddress: String

  init(
    _ frame: PageFrame, _ comparison: Comparison?, ids: [String], _ map: OneMap,
    _ messages: MessageCatalogue, mayAdd: Bool
  ) {
    self.frame = frame
    self.ids = ids.joined(separator: ",")
    isCompared = comparison != nil
    isNothing = ids.isEmpty
    self.mayAdd = mayAdd && !ids.isEmpty
    let address = "/api/v1/checks/compare?answers=" + ids.joined(separator: ",")
    shapesAddress = address
    jsonAddress = address
    isOfOneBoundary = comparison?.isOfOneBoundary ?? false
    arePacksOther = comparison?.arePacksOther ?? false
    lead = messages.text(isOfOneBoundary ? "compare_lead_days" : "compare_lead")
    commonM2 = comparison.map { FigureText.grouped($0.common.text) } ?? ""
    sides = comparison.map { Self.sides($0, map, messages) } ?? []
    landUse = comparison?.landUse.map { Self.row($0, messages) } ?? []
    hasLandUse = !landUse.isEmpty
    layers = comparison?.layers.map { Self.row($0, messages) } ?? []
    hasLayers = !layers.isEmpty
    let rows = comparison?.findings ?? []
    differing = rows.filter { !$0.isCommon || $0.isRuleChanged }.map { Self.finding($0, messages) }
    hasDiffering = !differing.isEmpty
    shared = rows.filter { $0.isCommon && !$0.isRuleChanged }.map { Self.finding($0, messages) }
    hasShared = !shared.isEmpty
    sharedWords = messages.text("compare_shared", ["count": FigureText.count(shared.count)])
  }

  static func letter(_ index: Int) -> String {
    String(Character(Unicode.Scalar(UInt8(65 + index % 26))))
  }

  /// A difference with its sign; nil where there is none worth printing.
  private static func signed(_ text: String?) -> String? {
    guard let text, let value = Double(text), abs(value) >= 0.005 else { return nil }
    return value > 0 ? "+" + FigureText.grouped(text) : FigureText.grouped(text)
  }

  private static func sides(
    _ comparison: Comparison, _ map: OneMap, _ messages: MessageCatalogue
  ) -> [Side] {
    let first = comparison.answers[0].boundary.statutoryArea
    return comparison.answers.enumerated().map { index, answer in
      let area = answer.boundary.statutoryArea
      let change = DecimalText.fixed(area.squareMetres - first.squareMetres, decimals: 2)
      let rest = comparison.answers.map(\.id).filter { $0 != answer.id }
      return Side(
        letter: letter(index), sideMark: String(index), answerID: answer.id,
        answerAddress: "/?answer=" + answer.id, chip: VerdictChip(answer.verdict, messages),
        purpose: AnswerWords.purpose(of: answer, map, messages),
        validOn: answer.asOf.validOn.description, recorded: answer.asOf.recorded.description,
        squareMetres: FigureText.grouped(area.text),
        mu: FigureText.grouped(DecimalText.fixed(area.mu, decimals: 2)),
        ownM2: FigureText.grouped(comparison.own[index].text),
        difference: index == 0 ? nil : signed(change),
        othersAddress: rest.count > 1
          ? "/checks/compare?answers=" + rest.joined(separator: ",") : nil)
    }
  }

  private static func row(_ row: Comparison.AreaRow, _ messages: MessageCatalogue) -> Row {
    Row(
      rowCode: row.code, rowTitle: row.title[messages.language],
      figures: zip(row.areas, row.differences).enumerated().map { index, pair in
        let change = index == 0 ? nil : signed(pair.1)
        return Figure(
          value: pair.0.map { FigureText.grouped($0.text) } ?? messages.text("status_unavailable"),
          difference: change,
          trend: change.map { $0.hasPrefix("+") ? "more" : "less" }, sideLetter: letter(index))
      })
  }

  private static func finding(
    _ row: Comparison.FindingRow, _ messages: MessageCatalogue
  ) -> FindingRow {
    let language = messages.language
    return FindingRow(
      tone: AvoidView.tone(row.severity.rawValue),
      severityWord: messages.text("severity_" + row.severity.rawValue), ruleID: row.rule,
      isRuleChanged: row.isRuleChanged,
      cells: zip(row.findings, row.absences).enumerated().map { index, pair in
        let found = pair.0
        return Cell(
          cellLetter: letter(index), message: found?.finding.message[language],
          citation: found.map {
            $0.finding.citation.title[language] + " " + $0.finding.citation.articleName[language]
          },
          area: found?.area.map { FigureText.grouped($0.text) },
          absence: pair.1.map { Self.words($0, messages) })
      })
  }

  private static func words(
    _ absence: Comparison.Absence, _ messages: MessageCatalogue
  ) -> String {
    switch absence {
    case .notYetInForce(let day):
      messages.text("compare_not_yet", ["date": day.description])
    case .noLongerInForce(let day):
      messages.text("compare_no_longer", ["date": day.description])
    case .notMet: messages.text("compare_not_met")
    }
  }
}
