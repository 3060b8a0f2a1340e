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

extension RelationalStore {
  public func define(
    _ schema: DatasetSchema, by actor: Actor, in scope: Scope
  ) async throws(StoreError) {
    guard scope.reaches(schema) else { throw .noSuchDataset(schema.id) }
    let names = schema.attributes.map(\.name)
    if let bad = names.first(where: { !GeoPackageTables.isPlainName($0) }) {
      throw .corrupt(what: "\(schema.id): attribute name \(bad)")
    }
    let definition = SchemaJSON.value(of: schema).canonicalText
    try await writing("dataset \(schema.id)") { session in
      let known = try session.text(
        "SELECT definition FROM karez_dataset WHERE id = \(schema.id)")
      if known == definition { return }
      let classification = schema.classification.rawValue
      let time = try self.moment(session)
      if let known {
        let table = DatasetTable(
          schema: try SchemaJSON.schema(parsing: known), dialect: session.dialect)
        guard table.canBecome(schema) else {
          throw StoreError.datasetDefinedOtherwise(schema.id)
        }
        try table.extend(to: schema, at: time, session)
        try session.run(
          """
          UPDATE karez_dataset SET definition = \(definition), classification = \(classification)
          WHERE id = \(schema.id)
          """)
      } else {
        let table = DatasetTable(schema: schema, dialect: session.dialect)
        try session.script(session.dialect.creation(table.shape))
        try session.create(table, at: time)
        try session.run(
          """
          INSERT INTO karez_dataset (id, definition, classification)
          VALUES (\(schema.id), \(definition), \(classification))
          """)
      }
      try LogChain.append(
        kind: "dataset-defined",
        body: .object([
          "dataset": .string(schema.id.text),
          "sm3": .string(SM3.digest(definition).description),
        ]), by: actor, at: time, session)
    }
  }

  public func schemas(in scope: Scope) async throws(StoreError) -> [DatasetSchema] {
    try await reading { session in
      try session.all("SELECT definition FROM karez_dataset ORDER BY id")
        .map { try self.schema(parsing: $0.text(0) ?? "") }
        .filter { scope.reaches($0) }
        .map { scope.shown($0) }
    }
  }

  public func lastCommit() async throws(StoreError) -> CommitNumber {
    try await reading { session in try Self.lastCommit(session) }
  }

  public func summary(
    of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> DatasetSummary {
    let key = CountKey(dataset: dataset, asOf: asOf, regionPrefixes: scope.regionPrefixes)
    return try await reading { session in
      let table = try self.table(dataset, in: scope, session)
      let history = DatasetHistory(session: session, table: table, definition: "")
      let last = try history.lastCommit(upTo: asOf.recorded.value)
      return DatasetSummary(
        schema: scope.shown(table.schema),
        features: try self.count(of: table, key: key, in: scope, session),
        commit: CommitNumber(last) ?? .none,
        currentTo: try history.currentTo(asOf),
        extent: try self.extent(of: table, asOf: asOf, in: scope, session))
    }
  }

  private func count(
    of table: DatasetTable, key: CountKey, in scope: Scope, _ session: any Session
  ) throws -> Int {
    // A count at a commit that is recorded never changes; one at a later commit may.
    let isSettled = try key.asOf.recorded <= Self.lastCommit(session)
    if isSettled, let known = counts.withLock({ $0[key] }) { return known }
    let condition = SQL.and(
      [key.asOf.clause] + [scope.regionClause(for: table)].compactMap(\.self))
    let number = Int(
      try session.integer("SELECT count(*) FROM \(table.history) h WHERE \(condition)") ?? 0)
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
    of table: DatasetTable, asOf: AsOf, in scope: Scope, _ session: any Session
  ) throws -> BoundingBox? {
    guard table.hasGeometry else { return nil }
    guard let region = scope.regionClause(for: table) else {
      return try Self.extent(of: table.schema.id, session)
    }
    return try session.first(session.dialect.extent(table, .and([asOf.clause, region])))
      .flatMap(BoundingBox.init(row:))
  }
}
