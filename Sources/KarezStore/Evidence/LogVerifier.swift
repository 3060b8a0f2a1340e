import KarezCore

/// Recomputes the log, and compares with it every row, commit, schema and answer it speaks of.
///
/// Runs inside one read transaction, so that what is recorded meanwhile does not disturb it.
/// Rows are read in the order they were written; nothing but the faults is kept.
struct LogVerifier {
  /// More faults than this say nothing more; the verification ends.
  static let maximumFaults = 1_000

  let session: any Session
  var integrity: (any IntegrityProvider)?
  let checkpoints: CheckpointChain?
  let progress: (Int) -> Void
  private(set) var faults: [LogVerification.Fault] = []
  private var entries = 0
  private var rows = 0
  private(set) var commits: [CommitEntry] = []
  private(set) var statements: [Said] = []
  private(set) var receipts: [Said] = []
  private(set) var admissions: [Said] = []
  var records: [RecordName: SaidRecord] = [:]
  var cases: [String: SaidCase] = [:]
  /// By their numbers, a row a member.
  var successions: [Int64: [Said]] = [:]
  var ledger: [LedgerEntry] = []
  var definitions: [String: (entry: Int64, sm3: String)] = [:]

  /// What a commit's log entry says of its rows.
  struct CommitEntry {
    let entry: Int64
    let number: Int
    let dataset: String
    let firstRow: Int64
    let written: Int
    let superseded: Int
    let sm3: String
  }

  init(
    session: any Session, checkpoints: CheckpointChain? = nil,
    progress: @escaping (Int) -> Void
  ) {
    self.session = session
    self.checkpoints = checkpoints
    self.progress = progress
  }

  mutating func verify() throws -> LogVerification {
    try verifyChain()
    try verifyDefinitions()
    try verifyCommits()
    try verifyAnswers()
    try verifyAnswerScopes()
    if let integrity { try verifySeals(integrity) }
    try verifyRecords()
    try verifyLedger()
    try verifyCases()
    try verify("statement", statements, Self.recordedStatements)
    try verify("receipt", receipts, Self.recordedReceipts)
    try verify("admission", admissions, Self.recordedAdmissions, width: 6)
    try verify(
      "succession", successions.values.flatMap(\.self), Self.recordedSuccessions, width: 9)
    let commits = Dictionary(grouping: commits, by: \.dataset)
    for row in try session.all("SELECT id, definition FROM karez_dataset ORDER BY id") {
      // A definition that cannot be read is a fault already found.
      guard let schema = try? SchemaJSON.schema(parsing: row.text(1) ?? "") else { continue }
      let table = DatasetTable(schema: schema, dialect: session.dialect)
      try verifyRows(of: table, commits[row.text(0) ?? ""] ?? [])
    }
    return LogVerification(
      entries: entries, rows: rows, faults: faults,
      checkpoints: checkpoints?.checkpoints.count ?? 0, covered: checkpoints?.size ?? 0)
  }

  /// As `verify`, of the log and the records it answers for alone.
  mutating func verifyLogAndRecords() throws {
    try verifyChain()
    try verifyRecords()
  }

  mutating func add(_ entry: Int64, _ kind: String, _ what: String) {
    guard faults.count < Self.maximumFaults else { return }
    faults.append(LogVerification.Fault(entry: entry, kind: kind, what: what))
  }

  // MARK: The chain

  private mutating func verifyChain() throws {
    var hasher = EntryHasher()
    var leaves: [[UInt8]] = []
    var previous = LogChain.beginning
    var expected: Int64 = 1
    let rows = try session.rows("SELECT \(LogChain.columns) FROM karez_log ORDER BY number")
    while let row = try rows.next() {
      let number = row.integer(0) ?? 0
      if number > expected {
        let last = number - 1
        add(expected, "missing", expected == last ? "\(expected)" : "\(expected)–\(last)")
      }
      let entry = KeptEntry(row)
      if let entry {
        if checkpoints != nil { leaves.append(hasher.leaf(entry)) }
        try verify(entry, after: previous, hasGap: number > expected, &hasher)
      } else {
        leaves.append([])
        add(number, "altered", "\(number)")
      }
      previous = row.text(6) ?? ""
      expected = number + 1
      entries += 1
      if entries.isMultiple(of: 1_000) { progress(entries) }
    }
    compare(leaves)
  }

  private mutating func verify(
    _ entry: KeptEntry, after previous: String, hasGap: Bool, _ hasher: inout EntryHasher
  ) throws {
    let number = entry.number
    if hasher.digest(entry) != entry.sm3 || (entry.previous != previous && !hasGap) {
      guard entry.read != nil else { return add(number, "altered", "\(number)") }
      let isReordered = try namesAnotherPredecessor(entry, after: previous)
      add(number, isReordered ? "reordered" : "altered", "\(number) \(entry.kind)")
    }
    // Most entries speak of nothing that is kept elsewhere, and need not be read.
    guard Self.speaking.contains(entry.kind) || entry.mentionsRecords else { return }
    guard let read = entry.read else { return add(number, "altered", "\(number)") }
    try note(read)
  }

  private static let speaking: Set = [
    "commit", "commit-unchanged", "dataset-defined", "answer", LedgerWriter.entryKind,
    RelationalStore.caseEntry,
  ]

  /// Holds the log against the checkpoints; what the chain told already is not told twice.
  private mutating func compare(_ leaves: [[UInt8]]) {
    guard let checkpoints else { return }
    let known = Set(faults.map { Told(entry: $0.entry, kind: $0.kind) })
    for fault in checkpoints.faults + checkpoints.faults(of: leaves)
    where !known.contains(Told(entry: fault.entry, kind: fault.kind)) {
      add(fault.entry, fault.kind, fault.what)
    }
  }

  private struct Told: Hashable {
    let entry: Int64
    let kind: String
  }

  /// Whether the entry was chained to one that now stands elsewhere.
  private func namesAnotherPredecessor(
    _ entry: KeptEntry, after previous: String
  ) throws -> Bool {
    guard entry.previous != previous else { return false }
    let place = try session.integer(
      "SELECT number FROM karez_log WHERE sm3 = \(entry.previous)")
    return (place ?? (entry.previous == LogChain.beginning ? 0 : nil)) != nil
  }

  private mutating func note(_ entry: LogEntry) throws {
    noteRecords(entry)
    switch entry.kind {
    case "commit", "commit-unchanged":
      noteCommit(entry)
    case "dataset-defined":
      if let dataset = entry.body["dataset"]?.string, let sm3 = entry.body["sm3"]?.string {
        definitions[dataset] = (entry.number, sm3)
      }
    case "answer": try verifyAnswer(entry)
    case LedgerWriter.entryKind: noteLedger(entry)
    case RelationalStore.caseEntry: noteCase(entry)
    default: break
    }
  }

  private mutating func noteCommit(_ entry: LogEntry) {
    if entry.kind == "commit" {
      guard let number = entry.body["commit"]?.integer,
        let dataset = entry.body["dataset"]?.string,
        let firstRow = entry.body["firstRow"]?.integer,
        let written = entry.body["written"]?.integer,
        let superseded = entry.body["superseded"]?.integer, let sm3 = entry.body["sm3"]?.string
      else { return add(entry.number, "altered", "\(entry.number) commit") }
      commits.append(
        CommitEntry(
          entry: entry.number, number: Int(clamping: number), dataset: dataset,
          firstRow: firstRow, written: Int(clamping: written),
          superseded: Int(clamping: superseded), sm3: sm3))
      noteSuccessions(entry, as: number)
      if let admission = Said.admission(entry) { admissions.append(admission) }
    }
    statements.append(.statement(entry, after: commits.last?.number ?? 0))
    receipts.append(.receipt(entry))
  }

  mutating func countRow() {
    rows += 1
    if rows.isMultiple(of: 10_000) { progress(entries + rows) }
  }
}
