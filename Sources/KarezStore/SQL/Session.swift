import KarezCore
import KarezGeometry

/// One row of an answer, by the places of its columns.
protocol SQLRow {
  subscript(_ column: Int) -> SQLValue { get }
  /// Lends the bytes of a geometry's WKB, without a copy where the engine can; nil for null.
  ///
  /// - Errors: `StoreError.corrupt` where the column holds no geometry of ours.
  func withWKB<Result>(
    _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> Result
  ) throws -> Result
  /// Whether a geometry is kept in the one form the engine writes it in.
  func isPlain(_ column: Int, _ geometry: Geometry) throws -> Bool
}

extension SQLRow {
  func text(_ column: Int) -> String? { self[column].text }
  func integer(_ column: Int) -> Int64? { self[column].integer }
  func int(_ column: Int) -> Int? { integer(column).flatMap { Int(exactly: $0) } }
  func real(_ column: Int) -> Double? { self[column].real }
  func bytes(_ column: Int) -> [UInt8]? { self[column].bytes }

  /// The geometry of a column; nil for null.
  func geometry(_ column: Int) throws -> Geometry? {
    try withWKB(column) { wkb in
      guard let wkb else { return nil }
      // Safe because the buffer is only read while it is lent.
      do throws(GeometryError) { return try Geometry(wkb: wkb) } catch {
        throw StoreError.corrupt(what: "geometry")
      }
    }
  }
}

/// An answer that is read row by row; a row is good until the next is asked for.
protocol SQLRows: AnyObject {
  func next() throws -> (any SQLRow)?
}

/// One connection inside one transaction: what the store's statements are given to.
protocol Session {
  var dialect: Dialect { get }

  /// Lets the engine itself hold the rest of the transaction to a scope, where it can; without it
  /// such an engine shows no row of a dataset.
  func confine(to scope: Scope) throws

  /// Stops every statement of the body that is not done in this time.
  ///
  /// - Errors: `StoreError.tookTooLong` where one was stopped.
  func within<Result>(_ time: Duration, _ body: () throws -> Result) throws -> Result

  /// Runs a statement that answers nothing.
  func run(_ sql: SQL) throws
  /// Runs statements of ours that bind nothing, one after another.
  func script(_ text: String) throws
  /// An answer of any size; other statements may run before it is at its end.
  func rows(_ sql: SQL) throws -> any SQLRows
  /// An answer that is known to be small.
  func all(_ sql: SQL) throws -> [any SQLRow]
  /// Puts rows into a table by the shortest way there is, until there are no more.
  func fill(_ table: TableShape, _ next: () throws -> FilledRow?) throws
  /// Lets the engine look at a table that was just filled, where its plans need that.
  func examine(_ table: SQL) throws

  /// Makes ready to look rows of a draft up by their identifiers.
  func prepareIdentifiers(of staged: SQL) throws

  // What stands beside the rows of a dataset: index of places, view, registration.
  func create(_ table: DatasetTable, at time: String) throws
  /// Makes the view anew, after columns were added.
  func show(_ table: DatasetTable, at time: String) throws
  /// Whether the view is the one the engine makes.
  func isViewWhole(of table: DatasetTable) throws -> Bool
  /// Takes note that the dataset reaches so far.
  func widen(_ table: DatasetTable, to box: BoundingBox, at time: String) throws

  /// Puts the boxes of rows that were just written into the index of places, where it does not keep
  /// itself; their numbers are those of the plan above `base`.
  func indexBoxes(of rows: PlannedRows, in table: DatasetTable, above base: Int64) throws
  /// How rows that are written get their digests; run before they are.
  func rowHashes(of plan: PlannedRows) throws -> PlannedHashes
}

extension Session {
  func first(_ sql: SQL) throws -> (any SQLRow)? { try all(sql).first }
  func integer(_ sql: SQL) throws -> Int64? { try first(sql)?.integer(0) }
  func text(_ sql: SQL) throws -> String? { try first(sql)?.text(0) }

  func fill(_ table: TableShape, with rows: some Sequence<FilledRow>) throws {
    var iterator = rows.makeIterator()
    try fill(table) { iterator.next() }
  }
}
