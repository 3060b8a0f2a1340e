import KarezCore
import KarezGeometry

/// What a column holds, in the engine's own type for it.
enum ColumnKind: Hashable, Sendable {
  case text
  case integer
  case decimal
  case boolean
  case date
  case bytes
  /// A geometry that is recorded.
  case geometry(GeometryKind)
  /// A geometry of a draft, which may be one no map could hold.
  case drafted
}

extension AttributeType {
  var column: ColumnKind {
    switch self {
    case .text: .text
    case .integer: .integer
    case .decimal: .decimal
    case .boolean: .boolean
    case .date: .date
    }
  }
}

/// A column of a table of ours.
struct Column: Hashable, Sendable {
  let name: String
  let kind: ColumnKind
  let isRequired: Bool

  init(_ name: String, _ kind: ColumnKind, isRequired: Bool = true) {
    self.name = name
    self.kind = kind
    self.isRequired = isRequired
  }

  /// A column that may be null.
  static func optional(_ name: String, _ kind: ColumnKind) -> Column {
    Column(name, kind, isRequired: false)
  }
}

/// A table as both engines have it; the engine writes the statement that makes it.
struct TableShape: Hashable, Sendable {
  let name: String
  let columns: [Column]
  /// The columns that tell rows apart; empty where nothing does.
  var key: [String] = []
  var indexes: [Index] = []

  struct Index: Hashable, Sendable {
    let name: String
    let columns: [String]
    var condition: String?
  }
}

/// A row on its way into a table: its columns in order, and the box of its geometry.
struct FilledRow {
  var values: [SQLValue]
  var box: BoundingBox?
}
