/// The columns of a table, in order.
///
/// - Shape: at least one column; no name is empty or stands twice, letters compared as they are.
public struct TableSchema: Hashable, Sendable {
  public let columns: [TableColumn]

  /// The schema of these columns.
  ///
  /// - Errors: `TableError.columnsMissing`, `.columnNameEmpty`, `.columnNameRepeated`; names may
  ///   come from a file's attributes, so these are not the programmer's mistakes.
  public init(_ columns: [TableColumn]) throws(TableError) {
    guard !columns.isEmpty else { throw .columnsMissing }
    var known: Set<String> = []
    for (index, column) in columns.enumerated() {
      guard !column.name.isEmpty else { throw .columnNameEmpty(column: index + 1) }
      guard known.insert(column.name).inserted else {
        throw .columnNameRepeated(name: column.name)
      }
    }
    self.columns = columns
  }
}

/// One column: its name, what it holds, and whether a row may lack it.
public struct TableColumn: Hashable, Sendable {
  public let name: String
  public let kind: ColumnKind
  public let isNullable: Bool

  /// - Precondition: the places of a decimal column are 0 to 9.
  public init(_ name: String, _ kind: ColumnKind, isNullable: Bool = false) {
    if case .decimal(let places) = kind {
      precondition((0...9).contains(places), "decimal places out of range: \(places)")
    }
    self.name = name
    self.kind = kind
    self.isNullable = isNullable
  }
}

/// What a column holds.
public enum ColumnKind: Hashable, Sendable {
  case text
  case integer
  /// A number as it is held, written so that it reads back bit for bit.
  case number
  /// A number rounded half away from zero to so many places after the point, for areas that are
  /// printed; at most 18 digits in all.
  case decimal(places: Int)
  /// A legal day, without time or zone.
  case day
  case flag
  /// Bytes as they are, as WKB.
  case bytes
}
