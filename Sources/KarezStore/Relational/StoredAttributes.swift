import KarezCore

/// The attributes of a row as its dataset keeps them.
struct StoredAttributes {
  /// Of the schema's attributes, in its order; `null` where the row says nothing.
  let named: [AttributeValue]
  /// What an open dataset's schema does not name.
  let rest: [String: AttributeValue]

  /// Names and values in the order of the names' bytes.
  func inDigestOrder(
    of table: DatasetTable, _ body: (_ name: String, _ value: AttributeValue) -> Void
  ) {
    let attributes = table.schema.attributes
    guard !rest.isEmpty else {
      for place in table.digestOrder { body(attributes[place].name, named[place]) }
      return
    }
    let all = zip(attributes, named).map { ($0.name, $1) } + rest.map { ($0.key, $0.value) }
    for (name, value) in all.sorted(by: { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }) {
      body(name, value)
    }
  }
}
