import CGEOS

/// A shape made ready to be held against many others, in the plane of its coordinates.
///
/// Edges run straight in degrees, as in other programs that keep features in degrees. Not
/// Sendable: it belongs to the task that made it.
public final class PreparedShape {
  private let session = GEOSSession()
  private let shape: GEOSShape
  private let prepared: OpaquePointer
  private let box: BoundingBox?
  private let isBox: Bool

  /// - Errors: `invalid` for polygons that bound no area properly, with the place.
  public init(_ geometry: Geometry) throws(GeometryError) {
    if case .polygons(let multi) = geometry, let fault = try multi.validityFault() {
      throw .invalid(fault)
    }
    shape = try session.shape(of: geometry)
    guard let prepared = GEOSPrepare_r(session.context, shape.pointer) else {
      throw session.failure()
    }
    self.prepared = prepared
    box = geometry.boundingBox
    isBox = geometry.isBox
  }

  deinit { GEOSPreparedGeom_destroy_r(session.context, prepared) }

  /// Whether another shape has the relation to this one, such as lies within it.
  ///
  /// A recorded shape whose fault was accepted at the gate counts by the area it does bound.
  public func holds(
    _ relation: SpatialRelation, of other: Geometry
  ) throws(GeometryError) -> Bool {
    guard let box, let otherBox = other.boundingBox, box.meets(otherBox) else {
      return relation == .disjoint
    }
    if isBox, box.holds(otherBox) {
      if relation == .intersects { return true }
      if relation == .disjoint { return false }
    }
    let shape = try session.shape(of: other)
    do throws(GeometryError) {
      return try answer(relation, shape)
    } catch {
      return try answer(
        relation, try session.shape(GEOSMakeValid_r(session.context, shape.pointer)))
    }
  }

  private func answer(
    _ relation: SpatialRelation, _ other: GEOSShape
  ) throws(GeometryError) -> Bool {
    let context = session.context
    let answer =
      switch relation {
      case .intersects: GEOSPreparedIntersects_r(context, prepared, other.pointer)
      case .disjoint: GEOSPreparedDisjoint_r(context, prepared, other.pointer)
      case .equals: GEOSEquals_r(context, shape.pointer, other.pointer)
      case .touches: GEOSPreparedTouches_r(context, prepared, other.pointer)
      case .within: GEOSPreparedContains_r(context, prepared, other.pointer)
      case .overlaps: GEOSPreparedOverlaps_r(context, prepared, other.pointer)
      case .crosses: GEOSPreparedCrosses_r(context, prepared, other.pointer)
      case .contains: GEOSPreparedWithin_r(context, prepared, other.pointer)
      }
    return try session.answer(answer)
  }
}

extension GEOSSession {
  fileprivate func shape(of geometry: Geometry) throws(GeometryError) -> GEOSShape {
    switch geometry {
    case .points(let points): try shape(ofPoints: points)
    case .lines(let lines): try shape(ofLines: lines.filter { $0.count > 1 })
    case .polygons(let multi): try shape(of: multi)
    }
  }
}

extension BoundingBox {
  fileprivate func holds(_ other: BoundingBox) -> Bool {
    minX <= other.minX && other.maxX <= maxX && minY <= other.minY && other.maxY <= maxY
  }

  /// The box as a polygon whose sides are `steps` stretches each, so that it keeps its form where
  /// it is taken to another system.
  public func polygon(steps: Int = 1) throws(GeometryError) -> MultiPolygon {
    precondition(steps > 0, "sides of \(steps) stretches")
    let corners = [(minX, minY), (maxX, minY), (maxX, maxY), (minX, maxY), (minX, minY)]
    var ring: [Position] = []
    for (start, end) in zip(corners, corners.dropFirst()) {
      for step in 0..<steps {
        let part = Double(step) / Double(steps)
        ring.append(
          Position(
            x: start.0 + (end.0 - start.0) * part, y: start.1 + (end.1 - start.1) * part))
      }
    }
    ring.append(Position(x: minX, y: minY))
    return MultiPolygon([Polygon(shell: try Ring(ring))])
  }
}

extension Geometry {
  /// Whether it is one rectangle along the axes.
  fileprivate var isBox: Bool {
    guard case .polygons(let multi) = self, multi.polygons.count == 1,
      multi.polygons[0].holes.isEmpty, let box = multi.boundingBox
    else { return false }
    let ring = multi.polygons[0].shell.positions
    return ring.count == 5 && box.minX < box.maxX && box.minY < box.maxY
      && ring.allSatisfy {
        ($0.x == box.minX || $0.x == box.maxX) && ($0.y == box.minY || $0.y == box.maxY)
      } && Set(ring).count == 4
  }
}
