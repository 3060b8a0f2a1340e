import Glibc

/// A plane in which lengths are true around one meridian: where distances are taken and buffers
/// made.
///
/// Gauss–Krüger, with its central meridian through the middle of what is looked at. What goes in
/// and out are shapes of the statutory plane, whose edges are straight there and curves here: a
/// mapped line gets as many vertices more as it takes to follow its curve.
///
/// - Units: metres on both sides.
/// - Accuracy: a length is too long by half the square of its distance from the meridian in Earth
///   radii: by 1.3e-6 of itself at 10 km, 1.2e-5 at 30 km. Lines keep to their curves within
///   0.2 mm. Held by `LocalPlaneTests`.
public struct LocalPlane: Sendable {
  /// How far a mapped edge may run beside its curve, in metres.
  ///
  /// A tenth of the millimetre to which distances are told.
  private static let mostBend = 1e-4

  private let projection: TransverseMercator

  /// The plane with its meridian through the middle of a box of degrees.
  public init(around box: BoundingBox) {
    projection = TransverseMercator(centralMeridian: (box.minX + box.maxX) / 2)
  }

  // MARK: Places

  public func place(ofDegrees degrees: Position) throws(GeometryError) -> Position {
    try projection.position(ofDegrees: degrees)
  }

  public func degrees(of place: Position) throws(GeometryError) -> Position {
    var degrees = try projection.degrees(of: place)
    let metresNorth = Ellipsoid.majorAxis * .pi / 180
    let metresEast = metresNorth * cos(degrees.y * .pi / 180)
    // The official series errs by tenths of a millimetre; looking back twice takes that off.
    for _ in 0..<2 {
      let back = try projection.position(ofDegrees: degrees)
      degrees.x += (place.x - back.x) / metresEast
      degrees.y += (place.y - back.y) / metresNorth
    }
    return degrees
  }

  private func place(ofStatutory position: Position) throws(GeometryError) -> Position {
    try place(ofDegrees: StatutoryPlane.degrees(of: position))
  }

  private func statutory(_ place: Position) throws(GeometryError) -> Position {
    StatutoryPlane.position(ofDegrees: try degrees(of: place))
  }

  // MARK: Shapes

  /// A line of the statutory plane in this one.
  func line(ofStatutory line: [Position]) throws(GeometryError) -> [Position] {
    try Self.following(line, place(ofStatutory:))
  }

  /// Polygons of the statutory plane in this one.
  func polygons(ofStatutory multi: MultiPolygon) throws(GeometryError) -> MultiPolygon {
    try Self.mapped(multi, place(ofStatutory:))
  }

  /// Polygons of this plane in the statutory one.
  func statutory(_ multi: MultiPolygon) throws(GeometryError) -> MultiPolygon {
    try Self.mapped(multi, statutory)
  }

  private typealias Transform = (Position) throws(GeometryError) -> Position

  private static func mapped(
    _ multi: MultiPolygon, _ transform: Transform
  ) throws(GeometryError) -> MultiPolygon {
    var polygons: [Polygon] = []
    for polygon in multi.polygons {
      var holes: [Ring] = []
      for hole in polygon.holes {
        holes.append(Ring(unchecked: try following(hole.positions, transform)))
      }
      let shell = Ring(unchecked: try following(polygon.shell.positions, transform))
      polygons.append(Polygon(shell: shell, holes: holes))
    }
    return MultiPolygon(polygons)
  }

  /// The images of a line's vertices, and of so many places between that edges follow the curves.
  ///
  /// How far an image bends from its chord grows with the square of the length, so the bend in
  /// the middle tells how many pieces it takes.
  private static func following(
    _ line: [Position], _ transform: Transform
  ) throws(GeometryError) -> [Position] {
    guard let first = line.first else { return [] }
    var previous = try transform(first)
    var images = [previous]
    for (start, end) in zip(line, line.dropFirst()) {
      let next = try transform(end)
      let middle = try transform(start.moved(towards: end, by: 0.5))
      let bend = middle.distance(to: previous.moved(towards: next, by: 0.5))
      let pieces = Int((bend / mostBend).squareRoot().rounded(.up))
      if pieces > 1 {
        for piece in 1..<pieces {
          let part = Double(piece) / Double(pieces)
          images.append(try transform(start.moved(towards: end, by: part)))
        }
      }
      images.append(next)
      previous = next
    }
    return images
  }
}

extension Position {
  /// The place a part of the way to another.
  fileprivate func moved(towards other: Position, by part: Double) -> Position {
    Position(x: x + (other.x - x) * part, y: y + (other.y - y) * part)
  }

  fileprivate func distance(to other: Position) -> Double { hypot(x - other.x, y - other.y) }
}

extension BoundingBox {
  /// A box of degrees that holds everything no farther than so many metres from this one.
  public func widened(byMetres metres: Double) -> BoundingBox {
    // A degree of latitude is nowhere shorter than 110 574 m, one of longitude nowhere shorter
    // than that times the cosine of the latitude.
    let north = metres / 110_500
    let highest = min(max(abs(minY), abs(maxY)) + north, 89.9)
    let east = min(north / cos(highest * .pi / 180), 360)
    return BoundingBox(
      minX: minX - east, minY: minY - north, maxX: maxX + east, maxY: maxY + north)
  }
}
