public import KarezCore
import KarezRules

/// 项目进度: how far a project is along its chain on a day: what is done, what runs, what is missing.
///
/// - Shape: a function of the chain, the events of the project's cases, the calendar and the day.
public struct ProjectProgress: Sendable {
  /// 项目办件: a case of the project, under the version it stands under.
  public struct Case: Sendable {
    public let state: CaseState
    public let definition: WorkflowDefinition
    /// Steps that were made in it.
    public let made: Set<String>

    public init(_ events: [CaseEvent], _ definition: WorkflowDefinition) throws(CaseHistoryError) {
      state = try CaseState(events)
      self.definition = definition
      made = Set(
        events.compactMap { event in
          if case .moved(let step, _, _) = event.fact { step } else { nil }
        })
    }

    public var number: String { state.opening.number }
    public var isOver: Bool { definition.isOver(state.marking) }
  }

  /// 缺失环节: what a step waits for, or was made without.
  public enum Lack: Hashable, Sendable {
    /// Nothing shows that another department did it.
    case notThere(step: String)
    /// No case of it came to what is needed.
    case notDecided(step: String)
    /// It was decided, and is no longer valid.
    case expired(step: String, on: LegalDate)
  }

  public enum Standing: Hashable, Sendable {
    case done
    case running
    /// Every case of it ended without what it is for.
    case failed
    /// Nothing stands against it.
    case ready
    case waiting
    /// Of another department, which tells us nothing of it here.
    case unknown
    /// Only some projects have it, and this one does not show it.
    case mayBe
  }

  /// 环节进度.
  public struct Line: Sendable {
    public let step: ProjectChain.Step
    public let standing: Standing
    public let cases: [Case]
    public let lacks: [Lack]
  }

  public let chain: ProjectChain
  public let lines: [Line]
  private let cases: [Case]

  /// - Errors: `CalendarError` where the calendar does not reach.
  public init(
    _ chain: ProjectChain, _ cases: [Case], by calendar: WorkCalendar, on today: LegalDate
  ) throws(CalendarError) {
    self.chain = chain
    self.cases = cases
    let view = Look(chain: chain, cases: cases, clock: StatutoryClock(calendar: calendar), today)
    var lines: [Line] = []
    for step in chain.steps { lines.append(try view.line(of: step)) }
    self.lines = lines
  }

  /// Clocks of the project's cases that count towards the whole, each with its case.
  public var counted: [(number: String, clock: String, run: ClockRun)] {
    var found: [(number: String, clock: String, run: ClockRun)] = []
    for step in chain.steps {
      for one in cases where one.state.opening.procedure == step.procedure {
        for clock in step.counts {
          guard let run = one.state.clocks[clock],
            !found.contains(where: { $0.number == one.number && $0.clock == clock })
          else { continue }
          found.append((one.number, clock, run))
        }
      }
    }
    return found.sorted { ($0.run.began, $0.number) < ($1.run.began, $1.number) }
  }

  public func clock(limit: Int) -> ProjectClock {
    ProjectClock(limit: limit, cases: counted.map(\.run))
  }
}

/// What one step of a chain comes to, as its project stands.
private struct Look {
  let chain: ProjectChain
  let cases: [ProjectProgress.Case]
  let clock: StatutoryClock
  let today: LegalDate

  init(
    chain: ProjectChain, cases: [ProjectProgress.Case], clock: StatutoryClock, _ today: LegalDate
  ) {
    self.chain = chain
    self.cases = cases
    self.clock = clock
    self.today = today
  }

  func line(of step: ProjectChain.Step) throws(CalendarError) -> ProjectProgress.Line {
    let own = cases(of: step)
    var lacks: [ProjectProgress.Lack] = []
    for need in step.needs { if let lack = try lack(need) { lacks.append(lack) } }
    let standing: ProjectProgress.Standing
    switch step.body {
    case .outside: standing = isShown(step) ? .done : lacks.isEmpty ? .unknown : .waiting
    case .procedure:
      if own.contains(where: { isDone($0, step) }) {
        standing = .done
      } else if own.contains(where: { !$0.isOver }) {
        standing = .running
      } else if !own.isEmpty {
        standing = .failed
      } else {
        standing = step.only != nil ? .mayBe : lacks.isEmpty ? .ready : .waiting
      }
    }
    // What may not be there, and what was done elsewhere, waits for nothing here.
    let isTold = standing != .mayBe && !(standing == .done && own.isEmpty)
    return ProjectProgress.Line(
      step: step, standing: standing, cases: own, lacks: isTold ? lacks : [])
  }

  private func cases(of step: ProjectChain.Step) -> [ProjectProgress.Case] {
    cases.filter { $0.state.opening.procedure == step.procedure }
  }

  /// Whether a case came to what the chain wants of it, and is over.
  private func isDone(_ one: ProjectProgress.Case, _ step: ProjectChain.Step) -> Bool {
    guard one.isOver else { return false }
    let wanted = chain.decisions(of: step.id)
    if !wanted.isEmpty { return !wanted.isDisjoint(with: one.made) }
    guard let outcome = one.definition.service?.outcomes.first else { return true }
    return !one.state.marking.isDisjoint(with: outcome.states)
  }

  /// Whether some case holds the paper another department gave.
  private func isShown(_ step: ProjectChain.Step) -> Bool {
    chain.steps.contains { later in
      later.needs.contains { need in
        guard need.of == step.id, let document = need.fills else { return false }
        return cases(of: later).contains { one in
          one.state.documents[document].map { $0.isAccepted != false } ?? false
        }
      }
    }
  }

  /// Why a need is not met; nil where it is, or where this project may not have the step.
  private func lack(
    _ need: ProjectChain.Need
  ) throws(CalendarError) -> ProjectProgress.Lack? {
    guard let step = chain.step(need.of) else { return nil }
    guard step.procedure != nil else {
      // What nobody hands in here cannot be told to be missing.
      let isTold = chain.steps.contains { later in
        later.needs.contains { $0.of == step.id && $0.fills != nil }
      }
      return isTold && !isShown(step) ? .notThere(step: step.id) : nil
    }
    let own = cases(of: step)
    if own.isEmpty, step.only != nil { return nil }
    let decided = own.filter { !$0.made.isDisjoint(with: need.decisions) }
    guard !decided.isEmpty else { return .notDecided(step: step.id) }
    guard let within = need.within else { return nil }
    var last: LegalDate?
    for one in decided {
      guard let run = one.state.clocks[within] else { return nil }
      let day = try clock.due(run, on: today).day
      if day >= today { return nil }
      last = last.map { max($0, day) } ?? day
    }
    return last.map { .expired(step: step.id, on: $0) }
  }
}
