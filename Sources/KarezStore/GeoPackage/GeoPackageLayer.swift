public import KarezCore
public import KarezGeometry

/// One layer of a GeoPackage that is being written.
public struct GeoPackageLayer: Hashable, Sendable {
  /// One attribute column of a layer.
  public struct Field: Hashable, Sendable {
    public let name: String
    public let type: AttributeType

    /// - Precondition: the name is not empty and has no NUL.
    public init(name: String, type: AttributeType) {
      self.name = name
      self.type = type
    }
  }

  /// Name of the table: letters, digits, hyphens and underscores.
  public let name: String
  public let title: String
  public let geometry: GeometryKind
  public let fields: [Field]
  /// Whether the layer gets an R*Tree; without one it is written about twice as fast.
  public let isIndexed: Bool
  public let crs: CoordinateReferenceSystem

  public init(
    name: String, title: String, geometry: GeometryKind, fields: [Field], isIndexed: Bool = true,
    crs: CoordinateReferenceSystem = .cgcs2000
  ) {
    self.name = name
    self.title = title
    self.geometry = geometry
    self.fields = fields
    self.isIndexed = isIndexed
    self.crs = crs
  }
}

/// One row of a layer: its values in the order of the layer's fields.
///
/// - Units: geometry in the layer's system, east before north.
public struct GeoPackageRow: Hashable, Sendable {
  public let values: [AttributeValue]
  public let geometry: Geometry?

  public init(values: [AttributeValue], geometry: Geometry?) {
    self.values = values
    self.geometry = geometry
  }
}

extension GeoPackageLayer {
  /// Whether a table may have this name; others never reach SQL.
  public static func isUsable(name: String) -> Bool { GeoPackageTables.isPlainName(name) }

  /// Two columns the file would take for one, its own included; SQL does not tell ASCII capitals
  /// from small letters.
  public var collision: (first: String, second: String)? {
    var known = ["fid": "fid"]
    if geometry != .none { known["geom"] = "geom" }
    for field in fields {
      let key = field.name.lowercased()
      if let first = known[key] { return (first, field.name) }
      known[key] = field.name
    }
    return nil
  }

  /// The number the layer's system has in the file; a zone EPSG knows no code for gets one of ours.
  var srs: Int32 {
    Int32(clamping: crs.epsg ?? 100_000 + (crs.grid?.zone ?? 0))
  }
}
