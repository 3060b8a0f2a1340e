import KarezGeometry

/// How one engine writes what both mean; everything else of a statement is the same.
struct Dialect: Sendable {
  /// The mark of the n-th bound value.
  let mark: @Sendable (Int) -> String
  /// The schema temporary tables are in.
  let temporary: String
  /// The function that gives the least of its arguments, none of which is null.
  let least: String
  /// A column that numbers the rows of a temporary table in the order they are put in.
  let numbering: String
  /// The name as the engine keeps it, for names that it would cut short.
  let fitting: @Sendable (String) -> String
  /// Lower-case names no column of ours may have.
  let reserved: Set<String>
  /// The statements that make a table and its indexes.
  let creation: @Sendable (TableShape) -> String
  let type: @Sendable (ColumnKind) -> String

  /// Rows of the history table `h` whose boxes meet a window.
  let isNear: @Sendable (DatasetTable, BoundingBox) -> SQL
  /// Rows of a draft's table whose boxes meet a window; the draft's name comes first.
  let isDraftedNear: @Sendable (SQL, BoundingBox) -> SQL
  /// Least and greatest x and y (`min x, min y, max x, max y`) of rows of `h` that meet a condition.
  let extent: @Sendable (DatasetTable, SQL) -> SQL
  /// Where the index of places keeps the box of a row of `h`; nil where nothing can contradict it.
  let boxes: @Sendable (DatasetTable) -> IndexedBoxes?
  /// A text's likeness to a pattern, capitals told from small letters.
  let isLike: @Sendable (SQL, TextPattern) -> SQL
  /// A draft's geometry as it is recorded.
  let recorded: @Sendable (SQL) -> SQL
  /// About how many bytes a recorded geometry takes.
  let size: @Sendable (SQL) -> SQL
  /// Bytes the whole database takes.
  let databaseBytes: String
}

/// Columns `min x, max x, min y, max y` of the index, and what is joined to reach them.
struct IndexedBoxes: Sendable {
  let columns: SQL
  let join: SQL
}
