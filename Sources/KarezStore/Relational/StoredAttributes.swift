import KarezCore

/// The attributes of a row as its dataset keeps them.
struct StoredAttributes {
  /// Of the schema's attributes, in its order; `null` where the row says nothing.
  let named: [AttributeValue]
  /// What an open dataset's schema does not name.
  let rest: [String: AttributeValue]

  /// Names and values in the order of the names' bytes.
  func inDigestOrder(of table: DatasetTable) -> [(key: String, value: AttributeValue)] {
    let attributes = table.schema.attributes
    let sorted = table.digestOrder.map { (key: attributes[$0].name, value: named[$0]) }
    guard !rest.isEmpty else { return sorted }
    return (sorted + rest.map { ($0.key, $0.value) }).sorted {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
  }
}
