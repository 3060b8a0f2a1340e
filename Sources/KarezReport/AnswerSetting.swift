public import KarezCore
public import KarezGeometry
public import KarezTiles

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
