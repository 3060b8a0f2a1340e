public import KarezCore
import KarezGeometry
import Synchronization

/// What a count of features depends on; nothing else can change it.
struct CountKey: Hashable {
  let dataset: DatasetID
  let asOf: AsOf
  let scope: Scope
}

extension RelationalStore {
  public func define(
    _ schema: DatasetSchema, by actor: Actor, in scope: Scope
  ) async throws(StoreError) {
    guard access.scope(scope, of: .define).reaches(schema) else {
      throw .noSuchDataset(schema.id)
    }
    let names = schema.attributes.map(\.name)
    if let bad = names.first(where: { !GeoPackageTables.isPlainName($0) }) {
      throw .corrupt(what: "\(schema.id): attribute name \(bad)")
    }
    try await writing("dataset \(schema.id)") { session in
      let known = try session.text(
        "SELECT definition FROM karez_dataset WHERE id = \(schema.id)")
      let former = try known.map { try SchemaJSON.schema(parsing: $0) }
      // Only a decision of two people puts what is recorded on a lower level.
      let schema = former.map { schema.labelled(atLeast: $0.labels) } ?? schema
      let definition = SchemaJSON.value(of: schema).canonicalText
      if known == definition { return }
      let classification = schema.classification.rawValue
      let time = try self.moment(session)
      if let former {
        let table = DatasetTable(schema: former, dialect: session.dialect)
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
      try self.noteDefinition(definition, of: schema.id, by: actor, at: time, session)
    }
  }

  public func schemas(in scope: Scope) async throws(StoreError) -> [DatasetSchema] {
    let seen = access.scope(scope, of: .schemas)
    return try await remembered(.schemas(seen)) { () throws(StoreError) in
      try await reading(.schemas, in: scope) { reader in try reader.tables().map(\.schema) }
    }
  }

  public func lastCommit() async throws(StoreError) -> CommitNumber {
    try await remembered(.lastCommit) { () throws(StoreError) in
      try await reading { session in try Self.lastCommit(session) }
    }
  }

  public func summary(
    of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> DatasetSummary {
    try await reading(.summary, in: scope) { reader in
      let table = try reader.table(dataset)
      let history = DatasetHistory(
        session: reader.session, table: table.whole, definition: table.definition)
      let last = try history.lastCommit(upTo: asOf.recorded.value)
      return DatasetSummary(
        schema: table.schema, features: try self.count(of: table, asOf, reader.session),
        commit: CommitNumber(last) ?? .none, currentTo: try history.currentTo(asOf),
        extent: try self.extent(of: table, asOf, reader.session))
    }
  }

  private func count(
    of table: ScopedTable, _ asOf: AsOf, _ session: any Session
  ) throws -> Int {
    let key = CountKey(dataset: table.schema.id, asOf: asOf, scope: table.scope)
    // A count at a commit that is recorded never changes; one at a later commit may.
    let isSettled = try asOf.recorded <= Self.lastCommit(session)
    if isSettled, let known = counts.withLock({ $0[key] }) { return known }
    let condition = SQL.and([asOf.clause] + table.rows())
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
    of table: ScopedTable, _ asOf: AsOf, _ session: any Session
  ) throws -> BoundingBox? {
    guard table.table.hasGeometry else { return nil }
    guard !table.hasAllRows else { return try Self.extent(of: table.schema.id, session) }
    return try session.first(
      session.dialect.extent(table.table, .and([asOf.clause] + table.rows()))
    ).flatMap(BoundingBox.init(row:))
  }
}
