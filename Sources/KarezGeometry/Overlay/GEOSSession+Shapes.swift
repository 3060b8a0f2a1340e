import CGEOS

extension GEOSSession {
  /// A GEOS multipolygon of the same rings.
  func shape(of multi: MultiPolygon) throws(GeometryError) -> GEOSShape {
    try shape(owning: multi.polygons, make: polygonPointer) { (context, members, count) in
      GEOSGeom_createCollection_r(context, Int32(GEOS_MULTIPOLYGON.rawValue), members, count)
    }
  }

  /// A GEOS line of several stretches; each has two positions at least.
  func shape(ofLines lines: [[Position]]) throws(GeometryError) -> GEOSShape {
    try shape(owning: lines, make: linePointer) { (context, members, count) in
      GEOSGeom_createCollection_r(context, Int32(GEOS_MULTILINESTRING.rawValue), members, count)
    }
  }

  func shape(ofPoints points: [Position]) throws(GeometryError) -> GEOSShape {
    try shape(owning: points, make: pointPointer) { (context, members, count) in
      GEOSGeom_createCollection_r(context, Int32(GEOS_MULTIPOINT.rawValue), members, count)
    }
  }

  /// A copy of several shapes as one.
  func shape(collecting shapes: [GEOSShape]) throws(GeometryError) -> GEOSShape {
    try shape(owning: shapes, make: copyPointer) { (context, members, count) in
      GEOSGeom_createCollection_r(
        context, Int32(GEOS_GEOMETRYCOLLECTION.rawValue), members, count)
    }
  }

  private func copyPointer(_ shape: GEOSShape) throws(GeometryError) -> OpaquePointer {
    guard let made = GEOSGeom_clone_r(context, shape.pointer) else { throw failure() }
    return made
  }

  private func pointPointer(_ point: Position) throws(GeometryError) -> OpaquePointer {
    guard let made = GEOSGeom_createPointFromXY_r(context, point.x, point.y) else {
      throw failure()
    }
    return made
  }

  private func linePointer(_ line: [Position]) throws(GeometryError) -> OpaquePointer {
    let sequence = try sequence(of: line)
    // GEOS owns the sequence from here on.
    guard let made = GEOSGeom_createLineString_r(context, sequence) else { throw failure() }
    return made
  }

  private func polygonPointer(_ polygon: Polygon) throws(GeometryError) -> OpaquePointer {
    let shell = try ringPointer(polygon.shell)
    guard !polygon.holes.isEmpty else {
      guard let made = GEOSGeom_createPolygon_r(context, shell, nil, 0) else { throw failure() }
      return made
    }
    var holes: [OpaquePointer?] = []
    do throws(GeometryError) {
      for hole in polygon.holes { holes.append(try ringPointer(hole)) }
    } catch {
      GEOSGeom_destroy_r(context, shell)
      for hole in holes { GEOSGeom_destroy_r(context, hole) }
      throw error
    }
    // GEOS owns shell and holes from here on, whether it makes the polygon or not.
    let made = GEOSGeom_createPolygon_r(context, shell, &holes, UInt32(holes.count))
    guard let made else { throw failure() }
    return made
  }

  private func ringPointer(_ ring: Ring) throws(GeometryError) -> OpaquePointer {
    let sequence = try sequence(of: ring.positions)
    // GEOS owns the sequence from here on.
    guard let made = GEOSGeom_createLinearRing_r(context, sequence) else { throw failure() }
    return made
  }

  private func sequence(of positions: [Position]) throws(GeometryError) -> OpaquePointer {
    // Safe because a Position is two Doubles and the buffer is only read, as `count` pairs.
    let sequence = positions.withUnsafeBytes { raw in
      GEOSCoordSeq_copyFromBuffer_r(
        context, raw.bindMemory(to: Double.self).baseAddress, UInt32(positions.count), 0, 0)
    }
    guard let sequence else { throw failure() }
    return sequence
  }

  /// Makes the members one by one, then the collection that owns them.
  private func shape<Member>(
    owning members: [Member], make: (Member) throws(GeometryError) -> OpaquePointer,
    collect: (OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UInt32) -> OpaquePointer?
  ) throws(GeometryError) -> GEOSShape {
    var pointers: [OpaquePointer?] = []
    do throws(GeometryError) {
      for member in members { pointers.append(try make(member)) }
    } catch {
      for pointer in pointers { GEOSGeom_destroy_r(context, pointer) }
      throw error
    }
    let count = UInt32(pointers.count)
    // Safe because GEOS takes the members over and reads the array only during the call.
    let made = pointers.withUnsafeMutableBufferPointer { collect(context, $0.baseAddress, count) }
    return try shape(made)
  }

  /// The polygons of a result; points and lines, where shapes only touch, are left out.
  func multiPolygon(of shape: GEOSShape) throws(GeometryError) -> MultiPolygon {
    var polygons: [Polygon] = []
    try collect(shape.pointer, into: &polygons)
    return MultiPolygon(polygons)
  }

  private func collect(
    _ pointer: OpaquePointer, into polygons: inout [Polygon]
  ) throws(GeometryError) {
    switch GEOSGeomTypeId_r(context, pointer) {
    case Int32(GEOS_POLYGON.rawValue):
      if try answer(GEOSisEmpty_r(context, pointer)) { return }
      polygons.append(try polygon(pointer))
    case Int32(GEOS_MULTIPOLYGON.rawValue), Int32(GEOS_GEOMETRYCOLLECTION.rawValue):
      for index in 0..<GEOSGetNumGeometries_r(context, pointer) {
        guard let member = GEOSGetGeometryN_r(context, pointer, index) else { throw failure() }
        try collect(member, into: &polygons)
      }
    default: break
    }
  }

  private func polygon(_ pointer: OpaquePointer) throws(GeometryError) -> Polygon {
    let shell = try ring(GEOSGetExteriorRing_r(context, pointer))
    var holes: [Ring] = []
    for index in 0..<GEOSGetNumInteriorRings_r(context, pointer) {
      holes.append(try ring(GEOSGetInteriorRingN_r(context, pointer, index)))
    }
    return Polygon(shell: shell, holes: holes)
  }

  private func ring(_ pointer: OpaquePointer?) throws(GeometryError) -> Ring {
    guard let pointer, let sequence = GEOSGeom_getCoordSeq_r(context, pointer) else {
      throw failure()
    }
    var count: UInt32 = 0
    guard GEOSCoordSeq_getSize_r(context, sequence, &count) == 1 else { throw failure() }
    var positions = [Position](repeating: Position(x: 0, y: 0), count: Int(count))
    // Safe because a Position is two Doubles and the buffer holds `count` of them.
    let copied = positions.withUnsafeMutableBytes { raw in
      GEOSCoordSeq_copyToBuffer_r(
        context, sequence, raw.bindMemory(to: Double.self).baseAddress, 0, 0)
    }
    guard copied == 1 else { throw failure() }
    return try Ring(positions)
  }

  /// What is wrong with a shape, or nil.
  func validityFault(of shape: GEOSShape) throws(GeometryError) -> ValidityFault? {
    var reason: UnsafeMutablePointer<CChar>?
    var location: OpaquePointer?
    let code = GEOSisValidDetail_r(context, shape.pointer, 0, &reason, &location)
    // Safe because GEOS hands both over; they are freed here and used only before.
    defer {
      if let reason { GEOSFree_r(context, reason) }
      if let location { GEOSGeom_destroy_r(context, location) }
    }
    if try answer(code) { return nil }
    let text = reason.map { String(cString: $0) } ?? ""
    var place = Position(x: .nan, y: .nan)
    if let location {
      _ = GEOSGeomGetX_r(context, location, &place.x)
      _ = GEOSGeomGetY_r(context, location, &place.y)
    }
    return ValidityFault(kind: .init(geosReason: text), position: place.isFinite ? place : nil)
  }
}

extension ValidityFault.Kind {
  /// The kind GEOS's words name.
  init(geosReason text: String) {
    self =
      switch text {
      case "Self-intersection": .selfIntersection
      case "Ring Self-intersection": .ringSelfIntersection
      case "Hole lies outside shell": .holeOutsideShell
      case "Holes are nested": .nestedHoles
      case "Nested shells": .nestedShells
      case "Duplicate Rings": .duplicateRings
      case "Interior is disconnected": .disconnectedInterior
      case "Too few points in geometry component": .tooFewPoints
      case "Invalid Coordinate": .invalidCoordinate
      case "Ring is not closed": .ringNotClosed
      default: .other
      }
  }
}
