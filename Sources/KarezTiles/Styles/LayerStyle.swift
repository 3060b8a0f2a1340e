public import KarezCore

/// How a pack says a dataset is drawn (MapLibre style layers), as far as we draw it.
///
/// Reads `fill`, `line` and `circle` layers and the expressions `get`, `literal`, `to-string`,
/// `slice`, `coalesce`, `match`, `case`, `==`, `!=`; of a zoom function it takes the first value.
public struct LayerStyle: Sendable {
  private let layers: [JSONValue]

  /// The style, or nil where the text is none.
  public init?(_ text: String) {
    guard let json = try? JSONValue(parsing: text) else { return nil }
    guard let layers = json.array ?? json["layers"]?.array else { return nil }
    self.layers = layers
  }

  /// The lowest map zoom any of its layers is meant for.
  public var minimumZoom: Double { layers.compactMap { $0["minzoom"]?.double }.min() ?? 0 }

  /// The colours of a feature.
  public func paint(for attributes: [String: AttributeValue]) -> MapPaint {
    var fill: String?
    var fillOpacity = 1.0
    var line: String?
    var lineWidth = 1.0
    var isDashed = false
    for layer in layers {
      let paint = layer["paint"]
      func value(_ key: String) -> JSONValue? {
        paint?[key].map { StyleExpression.evaluate($0, attributes) }
      }
      switch layer["type"]?.string {
      case "fill":
        fill = value("fill-color")?.string ?? fill
        fillOpacity = value("fill-opacity")?.double ?? fillOpacity
        line = value("fill-outline-color")?.string ?? line
        if line != nil, paint?["fill-outline-color"] != nil { lineWidth = 0.5 }
      case "line":
        line = value("line-color")?.string ?? line
        lineWidth = value("line-width")?.double ?? lineWidth
        isDashed = paint?["line-dasharray"] != nil || isDashed
      case "circle":
        fill = value("circle-color")?.string ?? fill
        line = value("circle-stroke-color")?.string ?? line
      default: continue
      }
    }
    return MapPaint(
      fill: fill, fillOpacity: fillOpacity, line: line, lineWidth: lineWidth, isDashed: isDashed)
  }

  /// The colours where a pack has no style: a neutral outline, or a plain point.
  public static func plain(_ geometry: GeometryKind) -> MapPaint {
    geometry == .point
      ? MapPaint(fill: "#566070", line: "#ffffff") : MapPaint(line: "#8b94a3", lineWidth: 1)
  }

  /// Attributes its colours depend on.
  public var attributes: Set<String> { StyleAttributes.names(in: .array(layers)) }

  /// The style's layers as a browser reads them.
  public var text: String { JSONValue.array(layers).canonicalText }
}

/// The part of MapLibre's expression language that styles of packs use.
enum StyleExpression {
  static func evaluate(
    _ expression: JSONValue, _ attributes: [String: AttributeValue]
  ) -> JSONValue {
    guard let parts = expression.array, let name = parts.first?.string else { return expression }
    func operand(_ index: Int) -> JSONValue {
      index < parts.count ? evaluate(parts[index], attributes) : .null
    }
    switch name {
    case "literal": return parts.count > 1 ? parts[1] : .null
    case "get": return value(attributes[operand(1).string ?? ""])
    case "to-string": return .string(operand(1).string ?? operand(1).canonicalText)
    case "slice": return slice(parts.dropFirst().map { evaluate($0, attributes) })
    case "==": return .boolean(operand(1) == operand(2))
    case "!=": return .boolean(operand(1) != operand(2))
    case "coalesce":
      return parts.dropFirst().lazy.map { evaluate($0, attributes) }.first { $0 != .null } ?? .null
    case "match": return match(parts, attributes)
    case "case": return firstTrue(parts, attributes)
    case "step": return operand(2)
    case "interpolate": return operand(4)
    default: return expression
    }
  }

  private static func value(_ attribute: AttributeValue?) -> JSONValue {
    switch attribute {
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .decimal(let number): number.isFinite ? .number(number) : .null
    case .boolean(let flag): .boolean(flag)
    case .date(let date): .string(date.description)
    case .null, nil: .null
    }
  }

  private static func slice(_ operands: [JSONValue]) -> JSONValue {
    guard let text = operands.first?.string, operands.count > 1 else { return .null }
    let from = min(max(Int(operands[1].integer ?? 0), 0), text.count)
    let until = operands.count > 2 ? Int(operands[2].integer ?? 0) : text.count
    return .string(String(text.dropFirst(from).prefix(max(min(until, text.count) - from, 0))))
  }

  private static func match(
    _ parts: [JSONValue], _ attributes: [String: AttributeValue]
  ) -> JSONValue {
    guard parts.count >= 3 else { return .null }
    let input = evaluate(parts[1], attributes)
    var index = 2
    while index + 1 < parts.count {
      let labels = parts[index].array ?? [parts[index]]
      if labels.contains(input) { return evaluate(parts[index + 1], attributes) }
      index += 2
    }
    return index < parts.count ? evaluate(parts[index], attributes) : .null
  }

  private static func firstTrue(
    _ parts: [JSONValue], _ attributes: [String: AttributeValue]
  ) -> JSONValue {
    var index = 1
    while index + 1 < parts.count {
      if evaluate(parts[index], attributes) == .boolean(true) {
        return evaluate(parts[index + 1], attributes)
      }
      index += 2
    }
    return index < parts.count ? evaluate(parts[index], attributes) : .null
  }
}
