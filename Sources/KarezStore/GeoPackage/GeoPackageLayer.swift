public import KarezCore
public import KarezGeometry

/// One layer of a GeoPackage that is being written.
public struct GeoPackageLayer: Hashable, Sendable {
  /// One attribute column of a layer.
  public struct Field: Hashable, Sendable {
    public let name: String
    public let type: AttributeType

    public init(name: String, type: AttributeType) {
      self.name = name
      self.type = type
    }
  }

  /// Name of the table: lower-case letters, digits, hyphens and underscores.
  public let name: String
  public let title: String
  public let geometry: GeometryKind
  public let fields: [Field]
  /// Whether the layer gets an R*Tree; without one it is written about twice as fast.
  public let isIndexed: Bool

  public init(
    name: String, title: String, geometry: GeometryKind, fields: [Field], isIndexed: Bool = true
  ) {
    self.name = name
    self.title = title
    self.geometry = geometry
    self.fields = fields
    self.isIndexed = isIndexed
  }
}

/// One row of a layer: its values in the order of the layer's fields.
///
/// - Units: geometry in EPSG:4490, degrees.
public struct GeoPackageRow: Hashable, Sendable {
  public let values: [AttributeValue]
  public let geometry: Geometry?

  public init(values: [AttributeValue], geometry: Geometry?) {
    self.values = values
    self.geometry = geometry
  }
}
