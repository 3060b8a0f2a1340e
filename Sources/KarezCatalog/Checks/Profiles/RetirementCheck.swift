import KarezCore
import KarezStore

/// Ids that come back after their feature ended.
///
/// A row of days of its own that says what was once recorded of them is no new use: a commit is
/// taken back by it.
final class RetirementCheck: GateCheck {
  let needsPrecedents = true
  private let frame: ProfileCheckFrame
  private var repeated: Set<Int64> = []

  init(_ frame: ProfileCheckFrame) { self.frame = frame }

  func examine(_ page: [ExaminedRow], _ recorded: RecordedMap) async throws(GateError) {
    repeated = []
    let back = page.filter { $0.validity != nil && !$0.ends && $0.precedent?.endedOn != nil }
    guard !back.isEmpty else { return }
    let versions = try await recorded.versions(of: back.map(\.id))
    for row in back {
      guard let days = row.validity else { continue }
      let isSaid = versions[row.id]?.contains { version in
        version.contentSM3 == row.contentSM3 && version.version.validity.overlaps(days)
      }
      if isSaid == true { repeated.insert(row.row) }
    }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard let ended = row.precedent?.endedOn, !repeated.contains(row.row), frame.applies(to: row)
    else { return }
    report.note(
      frame.finding(
        row,
        what: LocalizedText(
          zh: "标识码 \(row.id) 已于 \(ended) 终止，不得再用",
          en: "identifier \(row.id) ended on \(ended) and is never used again"),
        remedy: LocalizedText(zh: "请编制新的代码", en: "give the feature a new one")))
  }
}
