/// Writes a table as rows come; what it holds in memory does not grow with them, but for a line of
/// a Parquet footer every 65,536 rows.
///
/// A writer is used by one task at a time: workers fill batches, one writes. Until `finish()` the
/// file does not have its name; if a call throws, or the writer is let go before, nothing is left
/// behind and what was there stays.
///
/// - Accuracy: the same rows give the same bytes, however they were cut into batches; held by
///   `RoundTripTests`.
public protocol TableWriter: AnyObject {
  var schema: TableSchema { get }

  /// How many rows were appended.
  var rowCount: Int { get }

  /// Appends the rows of a batch.
  ///
  /// - Precondition: the batch has this schema, and nothing was thrown or finished before.
  func append(_ batch: TableBatch) throws(TableError)

  /// Completes the file, makes it durable and gives it its name.
  func finish() throws(TableError)
}

/// The forms a table can be written in.
public enum TableFormat: String, CaseIterable, Sendable {
  case csv
  case parquet

  /// The form a file's name asks for, by its ending; nil if it asks for no known one.
  public init?(path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// A writer of this form, with the form's defaults.
  public func writer(to path: String, schema: TableSchema) throws(TableError) -> any TableWriter {
    switch self {
    case .csv: try CSVWriter(path: path, schema: schema)
    case .parquet: try ParquetWriter(path: path, schema: schema)
    }
  }
}

/// Whether a writer still takes rows.
enum WriterState {
  case open
  case failed
  case finished
}
