import KarezCore
import KarezStore

/// Ids that come back after their feature ended.
final class RetirementCheck: GateCheck {
  let needsPrecedents = true
  private let frame: ProfileCheckFrame

  init(_ frame: ProfileCheckFrame) { self.frame = frame }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let ended = row.precedent?.endedOn, frame.applies(to: row) else { return }
    report.note(
      frame.finding(
        row,
        what: LocalizedText(
          zh: "标识码 \(row.id) 已于 \(ended) 终止，不得再用",
          en: "identifier \(row.id) ended on \(ended) and is never used again"),
        remedy: LocalizedText(zh: "请编制新的代码", en: "give the feature a new one")))
  }
}
