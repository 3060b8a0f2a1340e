extension WorkflowRefusal {
  /// Stable, kebab-case; programs and the packs' cases rely on it.
  public var code: String {
    switch self {
    case .transitionUnknown: "transition-unknown"
    case .notAllowed: "transition-not-allowed"
    case .wrongRole: "wrong-role"
    case .stale: "stale-version"
    case .otherVersion: "other-procedure-version"
    case .documentUnknown: "document-unknown"
    case .documentMissing: "document-missing"
    case .documentRejected: "document-rejected"
    case .factUnknown: "fact-unknown"
    case .factOfWrongKind: "fact-of-wrong-kind"
    case .factMissing: "fact-missing"
    case .conditionNotMet: "condition-not-met"
    case .dateStepsBack: "date-steps-back"
    case .timeStepsBack: "time-steps-back"
    case .calendar: "calendar-hole"
    case .isOver: "case-over"
    case .reasonUnknown: "pause-unknown"
    case .nothingToPause: "nothing-to-pause"
    case .pausedAlready: "paused-already"
    case .notPaused: "not-paused"
    case .clockUnknown: "clock-unknown"
    case .clockNotRunning: "clock-not-running"
    case .notExtendable: "not-extendable"
    case .extendedAlready: "extended-already"
    case .extensionTooLate: "extension-too-late"
    case .notByHand: "not-by-hand"
    case .procedureNotInForce: "procedure-not-in-force"
    case .migrationUnknown: "migration-unknown"
    case .migrationHasNoState: "migration-has-no-state"
    }
  }
}
