import KarezCore
import KarezRules
import KarezStore

/// Values that name a feature of another dataset, or of the same, which must exist on a day.
final class ReferenceCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let test: ReferenceTest
  private let attribute: AttributePlace
  private let dayAttribute: AttributePlace?
  private var days: [LegalDate] = []
  /// Fingerprints of the ids there are from one turning day to the next.
  private var known: [Int: Set<UInt64>] = [:]
  /// What the other dataset is called; nil where it was never recorded.
  private var title: LocalizedText?
  private var draftDay: LegalDate?
  private var hasSaidWhatIsOutOfReach = false
  /// The draft's own ids and what it does not find elsewhere, where it points into its own dataset.
  private var own: Set<UInt64> = []
  private var pending: [(id: UInt64, finding: GateFinding?)] = []
  private let pointsToItself: Bool
  private let isWhole: Bool

  /// `isWhole` says that the draft is the whole dataset.
  init(_ frame: ProfileCheckFrame, _ test: ReferenceTest, isWhole: Bool) {
    self.frame = frame
    self.test = test
    self.isWhole = isWhole
    attribute = frame.place(of: test.attribute)
    dayAttribute = test.dayAttribute.map { frame.place(of: $0) }
    pointsToItself = test.dataset == frame.schema.id
  }

  func prepare(_ recorded: RecordedMap, _ report: inout GateReport) async throws(GateError) {
    draftDay = recorded.day
    // A whole state stands for itself: what was recorded before and is not in it has ended.
    if pointsToItself, isWhole { return }
    title = try await recorded.title(of: test.dataset)
    if pointsToItself, !isRecorded { return }
    guard isRecorded else { return report.note(frame.unchecked(test.dataset)) }
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
    if pointsToItself { own.insert(Fingerprint.of(row.id.utf8)) }
    guard isRecorded || pointsToItself,
      let id = row.text(of: attribute, first: test.digits), !id.isEmpty,
      let day = day(of: row)
    else { return }
    let print = Fingerprint.of(id.utf8)
    if isRecorded {
      // Before the dataset's first day the map does not know what there was.
      guard period(of: day) > 0 || pointsToItself else { return sayOutOfReach(&report) }
      if known[period(of: day)]?.contains(print) ?? true { return }
    }
    guard frame.applies(to: row) else { return }
    guard pointsToItself else { return report.note(finding(id, on: day, row)) }
    // No more are kept than can be told of; the rest are only counted.
    let isKept = pending.count < GateReport.keptPerRule
    pending.append((print, isKept ? finding(id, on: day, row) : nil))
  }

  func conclude(_ draft: ExaminedDraft, _ report: inout GateReport) {
    for (id, finding) in pending where !own.contains(id) {
      if let finding { report.note(finding) } else { report.count(1, of: frame.rule) }
    }
  }

  private var isRecorded: Bool { title != nil }

  private func finding(_ id: String, on day: LegalDate, _ row: ExaminedRow) -> GateFinding {
    let name = frame.title(of: test.attribute)
    let other = title ?? frame.schema.title
    return frame.finding(
      row,
      what: LocalizedText(
        zh: "\(name.zh)所指的 \(id) 在 \(day) 的“\(other.zh)”中不存在",
        en: "\(name.en) names \(id), which “\(other.en)” does not have on \(day)"),
      remedy: LocalizedText(zh: "请核对代码与日期", en: "check the code and the day"))
  }

  private func sayOutOfReach(_ report: inout GateReport) {
    if !hasSaidWhatIsOutOfReach { report.note(frame.unchecked(test.dataset)) }
    hasSaidWhatIsOutOfReach = true
  }

  private func day(of row: ExaminedRow) -> LegalDate? {
    guard let dayAttribute, case .date(let day)? = row[dayAttribute] else {
      return draftDay
    }
    return day
  }

  /// How many turning days have come by then.
  private func period(of day: LegalDate) -> Int {
    days.firstIndex { $0 > day } ?? days.count
  }
}
