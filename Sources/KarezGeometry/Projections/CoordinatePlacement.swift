/// Takes longitudes and latitudes of EPSG:4490 to coordinates of another system, for writing.
///
/// Not Sendable, because PROJ's part belongs to one task: make one where it is used.
public final class CoordinatePlacement {
  private enum Way {
    case geographic
    case grid(GaussKruger)
    case proj(ProjectionSession.Transformer)
  }

  private let way: Way

  public init(in crs: CoordinateReferenceSystem) throws(GeometryError) {
    switch crs.definition {
    case .geographic: way = .geographic
    case .gaussKruger(let grid): way = .grid(grid)
    case .epsg(let code): way = .proj(try ProjectionSession().fromDegrees(toEPSG: code))
    }
  }

  /// The place in the other system of a longitude and latitude.
  ///
  /// - Errors: `outsideProjection`.
  public func position(ofDegrees degrees: Position) throws(GeometryError) -> Position {
    switch way {
    case .geographic: degrees
    case .grid(let grid): try grid.position(ofDegrees: degrees)
    case .proj(let transformer): try transformer.forward(degrees)
    }
  }

  /// The geometry with every vertex converted, none added and none dropped.
  ///
  /// - Errors: with part, ring and vertex.
  public func geometry(ofDegrees geometry: Geometry) throws(GeometryError) -> Geometry {
    if case .geographic = way { return geometry }
    return try geometry.converted { position throws(GeometryError) in
      try self.position(ofDegrees: position)
    }
  }
}
