import KarezCore

extension Scope {
  /// Whether the dataset exists for this reader.
  func reaches(_ schema: DatasetSchema) -> Bool { schema.classification <= ceiling }

  /// The schema as this reader may know it: without attributes above the ceiling.
  func shown(_ schema: DatasetSchema) -> DatasetSchema {
    schema.keeping { $0.classification <= ceiling }
  }

  /// The rows this reader may see, as a condition on the history table, `h` by default.
  ///
  /// A reader bound to regions sees nothing of a dataset whose rows do not say where they belong.
  func regionClause(for table: DatasetTable, on name: SQL = "h") -> SQL? {
    guard let regionPrefixes else { return nil }
    guard let region = table.schema.region, !regionPrefixes.isEmpty else { return .never }
    let column: SQL = "CAST(\(name).\(name: table.column(of: region)) AS TEXT)"
    let tests = regionPrefixes.map { prefix -> SQL in
      "substr(\(column), 1, length(\(prefix))) = \(prefix)"
    }
    return "(\(SQL.joined(tests, by: " OR ")))"
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
