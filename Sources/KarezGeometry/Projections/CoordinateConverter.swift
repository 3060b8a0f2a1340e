/// Takes coordinates of one system to longitudes and latitudes of EPSG:4490.
///
/// Not Sendable, because PROJ's part belongs to one task: make one where it is used. Making one
/// costs a millisecond for a system that needs PROJ and nothing for the others.
public final class CoordinateConverter {
  private enum Way {
    case geographic
    case grid(GaussKruger)
    case proj(ProjectionSession.Transformer)
  }

  private let way: Way

  public init(from crs: CoordinateReferenceSystem) throws(GeometryError) {
    switch crs.definition {
    case .geographic: way = .geographic
    case .gaussKruger(let grid): way = .grid(grid)
    case .epsg(let code): way = .proj(try ProjectionSession().toDegrees(fromEPSG: code))
    }
  }

  /// The longitude and latitude of a position.
  ///
  /// - Errors: `outsideProjection`, or `notDegrees` for a result that is nowhere on Earth.
  public func degrees(of position: Position) throws(GeometryError) -> Position {
    let degrees =
      switch way {
      case .geographic: position
      case .grid(let grid): try grid.degrees(of: position)
      case .proj(let transformer): try transformer.forward(position)
      }
    guard Self.isOnGlobe(degrees) else { throw .notDegrees(position) }
    return degrees
  }

  private static func isOnGlobe(_ degrees: Position) -> Bool {
    abs(degrees.x) <= 180 && abs(degrees.y) <= 90
  }

  /// The geometry with every vertex converted, none added and none dropped.
  ///
  /// - Errors: with part, ring and vertex.
  public func degrees(of geometry: Geometry) throws(GeometryError) -> Geometry {
    if case .geographic = way, geometry.allSatisfy(Self.isOnGlobe) { return geometry }
    return try geometry.converted { position throws(GeometryError) in
      try degrees(of: position)
    }
  }

  /// As `degrees(of:)` of a geometry.
  public func degrees(of multi: MultiPolygon) throws(GeometryError) -> MultiPolygon {
    try multi.converted { position throws(GeometryError) in try degrees(of: position) }
  }
}
