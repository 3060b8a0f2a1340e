import GRDB
import KarezCore

/// A piece of SQL with its arguments; only this module writes any.
struct Clause {
  var text: String
  var arguments: [(any DatabaseValueConvertible)?]

  static func and(_ clauses: [Clause]) -> Clause {
    Clause(
      text: clauses.map(\.text).joined(separator: " AND "),
      arguments: clauses.flatMap(\.arguments))
  }
}

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
  func regionClause(for schema: DatasetSchema) -> Clause? {
    guard let regionPrefixes else { return nil }
    guard let region = schema.region, !regionPrefixes.isEmpty else {
      return Clause(text: "0", arguments: [])
    }
    let column = "h." + GeoPackageTables.quoted(DatasetTable.column(of: region))
    let tests = regionPrefixes.map { _ in "substr(\(column), 1, length(?)) = ?" }
    return Clause(
      text: "(" + tests.joined(separator: " OR ") + ")",
      arguments: regionPrefixes.flatMap { [$0, $0] })
  }
}

extension AsOf {
  /// The versions in force on the day, as they were recorded at the commit.
  var clause: Clause {
    Clause(
      text: """
        h.valid_from <= ? AND (h.valid_until IS NULL OR h.valid_until > ?) \
        AND h.recorded_from <= ? AND (h.recorded_until IS NULL OR h.recorded_until > ?)
        """,
      arguments: [
        validOn.description, validOn.description, recorded.value, recorded.value,
      ])
  }
}
