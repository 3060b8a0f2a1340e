public import KarezCore

/// Why an order is not recorded; carries facts, no sentences.
public enum LedgerError: Error, Hashable, Sendable {
  case kindUnknown(String)
  case partNotOfKind(AccountName)
  case accountUnknown(AccountName)
  case accountTwice(AccountName)
  case ruleUnknown(String)
  case ruleNotInForce(rule: String, LegalDate)
  case notUnderRule(rule: String, from: AccountName, to: AccountName)
  case tooFarApart(rule: String, from: AccountName, to: AccountName)
  case caseMissing(rule: String)
  case featureMissing(rule: String)
  case featureUnasked(rule: String)
  case priceMissing(rule: String, kind: String)
  /// The pairings add up to something else than the move.
  case pairingsDiffer(rule: String, moved: Int64, paired: Int64)
  case lotUnknown(LotName)
  case lotUnlike(LotName, AccountName)
  case lotSpent(LotName, left: Int64, asked: Int64)
  case qualityWorse(LotName, occupied: String)
  case amountNotPositive
  case amountTooLarge
  case nothingToDo
  /// The day is before the account's year, or before what the order is about.
  case dayTooEarly(LegalDate, earliest: LegalDate)
  /// On that day the account would hold less than is to be taken; `available` is the most.
  case overdrawn(AccountName, on: LegalDate, available: Int64, asked: Int64)
  case holdUnknown(Int64)
  case holdSpent(Int64, left: Int64, asked: Int64)
  case notOfHold(Int64, AccountName)
  /// Something is still set aside in the account.
  case heldStill(AccountName, Int64)
  case doesNotCarry(String)
  case transactionUnknown(Int64)
  case reversedAlready(Int64, by: Int64)
  case reversesReversal(Int64)
  case keyOfAnother(String)
}
