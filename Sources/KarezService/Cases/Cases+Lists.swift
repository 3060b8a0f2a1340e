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
    /// Open ones whose next clock ends within a week.
    case dueSoon = "due-soon"
    /// Open ones whose next clock has run out.
    case overdue
    case all
  }

  /// Cases of a list, those due first before others; at most `limit`.
  public func list(
    _ list: List, procedure: String? = nil, project: String? = nil, limit: Int = 50,
    after last: CaseHead? = nil, for principal: Principal
  ) async throws(Problem) -> [CaseHead] {
    let today = try now().day
    var query = CaseQuery(
      procedure: procedure, project: project, isOpen: list != .all,
      order: [.dueSoon, .overdue].contains(list) ? .due : .number)
    switch list {
    case .mine: query.roles = roles(of: principal)
    case .dueSoon: query.dueUntil = today.adding(days: 7)
    case .overdue: query.dueUntil = today.adding(days: -1)
    case .open, .all: break
    }
    let asked = query
    return try await map.asked { store throws(StoreError) in
      try await store.cases(asked, after: last, limit: limit, in: principal.scope)
    }
  }

  /// A case with its clocks, documents and what may be done in it.
  public func view(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> CaseView {
    let known = try await loaded(number, for: principal)
    let workflow = try workflow(of: known.state)
    do throws(CalendarError) {
      return try CaseView(
        known.state, known.events, workflow, as: roles(of: principal),
        on: max(try today(), known.state.lastDay))
    } catch {
      throw CaseWording.problem(.calendar(error), at: number)
    }
  }

  private func today() throws(CalendarError) -> LegalDate {
    guard let day = map.clock.now().day(secondsEast: Clock.secondsEast) else { throw .empty }
    return day
  }
}
