public import KarezCore
public import KarezRules

/// 办件状态: what the events of a case come to.
public struct CaseState: Hashable, Sendable {
  /// 材料状态: a document, and what its review said.
  public struct Held: Hashable, Sendable {
    public let document: CaseDocument
    /// Nil before anybody reviewed it.
    public var isAccepted: Bool?
    public var note = ""
  }

  public let opening: CaseOpening
  /// The version of the procedure it stands under now.
  public private(set) var procedureVersion: String
  /// How many events there are; what an order has to have seen.
  public private(set) var version: Int
  /// The states it is in; more than one while branches run beside one another.
  public private(set) var marking: Set<String>
  public private(set) var documents: [String: Held] = [:]
  public private(set) var facts: [FactID: FactValue] = [:]
  /// The last run of each clock.
  public private(set) var clocks: [String: ClockRun] = [:]
  /// Runs before the last, in order.
  public private(set) var formerRuns: [ClockRun] = []
  public private(set) var lastDay: LegalDate
  public private(set) var lastAt: Timestamp
  /// What steps ordered, in order, and what came of it.
  public private(set) var effectRuns: [EffectRun] = []
  public private(set) var letter: LetterMark?
  /// Who ever made each step.
  public private(set) var makers: [String: Set<String>] = [:]
  /// Who confirmed that a fee was paid in cash, by the fee's name.
  public private(set) var cashiers: [String: Set<String>] = [:]

  /// The state after these events.
  ///
  /// - Errors: `CaseHistoryError` where they are no history of a case.
  public init(_ events: some Collection<CaseEvent>) throws(CaseHistoryError) {
    guard let first = events.first, first.position == 1, case .opened(let opening) = first.fact
    else { throw .doesNotBegin }
    self.opening = opening
    procedureVersion = opening.version
    version = 1
    marking = [opening.state]
    lastDay = first.on
    lastAt = first.at
    for event in events.dropFirst() { try apply(event) }
  }

  /// Takes one event more.
  public mutating func apply(_ event: CaseEvent) throws(CaseHistoryError) {
    guard event.position == version + 1 else {
      throw .gap(expected: version + 1, found: event.position)
    }
    switch event.fact {
    case .opened: throw .openedTwice(position: event.position)
    case .documentAttached(let document): documents[document.id] = Held(document: document)
    case .documentReviewed(let document, let isAccepted, let note):
      documents[document]?.isAccepted = isAccepted
      documents[document]?.note = note
    case .established(let fact, let value): facts[fact] = value
    case .moved(let step, let took, let put):
      guard marking.isSuperset(of: took) else { throw .impossible(position: event.position) }
      makers[step, default: []].insert(event.actor)
      marking = marking.subtracting(took).union(put)
    case .clockStarted(let clock, let term, let promised, let from):
      if let former = clocks[clock] { formerRuns.append(former) }
      clocks[clock] = ClockRun(term: term, promised: promised, began: from)
    case .clockStopped(let clock):
      clocks[clock]?.stopped = event.on
      end(pausesOf: clock, on: event.on) { _ in true }
    case .paused(let reason, let title, let paused, let citations):
      for clock in paused {
        clocks[clock]?.pauses.append(
          ClockRun.Pause(reason: reason, title: title, citations: citations, from: event.on))
      }
    case .resumed(let reason):
      for clock in clocks.keys { end(pausesOf: clock, on: event.on) { $0 == reason } }
    case .extended(let clock, let length, let citations, _):
      clocks[clock]?.grants.append(
        ClockRun.Grant(on: event.on, length: length, citations: citations))
    case .ordered(let effect):
      effectRuns.append(
        EffectRun(
          position: event.position, effect: effect, on: event.on, actor: event.actor,
          deputyFor: event.deputyFor, standing: .waiting))
    case .effectDone(let order, let result): try settle(order, .done(result), event)
    case .effectRefused(let order, let refusal): try settle(order, .refused(refusal), event)
    case .effectRetried(let order): try settle(order, .waiting, event)
    case .letterWritten(let mark): letter = mark
    case .migrated(let version, let states):
      procedureVersion = version
      marking = Set(marking.map { states[$0] ?? $0 })
    }
    version = event.position
    lastDay = max(lastDay, event.on)
    lastAt = max(lastAt, event.at)
  }

  private mutating func settle(
    _ order: Int, _ standing: EffectRun.Standing, _ event: CaseEvent
  ) throws(CaseHistoryError) {
    guard let place = effectRuns.firstIndex(where: { $0.position == order }) else {
      throw .impossible(position: event.position)
    }
    effectRuns[place].standing = standing
    guard effectRuns[place].effect.kind == .fee, case .done(let result) = standing,
      result["channel"]?.string == CaseState.cash
    else { return }
    cashiers[effectRuns[place].effect.of, default: []].insert(event.actor)
  }

  private mutating func end(
    pausesOf clock: String, on day: LegalDate, where isMeant: (String) -> Bool
  ) {
    guard var run = clocks[clock] else { return }
    for index in run.pauses.indices
    where run.pauses[index].through == nil && isMeant(run.pauses[index].reason) {
      run.pauses[index].through = day
    }
    clocks[clock] = run
  }

  /// 现金: how the result of a fee says that an officer took the money.
  public static let cash = "cash"

  public var effects: [CaseEffect] { effectRuns.map(\.effect) }

  /// What an effect of this kind came to last, by what it is of.
  public func run(of kind: CaseEffect.Kind, _ of: String? = nil) -> EffectRun? {
    effectRuns.last { $0.effect.kind == kind && (of == nil || $0.effect.of == of) }
  }

  /// The land of the case; nil before its boundary was attached.
  public var boundary: CaseBoundary? {
    documents.values.compactMap(\.document.boundary).first
  }

  /// Clocks that run, paused ones among them, by id.
  public var running: [(id: String, run: ClockRun)] {
    clocks.filter { $0.value.stopped == nil }.sorted { $0.key < $1.key }
      .map { (id: $0.key, run: $0.value) }
  }

  /// Reasons for which a clock of the case is paused.
  public var pausedFor: Set<String> {
    Set(
      clocks.values.flatMap { run in run.pauses.filter { $0.through == nil }.map(\.reason) })
  }
}

/// Why events are no history of a case: somebody altered them, or they are of another.
public enum CaseHistoryError: Error, Hashable, Sendable {
  case doesNotBegin
  case openedTwice(position: Int)
  case gap(expected: Int, found: Int)
  case impossible(position: Int)
}
