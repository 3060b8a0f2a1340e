public import KarezCore

/// 服务事项: what a procedure is to whoever applies, and what of its cases everybody may see.
public struct PublicService: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// 行政许可.
    case licence
    /// 审批 that one authority asks of another.
    case approval
    /// 汇交与登记.
    case filing
    /// 依申请公开.
    case request
    /// 救济.
    case remedy
  }

  /// 办理结果: how a case was decided, by the states it then stands in.
  public struct Outcome: Hashable, Sendable {
    public let title: LocalizedText
    public let states: [String]

    public init(title: LocalizedText, states: [String]) {
      self.title = title
      self.states = states
    }
  }

  public let kind: Kind
  public let purpose: LocalizedText
  /// Who may apply, in plain words.
  public let eligibility: LocalizedText
  /// Documents the applicant brings; the others the authority makes itself.
  public let brings: [String]
  /// Clocks whose stop is the decision; the first that was stopped counts.
  public let decidedBy: [String]
  public let outcomes: [Outcome]
  /// Whether its cases stand in the public register.
  public let isRegistered: Bool

  /// - `isRegistered`: nil where the pack does not say; then only licences are public.
  public init(
    kind: Kind, purpose: LocalizedText, eligibility: LocalizedText, brings: [String],
    decidedBy: [String], outcomes: [Outcome], isRegistered: Bool?
  ) {
    self.kind = kind
    self.purpose = purpose
    self.eligibility = eligibility
    self.brings = brings
    self.decidedBy = decidedBy
    self.outcomes = outcomes
    self.isRegistered = isRegistered ?? (kind == .licence)
  }

  /// How a case that stands there was decided; nil where it was not.
  public func outcome(of states: some Sequence<String>) -> Outcome? {
    let held = Set(states)
    return outcomes.first { !held.isDisjoint(with: $0.states) }
  }
}
