import KarezCore

/// Values and kinds as the gate's sentences name them.
enum GateWords {
  static func type(_ type: AttributeType) -> LocalizedText {
    switch type {
    case .text: LocalizedText(zh: "文本", en: "text")
    case .integer: LocalizedText(zh: "整数", en: "an integer")
    case .decimal: LocalizedText(zh: "数值", en: "a number")
    case .boolean: LocalizedText(zh: "是否值", en: "yes or no")
    case .date: LocalizedText(zh: "日期", en: "a date")
    }
  }

  static func geometry(_ kind: GeometryKind) -> LocalizedText {
    switch kind {
    case .none: LocalizedText(zh: "无图形", en: "no geometry")
    case .point: LocalizedText(zh: "点", en: "points")
    case .line: LocalizedText(zh: "线", en: "lines")
    case .polygon: LocalizedText(zh: "面", en: "polygons")
    }
  }

  /// A value as it stands in the source, at most sixty characters of it.
  static func value(_ value: AttributeValue?) -> String {
    switch value {
    case .text(let text)?: text.count > 60 ? text.prefix(60) + "…" : text
    case .integer(let number)?: String(number)
    case .decimal(let number)?: decimal(number)
    case .boolean(let flag)?: String(flag)
    case .date(let day)?: day.description
    case .null?, nil: "–"
    }
  }

  /// A number without an exponent where it can be written so.
  static func decimal(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return String(number) }
    var text = DecimalText.fixed(number, decimals: 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  static func area(_ squareMetres: Double) -> String {
    DecimalText.fixed(squareMetres, decimals: 2)
  }

  static func metres(_ metres: Double) -> String { DecimalText.fixed(metres, decimals: 2) }
}
