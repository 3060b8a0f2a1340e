import KarezCore

/// Takes a source's value over as the type the schema names, or says that it is not one.
enum StrictValue {
  enum Outcome: Equatable {
    /// The value as the schema wants it; `null` for an empty text.
    case value(AttributeValue)
    case wrongType
    /// A text with control or direction characters, which print as something else.
    case unprintable
  }

  /// The value as `type`; nil keeps the type it has.
  static func coerced(_ value: AttributeValue, to type: AttributeType?) -> Outcome {
    if case .text(let text) = value {
      let isPlain = isPlain(text)
      let trimmed = isPlain ? text : trimmed(text)
      if trimmed.isEmpty { return .value(.null) }
      guard isPlain || isPrintable(trimmed) else { return .unprintable }
      guard let type else { return .value(.text(trimmed)) }
      return parsed(trimmed, as: type).map(Outcome.value) ?? .wrongType
    }
    if case .decimal(let number) = value, !number.isFinite { return .wrongType }
    guard let type else { return .value(value) }
    return converted(value, to: type).map(Outcome.value) ?? .wrongType
  }

  private static func converted(
    _ value: AttributeValue, to type: AttributeType
  ) -> AttributeValue? {
    switch (value, type) {
    case (.null, _): .null
    case (.integer(let number), .text): .text(String(number))
    case (.decimal(let number), .text): whole(number).map { .text(String($0)) }
    case (.date(let day), .text): .text(day.description)
    case (.integer, .integer), (.decimal, .decimal), (.boolean, .boolean), (.date, .date): value
    case (.decimal(let number), .integer): whole(number).map(AttributeValue.integer)
    case (.integer(let number), .decimal): .decimal(Double(number))
    case (.integer(0), .boolean): .boolean(false)
    case (.integer(1), .boolean): .boolean(true)
    case (.integer(let number), .date): day(of: String(number)).map(AttributeValue.date)
    default: nil
    }
  }

  private static func parsed(_ text: String, as type: AttributeType) -> AttributeValue? {
    switch type {
    case .text: .text(text)
    case .integer: isNumber(text, decimal: false) ? Int64(text).map(AttributeValue.integer) : nil
    case .decimal:
      isNumber(text, decimal: true)
        ? Double(text).flatMap { $0.isFinite ? .decimal($0) : nil } : nil
    case .boolean:
      switch text.lowercased() {
      case "1", "true", "是": .boolean(true)
      case "0", "false", "否": .boolean(false)
      default: nil
      }
    case .date: day(of: text).map(AttributeValue.date)
    }
  }

  /// A decimal that is an integer; beyond 2^53 nobody knows which.
  private static func whole(_ number: Double) -> Int64? {
    guard abs(number) <= 9_007_199_254_740_992, number.rounded() == number else { return nil }
    return Int64(number)
  }

  private static func isNumber(_ text: String, decimal: Bool) -> Bool {
    var digits = Array(text.utf8)
    if digits.first == UInt8(ascii: "-") { digits.removeFirst() }
    if decimal, let point = digits.firstIndex(of: UInt8(ascii: ".")) {
      digits.remove(at: point)
    }
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// A day written 2024-02-29, 2024/02/29 or 20240229.
  private static func day(of text: String) -> LegalDate? {
    var digits = Array(text.utf8)
    if digits.count == 10, digits[4] == UInt8(ascii: "/"), digits[7] == UInt8(ascii: "/") {
      digits[4] = UInt8(ascii: "-")
      digits[7] = UInt8(ascii: "-")
    } else if digits.count == 8, isNumber(text, decimal: false) {
      digits.insert(UInt8(ascii: "-"), at: 6)
      digits.insert(UInt8(ascii: "-"), at: 4)
    }
    return LegalDate(String(decoding: digits, as: UTF8.self))
  }

  /// Whether a text has no blank at either end and nothing in it that could be unprintable, by its
  /// bytes; `false` says nothing.
  private static func isPlain(_ text: String) -> Bool {
    let blank = UInt8(ascii: " ")
    guard let first = text.utf8.first, first != blank, text.utf8.last != blank else { return false }
    return text.utf8.allSatisfy { byte in
      // What begins with one of the last three may be a control or a direction character.
      0x20...0x7E ~= byte || byte >= 0x80 && byte != 0xC2 && byte != 0xE2 && byte != 0xEF
    }
  }

  /// Without the blanks that fixed-width tables pad with.
  private static func trimmed(_ text: String) -> String {
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar.value == 0 }
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  private static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: true
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFD: false
      default: true
      }
    }
  }
}
