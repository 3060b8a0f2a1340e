import KarezCore
public import KarezRules

/// 记账说明: what a posting of a case does to accounts of its county and year.
///
/// What a case will need is set aside (冻结) when it is taken up, used once it is decided, or let go
/// when it is refused or withdrawn; a quantity that nothing limits is posted at once.
public struct PostingForm: Hashable, Sendable {
  public enum Act: Hashable, Sendable {
    case post
    case hold(PostedMove.Account, amount: CaseValue)
    /// Uses what the posting of this name set aside, all of it.
    case use(hold: String)
    case release(hold: String)
  }

  public let act: Act
  /// None where it only sets aside or lets go.
  public let moves: [PostedMove]

  public init(_ act: Act, moves: [PostedMove] = []) {
    self.act = act
    self.moves = moves
  }

  /// The posting whose amount this one uses or lets go.
  public var ofHold: String? {
    switch act {
    case .use(let hold), .release(let hold): hold
    case .post, .hold: nil
    }
  }

  /// Every value it asks for.
  public var values: [CaseValue] {
    var values = moves.flatMap(\.values)
    if case .hold(let account, let amount) = act { values += [amount] + account.values }
    return values
  }
}

/// 记账分录说明: one move between accounts.
public struct PostedMove: Hashable, Sendable {
  /// Kind and part of an account.
  public struct Account: Hashable, Sendable {
    public let kind: String
    public let part: String
    /// The lot whose part it has; nil where the part is given.
    public let lot: CaseValue?

    public init(kind: String, part: String, lot: CaseValue? = nil) {
      self.kind = kind
      self.part = part
      self.lot = lot
    }

    var values: [CaseValue] { lot.map { [$0] } ?? [] }
  }

  /// Which change occupied the land, and which lot makes up for it.
  public struct Compensation: Hashable, Sendable {
    public let change: String
    public let part: CaseValue
    public let lot: CaseValue

    public init(change: String, part: CaseValue, lot: CaseValue) {
      self.change = change
      self.part = part
      self.lot = lot
    }
  }

  public let rule: String
  public let from: Account
  public let to: Account
  /// Nil for all that was set aside.
  public let amount: CaseValue?
  /// The change whose feature the quantity was made of.
  public let made: String?
  public let pairing: Compensation?

  public init(
    rule: String, from: Account, to: Account, amount: CaseValue?, made: String?,
    pairing: Compensation?
  ) {
    self.rule = rule
    self.from = from
    self.to = to
    self.amount = amount
    self.made = made
    self.pairing = pairing
  }

  var values: [CaseValue] {
    (amount.map { [$0] } ?? []) + from.values + to.values
      + (pairing.map { [$0.part, $0.lot] } ?? [])
  }
}

extension WorkflowDefinition {
  /// Facts that postings alone establish; nobody says by hand that quotas were set aside or used.
  public var postedFacts: Set<FactID> {
    Set(
      transitions.flatMap(\.effects).filter { $0.kind == .accountPosting }
        .compactMap(\.establishes))
  }

  /// Facts that are no longer so once an effect is ordered: what it will establish anew, and, where
  /// it lets go what was set aside, that it was.
  func factsOpen(by effect: CaseEffect) -> [FactID] {
    guard effect.kind == .accountPosting else { return [] }
    var names = [effect.of]
    if case .posting(let form)? = form(of: effect)?.act, case .release(let hold) = form.act {
      names.append(hold)
    }
    let effects = transitions.flatMap(\.effects).filter {
      $0.kind == .accountPosting && names.contains($0.of)
    }
    return Set(effects.compactMap(\.establishes)).sorted()
  }
}
