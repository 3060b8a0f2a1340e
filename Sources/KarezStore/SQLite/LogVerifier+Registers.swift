import GRDB
import KarezCore
import KarezCrypto

extension LogVerifier {
  /// What a log entry says stands in a register beside the rows.
  ///
  /// - Shape: the first column is the dataset, the second the number of a commit or null.
  struct Said {
    let entry: Int64
    let columns: [DatabaseValue]

    static func statement(_ entry: LogEntry, after last: Int) -> Said {
      let number = entry.body["commit"]?.integer ?? Int64(last)
      let texts = ["mode", "validFrom", "validUntil"].map { entry.body.column($0) }
      return Said(
        entry: entry.number,
        columns: [entry.body.column("dataset"), number.databaseValue] + texts)
    }

    static func receipt(_ entry: LogEntry) -> Said {
      let names = ["dataset", "commit", "inserted", "changed", "ended"]
      return Said(entry: entry.number, columns: names.map { entry.body.column($0) })
    }
  }

  static let recordedStatements =
    "SELECT dataset, said_at, mode, valid_from, valid_until FROM karez_statement ORDER BY rowid"
  static let recordedReceipts =
    "SELECT dataset, number, inserted, changed, ended FROM karez_receipt ORDER BY key"

  /// Compares a register, whatever its order, with what the log says of it.
  mutating func verify(_ register: String, _ said: [Said], _ sql: String) throws {
    var left = Dictionary(grouping: said, by: \.columns)
    var extra: [[DatabaseValue]] = []
    let cursor = try Row.fetchCursor(db, sql: sql)
    while let row = try cursor.next() {
      let columns = Array(row.databaseValues)
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

  private static func place(_ columns: [DatabaseValue]) -> String {
    let dataset = String.fromDatabaseValue(columns[0]) ?? ""
    let number = Int64.fromDatabaseValue(columns[1]).map { "commit \($0)" }
    return "\(dataset) \(number ?? "without a commit")"
  }

  // MARK: Commits

  /// The register of commits says of each commit what its log entry says.
  mutating func verifyCommits() throws {
    var left = Dictionary(commits.map { ($0.number, $0) }) { first, _ in first }
    let cursor = try Row.fetchCursor(db, sql: "SELECT * FROM karez_commit ORDER BY number")
    while let row = try cursor.next() {
      let number = row["number"] as Int
      guard let known = left.removeValue(forKey: number) else {
        add(0, "row-unrecorded", "commit \(number)")
        continue
      }
      let said = try Row.fetchOne(
        db, sql: "SELECT * FROM karez_log WHERE number = ?", arguments: [known.entry])
      let entry = said.flatMap { try? LogChain.entry(of: $0) }
      if entry.map({ Self.agrees(row, with: $0) }) != true {
        add(known.entry, "row-altered", "commit \(number)")
      }
    }
    for known in left.values.sorted(by: { $0.number < $1.number }) {
      add(known.entry, "row-missing", "commit \(known.number)")
    }
  }

  private static func agrees(_ row: Row, with entry: LogEntry) -> Bool {
    let members = [
      ("dataset", "dataset"), ("reason", "reason"), ("case_number", "case"),
      ("valid_from", "validFrom"), ("valid_until", "validUntil"), ("source", "source"),
      ("source_sm3", "sourceSM3"), ("reader", "reader"), ("crs", "crs"), ("sm3", "sm3"),
      ("inserted", "inserted"), ("changed", "changed"), ("ended", "ended"),
    ]
    return members.allSatisfy { (row[$0.0] as DatabaseValue) == entry.body.column($0.1) }
      && (row["recorded_at"] as DatabaseValue) == entry.at.databaseValue
      && (row["actor"] as DatabaseValue) == entry.actor.id.databaseValue
  }

  // MARK: Answers

  mutating func verifyAnswer(_ entry: LogEntry) throws {
    guard let id = entry.body["answer"]?.string else { return }
    let row = try Row.fetchOne(
      db, sql: "SELECT json, digest, kept_at FROM karez_answer WHERE id = ?", arguments: [id])
    guard let row else { return add(entry.number, "row-missing", "answer \(id)") }
    let json = row.text(0)
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
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT id FROM karez_answer WHERE id IS NULL OR id NOT IN (
          SELECT said FROM (
            SELECT CASE WHEN json_valid(body) THEN json_extract(body, '$.answer') END AS said
            FROM karez_log WHERE kind = 'answer') WHERE said IS NOT NULL)
        ORDER BY id
        """)
    while let row = try cursor.next() { add(0, "row-unrecorded", "answer \(row.text(0))") }
  }

  // MARK: Datasets

  mutating func verifyDefinitions() throws {
    let cursor = try Row.fetchCursor(
      db, sql: "SELECT id, definition, classification FROM karez_dataset ORDER BY id")
    while let row = try cursor.next() {
      let id = row.text(0)
      guard let known = definitions.removeValue(forKey: id) else {
        add(0, "row-unrecorded", "dataset \(id)")
        continue
      }
      let schema = try? SchemaJSON.schema(parsing: row.text(1))
      if SM3.digest(row.text(1)).description != known.sm3
        || row.text(2) != schema?.classification.rawValue
      {
        add(known.entry, "row-altered", "dataset \(id)")
      }
      if let schema { try verifyView(of: DatasetTable(schema: schema), saidIn: known.entry) }
    }
    for (id, known) in definitions.sorted(by: { $0.key < $1.key }) {
      add(known.entry, "row-missing", "dataset \(id)")
    }
  }

  /// Other programs read the view, so it must be the one the engine writes.
  private mutating func verifyView(of table: DatasetTable, saidIn entry: Int64) throws {
    let sql = try String.fetchOne(
      db, sql: "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?",
      arguments: [table.view])
    if sql != table.viewDefinition { add(entry, "view-altered", table.view) }
  }
}

extension JSONValue {
  /// A member of an entry's body as a register's column holds it.
  fileprivate func column(_ name: String) -> DatabaseValue {
    self[name]?.string?.databaseValue ?? self[name]?.integer?.databaseValue ?? .null
  }
}
