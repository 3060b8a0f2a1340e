import KarezCore
import KarezStore

/// 统计来源: the features behind one figure of a table, a page of them, with the sum of all.
public struct StatisticsRows: Sendable {
  public struct Row: Hashable, Sendable {
    public let id: String
    public let region: String
    public let className: String
    /// What of it lies in the area that was asked about.
    let units: Int64
    let wholeUnits: Int64

    public var areaText: String { LedgerUnits.text(units) }
    public var wholeText: String { LedgerUnits.text(wholeUnits) }
  }

  /// Without lines: what the figure is of.
  public let table: StatisticsTable
  /// In the order of their ids.
  public let rows: [Row]
  public let isLast: Bool
  /// Of all features behind the figure.
  public let count: Int
  let units: Int64

  public var areaText: String { LedgerUnits.text(units) }

  /// Keeps the first rows in the order of their ids.
  static func keep(_ limit: Int, of rows: inout [Row]) {
    rows.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    if rows.count > limit { rows.removeLast(rows.count - limit) }
  }
}
