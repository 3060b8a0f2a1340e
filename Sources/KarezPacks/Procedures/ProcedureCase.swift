public import KarezCore
public import KarezRules
public import KarezWorkflow

/// 办件例: a case told day by day, with what must come of it; a procedure's own test.
public struct ProcedureCase: Hashable, Sendable {
  /// 一步: what somebody does, and what then holds.
  public struct Step: Hashable, Sendable {
    public enum Act: Hashable, Sendable {
      case open
      case act(CaseOrder.Act)
    }

    public let place: PackOrigin
    public let on: LegalDate
    public let roles: [String]
    public let act: Act
    /// Documents brought with it.
    public let documents: [String]
    public let facts: [FactID: FactValue]
    public let expectation: Expectation
  }

  /// What must hold after a step.
  public struct Expectation: Hashable, Sendable {
    /// Where the case then stands; nil where it is not asked.
    public let states: [String]?
    /// The last day of clocks that run.
    public let due: [String: LegalDate]
    /// Clocks that do not run, or not any more.
    public let idle: [String]
    /// Effects the step orders, as `kind:of`.
    public let effects: [String]
    /// The refusal there must be, by its code.
    public let refused: String?
  }

  public let place: PackOrigin
  public let name: String
  public let procedure: String
  public let version: String?
  public let region: String
  public let steps: [Step]
}
