/// A JSON value; objects keep no order, they are written with sorted keys.
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  public var array: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The number, whether it was written as an integer or not.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// `nil` as `null`, text as a string.
  public static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}

extension JSONValue {
  /// The canonical form: keys in order of their UTF-16 units, no white space, shortest numbers.
  ///
  /// - Assumes: numbers are finite.
  /// - Source: RFC 8785.
  public var canonicalText: String {
    var out = ""
    write(into: &out, indent: nil, depth: 0)
    return out
  }

  /// Sorted keys, two spaces, one member a line; arrays of plain numbers stay on one line.
  public var prettyText: String {
    var out = ""
    write(into: &out, indent: "  ", depth: 0)
    return out + "\n"
  }

  private func write(into out: inout String, indent: String?, depth: Int) {
    switch self {
    case .null: out += "null"
    case .boolean(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    case .number(let value): out += Self.numberText(value)
    case .string(let text): Self.writeQuoted(text, into: &out)
    case .array(let elements):
      let isFlat = elements.allSatisfy { $0.double != nil }
      Self.writeList(elements, "[", "]", into: &out, indent: isFlat ? nil : indent, depth) {
        $0.write(into: &$1, indent: isFlat ? nil : indent, depth: depth + 1)
      }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }
      Self.writeList(sorted, "{", "}", into: &out, indent: indent, depth) {
        Self.writeQuoted($0.key, into: &$1)
        $1 += indent == nil ? ":" : ": "
        $0.value.write(into: &$1, indent: indent, depth: depth + 1)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], _ open: String, _ close: String, into out: inout String,
    indent: String?, _ depth: Int, each: (Element, inout String) -> Void
  ) {
    out += open
    for (index, element) in elements.enumerated() {
      if index > 0 { out += "," }
      if let indent {
        out += "\n" + String(repeating: indent, count: depth + 1)
      }
      each(element, &out)
    }
    if let indent, !elements.isEmpty { out += "\n" + String(repeating: indent, count: depth) }
    out += close
  }

  private static func writeQuoted(_ text: String, into out: inout String) {
    out += "\""
    defer { out += "\"" }
    // Nearly every text is printed as it is.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) { return out += text }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case "\u{8}": out += "\\b"
      case "\u{C}": out += "\\f"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
  }

  /// A number as ECMAScript prints it, which RFC 8785 asks for.
  static func numberText(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no infinities")
    if value == 0 { return "0" }
    let shortest = "\(value)"
    if !shortest.utf8.contains(UInt8(ascii: "e")) {
      return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    }
    let parts = "\(abs(value))".split(separator: "e")
    let exponentWritten = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].split(separator: ".")
    let whole = String(mantissa[0])
    let fraction = mantissa.count == 2 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    // Digits without leading or trailing zeros, and where the decimal point stands among them.
    var digits = whole + fraction
    var point = whole.count + exponentWritten
    while digits.hasPrefix("0") && digits.count > 1 {
      digits.removeFirst()
      point -= 1
    }
    while digits.hasSuffix("0") && digits.count > 1 { digits.removeLast() }
    let sign = value < 0 ? "-" : ""
    let count = digits.count
    if count <= point, point <= 21 {
      return sign + digits + String(repeating: "0", count: point - count)
    }
    if 0 < point, point <= 21 {
      return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }
    if -6 < point, point <= 0 {
      return sign + "0." + String(repeating: "0", count: -point) + digits
    }
    let exponent = (point - 1 < 0 ? "-" : "+") + String(abs(point - 1))
    let tail = digits.dropFirst()
    return sign + digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e" + exponent
  }
}
