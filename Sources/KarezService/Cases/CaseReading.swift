import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

/// 办件查阅: how much of a case whoever asks is shown.
public enum CaseReading: Int, Comparable, Hashable, Sendable {
  /// Where it stands, by when, and which steps were made; nobody's name and no paper.
  case outline
  /// All there is, papers too.
  case whole

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Principal {
  /// What offices that keep an installation do; whoever does such things reads no business in it.
  private static let keeping: Set<Permission> = [
    .manageAccounts, .manageJobs, .approveGrants, .classify, .publishPacks,
  ]

  /// Whether cases are there for somebody at all: for those who act in them, supervise, or audit,
  /// and for everybody else of an office but its administrators.
  private var looksAtCases: Bool {
    if caseRoles != nil || may(.signOff) || may(.readLog) { return true }
    if roles.contains(where: { !$0.cases.isEmpty }) { return true }
    // A token holds less than its owner, and is of the same office.
    let held = roles.reduce(into: permissions) { $0.formUnion($1.permissions) }
    return held.isDisjoint(with: Self.keeping)
  }

  /// The scope in which somebody reads cases: none, for whom cases are not there.
  var caseScope: Scope { looksAtCases ? scope : scope.held(to: .regions([])) }
}

extension Cases {
  /// How much of a procedure's cases somebody is shown, by what they are themselves.
  func reading(
    of definition: WorkflowDefinition, for principal: Principal
  ) -> CaseReading {
    // Whoever applies reads their own case, and no other reaches here.
    if principal.caseRoles != nil { return .whole }
    let isOfficer = !roles(of: principal).isDisjoint(with: definition.roles)
    return isOfficer || principal.may(.signOff) || principal.may(.readLog) ? .whole : .outline
  }

  /// As `reading`, with what somebody may do for others.
  func reading(
    of known: Loaded, _ definition: WorkflowDefinition, for principal: Principal
  ) async throws(Problem) -> CaseReading {
    let own = reading(of: definition, for: principal)
    guard own < .whole else { return own }
    let opening = known.state.opening
    let isDeputy = try await map.deputies.shares(of: principal).contains {
      $0.covers(opening.procedure, in: opening.region)
        && !$0.roles.isDisjoint(with: definition.roles)
    }
    return isDeputy ? .whole : own
  }

  /// A case of which somebody is shown all; nil of one they are shown less of.
  ///
  /// - Errors: `case-unknown` for one that is not there for them at all.
  func whole(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> Loaded? {
    let known = try await loaded(number, for: principal)
    let definition = try workflow(of: known.state).definition
    let reading = try await reading(of: known, definition, for: principal)
    return reading == .whole ? known : nil
  }

  // MARK: What the log is told

  /// Tells the log who takes papers of a case; not of an applicant's own, by the applicant.
  func noteRead(
    of papers: [String], in number: String, by principal: Principal
  ) async throws(Problem) {
    guard principal.caseRoles == nil else { return }
    try await map.reads.note(.papers(of: number), papers)
  }
}

extension WorkflowDefinition {
  /// Whether a step decides what becomes of a case: the applicant is sent a letter, or told an
  /// outcome that was none before.
  func decides(_ transition: Transition) -> Bool {
    if letter?.templates[transition.id] != nil { return true }
    guard let outcome = service?.outcome(of: transition.to) else { return false }
    return outcome != service?.outcome(of: transition.origin.states)
  }
}

extension CaseEvent {
  /// Events as an outline tells them: steps and clocks, without names, papers, facts or remarks;
  /// numbered anew, so that they are a history still.
  static func outlined(_ events: [CaseEvent]) -> [CaseEvent] {
    events.compactMap { event -> (CaseEvent, Fact)? in
      switch event.fact {
      case .opened(let opening): (event, .opened(opening.outlined))
      case .moved, .clockStarted, .clockStopped, .paused, .resumed, .migrated: (event, event.fact)
      case .extended(let clock, let length, let citations, _):
        (event, .extended(clock: clock, length: length, citations: citations, note: ""))
      default: nil
      }
    }.enumerated().map { place, told in
      CaseEvent(position: place + 1, at: told.0.at, on: told.0.on, actor: "", fact: told.1)
    }
  }
}

extension CaseOpening {
  /// As an outline tells it: not who applied.
  var outlined: CaseOpening {
    CaseOpening(
      number: number, procedure: procedure, version: version, region: region, project: project,
      applicant: "", state: state, parent: parent)
  }
}
