import GRDB
public import KarezCore
import KarezCrypto
import KarezGeometry
import Synchronization

/// What a count of features depends on; nothing else can change it.
struct CountKey: Hashable {
  let dataset: DatasetID
  let asOf: AsOf
  let regionPrefixes: [String]?
}

extension SQLiteStore {
  public func define(
    _ schema: DatasetSchema, by actor: Actor, in scope: Scope
  ) async throws(StoreError) {
    guard scope.reaches(schema) else { throw .noSuchDataset(schema.id) }
    let names = schema.attributes.map(\.name)
    if let bad = names.first(where: { !GeoPackageTables.isPlainName($0) }) {
      throw .corrupt(what: "\(schema.id): attribute name \(bad)")
    }
    let definition = SchemaJSON.value(of: schema).canonicalText
    let time = clock()
    try await writing { db in
      let known = try String.fetchOne(
        db, sql: "SELECT definition FROM karez_dataset WHERE id = ?", arguments: [schema.id.text])
      if known == definition { return }
      if let known {
        let table = DatasetTable(schema: try SchemaJSON.schema(parsing: known))
        guard table.canBecome(schema) else {
          throw StoreError.datasetDefinedOtherwise(schema.id)
        }
        try table.extend(to: schema, at: time, db)
        try db.execute(
          sql: "UPDATE karez_dataset SET definition = ?, classification = ? WHERE id = ?",
          arguments: [definition, schema.classification.rawValue, schema.id.text])
      } else {
        try DatasetTable(schema: schema).create(at: time, db)
        try db.execute(
          sql: "INSERT INTO karez_dataset (id, definition, classification) VALUES (?,?,?)",
          arguments: [schema.id.text, definition, schema.classification.rawValue])
      }
      try LogChain.append(
        kind: "dataset-defined",
        body: .object([
          "dataset": .string(schema.id.text),
          "sm3": .string(SM3.digest(definition).description),
        ]), by: actor, at: time, db)
    }
  }

  public func schemas(in scope: Scope) async throws(StoreError) -> [DatasetSchema] {
    try await reading { db in
      try String.fetchAll(db, sql: "SELECT definition FROM karez_dataset ORDER BY id")
        .map { try self.schema(parsing: $0) }
        .filter { scope.reaches($0) }
        .map { scope.shown($0) }
    }
  }

  public func lastCommit() async throws(StoreError) -> CommitNumber {
    try await reading { db in try Self.lastCommit(db) }
  }

  public func summary(
    of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> DatasetSummary {
    let key = CountKey(dataset: dataset, asOf: asOf, regionPrefixes: scope.regionPrefixes)
    return try await reading { db in
      let table = try self.table(dataset, in: scope, db)
      let last = try Int.fetchOne(
        db, sql: "SELECT max(number) FROM karez_commit WHERE dataset = ? AND number <= ?",
        arguments: [dataset.text, asOf.recorded.value])
      let current = try String.fetchOne(
        db,
        sql: """
          SELECT max(valid_from) FROM karez_statement
          WHERE dataset = ? AND valid_from <= ? AND (valid_until IS NULL OR valid_until > ?)
            AND said_at <= ?
          """,
        arguments: [
          dataset.text, asOf.validOn.description, asOf.validOn.description, asOf.recorded.value,
        ])
      return DatasetSummary(
        schema: scope.shown(table.schema),
        features: try self.count(of: table, key: key, in: scope, db),
        commit: CommitNumber(last ?? 0) ?? .none,
        currentTo: current.flatMap { LegalDate($0) },
        extent: try self.extent(of: table, asOf: asOf, in: scope, db))
    }
  }

  private func count(
    of table: DatasetTable, key: CountKey, in scope: Scope, _ db: Database
  ) throws -> Int {
    // A count at a commit that is recorded never changes; one at a later commit may.
    let isSettled = try key.asOf.recorded <= Self.lastCommit(db)
    if isSettled, let known = counts.withLock({ $0[key] }) { return known }
    let clause = Clause.and(
      [key.asOf.clause] + [scope.regionClause(for: table.schema)].compactMap(\.self))
    let number =
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM \(GeoPackageTables.quoted(table.history)) h WHERE \(clause.text)
          """,
        arguments: StatementArguments(clause.arguments)) ?? 0
    if isSettled {
      counts.withLock {
        if $0.count >= 1_000 { $0.removeAll() }
        $0[key] = number
      }
    }
    return number
  }

  /// The box of all that was ever recorded; of a reader bound to regions, of what they may see.
  private func extent(
    of table: DatasetTable, asOf: AsOf, in scope: Scope, _ db: Database
  ) throws -> BoundingBox? {
    guard table.hasGeometry else { return nil }
    let row: Row?
    if let region = scope.regionClause(for: table.schema) {
      let clause = Clause.and([asOf.clause, region])
      row = try Row.fetchOne(
        db,
        sql: """
          SELECT min(r.minx), min(r.miny), max(r.maxx), max(r.maxy)
          FROM \(GeoPackageTables.quoted(table.history)) h
          JOIN \(GeoPackageTables.quoted(table.rtree)) r ON r.id = h.fid WHERE \(clause.text)
          """,
        arguments: StatementArguments(clause.arguments))
    } else {
      row = try Row.fetchOne(
        db, sql: "SELECT min_x, min_y, max_x, max_y FROM karez_dataset WHERE id = ?",
        arguments: [table.schema.id.text])
    }
    guard let row, let minX = row[0] as Double?, let minY = row[1] as Double?,
      let maxX = row[2] as Double?, let maxY = row[3] as Double?
    else { return nil }
    return BoundingBox(minX: minX, minY: minY, maxX: maxX, maxY: maxY)
  }

  public func commits(
    of dataset: DatasetID, in scope: Scope
  ) async throws(StoreError) -> [CommitRecord] {
    try await reading { db in
      _ = try self.table(dataset, in: scope, db)
      return try Row.fetchAll(
        db, sql: "SELECT * FROM karez_commit WHERE dataset = ? ORDER BY number",
        arguments: [dataset.text]
      ).map { try CommitRecord(row: $0, of: dataset) }
    }
  }
}

extension CommitRecord {
  init(row: Row, of dataset: DatasetID) throws {
    let until = row["valid_until"] as String?
    guard let number = CommitNumber(row["number"]),
      let from = LegalDate(row["valid_from"] as String),
      let validity = Validity(from: from, until: until.flatMap { LegalDate($0) })
    else { throw StoreError.corrupt(what: "commit \(row["number"] as Int)") }
    self.init(
      commit: number, dataset: dataset, recordedAt: row["recorded_at"],
      actor: Actor(id: row["actor"]), reason: row["reason"], caseNumber: row["case_number"],
      validity: validity,
      lineage: Lineage(
        source: row["source"], sourceSM3: row["source_sm3"], reader: row["reader"],
        crs: row["crs"]),
      inserted: row["inserted"], changed: row["changed"], ended: row["ended"], sm3: row["sm3"])
  }
}
