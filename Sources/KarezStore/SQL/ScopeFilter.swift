import KarezCore

extension Scope {
  /// Whether the dataset exists for this reader.
  func reaches(_ schema: DatasetSchema) -> Bool { schema.classification <= ceiling }

  /// The schema as this reader may know it: without attributes above the ceiling.
  func shown(_ schema: DatasetSchema) -> DatasetSchema {
    schema.keeping { $0.classification <= ceiling }
  }

  /// The rows this reader may see, as a condition on the history table `h`.
  ///
  /// A reader bound to regions sees nothing of a dataset whose rows do not say where they belong.
  func regionClause(for table: DatasetTable) -> SQL? {
    guard let regionPrefixes else { return nil }
    guard let region = table.schema.region, !regionPrefixes.isEmpty else { return .never }
    let column: SQL = "CAST(h.\(name: table.column(of: region)) AS TEXT)"
    let tests = regionPrefixes.map { prefix -> SQL in
      "substr(\(column), 1, length(\(prefix))) = \(prefix)"
    }
    return "(\(SQL.joined(tests, by: " OR ")))"
  }
}

extension AsOf {
  /// The versions in force on the day, as they were recorded at the commit.
  var clause: SQL {
    """
    h.valid_from <= \(validOn) AND (h.valid_until IS NULL OR h.valid_until > \(validOn)) \
    AND h.recorded_from <= \(recorded) \
    AND (h.recorded_until IS NULL OR h.recorded_until > \(recorded))
    """
  }
}
