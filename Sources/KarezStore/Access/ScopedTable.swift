import KarezCore

/// The tables of one dataset as one scope shows them: columns and rows that are out of it cannot
/// be named from here.
struct ScopedTable: Sendable {
  /// As it is recorded; for what is kept for all readers, and for what is written.
  let whole: DatasetTable
  /// As the reader may know it: it has the columns the reader may read, and no others.
  let table: DatasetTable
  let definition: String
  let scope: Scope

  init(whole: DatasetTable, definition: String, scope: Scope) {
    self.whole = whole
    self.definition = definition
    self.scope = scope
    table = DatasetTable(schema: scope.shown(whole.schema), dialect: whole.dialect)
  }

  var schema: DatasetSchema { table.schema }
  var history: SQL { table.history }

  /// Whether the reader may read all attributes.
  var hasAllAttributes: Bool {
    table.schema.attributes.count == whole.schema.attributes.count
  }

  /// Whether the reader may see the rows of all regions.
  var hasAllRows: Bool { scope.regionPrefixes == nil }

  /// The digest of what a version says, for those who may know all it says.
  var digestColumns: [String] { hasAllAttributes ? ["content_hash"] : [] }

  /// Whether nothing of the dataset is hidden from the reader.
  var isWhole: Bool { hasAllAttributes && hasAllRows }

  /// The rows the reader may see, as conditions on the history table, `h` by default.
  ///
  /// A reader bound to regions sees nothing of a dataset whose rows do not say where they belong.
  func rows(on name: SQL = "h") -> [SQL] {
    guard let prefixes = scope.regionPrefixes else { return [] }
    guard let region = whole.schema.region, !prefixes.isEmpty else { return [.never] }
    let column: SQL = "CAST(\(name).\(name: whole.column(of: region)) AS TEXT)"
    let tests = prefixes.map { prefix -> SQL in
      "substr(\(column), 1, length(\(prefix))) = \(prefix)"
    }
    return ["(\(SQL.joined(tests, by: " OR ")))"]
  }

  /// That two versions say something else, as far as the reader may know.
  ///
  /// The digest of a version covers its hidden attributes, so it is not asked of everyone.
  func differs(_ left: SQL, _ right: SQL) -> SQL {
    guard !hasAllAttributes else { return "\(left).content_hash <> \(right).content_hash" }
    let columns = table.contentColumns.map { column -> SQL in
      "\(left).\(name: column.name) IS DISTINCT FROM \(right).\(name: column.name)"
    }
    return columns.isEmpty ? .never : "(\(SQL.joined(columns, by: " OR ")))"
  }
}

extension AsOf {
  /// The versions in force on the day, as they were recorded at the commit.
  var clause: SQL { clause(on: "h") }

  func clause(on name: SQL) -> SQL {
    """
    \(name).valid_from <= \(validOn) \
    AND (\(name).valid_until IS NULL OR \(name).valid_until > \(validOn)) \
    AND \(name).recorded_from <= \(recorded) \
    AND (\(name).recorded_until IS NULL OR \(name).recorded_until > \(recorded))
    """
  }
}
