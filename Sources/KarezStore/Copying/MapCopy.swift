import KarezCore
import KarezGeometry

/// Copies a whole map into another store, page by page; what broke off is gone on with.
///
/// - Shape: each page is a transaction of the target's, in the order of the table's key, so that
///   the last row there tells where to go on. A map that is being copied says so until it is
///   whole and proved, and is not opened for anything else.
/// - Complexity: memory is that of a page, whatever the map's size.
public struct MapCopy: Sendable {
  /// The setting of a map that is being copied: the end of the source's log.
  public static let marker = "copying"
  private static let mostRows = 5_000
  private static let mostBytes = 8 << 20

  let source: RelationalStore
  let target: RelationalStore

  public init(from source: RelationalStore, to target: RelationalStore) {
    self.source = source
    self.target = target
  }

  /// What became of the target before.
  public enum Standing: Hashable, Sendable {
    case empty
    /// A copy of this state of the source was begun.
    case begun
    /// It holds something else.
    case taken
  }

  public func standing() async throws(StoreError) -> Standing {
    let begun = try await target.setting(Self.marker)
    if let begun { return begun == (try await source.recordedState().logSM3) ? .begun : .taken }
    let isEmpty = try await target.recordedState().logEntries == 0
    return try await target.schemas(in: .all).isEmpty && isEmpty ? .empty : .taken
  }

  /// Copies and proves; `progress` hears of rows copied, then of rows verified.
  ///
  /// - Errors: `StoreError.corrupt` where the copy is not what the source is, or the source
  ///   changed meanwhile. The target then stays unfinished.
  public func run(
    progress: @escaping @Sendable (Int) -> Void
  ) async throws(StoreError) -> MapDigest {
    let state = try await source.recordedState()
    try await target.keep(setting: Self.marker, state.logSM3)
    var copied = 0
    for (ours, theirs) in try await makeDatasets() {
      copied += try await copy(ours, to: theirs, after: copied, progress)
    }
    for register in Registers.recorded where register.name != Registers.datasets.name {
      copied += try await copy(register, to: register, after: copied, progress)
    }
    let digest = try await source.digest(progress: progress)
    guard try await source.recordedState() == state else {
      throw .corrupt(what: "the source changed while it was copied")
    }
    guard try await target.digest(progress: progress) == digest else {
      throw .corrupt(what: "the copy differs from its source")
    }
    let verification = try await target.verifyLog(progress: progress)
    if let fault = verification.faults.first {
      throw .corrupt(what: "the copy: \(fault.kind) \(fault.what)")
    }
    try await target.writing("copied") { session in
      try session.run("DELETE FROM karez_meta WHERE key = \(Self.marker)")
    }
    return digest
  }

  // MARK: Datasets

  /// Makes the tables of every dataset that has none yet; answers both sides' tables.
  ///
  /// Names may differ between engines, places of columns do not.
  private func makeDatasets() async throws(StoreError) -> [(TableShape, TableShape)] {
    let rows = try await page(of: Registers.datasets, after: nil, mostRows: .max)
    let time = source.clock()
    let dialect = try await source.reading { session in session.dialect }
    var shapes: [(TableShape, TableShape)] = []
    for row in rows {
      guard let definition = row.values[1].text else { throw .corrupt(what: "dataset definition") }
      let schema = try SchemaJSON.schema(parsing: definition)
      let ours = DatasetTable(schema: schema, dialect: dialect).shape
      let theirs = try await target.writing("dataset \(schema.id)") { session in
        let table = DatasetTable(schema: schema, dialect: session.dialect)
        let known = try session.first("SELECT 1 FROM karez_dataset WHERE id = \(schema.id)")
        if known == nil {
          try session.script(session.dialect.creation(table.shape))
          try session.create(table, at: time)
          try session.fill(Registers.datasets, with: [row])
          if let box = try RelationalStore.extent(of: schema.id, session) {
            try session.widen(table, to: box, at: time)
          }
        }
        return table.shape
      }
      shapes.append((ours, theirs))
    }
    return shapes
  }

  // MARK: Pages

  /// Copies what the target lacks of a table; answers how many rows.
  private func copy(
    _ source: TableShape, to table: TableShape, after before: Int,
    _ progress: @Sendable (Int) -> Void
  ) async throws(StoreError) -> Int {
    // Without a key nothing tells where to go on, so such a table is copied in one piece.
    if table.key.isEmpty {
      let rows = try await page(of: source, after: nil, mostRows: .max)
      return try await target.writing("copy \(table.name)") { session in
        guard try session.integer("SELECT count(*) FROM \(name: table.name)") == 0 else { return 0 }
        try session.fill(table, with: rows)
        return rows.count
      }
    }
    var last = try await lastKey(of: table)
    var count = 0
    while true {
      let rows = try await page(of: source, after: last, mostRows: Self.mostRows)
      guard let end = rows.last else { return count }
      last = table.key.compactMap { name in
        table.columns.firstIndex { $0.name == name }.map { end.values[$0] }
      }
      try await target.writing("copy \(table.name)") { session in
        try session.fill(table, with: rows)
      }
      count += rows.count
      progress(before + count)
    }
  }

  private func lastKey(of table: TableShape) async throws(StoreError) -> [SQLValue]? {
    try await target.readingAll { session in
      let order = SQL.joined(table.key.map { "\(name: $0) DESC" }, by: ", ")
      let row = try session.first(
        "SELECT \(.names(table.key)) FROM \(name: table.name) ORDER BY \(order) LIMIT 1")
      return row.map { row in table.key.indices.map { row[$0] } }
    }
  }

  /// Rows after a key, as many as are a page.
  private func page(
    of table: TableShape, after key: [SQLValue]?, mostRows: Int
  ) async throws(StoreError) -> [FilledRow] {
    let columns = table.columns.map(\.name)
    let order = table.key.isEmpty ? columns : table.key
    var condition: SQL = ""
    if let key {
      let values = SQL.joined(key.map { "\($0)" }, by: ", ")
      condition = "WHERE (\(.names(table.key))) > (\(values))"
    }
    let statement: SQL = """
      SELECT \(.names(columns)) FROM \(name: table.name) \(condition) ORDER BY \(.names(order))
      """
    return try await source.readingAll { session in
      let rows = try session.rows(
        mostRows == .max ? statement : "\(statement) LIMIT \(raw: String(mostRows))")
      var page: [FilledRow] = []
      var size = 0
      while size < Self.mostBytes || mostRows == .max, let row = try rows.next() {
        let filled = try Self.filled(row, of: table)
        size += filled.values.reduce(0) { $0 + $1.byteCount }
        page.append(filled)
      }
      return page
    }
  }

  private static func filled(_ row: any SQLRow, of table: TableShape) throws -> FilledRow {
    var filled = FilledRow(values: [], box: nil)
    for (index, column) in table.columns.enumerated() {
      guard case .geometry = column.kind, let geometry = try row.geometry(index) else {
        filled.values.append(row[index])
        continue
      }
      filled.box = geometry.boundingBox
      filled.values.append(.bytes(geometry.wkb()))
    }
    return filled
  }
}

extension SQLValue {
  fileprivate var byteCount: Int {
    switch self {
    case .null, .integer, .real: 8
    case .text(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    }
  }
}
