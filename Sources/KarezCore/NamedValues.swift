/// Values by name, few enough to be looked for one after another; rows of one table share the list of
/// their names, so that a row is one array.
public struct NamedValues: Sendable {
  public private(set) var names: [String]
  /// In the order of the names.
  public private(set) var values: [AttributeValue]

  public init() {
    names = []
    values = []
  }

  /// A value for each name; of a name that stands twice the first counts.
  public init(_ names: [String], _ values: [AttributeValue]) {
    precondition(names.count == values.count, "a value for every name")
    self.names = names
    self.values = values
  }

  public init(_ values: [String: AttributeValue]) {
    names = Array(values.keys)
    self.values = Array(values.values)
  }

  public var count: Int { names.count }

  /// The value of a name; nil where there is none, which is not the same as `null`.
  public subscript(name: String) -> AttributeValue? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      switch (names.firstIndex(of: name), newValue) {
      case (let place?, let value?): values[place] = value
      case (let place?, nil):
        names.remove(at: place)
        values.remove(at: place)
      case (nil, let value?):
        names.append(name)
        values.append(value)
      case (nil, nil): break
      }
    }
  }
}

extension NamedValues: Hashable {
  /// The order of the names does not matter.
  public static func == (left: NamedValues, right: NamedValues) -> Bool {
    if left.names == right.names { return left.values == right.values }
    return left.count == right.count && left.names.allSatisfy { left[$0] == right[$0] }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(names.count) }
}

extension NamedValues: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    self.init(elements.map(\.0), elements.map(\.1))
  }
}
