public import KarezCore
public import KarezGeometry

/// Writes one layer to one file as features come, whole or not at all.
///
/// A writer is used by one task at a time. Until `finish()` the file does not have its name; if a
/// call throws, or the writer is let go before, nothing is left behind and what was there stays.
/// What it holds in memory does not grow with the features.
public protocol FeatureWriter: AnyObject {
  /// Appends features in their order.
  ///
  /// - Precondition: each has as many values as the layer has fields, its geometry is in the
  ///   layer's system, and nothing was thrown or finished before.
  /// - Errors: a value or a geometry the format cannot hold is refused with its place; nothing is
  ///   cut, rounded or left out in silence.
  func append(_ features: [OutputFeature]) async throws(WritingError)

  /// Completes the file, makes it durable and gives it its name.
  func finish() async throws(WritingError)

  /// What the file has otherwise than the layer, known by the end.
  var notes: [OutputNote] { get }
}

extension FeatureWriter {
  public var notes: [OutputNote] { [] }
}

/// What a format cannot keep and is written all the same, so that it has to be told.
public enum OutputNote: Hashable, Sendable {
  case fieldRenamed(field: String, to: String)
  case layerRenamed(to: String)
  /// The format has no attributes of these names.
  case fieldsLeftOut([String])
  case geometryLeftOut
  /// The file does not say which system it is in.
  case systemUnstated(CoordinateReferenceSystem)
  /// The format knows WGS 84 only, and coordinates of CGCS2000 stand in it as they are.
  case statedAsWGS84
  /// Features of several parts, which the format keeps one by one.
  case partsParted(features: Int)
}

/// One feature on its way into a file.
public struct OutputFeature: Hashable, Sendable {
  public var id: String
  /// In the layer's system, east before north.
  public var geometry: Geometry?
  /// In the order of the layer's fields.
  public var values: [AttributeValue]

  public init(id: String, geometry: Geometry?, values: [AttributeValue]) {
    self.id = id
    self.geometry = geometry
    self.values = values
  }
}
