import KarezCore
import KarezGeometry

/// A feature of the demonstration prefecture.
struct SynthFeature: Sendable {
  let layer: SynthLayer
  /// In the order of the layer's fields; the first identifies the feature.
  let values: [AttributeValue]
  let geometry: Geometry

  var id: String {
    guard case .text(let id)? = values.first else { return "" }
    return id
  }

  /// The value of a text field.
  func text(_ name: String) -> String? {
    guard let index = layer.fields.firstIndex(where: { $0.name == name }),
      case .text(let text) = values[index]
    else { return nil }
    return text
  }
}

/// Takes features as they are made.
protocol FeatureSink {
  mutating func take(_ feature: SynthFeature) throws(SynthError)
}

extension Area {
  /// The area as registers hold it: square metres with two decimals.
  var recorded: AttributeValue { .decimal((squareMetres * 100).rounded() / 100) }
}

extension Polygon {
  var multi: MultiPolygon { MultiPolygon([self]) }
  var area: Area { multi.statutoryArea() }
}
