public import KarezCore
import KarezPacks
import KarezWorkflow

/// `bench clocks`: due dates of terms with a pause, by the calendar of the packs.
public struct ClockBenchmark: Sendable {
  let clock: StatutoryClock
  let count: Int

  /// - Errors: `Problem` where the packs have no calendar, or do not load.
  public init(_ installation: Installation, count: Int) throws(Problem) {
    guard let calendar = try OneMap.loadPacks(installation).calendar else {
      throw Cases.noCalendar
    }
    clock = StatutoryClock(calendar: calendar)
    self.count = count
  }

  public func run() throws(Problem) -> CheckBenchmark.Figures {
    let text = LocalizedText(zh: "期限", en: "term")
    let term = Term(
      id: "bench/term", title: text, unit: .workingDays, length: 45, certainty: .certain,
      citations: [])
    let base = clock.calendar.first.daysSince1970
    var sum = 0
    let before = ResourceUse.now()
    do throws(CalendarError) {
      for number in 0..<count {
        guard let began = LegalDate(daysSince1970: base + number * 7 % 3_000) else { continue }
        let from = began.adding(days: 10) ?? began
        let pause = ClockRun.Pause(
          reason: "hearing", title: text, citations: [], from: from,
          through: from.adding(days: 12))
        let run = ClockRun(term: term, promised: 20, began: began, pauses: [pause])
        sum += try clock.due(run, on: began).day.daysSince1970 - began.daysSince1970
      }
    } catch { throw CaseWording.problem(.calendar(error), at: "clocks") }
    let after = ResourceUse.now()
    let cpu = after.cpuSeconds - before.cpuSeconds
    return CheckBenchmark.Figures(
      json: .object([
        "job": .string("clocks"), "wallS": .number(after.wallSeconds - before.wallSeconds),
        "cpuS": .number(cpu), "peakMB": .number(after.peakMegabytes),
        "result": .object([
          "dates": .integer(Int64(count)), "days": .integer(Int64(sum)),
          "microseconds": .number(cpu / Double(max(1, count)) * 1e6),
        ]),
      ]))
  }
}
