public import KarezCore

/// 要素版本: a feature as it was recorded at a commit.
public struct VersionReference: Hashable, Sendable {
  public let dataset: String
  public let id: String
  public let commit: Int

  public init(dataset: String, id: String, commit: Int) {
    self.dataset = dataset
    self.id = id
    self.commit = commit
  }
}

/// A quantity that was made: which transaction, and which of its moves, from 0.
public struct LotName: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let transaction: Int64
  public let move: Int

  public init(transaction: Int64, move: Int) {
    self.transaction = transaction
    self.move = move
  }

  public static func < (left: LotName, right: LotName) -> Bool {
    (left.transaction, left.move) < (right.transaction, right.move)
  }

  public var description: String { "\(transaction).\(move)" }

  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let transaction = Int64(parts[0]), let move = Int(parts[1]),
      transaction > 0, move >= 0
    else { return nil }
    self.init(transaction: transaction, move: move)
  }
}

/// 占补挂钩关系: so much of an occupied feature is compensated by what that lot was made of.
public struct Pairing: Hashable, Sendable {
  public let occupied: VersionReference
  /// What the occupied land is: its class, grade and whether it is paddy.
  public let part: AccountPart
  public let lot: LotName
  /// In units of the account's last decimal.
  public let units: Int64

  public init(occupied: VersionReference, part: AccountPart, lot: LotName, units: Int64) {
    self.occupied = occupied
    self.part = part
    self.lot = lot
    self.units = units
  }
}

/// 一笔借贷: so much from one account to another; both sides at once, so sums always balance.
public struct Move: Hashable, Sendable {
  /// The id of the rule it follows; empty for what is no rule's: carrying over, counter-posting.
  public let rule: String
  public let from: AccountName
  public let to: AccountName
  /// In units of the accounts' last decimal; above zero.
  public let units: Int64
  /// The feature the quantity was made of, under a rule that makes some.
  public let made: VersionReference?
  public let pairings: [Pairing]

  public init(
    rule: String, from: AccountName, to: AccountName, units: Int64, made: VersionReference? = nil,
    pairings: [Pairing] = []
  ) {
    self.rule = rule
    self.from = from
    self.to = to
    self.units = units
    self.made = made
    self.pairings = pairings
  }
}

/// What is to happen.
public enum LedgerAct: Hashable, Sendable {
  /// 开户: an account that has nothing yet; the first posting to one opens it as well.
  case open(AccountName)
  /// 记账: moves under rules; where a rule wants a price, the money is among them.
  case post([Move])
  /// 冻结: so many units of the account are set aside; the transaction's number is the hold's.
  case hold(AccountName, units: Int64)
  /// 解冻: so much of a hold, or all that is left of it, may be used again.
  case release(hold: Int64, units: Int64?)
  /// 使用冻结数额: moves out of the held account, taken from what was set aside.
  case consume(hold: Int64, [Move])
  /// 结转: what the account holds goes where its kind says at the end of the year.
  case carryOver(AccountName)
  /// 冲销: the counter-posting of a transaction; there is no other way to undo one.
  case reverse(Int64)
}

/// 记账指令: what is to be recorded, of which day, why, and under which key.
public struct LedgerOrder: Hashable, Sendable {
  /// The same key is the same order: it is recorded once, however often it is sent.
  public let key: String
  public let act: LedgerAct
  /// The day from which it counts.
  public let day: LegalDate
  public let reason: String
  public let caseNumber: String?

  public init(
    key: String, _ act: LedgerAct, on day: LegalDate, reason: String, caseNumber: String? = nil
  ) {
    self.key = key
    self.act = act
    self.day = day
    self.reason = reason
    self.caseNumber = caseNumber
  }
}
