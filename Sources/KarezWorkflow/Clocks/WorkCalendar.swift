public import KarezCore

/// 工作日历: which days count as working days, as yearly notices arrange them.
///
/// - Shape: holidays and make-up days of consecutive years. Days before the first year are
///   unknown; past the last one only weekends are free, and what rests on that is provisional.
/// - Complexity: one table is made when the calendar is; every question is a look-up in it.
public struct WorkCalendar: Hashable, Sendable {
  /// 年度放假安排: what one year's notice says.
  public struct Year: Hashable, Sendable {
    public let year: Int
    /// The number of the notice, for explanations.
    public let notice: LocalizedText
    public let certainty: Certainty
    public let holidays: [Holiday]
    /// 调休上班: days of a weekend that are worked.
    public let makeUpDays: [LegalDate]

    public init(
      year: Int, notice: LocalizedText, certainty: Certainty, holidays: [Holiday],
      makeUpDays: [LegalDate]
    ) {
      self.year = year
      self.notice = notice
      self.certainty = certainty
      self.holidays = holidays
      self.makeUpDays = makeUpDays
    }
  }

  /// 放假: consecutive free days, both ends among them.
  public struct Holiday: Hashable, Sendable {
    public let title: LocalizedText
    public let first: LegalDate
    public let last: LegalDate

    public init(title: LocalizedText, first: LegalDate, last: LegalDate) {
      self.title = title
      self.first = first
      self.last = last
    }
  }

  public let years: [Year]
  private let table: DayTable

  /// How many years past the last notice are counted at all.
  ///
  /// A due date further off than that says nothing, and the table has to end somewhere.
  public static let provisionalYears = 40

  /// - Errors: `CalendarError` for a year left out, a day that is told twice or lies in no year of
  ///   the calendar, a holiday that ends before it begins, and a make-up day that is a working day.
  public init(years: [Year]) throws(CalendarError) {
    let sorted = years.sorted { $0.year < $1.year }
    guard let first = sorted.first, let last = sorted.last else { throw .empty }
    for (year, next) in zip(sorted, sorted.dropFirst()) where next.year != year.year + 1 {
      throw .yearMissing(year.year + 1)
    }
    self.years = sorted
    guard let begin = LegalDate(year: first.year, month: 1, day: 1),
      let end = LegalDate(year: last.year, month: 12, day: 31),
      let limit = LegalDate(year: last.year + Self.provisionalYears, month: 12, day: 31)
    else { throw .empty }
    table = try DayTable(years: sorted, begin: begin, end: end, limit: limit)
  }

  /// The first day the calendar knows.
  public var first: LegalDate { table.begin }
  /// The last day a notice arranges.
  public var last: LegalDate { table.end }

  /// Nil for a day the calendar does not know.
  public func isWorkingDay(_ day: LegalDate) -> Bool? { table.isWorking(day.daysSince1970) }

  /// Whether no notice arranges the day yet, so that only weekends are known.
  public func isProvisional(_ day: LegalDate) -> Bool { day > table.end }

  /// Working days after `start`, up to `end` and with it; negative days are none.
  ///
  /// - Errors: `CalendarError.outside` for a day the calendar does not know.
  public func workingDays(
    after start: LegalDate, through end: LegalDate
  ) throws(CalendarError) -> Int {
    guard end > start else { return 0 }
    return try table.count(through: end.daysSince1970) - table.count(through: start.daysSince1970)
  }

  /// The working day that is number `count` after a day, which itself does not count.
  ///
  /// - Errors: `CalendarError.outside` where the calendar does not reach.
  public func workingDay(_ count: Int, after day: LegalDate) throws(CalendarError) -> LegalDate {
    let number = try table.workingDay(
      try table.count(through: day.daysSince1970) + max(1, count), after: day)
    guard let found = LegalDate(daysSince1970: number) else { throw .outside(day) }
    return found
  }

  /// The day itself if it is worked, or the next that is: a term never ends on a free day.
  ///
  /// - Source: Civil Code art. 203.
  public func workingDay(onOrAfter day: LegalDate) throws(CalendarError) -> LegalDate {
    guard let isWorking = isWorkingDay(day) else { throw .outside(day) }
    return isWorking ? day : try workingDay(1, after: day)
  }
}

/// Why a calendar cannot be, or cannot answer.
public enum CalendarError: Error, Hashable, Sendable {
  case empty
  case yearMissing(Int)
  case dayTwice(LegalDate)
  case holidayBackwards(LegalDate)
  /// A day its year's calendar cannot hold.
  case dayElsewhere(LegalDate)
  /// A make-up day that is no day of a weekend.
  case notAWeekend(LegalDate)
  /// The calendar does not know the day.
  case outside(LegalDate)
}

/// Each day's place among the working days.
private struct DayTable: Hashable, Sendable {
  let begin: LegalDate
  let end: LegalDate
  let base: Int
  /// Working days up to each day, that day included.
  private let counts: [Int32]
  /// Days since 1970 of every working day, in order.
  private let working: [Int32]

  init(
    years: [WorkCalendar.Year], begin: LegalDate, end: LegalDate, limit: LegalDate
  ) throws(CalendarError) {
    self.begin = begin
    self.end = end
    base = begin.daysSince1970
    let last = limit.daysSince1970
    var isWorking = (base...last).map { !Self.isWeekend($0) }
    var told: Set<Int> = []
    for year in years {
      for holiday in year.holidays {
        guard holiday.first <= holiday.last else { throw .holidayBackwards(holiday.first) }
        for number in holiday.first.daysSince1970...holiday.last.daysSince1970 {
          try Self.note(number, of: year, in: base...end.daysSince1970, &told)
          // The first year's notice may begin in the December before, which nothing else tells of.
          if number >= base { isWorking[number - base] = false }
        }
      }
      for day in year.makeUpDays {
        let number = day.daysSince1970
        guard Self.isWeekend(number) else { throw .notAWeekend(day) }
        try Self.note(number, of: year, in: base...end.daysSince1970, &told)
        if number >= base { isWorking[number - base] = true }
      }
    }
    var counts: [Int32] = []
    var working: [Int32] = []
    counts.reserveCapacity(isWorking.count)
    for (index, isWorked) in isWorking.enumerated() {
      if isWorked { working.append(Int32(base + index)) }
      counts.append(Int32(working.count))
    }
    self.counts = counts
    self.working = working
  }

  /// A notice arranges its own year and, around New Year, days of the one before.
  private static func note(
    _ number: Int, of year: WorkCalendar.Year, in range: ClosedRange<Int>, _ told: inout Set<Int>
  ) throws(CalendarError) {
    guard let day = LegalDate(daysSince1970: number) else { throw .empty }
    let isOwn = day.year == year.year || (day.year == year.year - 1 && day.month == 12)
    guard isOwn, number <= range.upperBound else { throw .dayElsewhere(day) }
    guard told.insert(number).inserted else { throw .dayTwice(day) }
  }

  /// 1970-01-01 was a Thursday.
  private static func isWeekend(_ number: Int) -> Bool {
    let weekday = ((number + 3) % 7 + 7) % 7
    return weekday >= 5
  }

  func isWorking(_ number: Int) -> Bool? {
    let index = number - base
    guard counts.indices.contains(index) else { return nil }
    return counts[index] != (index == 0 ? 0 : counts[index - 1])
  }

  func count(through number: Int) throws(CalendarError) -> Int {
    let index = number - base
    // Nothing is counted before the first day, but a term may begin on the eve of it.
    if index == -1 { return 0 }
    guard counts.indices.contains(index) else {
      throw .outside(LegalDate(daysSince1970: number) ?? begin)
    }
    return Int(counts[index])
  }

  func workingDay(_ place: Int, after day: LegalDate) throws(CalendarError) -> Int {
    guard working.indices.contains(place - 1) else { throw .outside(day) }
    return Int(working[place - 1])
  }
}
