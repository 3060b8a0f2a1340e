/// 版次对照: a code table beside the other editions of its family.
///
/// What one edition's code is in another stands in the column `code_<edition>` of either table;
/// `number_reused` says `yes` where the same number means something else.
public struct CodeEditions: Hashable, Sendable {
  public let table: CodeTable
  /// In the order of their names.
  public let others: [CodeTable]

  public init(of table: CodeTable, among tables: [String: CodeTable]) {
    self.table = table
    guard let edition = table.edition else {
      others = []
      return
    }
    others = tables.values.filter {
      $0.edition?.family == edition.family && $0.id != table.id
    }.sorted { $0.id < $1.id }
  }

  /// Another edition that has a code the table does not have.
  public func edition(with code: String) -> CodeTable? {
    table.contains(code) ? nil : others.first { $0.contains(code) }
  }

  /// The codes of the table that stand for a code of another edition; empty where none is known.
  public func counterparts(of code: String, in other: CodeTable) -> [String] {
    guard let edition = table.edition, let theirs = other.edition else { return [] }
    let stated = other.rows.filter { $0.code == code }
      .compactMap { $0.columns["code_" + edition.name] }.filter { !$0.isEmpty }
    if !stated.isEmpty { return stated }
    return table.rows.filter { $0.columns["code_" + theirs.name] == code }.map(\.code)
  }

  /// Codes of the table whose number means something else in another edition.
  public var reusedCodes: Set<String> {
    Set(table.rows.map(\.code).filter { code in others.contains { isReused(code, by: $0) } })
  }

  /// Whether both editions have the number and mean different things by it.
  public func isReused(_ code: String, by other: CodeTable) -> Bool {
    guard table.contains(code), other.contains(code) else { return false }
    return (table.rows + other.rows).contains {
      $0.code == code && $0.columns["number_reused"] == "yes"
    }
  }
}
