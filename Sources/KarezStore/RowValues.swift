public import KarezCore

/// The names of a schema's attributes in its order; rows of one source share it.
public final class AttributeOrder: Sendable {
  public let names: [String]

  public init(of schema: DatasetSchema) { names = schema.attributes.map(\.name) }
}

/// What a row says of its attributes, by their places: millions of rows need no table of names each.
///
/// - Shape: where there is an order, `ordered` has a value for each of its names, `null` where the
///   row says nothing, and `rest` what the schema does not name; without one, `rest` has it all.
public struct RowValues: Sendable {
  public let order: AttributeOrder?
  public let ordered: [AttributeValue]
  public let rest: [String: AttributeValue]

  /// The values of a row whose schema has this order; no name of it is in `rest`.
  public init(
    _ ordered: [AttributeValue], in order: AttributeOrder, rest: [String: AttributeValue] = [:]
  ) {
    precondition(ordered.count == order.names.count, "a value for every name")
    self.order = order
    self.ordered = ordered
    self.rest = rest
  }

  public init(_ named: [String: AttributeValue]) {
    order = nil
    ordered = []
    rest = named
  }

  /// The values by name; of what the row does not state there is none.
  public var named: [String: AttributeValue] {
    guard let order else { return rest }
    var named = rest
    for (name, value) in zip(order.names, ordered) where value != .null { named[name] = value }
    return named
  }
}

/// Whether rows have the order of a schema; asked of one row after another, which share theirs.
public struct KnownOrder {
  private let names: [String]
  private var last: AttributeOrder?
  private var isLast = false

  public init(of schema: DatasetSchema) { names = schema.attributes.map(\.name) }

  public mutating func isOrder(of values: RowValues) -> Bool {
    guard let order = values.order else { return false }
    if order !== last {
      last = order
      isLast = order.names == names
    }
    return isLast
  }
}
