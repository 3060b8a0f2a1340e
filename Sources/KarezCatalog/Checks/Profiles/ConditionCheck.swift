import KarezCore
import KarezRules

/// A condition every row must meet; what rests on an attribute not stated is not asked.
final class ConditionCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let question: RowQuestion
  private let message: LocalizedText

  init(_ frame: ProfileCheckFrame, _ condition: Expression, _ message: LocalizedText) {
    self.frame = frame
    self.message = message
    question = frame.question(condition)
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard frame.applies(to: row), question.isTrue(of: row) == false else { return }
    // Nobody reads the words of what is only counted.
    guard report.keepsMore(of: frame.rule) else { return report.count(1, of: frame.rule) }
    let what = MessageText.filled(message) { id, _ in self.shown(id.text, of: row) }
    let remedy = LocalizedText(zh: "请核对并更正", en: "check and correct it")
    report.note(frame.finding(row, what: what, remedy: remedy))
  }

  private func shown(_ name: String, of row: ExaminedRow) -> String {
    if name == RowVocabulary.statutoryArea { return row.areaM2.map(GateWords.area) ?? "–" }
    return GateWords.value(row[frame.place(of: name)])
  }
}
