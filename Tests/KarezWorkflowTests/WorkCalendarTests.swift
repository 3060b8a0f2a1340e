import Foundation
import KarezCore
import KarezWorkflow
import TestSupport
import Testing

@Suite struct WorkCalendarTests {
  static func year(
    _ year: Int, holidays: [(String, String)] = [], makeUp: [String] = []
  ) -> WorkCalendar.Year {
    let text = LocalizedText(zh: "试", en: "test")
    return WorkCalendar.Year(
      year: year, notice: text, certainty: .certain,
      holidays: holidays.compactMap { first, last in
        guard let first = LegalDate(first), let last = LegalDate(last) else { return nil }
        return WorkCalendar.Holiday(title: text, first: first, last: last)
      }, makeUpDays: makeUp.compactMap { LegalDate($0) })
  }

  @Test func `the days of nine years are those the notices arranged`() throws {
    let calendar = try Fixtures.calendar()
    #expect(calendar.years.map(\.year) == Array(2018...2026))
    let expected: [(String, Bool)] = [
      ("2018-01-01", false), ("2018-02-11", true), ("2018-02-15", false), ("2018-12-29", true),
      ("2018-12-31", false), ("2019-05-03", false), ("2019-05-05", true), ("2020-01-31", false),
      ("2020-02-03", true), ("2021-02-20", true), ("2022-10-08", true), ("2022-10-09", true),
      ("2023-01-02", false), ("2023-10-06", false), ("2023-10-07", true), ("2024-02-09", true),
      ("2024-02-18", true), ("2025-10-08", false), ("2026-01-04", true), ("2026-02-23", false),
      ("2026-02-28", true), ("2026-10-08", true),
    ]
    for (text, isWorking) in expected {
      #expect(calendar.isWorkingDay(try Fixtures.day(text)) == isWorking, "\(text)")
    }
  }

  /// The members of an object, or the texts of a list.
  static func names(_ value: JSONValue?) -> Set<String> {
    if case .object(let members)? = value { return Set(members.keys) }
    return Set(value?.array?.compactMap(\.string) ?? [])
  }

  @Test(.enabled(if: Places.shared != nil, "no shared data in this clone"))
  func `every day of nine years agrees with a published calendar`() throws {
    let calendar = try Fixtures.calendar()
    let file = try #require(Places.shared).appending(
      path: "data/china-codes/cn_public_holidays_2004_2026.json")
    let value = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let free = Self.names(value["holidays"])
    let worked = Self.names(value["workdays_makeup"])
    try #require(free.count > 500 && worked.count > 100)
    var day = calendar.first
    var examined = 0
    while day <= calendar.last {
      let weekday = (day.daysSince1970 + 3) % 7
      let text = day.description
      let expected = worked.contains(text) || (weekday < 5 && !free.contains(text))
      #expect(calendar.isWorkingDay(day) == expected, "\(day)")
      examined += 1
      day = try #require(day.adding(days: 1))
    }
    #expect(examined == 3_287)
  }

  @Test func `counting there and back is the same`() throws {
    let calendar = try Fixtures.calendar()
    var random = SplitMix64(seed: 7)
    for _ in 0..<2_000 {
      let start = try #require(
        calendar.first.adding(days: Int.random(in: 0..<3_200, using: &random)))
      let count = Int.random(in: 1...120, using: &random)
      let end = try calendar.workingDay(count, after: start)
      #expect(try calendar.workingDays(after: start, through: end) == count)
      #expect(calendar.isWorkingDay(end) == true)
    }
  }

  @Test func `past the last notice only weekends are free, and that is provisional`() throws {
    let calendar = try Fixtures.calendar()
    #expect(!calendar.isProvisional(try Fixtures.day("2026-12-31")))
    #expect(calendar.isProvisional(try Fixtures.day("2027-01-01")))
    #expect(calendar.isWorkingDay(try Fixtures.day("2027-10-01")) == true)
    #expect(calendar.isWorkingDay(try Fixtures.day("2027-10-02")) == false)
  }

  @Test func `a day the calendar does not know is told, not guessed`() throws {
    let calendar = try Fixtures.calendar()
    let before = try Fixtures.day("2017-06-01")
    #expect(calendar.isWorkingDay(before) == nil)
    #expect(throws: CalendarError.outside(before)) {
      try calendar.workingDay(5, after: before)
    }
    // On the eve of the first day nothing has to be counted before it.
    let eve = try Fixtures.day("2017-12-31")
    #expect(try calendar.workingDay(1, after: eve) == Fixtures.day("2018-01-02"))
  }

  @Test func `calendars that cannot be are refused`() throws {
    func refusal(_ years: [WorkCalendar.Year]) -> CalendarError? {
      do throws(CalendarError) {
        _ = try WorkCalendar(years: years)
        return nil
      } catch { return error }
    }
    #expect(refusal([]) == .empty)
    #expect(refusal([Self.year(2020), Self.year(2022)]) == .yearMissing(2021))
    #expect(
      refusal([Self.year(2020, holidays: [("2020-05-03", "2020-05-01")])])
        == .holidayBackwards(try Fixtures.day("2020-05-03")))
    #expect(
      refusal([
        Self.year(2020, holidays: [("2020-05-01", "2020-05-03"), ("2020-05-03", "2020-05-03")])
      ])
        == .dayTwice(try Fixtures.day("2020-05-03")))
    #expect(
      refusal([Self.year(2020, holidays: [("2020-05-01", "2020-05-03")], makeUp: ["2020-05-02"])])
        == .dayTwice(try Fixtures.day("2020-05-02")))
    #expect(
      refusal([Self.year(2020, makeUp: ["2020-05-06"])])
        == .notAWeekend(try Fixtures.day("2020-05-06")))
    #expect(
      refusal([Self.year(2020, holidays: [("2021-05-01", "2021-05-01")])])
        == .dayElsewhere(try Fixtures.day("2021-05-01")))
    #expect(refusal([Self.year(2020), Self.year(2021)]) == nil)
  }
}
