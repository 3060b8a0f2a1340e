public import KarezCore
import KarezPacks
public import KarezStore
import KarezWorkflow

extension Cases {
  /// Which cases a list is to show.
  public enum List: String, CaseIterable, Hashable, Sendable {
    /// Open ones in which whoever asks may do something.
    case mine
    /// Open ones, all of them.
    case open
    /// Open ones whose next clock ends within a week, and has not yet.
    case dueSoon = "due-soon"
    /// Open ones whose next clock has run out.
    case overdue
    case all
  }

  /// What of a list is wanted.
  public struct Filter: Hashable, Sendable {
    public var list: List
    public var procedure: String?
    public var project: String?
    /// An administrative code or a beginning of one.
    public var region: String?
    /// What the number begins with.
    public var number: String?
    /// Only cases that stand there.
    public var stage: String?
    /// Only cases in which this clock was stopped within a year.
    public var clock: String?
    /// Of those, only the ones in which it was stopped too late.
    public var isLate = false

    public init(_ list: List = .mine) { self.list = list }
  }

  /// A page of a list, and where the next begins.
  public struct Page: Hashable, Sendable {
    public let heads: [CaseHead]
    public let next: String?
  }

  /// How many days ahead a clock's end is near.
  public static let nearDays = 7
  /// How many days back figures of ended terms look.
  public static let figureDays = 365
  /// Above so many, a list is not counted further.
  public static let mostCounted = 1_000

  /// The legal day it is, by which clocks are looked at.
  public var today: LegalDate {
    get throws(Problem) { try now().day }
  }

  /// Cases of a list, those due first before others; at most `limit`.
  public func list(
    _ list: List, procedure: String? = nil, project: String? = nil, limit: Int = 50,
    after last: CaseHead? = nil, for principal: Principal
  ) async throws(Problem) -> [CaseHead] {
    var filter = Filter(list)
    filter.procedure = procedure
    filter.project = project
    let place = last.map { CaseQuery.Place(due: $0.stored.due, number: $0.stored.number) }
    return try await heads(filter, after: place, limit: limit, for: principal)
  }

  /// A page of a list after a place that an earlier page named.
  public func page(
    _ filter: Filter, after cursor: String? = nil, limit: Int, for principal: Principal
  ) async throws(Problem) -> Page {
    var place: CaseQuery.Place?
    if let cursor {
      guard let read = CaseQuery.Place(cursor) else { throw Self.cursorWrong(cursor) }
      place = read
    }
    let found = try await heads(filter, after: place, limit: limit + 1, for: principal)
    let shown = Array(found.prefix(limit))
    let last = found.count > limit ? shown.last : nil
    return Page(
      heads: shown,
      next: last.map {
        CaseQuery.Place(due: $0.stored.due, number: $0.stored.number).cursor
      })
  }

  /// How many there are in each list; no list is counted above `mostCounted`.
  public func counts(
    _ filter: Filter, of lists: [List], for principal: Principal
  ) async throws(Problem) -> [List: Int] {
    let today = try now().day
    let shares = try await map.deputies.shares(of: principal)
    var counts: [List: Int] = [:]
    for list in lists {
      var own = filter
      own.list = list
      let queries = self.queries(own, today, shares, for: principal)
      counts[list] = try await map.asked { store throws(StoreError) in
        var sum = 0
        for query in queries {
          sum += try await store.caseCount(
            query, atMost: Self.mostCounted, in: principal.caseScope)
        }
        return min(sum, Self.mostCounted)
      }
    }
    return counts
  }

  private func heads(
    _ filter: Filter, after place: CaseQuery.Place?, limit: Int, for principal: Principal
  ) async throws(Problem) -> [CaseHead] {
    var found: [CaseHead] = []
    let shares = filter.list == .mine ? try await map.deputies.shares(of: principal) : []
    for var query in queries(filter, try now().day, shares, for: principal) {
      // Those of which no clock runs come after all others.
      if query.order == .due, let place, place.due == nil { continue }
      if !(query.isDueless && place?.due != nil) { query.after = place }
      let (asked, left) = (query, limit - found.count)
      guard left > 0 else { break }
      found += try await map.asked { store throws(StoreError) in
        try await store.cases(asked, after: nil, limit: left, in: principal.caseScope)
      }
    }
    return found
  }

  /// What a list is in the store: one query, or one for cases with a clock and one for the rest, so
  /// that each follows an index.
  private func queries(
    _ filter: Filter, _ today: LegalDate, _ shares: [DeputyShare], for principal: Principal
  ) -> [CaseQuery] {
    var query = CaseQuery(
      numberPrefix: filter.number, procedure: filter.procedure, project: filter.project,
      isOpen: filter.list != .all, order: .due)
    query.regionPrefix = filter.region
    query.stage = filter.stage
    if let clock = filter.clock, let since = today.adding(days: -Self.figureDays) {
      query.ended = CaseQuery.Ended(clock: clock, since: since, isLate: filter.isLate)
    }
    switch filter.list {
    case .dueSoon:
      query.dueFrom = today
      query.dueUntil = today.adding(days: Self.nearDays)
      return [query]
    case .overdue:
      query.dueUntil = today.adding(days: -1)
      return [query]
    case .all:
      query.order = .number
      return [query]
    case .mine:
      query.roles = roles(of: principal)
      query.shares = shares.map(\.query)
    case .open: break
    }
    var rest = query
    rest.isDueless = true
    rest.order = .number
    return [query, rest]
  }

  /// A case with its clocks, documents and what may be done in it.
  ///
  /// - `shares`: what the reader may do for others, where somebody asked already.
  public func view(
    _ number: String, shares known: [DeputyShare]? = nil, for principal: Principal
  ) async throws(Problem) -> CaseView {
    var shares = known ?? []
    if known == nil { shares = try await map.deputies.shares(of: principal) }
    let known = try await loaded(number, for: principal)
    let workflow = try workflow(of: known.state)
    let opening = known.state.opening
    let own = shares.filter { $0.covers(opening.procedure, in: opening.region) }
    let isDeputy = own.contains { !$0.roles.isDisjoint(with: workflow.definition.roles) }
    let reading = isDeputy ? .whole : reading(of: workflow.definition, for: principal)
    let isAlone = try await isAlone(principal)
    do throws(CalendarError) {
      return try CaseView(
        known.state, known.events, workflow, as: roles(of: principal),
        CaseView.Reader(id: principal.actor.id, shares: own, reading: reading, isAlone: isAlone),
        on: max(try legalDay(), known.state.lastDay))
    } catch {
      throw CaseWording.problem(.calendar(error), at: number)
    }
  }

  private func legalDay() throws(CalendarError) -> LegalDate {
    guard let day = map.clock.now().day(secondsEast: Clock.secondsEast) else { throw .empty }
    return day
  }
}

extension CaseQuery.Place {
  /// `2025-03-07.YD…`, or `-.YD…` where no clock runs.
  init?(_ cursor: String) {
    let parts = cursor.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[1].utf8.count <= 64 else { return nil }
    let day = LegalDate(parts[0])
    guard day != nil || parts[0] == "-" else { return nil }
    self.init(due: day, number: parts[1])
  }

  var cursor: String { (due?.description ?? "-") + "." + number }
}
