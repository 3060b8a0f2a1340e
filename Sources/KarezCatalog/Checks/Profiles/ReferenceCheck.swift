import KarezCore
import KarezRules
import KarezStore

/// Values that name a feature of another dataset, which must exist on a day.
final class ReferenceCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let test: ReferenceTest
  private var days: [LegalDate] = []
  /// Fingerprints of the ids there are from one turning day to the next.
  private var known: [Int: Set<UInt64>] = [:]
  private var isRecorded = false
  private var draftDay: LegalDate?
  private var hasSaidWhatIsOutOfReach = false

  init(_ frame: ProfileCheckFrame, _ test: ReferenceTest) {
    self.frame = frame
    self.test = test
  }

  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) async throws(GateError) {
    isRecorded = try await recorded.isRecorded(test.dataset)
    guard isRecorded else { return report.note(frame.unchecked(test.dataset)) }
    draftDay = recorded.day
    days = try await recorded.turningDays(of: test.dataset)
  }

  /// Reads the states the page's rows ask about; a few, for little changes on few days.
  func examine(_ page: [ExaminedRow], _ recorded: RecordedMap) async throws(GateError) {
    guard isRecorded else { return }
    for row in page {
      guard let day = day(of: row), case let period = period(of: day), known[period] == nil
      else { continue }
      var ids: Set<UInt64> = []
      try await recorded.scan(test.dataset, on: day) { version in
        ids.insert(Fingerprint.of(version.feature.id.utf8))
      }
      known[period] = ids
    }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    guard isRecorded, let text = row.text(of: test.attribute), !text.isEmpty,
      let day = day(of: row), case let period = period(of: day), let ids = known[period]
    else { return }
    // Before the dataset's first day the map does not know what there was.
    guard period > 0 else { return sayOutOfReach(&report) }
    let id = test.digits.map { String(text.prefix($0)) } ?? text
    guard !ids.contains(Fingerprint.of(id.utf8)), frame.applies(to: row) else { return }
    let name = frame.title(of: test.attribute)
    report.note(
      frame.finding(
        row,
        what: LocalizedText(
          zh: "\(name.zh)所指的 \(id) 在 \(day) 的数据集 \(test.dataset) 中不存在",
          en: "\(name.en) names \(id), which dataset \(test.dataset) does not have on \(day)"),
        remedy: LocalizedText(zh: "请核对代码与日期", en: "check the code and the day")))
  }

  private func sayOutOfReach(_ report: inout GateReport) {
    if !hasSaidWhatIsOutOfReach { report.note(frame.unchecked(test.dataset)) }
    hasSaidWhatIsOutOfReach = true
  }

  private func day(of row: ExaminedRow) -> LegalDate? {
    guard let name = test.dayAttribute, case .date(let day)? = row.attributes[name] else {
      return draftDay
    }
    return day
  }

  /// How many turning days have come by then.
  private func period(of day: LegalDate) -> Int {
    days.firstIndex { $0 > day } ?? days.count
  }
}
