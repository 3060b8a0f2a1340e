public import KarezCore

/// 项目总时限: the working days all departments together have had a project.
///
/// A day on which two cases of the project run at once counts once, and a day on which none does,
/// because each waits for the applicant or for a hearing, counts for nobody.
public struct ProjectClock: Hashable, Sendable {
  /// What the departments have altogether.
  public let limit: Int
  public let cases: [ClockRun]

  public init(limit: Int, cases: [ClockRun]) {
    self.limit = limit
    self.cases = cases
  }

  /// 项目用时: what was used by the end of a day.
  public struct Usage: Hashable, Sendable {
    public let used: Int
    public let left: Int
    /// The day on which the last working day is used up, if some case runs on; nil where none does.
    public let reached: LegalDate?
  }

  /// - Errors: `CalendarError.outside` where the calendar does not reach.
  public func usage(
    by calendar: WorkCalendar, on today: LegalDate
  ) throws(CalendarError) -> Usage {
    var sum = 0
    var reached: LegalDate?
    for part in Self.union(cases.flatMap { Self.stretches(of: $0, on: today) }) {
      let counted = try calendar.workingDays(after: part.from, through: part.through)
      if sum < limit, sum + counted >= limit {
        reached = try calendar.workingDay(limit - sum, after: part.from)
      }
      sum += counted
    }
    let isRunning = cases.contains { $0.stopped == nil && !$0.isPaused }
    if reached == nil, isRunning {
      reached = try calendar.workingDay(limit - sum, after: today)
    }
    return Usage(used: sum, left: limit - sum, reached: reached)
  }

  struct Stretch: Hashable {
    let from: LegalDate
    var through: LegalDate
  }

  /// The time in which a case was with the department.
  private static func stretches(of run: ClockRun, on today: LegalDate) -> [Stretch] {
    let end = min(run.stopped ?? today, today)
    var cursor = run.began
    var found: [Stretch] = []
    for part in StatutoryClock.merged(run.pauses, on: today) {
      let from = max(part.from, cursor)
      let stop = min(from, end)
      if stop > cursor { found.append(Stretch(from: cursor, through: stop)) }
      cursor = max(cursor, part.through)
    }
    if end > cursor { found.append(Stretch(from: cursor, through: end)) }
    return found
  }

  private static func union(_ stretches: [Stretch]) -> [Stretch] {
    var merged: [Stretch] = []
    for part in stretches.sorted(by: { ($0.from, $0.through) < ($1.from, $1.through) }) {
      if let last = merged.last, part.from <= last.through {
        merged[merged.count - 1].through = max(last.through, part.through)
      } else {
        merged.append(part)
      }
    }
    return merged
  }
}
