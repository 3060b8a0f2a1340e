import Foundation
import GRDB
import KarezCore
import KarezCrypto
import KarezGeometry
import TestSupport
import Testing

@testable import KarezStore

/// Someone who may write everything in the database and knows how every digest is made, but has
/// neither the key nor the checkpoints that were given away.
struct Forger {
  enum Work: CaseIterable {
    case anActor, aTime, aKind, anAnswer, aRecord, aLabel, aReason, aRow, aRowAndNothingElse
    case anEntryRemoved, anEntryInserted, twoEntriesSwapped, theEndCutOff
    // Of entries of any kind, and of what they speak of.
    case anyActor, anyTime, anyKind, anyEntryRemoved, anyEntriesSwapped
    case aCase, aPosting, aStatement, aReceipt, aSuccession
  }

  /// The entry that was touched, by its number before.
  struct Deed {
    let work: Work
    let kind: String
    let entry: Int64
    /// Whether the database alone tells nothing of it.
    let isClean: Bool
  }

  let work: Work
  var random: SplitMix64
  var log: [KeptEntry] = []
  /// Whether something stands elsewhere that the log now says otherwise.
  var leavesTrace = false

  /// Records of this kind are forged, where one is named.
  private var only: String?

  init(_ work: Work, of kind: String? = nil) {
    random = SplitMix64(seed: 7)
    self.work = work
    only = kind
  }

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    work = Work.allCases[Int(seed % UInt64(Work.allCases.count))]
  }

  mutating func forge(_ file: URL) throws -> Deed {
    let queue = try DatabaseQueue(path: file.path)
    return try queue.write { db in
      let session = SQLiteSession(db: db)
      log = try session.all("SELECT \(LogChain.columns) FROM karez_log ORDER BY number")
        .map { try #require(KeptEntry($0)) }
      let kinds = log.map(\.kind)
      let entry = try perform(session)
      if work == .aRowAndNothingElse { leavesTrace = true } else { try write(session) }
      let kind = entry <= Int64(kinds.count) ? kinds[Int(entry) - 1] : "none"
      return Deed(work: work, kind: kind, entry: entry, isClean: !leavesTrace)
    }
  }

  private mutating func perform(_ session: SQLiteSession) throws -> Int64 {
    switch work {
    case .anActor: return try change("note") { $0.with(actor: $0.actor + "x") }
    case .aTime: return try change("note") { $0.with(at: "2025-03-01T07:00:00Z") }
    case .aKind: return try change("note") { $0.with(kind: "remark") }
    case .anAnswer: return try answer(session)
    case .aRecord: return try record(session)
    case .aLabel: return try label(session)
    case .aReason: return try reason(session)
    case .aRow, .aRowAndNothingElse: return try row(session)
    case .anEntryRemoved:
      let place = try self.place("note")
      log.remove(at: place)
      return Int64(place) + 1
    case .anEntryInserted:
      let place = Int.random(in: 1..<log.count, using: &random)
      log.insert(log[place].with(kind: "note", body: #"{"forged":true}"#), at: place)
      return Int64(place) + 1
    case .twoEntriesSwapped:
      let place = try self.place("note")
      let other = place == 0 ? 1 : place - 1
      log.swapAt(place, other)
      return Int64(min(place, other)) + 1
    case .theEndCutOff:
      let count = Int.random(in: 1...3, using: &random)
      log.removeLast(count)
      return Int64(log.count) + 1
    case .anyActor, .anyTime, .anyKind, .anyEntryRemoved, .anyEntriesSwapped, .aCase, .aPosting,
      .aStatement, .aReceipt, .aSuccession:
      return try performOfAnyKind(session)
    }
  }

  mutating func place(
    _ kind: String, where isMeant: (KeptEntry) -> Bool = { _ in true }
  ) throws -> Int {
    let places = log.indices.filter { log[$0].kind == kind && isMeant(log[$0]) }
    return try #require(places.randomElement(using: &random))
  }

  private mutating func change(
    _ kind: String, _ body: (KeptEntry) -> KeptEntry
  ) throws -> Int64 {
    let place = try place(kind)
    log[place] = body(log[place])
    return Int64(place) + 1
  }

  private mutating func answer(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("answer")
    var body = try members(place)
    let json = #"{"a":"forged"}"#
    let id = try #require(body["answer"]?.string)
    body["sm3"] = .string(SM3.digest(json).description)
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    try session.run("UPDATE karez_answer SET json = \(json) WHERE id = \(id)")
    return Int64(place) + 1
  }

  private mutating func record(_ session: SQLiteSession) throws -> Int64 {
    let places = log.indices.filter { place in
      guard log[place].mentionsRecords, let only else { return log[place].mentionsRecords }
      return log[place].body.contains("\"kind\":\"\(only)\"")
    }
    let place = try #require(places.randomElement(using: &random))
    var body = try members(place)
    let said = try #require(body["records"]?.array?.first)
    let key = try #require(said["key"]?.string)
    let kind = RecordKind.named(try #require(said["kind"]?.string))
    try session.run("UPDATE karez_record SET body = '{\"forged\":1}' WHERE \"key\" = \(key)")
    let record = try #require(try RecordTable(session: session, seals: nil).record(kind, key))
    body["records"] = .array([
      .object([
        "kind": .string(kind.name), "key": .string(key),
        "version": .integer(Int64(record.version)),
        "sm3": .string(RecordWitness.digest(of: record)),
      ])
    ])
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }

  /// Puts a dataset on the lowest level, in its definition and in the entry that tells of it.
  private mutating func label(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("dataset-defined")
    var body = try members(place)
    let id = try #require(body["dataset"]?.string)
    let known = try session.text("SELECT definition FROM karez_dataset WHERE id = \(id)")
    var labels = try SchemaJSON.schema(parsing: try #require(known)).labels
    labels.level = .public
    let schema = try SchemaJSON.schema(parsing: try #require(known)).labelled(labels)
    let definition = SchemaJSON.value(of: schema).canonicalText
    try session.run(
      "UPDATE karez_dataset SET definition = \(definition), classification = 'public' WHERE id = \(id)"
    )
    body["sm3"] = .string(SM3.digest(definition).description)
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    return Int64(place) + 1
  }

  private mutating func reason(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("commit")
    var body = try members(place)
    let number = try #require(body["commit"]?.integer)
    body["reason"] = .string("forged")
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    try session.run("UPDATE karez_commit SET reason = 'forged' WHERE number = \(number)")
    return Int64(place) + 1
  }

  private mutating func row(_ session: SQLiteSession) throws -> Int64 {
    let place = try place("commit") { $0.body.contains("\"dataset\":\"land-patches\"") }
    var body = try members(place)
    let number = try #require(body["commit"]?.integer)
    let written = try #require(body["written"]?.integer)
    let fid =
      try #require(body["firstRow"]?.integer) + Int64.random(in: 0..<written, using: &random)
    let table = DatasetTable(
      schema: Fixture.schema(try #require(Witnessed.dataset)), dialect: .sqlite)
    try session.run("UPDATE \(table.history) SET floors = floors + 100 WHERE fid = \(fid)")
    if work == .aRowAndNothingElse { return Int64(place) + 1 }
    try rehash(fid, table, session)
    var digest = CommitDigest()
    for (clause, isWritten) in [("recorded_until", false), ("recorded_from", true)] {
      for row in try session.all(
        "SELECT row_hash FROM \(table.history) WHERE \(name: clause) = \(number) ORDER BY fid")
      {
        if isWritten { digest.written(row.bytes(0) ?? []) }
        if !isWritten { digest.superseded(row.bytes(0) ?? []) }
      }
    }
    let sm3 = digest.finish().description
    body["sm3"] = .string(sm3)
    log[place] = log[place].with(body: JSONValue.object(body).canonicalText)
    try session.run("UPDATE karez_commit SET sm3 = \(sm3) WHERE number = \(number)")
    return Int64(place) + 1
  }

  private func rehash(_ fid: Int64, _ table: DatasetTable, _ session: SQLiteSession) throws {
    let columns = (DatasetTable.fixedColumns + table.contentColumns).map(\.name)
    let row = try #require(
      try session.first(
        "SELECT \(.names(columns, of: "h")) FROM \(table.history) h WHERE fid = \(fid)"))
    let start = DatasetTable.fixedColumns.count
    let content = RowHash.content(
      id: row.text(1) ?? "", wkb: try row.geometry(start + table.valueColumns.count)?.wkb(),
      attributes: try table.attributes(of: row, from: start))
    let hash = RowHash.row(
      content: content, from: row.text(2) ?? "", until: row.text(3), areaM2: row.real(6))
    try session.run(
      """
      UPDATE \(table.history) SET content_hash = \(SQLValue.bytes(content)),
        row_hash = \(SQLValue.bytes(hash)) WHERE fid = \(fid)
      """)
  }

  func members(_ place: Int) throws -> [String: JSONValue] {
    guard case .object(let members)? = log[place].read?.body else {
      throw StoreError.corrupt(what: "entry \(place + 1)")
    }
    return members
  }

  /// Writes the log with every number, predecessor and digest made anew.
  private func write(_ session: SQLiteSession) throws {
    try session.script(
      "DROP TRIGGER karez_log_is_not_changed; DROP TRIGGER karez_log_is_not_cut;")
    try session.run("DELETE FROM karez_log")
    let kept = Set(log.compactMap { $0.read?.body["answer"]?.string })
    for row in try session.all("SELECT id FROM karez_answer")
    where !kept.contains(row.text(0) ?? "") {
      try session.run("DELETE FROM karez_answer WHERE id = \(row.text(0))")
    }
    let records = Set(
      log.flatMap { $0.read?.body["records"]?.array ?? [] }.compactMap { $0["key"]?.string })
    for row in try session.all("SELECT \"key\" FROM karez_record")
    where !records.contains(row.text(0) ?? "") {
      try session.run("DELETE FROM karez_record WHERE \"key\" = \(row.text(0))")
    }
    var hasher = EntryHasher()
    var previous = LogChain.beginning
    for (index, entry) in log.enumerated() {
      let next = entry.with(number: Int64(index) + 1, previous: previous)
      previous = hasher.digest(next)
      try session.run(
        """
        INSERT INTO karez_log (\(LogChain.columns)) VALUES (\(next.number), \(next.at),
          \(next.actor), \(next.kind), \(next.body), \(next.previous), \(previous))
        """)
    }
  }
}

extension KeptEntry {
  func with(
    number: Int64? = nil, at: String? = nil, actor: String? = nil, kind: String? = nil,
    body: String? = nil, previous: String? = nil
  ) -> KeptEntry {
    KeptEntry(
      number: number ?? self.number, at: at ?? self.at, actor: actor ?? self.actor,
      kind: kind ?? self.kind, body: body ?? self.body, previous: previous ?? self.previous,
      sm3: sm3)
  }
}
