import KarezCore

/// The columns a draft's polygons are laid down with, so that the layer the gate needs of them can
/// become the layer file of what is recorded.
public struct DraftColumns: Sendable {
  public let names: [String]
  /// How many different values each column may have; with more of them the layer is of no use.
  private let most: [Int]
  private let days: String
  /// Which attributes the columns after the days hold, by their places in the schema and by name.
  private let attributes: [(place: Int, name: String)]

  init?(_ rows: LayerRows, of plan: DraftPlan) {
    let schema = rows.table.schema
    var attributes: [(place: Int, name: String)] = []
    for column in rows.named() {
      let place = schema.attributes.firstIndex { $0.name == column.attribute && $0.type == .text }
      guard let place else { return nil }
      attributes.append((place, column.attribute))
    }
    self.attributes = attributes
    names = rows.columnNames
    most = names.map { rows.mostValues(of: $0) }
    days = LayerRows.days(from: plan.validity.from, until: plan.validity.until)
  }

  /// The values of a row in the order of the names.
  ///
  /// `isInOrder` says that the row's values are in the order of the schema; `counts` how many
  /// different values each column has so far.
  public func put(
    _ row: RowValues, isInOrder: Bool, into values: inout [String], counts: (Int) -> Int
  ) {
    values.removeAll(keepingCapacity: true)
    values.append(days)
    for (index, attribute) in attributes.enumerated() {
      let value = isInOrder ? row.ordered[attribute.place] : row.rest[attribute.name] ?? .null
      // A column with too many values is given up, so it is not worth its memory.
      if case .text(let text) = value, counts(index + 1) <= most[index + 1] {
        values.append(text.storable)
      } else {
        values.append(LayerRows.unstated)
      }
    }
  }
}
