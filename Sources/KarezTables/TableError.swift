/// Why a table could not be written; carries facts, no sentences.
///
/// Rows count from 1 over the whole table, the header not counted.
public enum TableError: Error, Hashable, Sendable {
  case columnsMissing
  case columnNameEmpty(column: Int)
  case columnNameRepeated(name: String)
  case notFinite(column: String, row: Int)
  /// The number does not fit in 18 digits with the column's places.
  case tooLargeForDecimals(column: String, row: Int, value: Double, places: Int)
  case valueTooLong(column: String, row: Int, bytes: Int, limit: Int)
  case pathNotWritable(path: String, errorNumber: Int32)
  case diskFull(path: String)
  case writeFailed(path: String, errorNumber: Int32)
}
