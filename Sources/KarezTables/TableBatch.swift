/// Rows on their way into a table, held by column.
///
/// A worker fills a batch of its own, value by value, and hands it to the one that writes; then it
/// empties the batch and fills it again, without allocating.
public struct TableBatch: Sendable {
  public let schema: TableSchema
  @usableFromInline var columns: [ColumnValues]

  /// An empty batch with room for so many rows.
  public init(_ schema: TableSchema, capacity: Int = 0) {
    self.schema = schema
    columns = schema.columns.map { ColumnValues($0, capacity: capacity) }
  }

  /// The values of a column, by its place in the schema.
  @inlinable public subscript(column: Int) -> ColumnValues {
    // Yielded in place, since a copy of the values would be made at every append; and inlined,
    // since a yield across modules allocates its frame.
    _read { yield columns[column] }
    _modify { yield &columns[column] }
  }

  /// How many rows there are.
  ///
  /// - Precondition: all columns are filled to the same row.
  public var rowCount: Int {
    let count = columns[0].count
    for values in columns {
      precondition(
        values.count == count, "\(values.column.name) has \(values.count) values for \(count) rows")
    }
    return count
  }

  /// Removes the rows and keeps the room.
  public mutating func removeAll() {
    for index in columns.indices { columns[index].removeAll() }
  }
}
