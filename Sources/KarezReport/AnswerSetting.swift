public import KarezCore
public import KarezGeometry

/// What a view of an answer shows besides the answer: names of codes, and the land around it.
public struct AnswerSetting: Sendable {
  public let region: LocalizedText?
  /// Names of purposes, approvers and documents, by code.
  public let titles: [String: LocalizedText]
  /// Lowest first.
  public let layers: [MapLayer]

  public init(
    region: LocalizedText? = nil, titles: [String: LocalizedText] = [:], layers: [MapLayer] = []
  ) {
    self.region = region
    self.titles = titles
    self.layers = layers
  }

  func title(of code: String, in language: Language) -> String {
    titles[code]?[language] ?? code
  }
}

/// A layer drawn around the boundary.
public struct MapLayer: Sendable {
  public struct Shape: Sendable {
    public let geometry: Geometry
    /// The colours the layer's style gives this feature.
    public let paint: MapPaint

    public init(geometry: Geometry, paint: MapPaint) {
      self.geometry = geometry
      self.paint = paint
    }
  }

  public struct LegendEntry: Hashable, Sendable {
    public let title: LocalizedText
    public let paint: MapPaint

    public init(title: LocalizedText, paint: MapPaint) {
      self.title = title
      self.paint = paint
    }
  }

  public let title: LocalizedText
  public let shapes: [Shape]
  public let legend: [LegendEntry]

  public init(title: LocalizedText, shapes: [Shape], legend: [LegendEntry]) {
    self.title = title
    self.shapes = shapes
    self.legend = legend
  }
}

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
