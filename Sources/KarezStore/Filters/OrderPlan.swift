import KarezCore

/// The order of a scan, and where it goes on.
///
/// Rows that do not state what they are ordered by come last, whichever way the order runs; rows
/// that are equal in it come by their numbers.
struct OrderPlan {
  private let keys: [(column: SQL, isDescending: Bool)]

  init(_ order: [FeatureOrder], of table: ScopedTable) {
    let compiler = FilterCompiler(table: table)
    keys = order.map { (compiler.column($0.property), $0.isDescending) }
  }

  var order: SQL {
    let parts = keys.flatMap { key -> [SQL] in
      ["(\(key.column) IS NULL)", key.isDescending ? "\(key.column) DESC" : key.column]
    }
    return .joined(parts + ["h.fid"], by: ", ")
  }

  /// Rows after a cursor.
  ///
  /// - Errors: `StoreError.corrupt` for a cursor of another order.
  func after(_ cursor: FeatureCursor) throws -> SQL {
    guard cursor.values.count == keys.count else { throw StoreError.corrupt(what: "cursor") }
    var later: [SQL] = []
    var same: [SQL] = []
    for (key, value) in zip(keys, cursor.values) {
      if value == .null {
        same.append("\(key.column) IS NULL")
        continue
      }
      let sign: SQL = key.isDescending ? "<" : ">"
      later.append(.and(same + ["(\(key.column) \(sign) \(value) OR \(key.column) IS NULL)"]))
      same.append("\(key.column) = \(value)")
    }
    later.append(.and(same + ["h.fid > \(cursor.row)"]))
    return "(\(SQL.joined(later.map { "(\($0))" }, by: " OR ")))"
  }
}

extension FeatureCursor {
  /// Where a scan in an order goes on after a version.
  public init(after version: FeatureVersion, in order: [FeatureOrder]) {
    let values = order.map { key -> SQLValue in
      switch key.property {
      case .attribute(let name): (version.feature.attributes[name] ?? .null).sqlValue
      case .validFrom: version.validity.from.sqlValue
      case .validUntil: version.validity.until?.sqlValue ?? .null
      case .recordedFrom: version.recordedFrom.sqlValue
      case .statutoryArea: version.statutoryArea.map { .real($0.squareMetres) } ?? .null
      }
    }
    self.init(row: version.row, values: values)
  }
}
