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
    guard abs(degrees.x) <= 180, abs(degrees.y) <= 90 else { throw .notDegrees(position) }
    return degrees
  }

  /// The geometry with every vertex converted, none added and none dropped.
  ///
  /// - Errors: with part, ring and vertex.
  public func degrees(of geometry: Geometry) throws(GeometryError) -> Geometry {
    switch geometry {
    case .points(let positions): .points(try degrees(of: positions, at: InputPlace()))
    case .lines(let lines): .lines(try degrees(of: lines))
    case .polygons(let multi): .polygons(try degrees(of: multi))
    }
  }

  /// As `degrees(of:)` of a geometry.
  public func degrees(of multi: MultiPolygon) throws(GeometryError) -> MultiPolygon {
    var polygons: [Polygon] = []
    polygons.reserveCapacity(multi.polygons.count)
    for (index, polygon) in multi.polygons.enumerated() {
      var rings: [Ring] = []
      for (ringIndex, ring) in polygon.rings.enumerated() {
        let place = InputPlace(part: index + 1, ring: ringIndex + 1)
        rings.append(Ring(unchecked: try degrees(of: ring.positions, at: place)))
      }
      polygons.append(Polygon(shell: rings[0], holes: Array(rings.dropFirst())))
    }
    return MultiPolygon(polygons)
  }

  private func degrees(of lines: [[Position]]) throws(GeometryError) -> [[Position]] {
    var converted: [[Position]] = []
    for (index, line) in lines.enumerated() {
      converted.append(try degrees(of: line, at: InputPlace(part: index + 1)))
    }
    return converted
  }

  private func degrees(
    of positions: [Position], at place: InputPlace
  ) throws(GeometryError) -> [Position] {
    var converted: [Position] = []
    converted.reserveCapacity(positions.count)
    for (index, position) in positions.enumerated() {
      do throws(GeometryError) {
        converted.append(try degrees(of: position))
      } catch {
        throw error.located(at: place.refined(by: InputPlace(vertex: index + 1)))
      }
    }
    return converted
  }
}
