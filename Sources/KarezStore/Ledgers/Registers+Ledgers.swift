/// 指标账簿 as tables: transactions and what is drawn from them to be asked for.
///
/// - Shape: rows are added and never changed, but for the sums of days. `body` is what was recorded;
///   all else repeats it, and verification compares.
extension Registers {
  static let ledgers = [
    ledgerAccounts, ledgerTransactions, ledgerLegs, ledgerLots, ledgerPairings, ledgerDays,
  ]

  static let ledgerAccounts = TableShape(
    name: "karez_ledger_account",
    columns: [
      Column("name", .text), Column("kind", .text), Column("region", .text),
      Column("year", .integer), Column("part", .text), Column("unit", .text),
      Column("decimals", .integer), Column("may_be_negative", .integer),
    ], key: ["name"],
    indexes: [.init(name: "karez_ledger_account_region", columns: ["region", "kind", "year"])])

  static let ledgerTransactions = TableShape(
    name: "karez_ledger_transaction",
    columns: [
      Column("number", .integer), Column("key", .text), Column("sort", .text),
      Column("valid_on", .text), .optional("case_number", .text),
      .optional("reverses", .integer), Column("recorded_at", .text), Column("actor", .text),
      Column("body", .text), Column("sm3", .text),
    ], key: ["number"],
    indexes: [
      .init(name: "karez_ledger_transaction_key", columns: ["key"]),
      .init(
        name: "karez_ledger_transaction_case", columns: ["case_number", "number"],
        condition: "case_number IS NOT NULL"),
      .init(
        name: "karez_ledger_transaction_reverses", columns: ["reverses"],
        condition: "reverses IS NOT NULL"),
    ])

  /// What each transaction does to each account.
  static let ledgerLegs = TableShape(
    name: "karez_ledger_leg",
    columns: [
      Column("number", .integer), Column("position", .integer), Column("account", .text),
      Column("valid_on", .text), Column("units", .integer), Column("held", .integer),
      .optional("hold", .integer),
    ], key: ["number", "position"],
    indexes: [
      .init(name: "karez_ledger_leg_account", columns: ["account", "number"]),
      .init(name: "karez_ledger_leg_hold", columns: ["hold"], condition: "hold IS NOT NULL"),
    ])

  /// Quantities that were made of a feature.
  static let ledgerLots = TableShape(
    name: "karez_ledger_lot",
    columns: [
      Column("number", .integer), Column("move", .integer), Column("account", .text),
      Column("valid_on", .text), Column("units", .integer), Column("dataset", .text),
      Column("feature", .text), Column("recorded", .integer),
    ], key: ["number", "move"],
    indexes: [.init(name: "karez_ledger_lot_feature", columns: ["dataset", "feature"])])

  /// What points at a lot, or takes it back.
  ///
  /// Units are below zero where a pairing is undone. Only a lot that
  /// is undone itself has no feature here.
  static let ledgerPairings = TableShape(
    name: "karez_ledger_pairing",
    columns: [
      Column("number", .integer), Column("position", .integer), Column("lot_number", .integer),
      Column("lot_move", .integer), Column("units", .integer), .optional("dataset", .text),
      .optional("feature", .text), .optional("recorded", .integer),
    ], key: ["number", "position"],
    indexes: [
      .init(name: "karez_ledger_pairing_lot", columns: ["lot_number", "lot_move"]),
      .init(name: "karez_ledger_pairing_feature", columns: ["dataset", "feature"]),
    ])

  /// Sums of the legs of an account and a day.
  static let ledgerDays = TableShape(
    name: "karez_ledger_day",
    columns: [
      Column("account", .text), Column("valid_on", .text), Column("units", .integer),
      Column("held", .integer),
    ], key: ["account", "valid_on"])
}
