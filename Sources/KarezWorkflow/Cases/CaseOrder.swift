public import KarezCore
public import KarezRules

/// 办理指令: what somebody wants done in a case.
public struct CaseOrder: Hashable, Sendable {
  public enum Act: Hashable, Sendable {
    case attach(CaseDocument)
    case review(document: String, isAccepted: Bool, note: String)
    case make(transition: String)
    case pause(reason: String)
    case resume(reason: String)
    case extend(clock: String, note: String)
    /// What came of an effect; told by whoever carries effects out.
    case settle(order: Int, EffectRun.Standing)
    case retry(order: Int)
    case write(LetterMark)
    /// Whatever is due by itself; asked for by the timers.
    case tick
    /// Facts alone.
    case establish
  }

  public let act: Act
  public let actor: String
  /// Whom the actor stands in for; nil in their own name.
  public let deputyFor: String?
  /// What the actor may act as in this case.
  public let roles: Set<String>
  public let at: Timestamp
  public let on: LegalDate
  /// How many events the actor had seen.
  public let expecting: Int
  /// Facts that are established with the act.
  public let facts: [FactID: FactValue]
  /// Whether there is nobody else yet who could act: an office begins before it is filled.
  public var isAlone = false

  public init(
    _ act: Act, by actor: String, as roles: Set<String>, at: Timestamp, on: LegalDate,
    expecting: Int, facts: [FactID: FactValue] = [:], deputyFor: String? = nil
  ) {
    self.deputyFor = deputyFor
    self.act = act
    self.actor = actor
    self.roles = roles
    self.at = at
    self.on = on
    self.expecting = expecting
    self.facts = facts
  }
}

extension CaseOrder.Act {
  /// Whether it may be told of a case that is over: effects of its last step come after it.
  var mayFollowTheEnd: Bool {
    switch self {
    case .settle, .retry: true
    default: false
    }
  }
}

/// Why an order is not carried out; nothing of it happened.
public enum WorkflowRefusal: Error, Hashable, Sendable {
  case transitionUnknown(String)
  /// The case is not where the step begins.
  case notAllowed(transition: String, from: [String], standing: [String])
  case wrongRole(needed: [String])
  /// Whoever made the other step does not make this one.
  case samePerson(transition: String, made: String)
  /// Somebody acted in between: two decisions at once are one.
  case stale(expected: Int, found: Int)
  case otherVersion(case: String, definition: String)
  case documentUnknown(String)
  case documentMissing([String])
  case documentRejected([String])
  case factUnknown(String)
  case factOfWrongKind(String)
  case factMissing([String])
  case conditionNotMet([String])
  case dateStepsBack(last: LegalDate, given: LegalDate)
  case timeStepsBack(last: Timestamp, given: Timestamp)
  case calendar(CalendarError)
  case isOver
  case reasonUnknown(String)
  case nothingToPause(String)
  case pausedAlready(String)
  case notPaused(String)
  case clockUnknown(String)
  case clockNotRunning(String)
  case notExtendable(String)
  case extendedAlready(clock: String, most: Int)
  case extensionTooLate(clock: String, due: LegalDate)
  case notByHand(transition: String)
  case procedureNotInForce(LegalDate)
  case migrationUnknown(from: String)
  case migrationHasNoState(String)
  case effectUnknown(Int)
  /// It was carried out, or somebody is about to.
  case effectNotRefused(Int)
  case effectSettled(Int)
  case letterUnknown(step: String)
  case feeUnpaid([String])
  /// A fee is charged once a case.
  case feeCharged([String])
}
