public import KarezCore

/// The attributes an open dataset keeps besides those of its schema, as one JSON text.
///
/// - Shape: `{"NAME": ["text", "…"], "COUNT": ["integer", 5]}`; the type is written because JSON
///   alone would not tell a decimal that happens to be whole from an integer.
enum OpenAttributes {
  static func text(of attributes: [String: AttributeValue]) -> String? {
    let members = attributes.compactMapValues(\.typedJSON)
    return members.isEmpty ? nil : JSONValue.object(members).canonicalText
  }

  static func attributes(parsing text: String) throws(StoreError) -> [String: AttributeValue] {
    guard let parsed = try? JSONValue(parsing: text), case .object(let members) = parsed else {
      throw .corrupt(what: "open attributes")
    }
    var attributes: [String: AttributeValue] = [:]
    for (name, member) in members {
      guard let value = AttributeValue(typedJSON: member) else {
        throw .corrupt(what: "open attributes")
      }
      attributes[name] = value
    }
    return attributes
  }
}

extension AttributeValue {
  /// The value with its type, as JSON: `["decimal", 5]`; nil for no value.
  public var typedJSON: JSONValue? {
    switch self {
    case .null: nil
    case .text(let text): .array([.string("text"), .string(text)])
    // As text, since canonical JSON numbers end at 2^53.
    case .integer(let number): .array([.string("integer"), .string(String(number))])
    case .decimal(let number): .array([.string("decimal"), .number(number)])
    case .boolean(let claim): .array([.string("boolean"), .boolean(claim)])
    case .date(let day): .array([.string("date"), .string(day.description)])
    }
  }

  /// The value that `typedJSON` wrote; nil for anything else.
  public init?(typedJSON json: JSONValue) {
    guard let pair = json.array, pair.count == 2, let type = pair[0].string else { return nil }
    let value: AttributeValue? =
      switch (type, pair[1]) {
      case ("text", .string(let text)): .text(text)
      case ("integer", .string(let digits)): Int64(digits).map(AttributeValue.integer)
      case ("decimal", let number): number.double.map(AttributeValue.decimal)
      case ("boolean", .boolean(let claim)): .boolean(claim)
      case ("date", .string(let day)): LegalDate(day).map(AttributeValue.date)
      default: nil
      }
    guard let value else { return nil }
    self = value
  }
}
