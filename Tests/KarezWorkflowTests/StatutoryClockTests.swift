import Foundation
import KarezCore
import KarezWorkflow
import TestSupport
import Testing

@Suite struct StatutoryClockTests {
  /// Counted by hand on printed calendars.
  static let byHand: [(began: String, length: Int, due: String)] = [
    // Five days over the Spring Festival of 2024: 8, 9 and 18, 19, 20 February.
    ("2024-02-07", 5, "2024-02-20"),
    // Twenty days over National Day 2023: 25–28 September, 7–13, 16–20, 23–26 October.
    ("2023-09-22", 20, "2023-10-26"),
    // The Spring Festival of 2020 was made longer when it had begun.
    ("2020-01-22", 5, "2020-02-06"),
    // 2018-12-29 was worked, the 30th to the 1st were free.
    ("2018-12-28", 2, "2019-01-02"),
    // Received on a Saturday: Monday is the first day.
    ("2025-03-01", 5, "2025-03-07"),
    // Over Labour Day 2025 with a Sunday that is worked before it.
    ("2025-04-25", 5, "2025-05-06"),
    // Ten days over the nine free days of February 2026, 14 and 28 worked.
    ("2026-02-12", 10, "2026-03-04"),
    // A single day.
    ("2026-09-30", 1, "2026-10-08"),
  ]

  @Test(arguments: byHand)
  func `a due date is the one counted by hand`(began: String, length: Int, due: String) throws {
    let clock = try Fixtures.clock()
    let run = ClockRun(term: Fixtures.term(length), began: try Fixtures.day(began))
    #expect(try clock.due(run, on: run.began).day == Fixtures.day(due))
  }

  @Test func `a hearing is not counted, and the due date says so`() throws {
    let clock = try Fixtures.clock()
    // Twenty days from 3 March 2025 end on the 31st; a hearing from the 10th to the 20th takes
    // eight working days out.
    var run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2025-03-03"))
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-03-31"))
    run.pauses = [try Fixtures.pause("2025-03-10", "2025-03-20")]
    let due = try clock.due(run, on: Fixtures.day("2025-04-01"))
    #expect(due.day == (try Fixtures.day("2025-04-11")))
    let hearing = LocalizedText(zh: "听证", en: "Hearing")
    #expect(
      due.steps == [
        .began(on: run.began),
        .counted(5, unit: .workingDays, through: try Fixtures.day("2025-03-10")),
        .excluded(
          reason: hearing, citations: [Fixtures.article], from: try Fixtures.day("2025-03-10"),
          through: try Fixtures.day("2025-03-20"), days: 8),
        .counted(15, unit: .workingDays, through: try Fixtures.day("2025-04-11")),
      ])
    #expect(!due.isPaused && !due.isProvisional)
  }

  @Test func `a pause on the free days before the day a term moved to moves it on`() throws {
    let clock = try Fixtures.clock()
    // Ten days from 5 March 2025 end on Saturday the 15th, so Monday the 17th is the last.
    var run = ClockRun(
      term: Fixtures.term(10, .calendarDays), began: try Fixtures.day("2025-03-05"))
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-03-17"))
    run.pauses = [try Fixtures.pause("2025-03-15", "2025-03-18")]
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-03-19"))
    // One that begins on the last day itself comes too late.
    run.pauses = [try Fixtures.pause("2025-03-17", "2025-03-20")]
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-03-17"))
  }

  @Test func `a pause that lasts moves the day along`() throws {
    let clock = try Fixtures.clock()
    var run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2025-03-03"))
    run.pauses = [try Fixtures.pause("2025-03-10", nil)]
    var last: LegalDate?
    for text in ["2025-03-11", "2025-03-20", "2025-06-05"] {
      let due = try clock.due(run, on: Fixtures.day(text))
      #expect(due.isPaused)
      #expect(try !clock.isOverdue(run, on: Fixtures.day(text)))
      if let last { #expect(due.day > last) }
      last = due.day
    }
  }

  @Test func `pauses beside one another count once`() throws {
    let clock = try Fixtures.clock()
    var run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2025-03-03"))
    run.pauses = [
      try Fixtures.pause("publication", "2025-03-12", "2025-03-18"),
      try Fixtures.pause("2025-03-10", "2025-03-20"),
    ]
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-04-11"))
    run.pauses = [
      try Fixtures.pause("publication", "2025-03-10", "2025-03-14"),
      try Fixtures.pause("2025-03-12", "2025-03-20"),
    ]
    #expect(try clock.due(run, on: run.began).day == Fixtures.day("2025-04-11"))
  }

  @Test func `twenty and ten is thirty from the beginning, whenever the ten were granted`() throws {
    let clock = try Fixtures.clock()
    var run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2025-03-03"))
    run.grants = [
      ClockRun.Grant(
        on: try Fixtures.day("2025-03-31"), length: 10, citations: [Fixtures.article])
    ]
    let whole = ClockRun(term: Fixtures.term(30), began: run.began)
    #expect(
      try clock.due(run, on: run.began).day == clock.due(whole, on: whole.began).day)
  }

  @Test func `a promise is shorter and paused like the term`() throws {
    let clock = try Fixtures.clock()
    var run = ClockRun(term: Fixtures.term(20), promised: 10, began: try Fixtures.day("2025-03-03"))
    #expect(try clock.due(run, on: run.began).promised == Fixtures.day("2025-03-17"))
    run.pauses = [try Fixtures.pause("2025-03-10", "2025-03-20")]
    #expect(try clock.due(run, on: run.began).promised == Fixtures.day("2025-03-27"))
  }

  @Test func `days, months and years end on a working day`() throws {
    let clock = try Fixtures.clock()
    func due(_ began: String, _ length: Int, _ unit: Term.Unit) throws -> String {
      let run = ClockRun(term: Fixtures.term(length, unit), began: try Fixtures.day(began))
      return try clock.due(run, on: run.began).day.description
    }
    // 60 days from 1 August 2023 end on 30 September, in the holiday; 7 October was worked.
    #expect(try due("2023-08-01", 60, .calendarDays) == "2023-10-07")
    #expect(try due("2024-08-01", 60, .calendarDays) == "2024-09-30")
    #expect(try due("2024-01-31", 1, .months) == "2024-02-29")
    #expect(try due("2023-08-31", 6, .months) == "2024-02-29")
    // Three years from a Monday end on a Thursday.
    #expect(try due("2022-10-24", 3, .years) == "2025-10-24")
    #expect(try due("2024-02-29", 1, .years) == "2025-02-28")
  }

  @Test func `used days stand still while it is paused and after it stopped`() throws {
    let clock = try Fixtures.clock()
    var run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2025-03-03"))
    run.pauses = [try Fixtures.pause("2025-03-10", "2025-03-20")]
    #expect(try clock.used(run, on: Fixtures.day("2025-03-03")) == 0)
    #expect(try clock.used(run, on: Fixtures.day("2025-03-10")) == 5)
    #expect(try clock.used(run, on: Fixtures.day("2025-03-17")) == 5)
    #expect(try clock.used(run, on: Fixtures.day("2025-03-21")) == 6)
    run.stopped = try Fixtures.day("2025-03-24")
    #expect(try clock.used(run, on: Fixtures.day("2025-12-31")) == 7)
    #expect(try !clock.isOverdue(run, on: Fixtures.day("2025-12-31")))
  }

  @Test func `a day late is late, the last day is not`() throws {
    let clock = try Fixtures.clock()
    let run = ClockRun(term: Fixtures.term(5), began: try Fixtures.day("2025-03-03"))
    #expect(try !clock.isOverdue(run, on: Fixtures.day("2025-03-10")))
    #expect(try clock.isOverdue(run, on: Fixtures.day("2025-03-11")))
  }

  @Test func `what reaches past the last notice is provisional`() throws {
    let clock = try Fixtures.clock()
    let run = ClockRun(term: Fixtures.term(20), began: try Fixtures.day("2026-12-15"))
    let due = try clock.due(run, on: run.began)
    #expect(due.isProvisional)
    #expect(due.steps.last == .provisional(after: try Fixtures.day("2026-12-31")))
  }

  @Test func `departments that work side by side use a day once`() throws {
    let calendar = try Fixtures.calendar()
    let term = Fixtures.term(45)
    let first = ClockRun(
      term: term, began: try Fixtures.day("2025-03-03"), stopped: try Fixtures.day("2025-03-14"))
    let second = ClockRun(
      term: term, began: try Fixtures.day("2025-03-10"),
      pauses: [try Fixtures.pause("2025-03-18", "2025-03-25")])
    let clock = ProjectClock(limit: 30, cases: [first, second])
    // 4–14 March are nine days, 17 and 18 March two, then six from the 26th to 2 April.
    let usage = try clock.usage(by: calendar, on: Fixtures.day("2025-04-02"))
    #expect(usage.used == 17)
    #expect(usage.left == 13)
    // 3 April and 7–11, 14–18, then 21 and 22 April; the 4th was free.
    #expect(usage.reached == (try Fixtures.day("2025-04-22")))
    let done = ProjectClock(limit: 30, cases: [first])
    #expect(try done.usage(by: calendar, on: Fixtures.day("2026-01-05")).reached == nil)
  }
}
