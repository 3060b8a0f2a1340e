public import KarezCore
public import KarezRules

/// 收费说明: what a fee of a procedure is, by which article, and who has to do with its money.
public struct FeeForm: Hashable, Sendable {
  /// 收费标准: as the pack states it, or as an officer worked it out.
  public enum Amount: Hashable, Sendable {
    /// Yuan with two decimals.
    case given(String)
    /// A text that is established in the case, in the same form.
    case fact(FactID)

    var values: [CaseValue] {
      if case .fact(let id) = self { [.fact(id)] } else { [] }
    }
  }

  public let title: LocalizedText
  public let amount: Amount
  public let citations: [Citation]
  public let certainty: Certainty
  /// Who confirms that it was paid in cash.
  public let collectedBy: [String]
  /// Who lets it go, or has it paid back.
  public let waivedBy: [String]
  /// 收款与审批分离: steps that decide; who makes one of them takes no cash in the case.
  public let decidedBy: [String]

  public init(
    title: LocalizedText, amount: Amount, citations: [Citation], certainty: Certainty,
    collectedBy: [String], waivedBy: [String], decidedBy: [String]
  ) {
    self.title = title
    self.amount = amount
    self.citations = citations
    self.certainty = certainty
    self.collectedBy = collectedBy
    self.waivedBy = waivedBy
    self.decidedBy = decidedBy
  }
}

extension WorkflowDefinition {
  /// A fee by its name; nil where the procedure has none of it.
  public func fee(_ name: String) -> FeeForm? {
    for form in forms where form.of == name {
      if case .fee(let fee) = form.act { return fee }
    }
    return nil
  }

  /// A fee of the step's case whose cash this person took; nil where there is none.
  public func cashTaken(
    before transition: String, in state: CaseState, by actor: String
  ) -> String? {
    state.cashiers.sorted { $0.key < $1.key }.first { name, actors in
      actors.contains(actor) && fee(name)?.decidedBy.contains(transition) == true
    }?.key
  }
}

extension CaseState {
  /// Whether nothing is owed any more of a fee; one that was never charged is not owed.
  public func isSettled(fee name: String) -> Bool {
    guard let run = run(of: .fee, name) else { return true }
    return run.result != nil
  }

  /// Whether a fee was charged; a charge that was refused is to be mended and not repeated.
  public func isCharged(fee name: String) -> Bool { run(of: .fee, name) != nil }
}

extension Transition {
  /// Fees the step charges.
  public var charges: [String] { effects.filter { $0.kind == .fee }.map(\.of) }
}
