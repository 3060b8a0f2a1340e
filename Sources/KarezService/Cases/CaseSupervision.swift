public import KarezCore
import KarezPacks
import KarezStore
public import KarezWorkflow

/// 办件督查: where cases stand, and how many days they take against what the law gives.
///
/// - Shape: made of sums the store forms, so it costs as much as there are open cases and terms
///   that ended within a year, and no event is read.
public struct CaseSupervision: Hashable, Sendable {
  /// How many cases stand somewhere.
  public struct Count: Hashable, Sendable {
    public internal(set) var open = 0
    public internal(set) var overdue = 0
    public internal(set) var near = 0
  }

  /// A place of a procedure; a case in two places at once counts in both.
  public struct Stage: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let count: Count
  }

  public struct Procedure: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let count: Count
    /// In the order of the procedure; only where cases stand.
    public let stages: [Stage]
  }

  /// What was used of a term.
  public struct Taken: Hashable, Sendable {
    public let count: Int
    public let late: Int
    /// Half of the terms took no more, nine tenths took no more; in the unit of the term.
    public let median: Int
    public let ninetieth: Int
  }

  public struct TermLine: Hashable, Sendable {
    public let procedure: String
    public let procedureTitle: LocalizedText
    public let clock: DeclaredClock
    public let whole: Taken
    /// By county, in the order of its code.
    public let counties: [County]

    public struct County: Hashable, Sendable {
      public let code: String
      public let taken: Taken
    }
  }

  public struct CountyCount: Hashable, Sendable {
    public let code: String
    public let count: Count
  }

  public let total: Count
  public let procedures: [Procedure]
  public let counties: [CountyCount]
  public let terms: [TermLine]
  /// Terms that ended then or later are looked at.
  public let since: LegalDate
}

extension Cases {
  /// The figures of a procedure or all, of a region or all that the reader may see.
  public func supervision(
    procedure: String? = nil, region: String? = nil, for principal: Principal
  ) async throws(Problem) -> CaseSupervision {
    let today = try now().day
    let query = CaseFiguresQuery(
      procedure: procedure, regionPrefix: region, today: today,
      near: today.adding(days: Self.nearDays) ?? today,
      since: today.adding(days: -Self.figureDays) ?? today)
    let figures = try await map.asked { store throws(StoreError) in
      try await store.caseFigures(query, in: principal.caseScope)
    }
    return CaseSupervision(figures, map.packs, since: query.since)
  }
}

extension CaseSupervision {
  init(_ figures: CaseFigures, _ packs: PackLibrary, since: LegalDate) {
    func definition(_ id: String) -> WorkflowDefinition? {
      packs.procedures.first { $0.id == id }
    }
    total = Count(figures.standing)
    procedures = Dictionary(grouping: figures.standing, by: \.procedure)
      .sorted { $0.key < $1.key }
      .map { id, standing in
        let own = definition(id)
        let known = own?.states.map(\.id) ?? []
        let all = Set(standing.flatMap(\.states))
        let stages = known.filter(all.contains) + all.subtracting(known).sorted()
        return Procedure(
          id: id, title: own?.title ?? LocalizedText(zh: id, en: id), count: Count(standing),
          stages: stages.map { stage in
            Stage(
              id: stage, title: own?.state(stage)?.title ?? LocalizedText(zh: stage, en: stage),
              count: Count(standing.filter { $0.states.contains(stage) }))
          })
      }
    counties = Dictionary(grouping: figures.standing, by: \.county)
      .sorted { $0.key < $1.key }
      .map { CountyCount(code: $0.key, count: Count($0.value)) }
    terms = Self.lines(figures.taken, definition)
    self.since = since
  }

  private static func lines(
    _ taken: [CaseFigures.Taken], _ definition: (String) -> WorkflowDefinition?
  ) -> [TermLine] {
    Dictionary(grouping: taken, by: \.procedure).sorted { $0.key < $1.key }
      .flatMap { id, own -> [TermLine] in
        guard let definition = definition(id) else { return [] }
        return definition.clocks.compactMap { clock in
          let ended = own.filter { $0.clock == clock.id }
          guard let whole = Taken(ended) else { return nil }
          let counties = Dictionary(grouping: ended, by: \.county).sorted { $0.key < $1.key }
          return TermLine(
            procedure: id, procedureTitle: definition.title, clock: clock, whole: whole,
            counties: counties.compactMap { code, rows in
              Taken(rows).map { TermLine.County(code: code, taken: $0) }
            })
        }
      }
  }
}

extension CaseSupervision.Count {
  init(_ standing: [CaseFigures.Standing]) {
    for row in standing {
      open += row.count
      overdue += row.overdue
      near += row.near
    }
  }
}

extension CaseSupervision.Taken {
  /// Nil where nothing ended.
  init?(_ rows: [CaseFigures.Taken]) {
    let sorted = rows.sorted { $0.used < $1.used }
    count = sorted.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    late = sorted.reduce(0) { $0 + $1.late }
    median = Self.rank(sorted, (count + 1) / 2)
    ninetieth = Self.rank(sorted, count - count / 10)
  }

  /// The days of the term that stands at a place from 1, by nearest rank.
  private static func rank(_ sorted: [CaseFigures.Taken], _ place: Int) -> Int {
    var passed = 0
    for row in sorted {
      passed += row.count
      if passed >= place { return row.used }
    }
    return sorted.last?.used ?? 0
  }
}
