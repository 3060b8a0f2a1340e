import CGEOS
import KarezCore

extension GEOSSession {
  /// The faces that lines enclose, wherever they cross or touch, their holes cut out.
  ///
  /// Lines are noded by snapping to a grid, which always succeeds; so vertices come back moved by
  /// up to half a step.
  func faces(
    between lines: [(Position, Position)], step: Double
  ) throws(GeometryError) -> MultiPolygon {
    var members: [OpaquePointer?] = []
    do throws(GeometryError) {
      for (start, end) in lines { members.append(try line(start, end)) }
    } catch {
      for member in members { GEOSGeom_destroy_r(context, member) }
      throw error
    }
    let count = UInt32(members.count)
    // Safe because GEOS takes the members over and reads the array only during the call.
    let all = try members.withUnsafeMutableBufferPointer { buffer in
      Result { () throws(GeometryError) in
        try shape(
          GEOSGeom_createCollection_r(
            context, Int32(GEOS_MULTILINESTRING.rawValue), buffer.baseAddress, count))
      }
    }.get()
    let noded = try shape(GEOSUnaryUnionPrec_r(context, all.pointer, step))
    var parts: [OpaquePointer?] = [noded.pointer]
    // Safe because GEOS only reads the one geometry of the array.
    let made = parts.withUnsafeMutableBufferPointer {
      GEOSPolygonize_r(context, $0.baseAddress, 1)
    }
    return try multiPolygon(of: try shape(made))
  }

  private func line(_ start: Position, _ end: Position) throws(GeometryError) -> OpaquePointer {
    let ends = [start, end]
    // Safe because a Position is two Doubles and the buffer is only read, as two pairs.
    let sequence = ends.withUnsafeBytes { raw in
      GEOSCoordSeq_copyFromBuffer_r(
        context, raw.bindMemory(to: Double.self).baseAddress, 2, 0, 0)
    }
    guard let sequence, let made = GEOSGeom_createLineString_r(context, sequence) else {
      throw failure()
    }
    return made
  }

  /// A place in the interior of the largest of the polygons.
  func placeInside(_ multi: MultiPolygon) throws(GeometryError) -> Position {
    let sizes = multi.polygons.map { MultiPolygon([$0]).planarArea() }
    guard let largest = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else {
      throw .noGeometry
    }
    let polygon = try shape(of: MultiPolygon([multi.polygons[largest]]))
    let point = try shape(GEOSPointOnSurface_r(context, polygon.pointer))
    var place = Position(x: .nan, y: .nan)
    guard GEOSGeomGetX_r(context, point.pointer, &place.x) == 1,
      GEOSGeomGetY_r(context, point.pointer, &place.y) == 1
    else { throw failure() }
    return place
  }

  /// The diameter of the largest circle in the polygons, to a hundredth.
  func widestCircle(in multi: MultiPolygon) throws(GeometryError) -> Double {
    guard let box = multi.boundingBox else { return 0 }
    let extent = max(box.maxX - box.minX, box.maxY - box.minY)
    let area = multi.planarArea().squareMetres
    // A shape is no narrower than its area over half its outline would have it, nor by much.
    let tolerance = max(extent * 1e-6, 0.005 * area / max(extent, 1e-9))
    let polygons = try shape(of: multi)
    let radius = try shape(GEOSMaximumInscribedCircle_r(context, polygons.pointer, tolerance))
    var length = 0.0
    guard GEOSLength_r(context, radius.pointer, &length) == 1 else { throw failure() }
    return length * 2
  }
}
