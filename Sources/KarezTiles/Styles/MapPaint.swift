/// Colours as `#rrggbb`; a nil one is not drawn.
public struct MapPaint: Hashable, Sendable {
  public let fill: String?
  public let fillOpacity: Double
  public let line: String?
  /// In the drawing's own units, about 0.26 mm.
  public let lineWidth: Double
  public let isDashed: Bool

  public init(
    fill: String? = nil, fillOpacity: Double = 1, line: String? = nil, lineWidth: Double = 1,
    isDashed: Bool = false
  ) {
    self.fill = fill.flatMap(Self.colour)
    self.fillOpacity = min(max(fillOpacity, 0), 1)
    self.line = line.flatMap(Self.colour)
    self.lineWidth = min(max(lineWidth, 0), 20)
    self.isDashed = isDashed
  }

  /// The colour if it is written `#rrggbb` or `#rgb`: nothing else reaches a drawing.
  private static func colour(_ text: String) -> String? {
    let digits = text.dropFirst()
    guard text.hasPrefix("#"), digits.utf8.count == 6 || digits.utf8.count == 3,
      digits.allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { return nil }
    return text.lowercased()
  }
}
