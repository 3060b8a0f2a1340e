/// The tables a One Map has whatever its datasets are.
enum Registers {
  static let all =
    [
      meta, datasets, commits, admissions, receipts, statements, successions, answers,
      answerScopes, log, records, seals, cases, caseEvents, caseTasks,
      caseTerms,
    ] + ledgers

  static let meta = TableShape(
    name: "karez_meta", columns: [Column("key", .text), Column("value", .text)], key: ["key"])

  static let datasets = TableShape(
    name: "karez_dataset",
    columns: [
      Column("id", .text), Column("definition", .text), Column("classification", .text),
      .optional("min_x", .decimal), .optional("min_y", .decimal), .optional("max_x", .decimal),
      .optional("max_y", .decimal),
    ], key: ["id"])

  static let commits = TableShape(
    name: "karez_commit",
    columns: [
      Column("number", .integer), Column("dataset", .text), Column("recorded_at", .text),
      Column("actor", .text), Column("reason", .text), .optional("case_number", .text),
      Column("valid_from", .text), .optional("valid_until", .text), Column("source", .text),
      Column("source_sm3", .text), Column("reader", .text), Column("crs", .text),
      Column("inserted", .integer), Column("changed", .integer), Column("ended", .integer),
      Column("sm3", .text),
    ], key: ["number"],
    indexes: [.init(name: "karez_commit_dataset", columns: ["dataset", "number"])])

  /// What let a commit in: a row each that passed a gate; the profiles are canonical JSON.
  static let admissions = TableShape(
    name: "karez_admission",
    columns: [
      Column("number", .integer), Column("dataset", .text), Column("profiles", .text),
      .optional("report", .text), .optional("submitted_by", .text), .optional("signed_by", .text),
    ], key: ["number"])

  static let receipts = TableShape(
    name: "karez_receipt",
    columns: [
      Column("key", .text), Column("dataset", .text), .optional("number", .integer),
      Column("inserted", .integer), Column("changed", .integer), Column("ended", .integer),
    ], key: ["key"])

  /// What was said of which days, also where nothing differed from what was recorded.
  static let statements = TableShape(
    name: "karez_statement",
    columns: [
      Column("dataset", .text), Column("mode", .text), Column("valid_from", .text),
      .optional("valid_until", .text), Column("said_at", .integer),
    ],
    indexes: [.init(name: "karez_statement_dataset", columns: ["dataset", "valid_from"])])

  /// Which features became which: a row a member of each succession.
  static let successions = TableShape(
    name: "karez_succession",
    columns: [
      Column("dataset", .text), Column("number", .integer), Column("kind", .text),
      Column("valid_on", .text), Column("role", .text), Column("position", .integer),
      Column("id", .text), Column("recorded_from", .integer),
      .optional("recorded_until", .integer),
    ], key: ["number", "role", "position"],
    indexes: [.init(name: "karez_succession_id", columns: ["dataset", "id"])])

  static let answers = TableShape(
    name: "karez_answer",
    columns: [
      Column("id", .text), Column("digest", .text), Column("kept_at", .text),
      Column("json", .text),
    ], key: ["id"])

  /// The scope each answer was worked out in, as canonical JSON.
  static let answerScopes = TableShape(
    name: "karez_answer_scope", columns: [Column("id", .text), Column("scope", .text)],
    key: ["id"])

  /// Codes that permissions and labels carry; of this installation, so no copy takes them along.
  static let seals = TableShape(
    name: "karez_seal",
    columns: [Column("subject", .text), Column("key_id", .text), Column("code", .text)],
    key: ["subject"])

  static let records = TableShape(
    name: "karez_record",
    columns: [
      Column("kind", .text), Column("key", .text), Column("version", .integer),
      Column("state", .text), .optional("due", .text), .optional("owner", .text),
      Column("body", .text),
    ], key: ["kind", "key"],
    indexes: [
      .init(name: "karez_record_due", columns: ["kind", "state", "due", "key"]),
      .init(name: "karez_record_owner", columns: ["kind", "owner", "key"]),
    ])

  /// Where each case stands; `states` are joined by spaces, days as texts.
  static let cases = TableShape(
    name: "karez_case",
    columns: [
      Column("number", .text), Column("version", .integer), Column("procedure", .text),
      Column("procedure_version", .text), Column("region", .text), .optional("project", .text),
      Column("applicant", .text), Column("states", .text), Column("is_over", .integer),
      .optional("due", .text), .optional("timer", .text), Column("opened_on", .text),
      Column("sm3", .text),
    ], key: ["number"],
    indexes: [
      .init(name: "karez_case_due", columns: ["due", "number"]),
      .init(name: "karez_case_timer", columns: ["timer"]),
      .init(name: "karez_case_project", columns: ["project"]),
      .init(name: "karez_case_region", columns: ["region", "number"]),
      .init(name: "karez_case_applicant", columns: ["applicant", "number"]),
      .init(name: "karez_case_open", columns: ["is_over", "due", "number"]),
    ])

  /// What happened in each case, as canonical JSON; only ever added to.
  static let caseEvents = TableShape(
    name: "karez_case_event",
    columns: [
      Column("number", .text), Column("position", .integer), Column("kind", .text),
      Column("append_key", .text), Column("body", .text),
    ], key: ["number", "position"])

  static let caseTasks = TableShape(
    name: "karez_case_task",
    columns: [Column("number", .text), Column("transition", .text), Column("role", .text)],
    key: ["number", "transition", "role"],
    indexes: [.init(name: "karez_case_task_role", columns: ["role", "number"])])

  /// What was used of each term that was stopped; its index has all that figures are made of, by the
  /// day, so that a year's are read without the rest.
  static let caseTerms = TableShape(
    name: "karez_case_term",
    columns: [
      Column("number", .text), Column("clock", .text), Column("procedure", .text),
      Column("region", .text), Column("ended_on", .text), Column("used", .integer),
      Column("length", .integer), Column("is_late", .integer),
    ], key: ["number", "clock"],
    indexes: [
      .init(
        name: "karez_case_term_figures",
        columns: ["ended_on", "procedure", "clock", "region", "used", "is_late", "number"])
    ])

  static let log = TableShape(
    name: "karez_log",
    columns: [
      Column("number", .integer), Column("at", .text), Column("actor", .text),
      Column("kind", .text), Column("body", .text), Column("previous", .text),
      Column("sm3", .text),
    ], key: ["number"],
    indexes: [
      .init(name: "karez_log_kind", columns: ["kind", "number"]),
      .init(name: "karez_log_actor", columns: ["actor", "number"]),
      .init(name: "karez_log_at", columns: ["at"]),
    ])
}
