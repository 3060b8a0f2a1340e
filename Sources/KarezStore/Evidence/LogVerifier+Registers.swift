import KarezCore
import KarezCrypto

extension LogVerifier {
  /// What a log entry says stands in a register beside the rows.
  ///
  /// - Shape: the first column is the dataset, the second the number of a commit or null.
  struct Said {
    let entry: Int64
    let columns: [SQLValue]

    static func statement(_ entry: LogEntry, after last: Int) -> Said {
      let number = entry.body["commit"]?.integer ?? Int64(last)
      let texts = ["mode", "validFrom", "validUntil"].map { entry.body.column($0) }
      return Said(
        entry: entry.number,
        columns: [entry.body.column("dataset"), .integer(number)] + texts)
    }

    static func receipt(_ entry: LogEntry) -> Said {
      let names = ["dataset", "commit", "inserted", "changed", "ended"]
      return Said(entry: entry.number, columns: names.map { entry.body.column($0) })
    }

    /// Nil where the entry tells of none.
    static func admission(_ entry: LogEntry) -> Said? {
      guard let admission = entry.body["admission"] else { return nil }
      let profiles = admission["profiles"].map { SQLValue.text($0.canonicalText) } ?? .null
      return Said(
        entry: entry.number,
        columns: ["dataset", "commit"].map { entry.body.column($0) } + [profiles]
          + ["report", "submittedBy", "signedBy"].map { admission.column($0) })
    }
  }

  static let recordedStatements: SQL = """
    SELECT dataset, said_at, mode, valid_from, valid_until FROM karez_statement
    ORDER BY dataset, said_at, mode, valid_from
    """
  static let recordedSuccessions: SQL = """
    SELECT dataset, recorded_from, number, kind, valid_on, role, position, id, recorded_until
    FROM karez_succession ORDER BY number, role, position
    """
  static let recordedAdmissions: SQL = """
    SELECT dataset, number, profiles, report, submitted_by, signed_by FROM karez_admission
    ORDER BY number
    """
  static let recordedReceipts: SQL =
    "SELECT dataset, number, inserted, changed, ended FROM karez_receipt ORDER BY key"

  /// Notes the successions a commit recorded, and ends those that it took back.
  mutating func noteSuccessions(_ entry: LogEntry, as commit: Int64) {
    for number in entry.body["withdrawn"]?.array?.compactMap(\.integer) ?? [] {
      successions[number] = successions[number]?.map {
        Said(entry: $0.entry, columns: $0.columns.dropLast() + [commit.sqlValue])
      }
    }
    for succession in entry.body["successions"]?.array ?? [] {
      guard let number = succession["number"]?.integer else { continue }
      for (role, name) in [
        (SuccessionWriter.parent, "parents"), (SuccessionWriter.child, "children"),
      ] {
        for (position, id) in (succession[name]?.array ?? []).enumerated() {
          successions[number, default: []].append(
            Said(
              entry: entry.number,
              columns: [
                entry.body.column("dataset"), commit.sqlValue, number.sqlValue,
                succession.column("kind"), succession.column("validOn"), role.sqlValue,
                position.sqlValue, (id.string ?? "").sqlValue, .null,
              ]))
        }
      }
    }
  }

  /// Compares a register, whatever its order, with what the log says of it.
  mutating func verify(
    _ register: String, _ said: [Said], _ sql: SQL, width: Int = 5
  ) throws {
    var left = Dictionary(grouping: said, by: \.columns)
    var extra: [[SQLValue]] = []
    let rows = try session.rows(sql)
    while let row = try rows.next() {
      let columns = (0..<width).map { row[$0] }
      if left[columns]?.popLast() != nil { continue }
      if extra.count < Self.maximumFaults { extra.append(columns) }
    }
    let unmet = left.values.joined().sorted { $0.entry > $1.entry }
    var missing = Dictionary(grouping: unmet) { Self.place($0.columns) }
    for columns in extra {
      let place = Self.place(columns)
      if let known = missing[place]?.popLast() {
        add(known.entry, "row-altered", "\(register) \(place)")
      } else {
        add(0, "row-unrecorded", "\(register) \(place)")
      }
    }
    for known in missing.values.joined().sorted(by: { $0.entry < $1.entry }) {
      add(known.entry, "row-missing", "\(register) \(Self.place(known.columns))")
    }
  }

  private static func place(_ columns: [SQLValue]) -> String {
    let dataset = columns[0].text ?? ""
    let number = columns[1].integer.map { "commit \($0)" }
    return "\(dataset) \(number ?? "without a commit")"
  }

  // MARK: Commits

  /// The register of commits says of each commit what its log entry says.
  mutating func verifyCommits() throws {
    var left = Dictionary(commits.map { ($0.number, $0) }) { first, _ in first }
    let columns = Self.commitMembers.map(\.column)
    let rows = try session.rows(
      """
      SELECT number, recorded_at, actor, \(.names(columns)) FROM karez_commit ORDER BY number
      """)
    while let row = try rows.next() {
      let number = row.int(0) ?? 0
      guard let known = left.removeValue(forKey: number) else {
        add(0, "row-unrecorded", "commit \(number)")
        continue
      }
      let said = try session.first(
        "SELECT \(LogChain.columns) FROM karez_log WHERE number = \(known.entry)")
      let entry = said.flatMap { try? LogChain.entry(of: $0) }
      if entry.map({ Self.agrees(row, with: $0) }) != true {
        add(known.entry, "row-altered", "commit \(number)")
      }
    }
    for known in left.values.sorted(by: { $0.number < $1.number }) {
      add(known.entry, "row-missing", "commit \(known.number)")
    }
  }

  /// Columns of the register, and the members of the entry that say the same.
  private static let commitMembers: [(column: String, member: String)] = [
    ("dataset", "dataset"), ("reason", "reason"), ("case_number", "case"),
    ("valid_from", "validFrom"), ("valid_until", "validUntil"), ("source", "source"),
    ("source_sm3", "sourceSM3"), ("reader", "reader"), ("crs", "crs"), ("sm3", "sm3"),
    ("inserted", "inserted"), ("changed", "changed"), ("ended", "ended"),
  ]

  private static func agrees(_ row: any SQLRow, with entry: LogEntry) -> Bool {
    commitMembers.enumerated().allSatisfy { row[$0 + 3] == entry.body.column($1.member) }
      && row[1] == .text(entry.at) && row[2] == .text(entry.actor.id)
  }

  // MARK: Answers

  mutating func verifyAnswer(_ entry: LogEntry) throws {
    guard let id = entry.body["answer"]?.string else { return }
    let row = try session.first(
      "SELECT json, digest, kept_at FROM karez_answer WHERE id = \(id)")
    guard let row else { return add(entry.number, "row-missing", "answer \(id)") }
    let json = row.text(0) ?? ""
    let digest = entry.body["digest"]?.string
    // An answer that names its own digest must name the one it was kept under.
    let own = (try? JSONValue(parsing: json))?["digest"]?.string
    let isWhole =
      SM3.digest(json).description == entry.body["sm3"]?.string && row.text(1) == digest
      && row.text(2) == entry.at && own ?? digest == digest
    if !isWhole { add(entry.number, "row-altered", "answer \(id)") }
  }

  /// No answer is kept that no log entry speaks of.
  mutating func verifyAnswers() throws {
    // The engine keeps the ids in a table of its own, so memory does not grow with them.
    let rows = try session.rows(
      """
      SELECT id FROM karez_answer WHERE id IS NULL OR id NOT IN (
        SELECT said FROM (SELECT json_member(body, 'answer') AS said
          FROM karez_log WHERE kind = 'answer') AS answers WHERE said IS NOT NULL)
      ORDER BY id
      """)
    while let row = try rows.next() {
      add(0, "row-unrecorded", "answer \(row.text(0) ?? "")")
    }
  }

  // MARK: Datasets

  mutating func verifyDefinitions() throws {
    for row in try session.all(
      "SELECT id, definition, classification FROM karez_dataset ORDER BY id")
    {
      let id = row.text(0) ?? ""
      let definition = row.text(1) ?? ""
      guard let known = definitions.removeValue(forKey: id) else {
        add(0, "row-unrecorded", "dataset \(id)")
        continue
      }
      let schema = try? SchemaJSON.schema(parsing: definition)
      if SM3.digest(definition).description != known.sm3
        || row.text(2) != schema?.classification.rawValue
      {
        add(known.entry, "row-altered", "dataset \(id)")
      }
      guard let schema else { continue }
      let table = DatasetTable(schema: schema, dialect: session.dialect)
      // Other programs read the view, so it must be the one the engine makes.
      if try !session.isViewWhole(of: table) { add(known.entry, "view-altered", table.view) }
    }
    for (id, known) in definitions.sorted(by: { $0.key < $1.key }) {
      add(known.entry, "row-missing", "dataset \(id)")
    }
  }
}

extension JSONValue {
  /// A member of an entry's body as a register's column holds it.
  fileprivate func column(_ name: String) -> SQLValue {
    self[name]?.string.map(SQLValue.text) ?? self[name]?.integer.map(SQLValue.integer) ?? .null
  }
}
