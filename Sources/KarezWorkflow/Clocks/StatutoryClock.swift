public import KarezCore

/// 时限计算: finds due dates by a calendar.
///
/// - Complexity: O(pauses) look-ups; held below 5 µs by `karez bench clocks`.
public struct StatutoryClock: Sendable {
  public let calendar: WorkCalendar

  public init(calendar: WorkCalendar) { self.calendar = calendar }

  /// When the term ends; a pause that lasts is taken to end on `today`.
  ///
  /// - Errors: `CalendarError.outside` where the calendar does not reach.
  public func due(_ run: ClockRun, on today: LegalDate) throws(CalendarError) -> DueDate {
    let breaks = Self.merged(run.pauses, on: today)
    var steps: [ClockStep] = [.began(on: run.began)]
    for grant in run.grants {
      steps.append(
        .extended(
          on: grant.on, by: grant.length, unit: run.term.unit, citations: grant.citations))
    }
    let day = try end(of: run.length, run, breaks, noting: &steps)
    var unused: [ClockStep] = []
    let promised: LegalDate? =
      if let length = run.promised { try end(of: length, run, breaks, noting: &unused) } else {
        nil
      }
    let isProvisional = calendar.isProvisional(day)
    if isProvisional { steps.append(.provisional(after: calendar.last)) }
    return DueDate(
      day: day, promised: promised, isPaused: run.isPaused, isProvisional: isProvisional,
      steps: steps)
  }

  /// Units used up by the end of a day, pauses left out.
  ///
  /// - Units: working days for a term in working days, calendar days for any other.
  public func used(_ run: ClockRun, on today: LegalDate) throws(CalendarError) -> Int {
    let end = min(run.stopped ?? today, today)
    guard end > run.began else { return 0 }
    var sum = try days(run.term.unit, after: run.began, through: end)
    for part in Self.merged(run.pauses, on: today) {
      let (from, through) = (max(part.from, run.began), min(part.through, end))
      if through > from { sum -= try days(run.term.unit, after: from, through: through) }
    }
    return sum
  }

  /// Whether what was due was done too late, or has not been done though the day is past.
  public func isOverdue(_ run: ClockRun, on today: LegalDate) throws(CalendarError) -> Bool {
    if run.stopped == nil, run.isPaused { return false }
    return try (run.stopped ?? today) > due(run, on: today).day
  }

  // MARK: Counting

  /// A stretch of time that is not counted, and whose it is.
  struct Break: Hashable {
    var from: LegalDate
    var through: LegalDate
    let pause: ClockRun.Pause
  }

  /// Pauses in order, cut so that no day is in two of them; one that lasts ends today.
  static func merged(_ pauses: [ClockRun.Pause], on today: LegalDate) -> [Break] {
    guard !pauses.isEmpty else { return [] }
    var breaks: [Break] = []
    for pause in pauses.sorted(by: { ($0.from, $0.reason) < ($1.from, $1.reason) }) {
      let from = max(pause.from, breaks.last?.through ?? pause.from)
      let through = pause.through ?? max(today, pause.from)
      if through > from { breaks.append(Break(from: from, through: through, pause: pause)) }
    }
    return breaks
  }

  private func days(
    _ unit: Term.Unit, after start: LegalDate, through end: LegalDate
  ) throws(CalendarError) -> Int {
    unit == .workingDays
      ? try calendar.workingDays(after: start, through: end)
      : max(0, end.daysSince1970 - start.daysSince1970)
  }

  private func end(
    of length: Int, _ run: ClockRun, _ breaks: [Break], noting steps: inout [ClockStep]
  ) throws(CalendarError) -> LegalDate {
    switch run.term.unit {
    case .workingDays:
      return try workingEnd(of: length, run, breaks, noting: &steps)
    case .calendarDays:
      guard let last = run.began.adding(days: length) else { throw .outside(run.began) }
      return try civilEnd(last, length, run, breaks, noting: &steps)
    case .months, .years:
      let months = run.term.unit == .years ? length * 12 : length
      guard let last = run.began.adding(months: months) else { throw .outside(run.began) }
      return try civilEnd(last, length, run, breaks, noting: &steps)
    }
  }

  private func workingEnd(
    of length: Int, _ run: ClockRun, _ breaks: [Break], noting steps: inout [ClockStep]
  ) throws(CalendarError) -> LegalDate {
    var left = length
    var cursor = run.began
    for part in breaks {
      let from = max(part.from, cursor)
      guard part.through > from else { continue }
      let counted = try calendar.workingDays(after: cursor, through: from)
      if counted >= left { break }
      left -= counted
      if counted > 0 { steps.append(.counted(counted, unit: .workingDays, through: from)) }
      steps.append(
        .excluded(
          reason: part.pause.title, citations: part.pause.citations, from: from,
          through: part.through,
          days: try calendar.workingDays(after: from, through: part.through)))
      cursor = part.through
    }
    let day = try calendar.workingDay(left, after: cursor)
    steps.append(.counted(left, unit: .workingDays, through: day))
    return day
  }

  /// Terms in days, months and years: pauses push the end back, then it moves off a free day.
  private func civilEnd(
    _ last: LegalDate, _ length: Int, _ run: ClockRun, _ breaks: [Break],
    noting steps: inout [ClockStep]
  ) throws(CalendarError) -> LegalDate {
    var end = last
    for part in breaks {
      let from = max(part.from, run.began)
      let days = part.through.daysSince1970 - from.daysSince1970
      // A pause that begins on the last day or after it comes too late to matter.
      guard days > 0, from < end else { continue }
      guard let later = end.adding(days: days) else { throw .outside(end) }
      end = later
      steps.append(
        .excluded(
          reason: part.pause.title, citations: part.pause.citations, from: from,
          through: part.through, days: days))
    }
    steps.append(.counted(length, unit: run.term.unit, through: end))
    var day = try calendar.workingDay(onOrAfter: end)
    if day != end { steps.append(.movedToWorkingDay(from: end, to: day)) }
    // The last day is the one it moved to: what does not count takes that away as well.
    for part in breaks where part.from < day && day <= part.through {
      guard let next = part.through.adding(days: 1) else { throw .outside(part.through) }
      let from = max(part.from, end)
      steps.append(
        .excluded(
          reason: part.pause.title, citations: part.pause.citations, from: from,
          through: part.through, days: part.through.daysSince1970 - from.daysSince1970))
      day = try calendar.workingDay(onOrAfter: next)
      if day != next { steps.append(.movedToWorkingDay(from: next, to: day)) }
    }
    return day
  }
}

extension LegalDate {
  /// The day of the same number so many months later, or that month's last.
  ///
  /// - Source: Civil Code art. 202.
  func adding(months: Int) -> LegalDate? {
    let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, sum >= 12, sum < 120_000 else { return nil }
    let (year, month) = (sum / 12, sum % 12 + 1)
    for day in stride(from: self.day, through: 28, by: -1) {
      if let found = LegalDate(year: year, month: month, day: day) { return found }
    }
    return LegalDate(year: year, month: month, day: self.day)
  }
}
