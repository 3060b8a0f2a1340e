import KarezCore

/// 统一访问规则: the one place where a reader's scope becomes part of a query.
///
/// A call of the port names itself and the scope it was given, and gets a `Reader`; only a reader
/// leads to the table of a dataset.
struct AccessRule: Sendable {
  /// 分区 of the installation: whatever a scope says, nothing above it is there.
  var zone = NetworkZone.classified
  /// What permissions and labels are held to; nil where they carry no codes.
  var integrity: (any IntegrityProvider)?
  /// What becomes of the scope of a call.
  ///
  /// Nothing, but in tests, which weaken one call after another to see that it is noticed.
  var weakened: @Sendable (PortCall, Scope) -> Scope = { $1 }

  func scope(_ scope: Scope, of call: PortCall) -> Scope {
    // Definitions are the packs' own, whatever the zone they are kept in.
    weakened(call, call == .define ? scope : scope.held(to: .zone(zone)))
  }
}

/// One call of the port on its way through one transaction: what it may see, and nothing else.
struct Reader {
  let session: any Session
  let scope: Scope
  let schema: (String) throws -> DatasetSchema

  /// A dataset as the scope shows it.
  ///
  /// - Errors: `StoreError.noSuchDataset` where there is none, or it is out of scope.
  func table(_ dataset: DatasetID) throws -> ScopedTable {
    guard let table = try known(dataset) else { throw StoreError.noSuchDataset(dataset) }
    return table
  }

  /// As `table`, of which all rows and attributes have to be in scope.
  ///
  /// - Errors: `StoreError.scopeTooNarrow` where some are not.
  func wholeTable(_ dataset: DatasetID) throws -> ScopedTable {
    let table = try table(dataset)
    guard table.isWhole else { throw StoreError.scopeTooNarrow(dataset) }
    return table
  }

  /// As `table`, or nil.
  func known(_ dataset: DatasetID) throws -> ScopedTable? {
    let definition = try session.text(
      SQL("SELECT definition FROM karez_dataset WHERE id = \(dataset)").kept)
    guard let table = try definition.flatMap(scoped) else { return nil }
    guard table.schema.id == dataset else { throw StoreError.corrupt(what: "\(dataset)") }
    return table
  }

  /// Every dataset there is for the reader, by its id.
  func tables() throws -> [ScopedTable] {
    try session.all("SELECT definition FROM karez_dataset ORDER BY id")
      .compactMap { try scoped($0.text(0) ?? "") }
  }

  private func scoped(_ definition: String) throws -> ScopedTable? {
    let schema = try schema(definition)
    guard scope.reaches(schema) else { return nil }
    return ScopedTable(
      whole: DatasetTable(schema: schema, dialect: session.dialect), definition: definition,
      scope: scope)
  }
}

extension RelationalStore {
  /// Runs a call of the port on one state of what is recorded, as its scope shows it.
  func reading<Result: Sendable>(
    _ call: PortCall, in scope: Scope, _ body: @Sendable (Reader) throws -> Result
  ) async throws(StoreError) -> Result {
    let scope = access.scope(scope, of: call)
    return try await reading { session in
      // Layer files are of everyone, so what is laid down in them is never one reader's.
      try session.confine(to: call == .layers ? .all : scope)
      return try body(self.reader(session, scope))
    }
  }

  /// Runs a body of ours, of no caller's, that has to see all there is.
  func readingAll<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws(StoreError) -> Result {
    try await reading { session in
      try session.confine(to: .all)
      return try body(session)
    }
  }

  func reader(_ session: any Session, _ scope: Scope) -> Reader {
    Reader(session: session, scope: scope) { try self.schema(proving: $0, session) }
  }
}
