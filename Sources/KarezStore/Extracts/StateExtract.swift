public import Foundation
public import KarezCore
import KarezCrypto
public import KarezGeometry

/// 数据摘录: what a dataset shows near some places in one state, enough to ask the same again.
///
/// - Shape: one JSON object a dataset: its definition, its commit, the day it is current to, and
///   rows by their columns; geometry as WKB and digests in hexadecimal.
public struct StateExtract: Hashable, Sendable {
  public let dataset: DatasetID
  public let json: JSONValue

  /// - Errors: `StoreError.corrupt` where it is no extract.
  public init(json: JSONValue) throws(StoreError) {
    guard let dataset = json["dataset"]?.string.flatMap({ DatasetID($0) }) else {
      throw .corrupt(what: "extract")
    }
    self.dataset = dataset
    self.json = json
  }

  /// The geometries of its rows, of all versions there are.
  public var geometries: [Geometry] {
    let columns = json["columns"]?.array?.compactMap(\.string) ?? []
    guard let place = columns.firstIndex(of: "geom") else { return [] }
    return (json["rows"]?.array ?? []).compactMap { row in
      guard let values = row.array, place < values.count,
        let bytes = values[place].string.flatMap({ Hexadecimal.bytes($0) })
      else { return nil }
      return try? Geometry(wkb: bytes)
    }
  }

  /// Datasets and places an extract is made of.
  public struct Want: Sendable {
    public let dataset: DatasetID
    public let windows: [BoundingBox]

    public init(dataset: DatasetID, windows: [BoundingBox]) {
      self.dataset = dataset
      self.windows = windows
    }
  }
}

extension RelationalStore {
  /// Extracts of those datasets that there are, as their stewards recorded them.
  public func extracts(
    of wants: [StateExtract.Want], asOf: AsOf
  ) async throws(StoreError) -> [StateExtract] {
    try await reading { session in
      var extracts: [StateExtract] = []
      for want in wants {
        let definition = try session.text(
          "SELECT definition FROM karez_dataset WHERE id = \(want.dataset)")
        guard let definition else { continue }
        let table = DatasetTable(
          schema: try self.schema(parsing: definition), dialect: session.dialect)
        let writer = ExtractWriter(session: session, table: table, definition: definition)
        extracts.append(try writer.extract(want, asOf))
      }
      return extracts
    }
  }

  /// A store of nothing but extracts, which answers as the one they were made from.
  ///
  /// `recorded` is the commit they are of.
  public static func restored(
    _ extracts: [StateExtract], recorded: CommitNumber, in folder: URL
  ) async throws(StoreError) -> RelationalStore {
    let store = try RelationalStore(
      folder: folder, clock: { "2000-01-01T00:00:00.000Z" },
      snapshots: SnapshotPolicy(isMadeInBackground: false))
    try await store.writing("extracts") { session in
      var commits: Set<Int> = []
      for extract in extracts {
        let reader = try ExtractReader(extract, session)
        commits.insert(try reader.restore())
      }
      if recorded.value > 0, !commits.contains(recorded.value) {
        try ExtractReader.recordCommit(recorded.value, of: "", session)
      }
    }
    return store
  }
}

private struct ExtractWriter {
  let session: any Session
  let table: DatasetTable
  let definition: String

  func extract(_ want: StateExtract.Want, _ asOf: AsOf) throws -> StateExtract {
    let history = DatasetHistory(session: session, table: table, definition: definition)
    let shape = table.shape
    var members: [String: JSONValue] = [
      "dataset": .string(want.dataset.text), "definition": .string(definition),
      "commit": .integer(Int64(try history.lastCommit(upTo: asOf.recorded.value))),
      "currentTo": .optional(try history.currentTo(asOf)?.description),
      "columns": .array(shape.columns.map { .string($0.name) }),
    ]
    var rows: [JSONValue] = []
    if table.hasGeometry {
      let near: SQL =
        want.windows.isEmpty
        ? .never : .joined(want.windows.map { table.dialect.isNear(table, $0) }, by: " OR ")
      let found = try session.rows(
        """
        SELECT \(.names(shape.columns.map(\.name), of: "h")) FROM \(table.history) h
        WHERE \(asOf.clause) AND (\(near)) ORDER BY h.fid
        """)
      while let row = try found.next() { rows.append(try values(of: row, shape)) }
    }
    members["rows"] = .array(rows)
    return try StateExtract(json: .object(members))
  }

  private func values(of row: any SQLRow, _ shape: TableShape) throws -> JSONValue {
    var values: [JSONValue] = []
    for (index, column) in shape.columns.enumerated() {
      if case .geometry = column.kind {
        let wkb = try row.geometry(index)?.wkb()
        values.append(.optional(wkb.map { Hexadecimal.text($0) }))
        continue
      }
      switch row[index] {
      case .null: values.append(.null)
      case .integer(let number): values.append(.integer(number))
      case .real(let number): values.append(.number(number))
      case .text(let text): values.append(.string(text))
      case .bytes(let bytes): values.append(.string(Hexadecimal.text(bytes)))
      }
    }
    return .array(values)
  }
}

private struct ExtractReader {
  let extract: StateExtract
  let session: any Session
  let table: DatasetTable
  let definition: String

  init(_ extract: StateExtract, _ session: any Session) throws {
    guard let definition = extract.json["definition"]?.string else { throw Self.damaged(extract) }
    self.extract = extract
    self.session = session
    self.definition = definition
    table = DatasetTable(
      schema: try SchemaJSON.schema(parsing: definition), dialect: session.dialect)
    guard table.schema.id == extract.dataset else { throw Self.damaged(extract) }
  }

  /// Puts the dataset into the store; answers its commit.
  func restore() throws -> Int {
    let json = extract.json
    let shape = table.shape
    guard let commit = json["commit"]?.integer, let listed = json["rows"]?.array,
      json["columns"]?.array?.compactMap(\.string) == shape.columns.map(\.name)
    else { throw Self.damaged(extract) }
    try session.script(session.dialect.creation(shape))
    try session.create(table, at: "2000-01-01T00:00:00.000Z")
    try session.run(
      """
      INSERT INTO karez_dataset (id, definition, classification)
      VALUES (\(extract.dataset), \(definition), \(table.schema.classification.rawValue))
      """)
    var rows: [FilledRow] = []
    for item in listed { rows.append(try row(item, shape)) }
    try session.fill(shape, with: rows)
    if commit > 0 {
      try Self.recordCommit(Int(clamping: commit), of: extract.dataset.text, session)
    }
    if let day = json["currentTo"]?.string {
      try session.run(
        """
        INSERT INTO karez_statement (dataset, mode, valid_from, valid_until, said_at)
        VALUES (\(extract.dataset), 'state', \(day), NULL, \(commit))
        """)
    }
    return Int(clamping: commit)
  }

  private func row(_ item: JSONValue, _ shape: TableShape) throws -> FilledRow {
    guard let values = item.array, values.count == shape.columns.count else {
      throw Self.damaged(extract)
    }
    var filled = FilledRow(values: [], box: nil)
    for (value, column) in zip(values, shape.columns) {
      switch (column.kind, value) {
      case (_, .null): filled.values.append(.null)
      case (.geometry, .string(let text)):
        guard let wkb = Hexadecimal.bytes(text) else { throw Self.damaged(extract) }
        do throws(GeometryError) { filled.box = try Geometry(wkb: wkb).boundingBox } catch {
          throw Self.damaged(extract)
        }
        filled.values.append(.bytes(wkb))
      case (.bytes, .string(let text)):
        guard let bytes = Hexadecimal.bytes(text) else { throw Self.damaged(extract) }
        filled.values.append(.bytes(bytes))
      case (.decimal, .integer(let number)): filled.values.append(.real(Double(number)))
      case (.decimal, .number(let number)): filled.values.append(.real(number))
      case (.integer, .integer(let number)), (.boolean, .integer(let number)):
        filled.values.append(.integer(number))
      case (.text, .string(let text)), (.date, .string(let text)):
        filled.values.append(.text(text))
      default: throw Self.damaged(extract)
      }
    }
    return filled
  }

  static func recordCommit(_ number: Int, of dataset: String, _ session: any Session) throws {
    let known = try session.first("SELECT 1 FROM karez_commit WHERE number = \(number)")
    guard known == nil else { return }
    try session.run(
      """
      INSERT INTO karez_commit (number, dataset, recorded_at, actor, reason, valid_from, source,
        source_sm3, reader, crs, inserted, changed, ended, sm3)
      VALUES (\(number), \(dataset), '', '', 'extract', '', '', '', '', '', 0, 0, 0, '')
      """)
  }

  private static func damaged(_ extract: StateExtract) -> StoreError {
    .corrupt(what: "extract of \(extract.dataset)")
  }
}
