/// Why a procedure is refused on load; ids are those of the definition.
public enum WorkflowFault: Hashable, Sendable {
  case noBeginning
  case severalBeginnings([String])
  case noEnd
  case unknownState(String, transition: String)
  case unknownRole(String, place: String)
  case unknownDocument(String, place: String)
  case unknownFact(String, place: String)
  case unknownClock(String, place: String)
  /// A letter for a step there is none of, or another person than the one who made no such step.
  case unknownStep(String, place: String)
  /// A posting that uses or lets go what none sets aside.
  case unknownHold(String, place: String)
  /// A fee that no form describes, or that none of the steps charges.
  case unknownFee(String, place: String)
  case feeWithoutArticle(String)
  case clockWithoutArticle(String)
  case pauseWithoutArticle(String)
  /// Promised longer than the law allows.
  case promiseTooLong(clock: String, promised: Int, term: Int)
  case nobodyMay(transition: String)
  case clockNeverStarted(String)
  /// A case never gets there.
  case unreachable(state: String)
  /// The step can never be made.
  case neverEnabled(transition: String)
  /// A case that stands there never ends.
  case deadEnd(states: [String])
  /// Steps that follow one another by themselves without end.
  case automaticCycle(transitions: [String])
  /// The step would put a case into a state it is in already.
  case heldTwice(state: String, transition: String)
  /// A branch is left over when the case ends.
  case branchLeftOver(states: [String])
  /// A transition out of an end.
  case leavesAnEnd(transition: String)
  /// More combinations of branches than are looked at.
  case tooManyMarkings(allowed: Int)
}
