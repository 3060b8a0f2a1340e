import KarezCore

/// The attributes an open dataset keeps besides those of its schema, as one JSON text.
///
/// - Shape: `{"NAME": ["text", "…"], "COUNT": ["integer", 5]}`; the type is written because JSON
///   alone would not tell a decimal that happens to be whole from an integer.
enum OpenAttributes {
  static func text(of attributes: [String: AttributeValue]) -> String? {
    let members = attributes.compactMapValues(value)
    return members.isEmpty ? nil : JSONValue.object(members).canonicalText
  }

  private static func value(of attribute: AttributeValue) -> JSONValue? {
    switch attribute {
    case .null: nil
    case .text(let text): .array([.string("text"), .string(text)])
    // As text, since canonical JSON numbers end at 2^53.
    case .integer(let number): .array([.string("integer"), .string(String(number))])
    case .decimal(let number): .array([.string("decimal"), .number(number)])
    case .boolean(let claim): .array([.string("boolean"), .boolean(claim)])
    case .date(let day): .array([.string("date"), .string(day.description)])
    }
  }

  static func attributes(parsing text: String) throws(StoreError) -> [String: AttributeValue] {
    guard let parsed = try? JSONValue(parsing: text), case .object(let members) = parsed else {
      throw .corrupt(what: "open attributes")
    }
    var attributes: [String: AttributeValue] = [:]
    for (name, member) in members {
      guard let value = attribute(of: member) else { throw .corrupt(what: "open attributes") }
      attributes[name] = value
    }
    return attributes
  }

  private static func attribute(of member: JSONValue) -> AttributeValue? {
    guard let pair = member.array, pair.count == 2, let type = pair[0].string else { return nil }
    switch (type, pair[1]) {
    case ("text", .string(let text)): return .text(text)
    case ("integer", .string(let digits)): return Int64(digits).map(AttributeValue.integer)
    case ("decimal", let number): return number.double.map(AttributeValue.decimal)
    case ("boolean", .boolean(let claim)): return .boolean(claim)
    case ("date", .string(let day)): return LegalDate(day).map(AttributeValue.date)
    default: return nil
    }
  }
}
