/// Rows a commit is about to write: their numbers and days, and the rows they are made of.
struct PlannedRows {
  /// The tables they are in; alias `s` has `content_hash` and `area_m2`.
  let tables: SQL
  let condition: SQL
  /// Expressions over the tables; rows are written in the order of their numbers.
  var number: SQL = "p.number"
  var from: SQL = "p.valid_from"
  var until: SQL = "p.valid_until"
}

/// Where the digest of a planned row is found: a table more to join, and an expression.
struct PlannedHashes {
  var table: SQL
  var condition: SQL
  var digest: SQL
}
