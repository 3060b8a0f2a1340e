import KarezGeometry

/// A convex boundary in the statutory plane, and what of other polygons lies in it.
///
/// - Shape: clips a ring at one side after the other; the pieces may be joined by lines of no
///   width, which have no area. Nothing of the overlay engine is used, so that each can be held
///   against the other.
/// - Source: Sutherland and Hodgman's clipping; areas by the shoelace formula from the window's
///   first corner.
struct ConvexWindow: Sendable {
  /// - Units: metres from the first corner; counter-clockwise, open.
  private let corners: [Position]
  private let origin: Position
  let boundary: Polygon
  let box: BoundingBox

  /// A window with corners in degrees, counter-clockwise; nil where they are not convex.
  init?(corners degrees: [Position]) {
    guard degrees.count >= 3, let first = degrees.first,
      let ring = try? Ring(degrees + [first]), let box = BoundingBox(around: degrees)
    else { return nil }
    let origin = StatutoryPlane.position(ofDegrees: first)
    corners = degrees.map { Self.shifted($0, from: origin) }
    self.origin = origin
    boundary = Polygon(shell: ring)
    self.box = box
    let count = corners.count
    for index in corners.indices {
      let turn = Self.cross(
        corners[index], corners[(index + 1) % count], corners[(index + 2) % count])
      guard turn > 0 else { return nil }
    }
  }

  private static func shifted(_ degrees: Position, from origin: Position) -> Position {
    let place = StatutoryPlane.position(ofDegrees: degrees)
    return Position(x: place.x - origin.x, y: place.y - origin.y)
  }

  private static func cross(_ a: Position, _ b: Position, _ c: Position) -> Double {
    (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  }

  /// Square metres of the polygons inside the window.
  func area(of multi: MultiPolygon) -> Double {
    multi.polygons.reduce(0) { sum, polygon in
      let shell = clippedArea(of: polygon.shell)
      return sum + polygon.holes.reduce(shell) { $0 - clippedArea(of: $1) }
    }
  }

  private func clippedArea(of ring: Ring) -> Double {
    var points = ring.positions.dropLast().map { Self.shifted($0, from: origin) }
    for index in corners.indices {
      guard points.count > 2 else { return 0 }
      points = clipped(points, left: corners[index], of: corners[(index + 1) % corners.count])
    }
    guard var previous = points.last, points.count > 2 else { return 0 }
    var doubled = 0.0
    for point in points {
      doubled += previous.x * point.y - point.x * previous.y
      previous = point
    }
    return abs(doubled) / 2
  }

  private func clipped(_ points: [Position], left start: Position, of end: Position) -> [Position] {
    var kept: [Position] = []
    guard var previous = points.last else { return kept }
    var before = Self.cross(start, end, previous)
    for point in points {
      let here = Self.cross(start, end, point)
      if (here >= 0) != (before >= 0) {
        let part = before / (before - here)
        kept.append(
          Position(
            x: previous.x + (point.x - previous.x) * part,
            y: previous.y + (point.y - previous.y) * part))
      }
      if here >= 0 { kept.append(point) }
      previous = point
      before = here
    }
    return kept
  }

  /// Whether a box of degrees may come near; a corridor is not all of its own box.
  func comesNear(_ other: BoundingBox) -> Bool {
    guard box.meets(other) else { return false }
    let places = [
      Position(x: other.minX, y: other.minY), Position(x: other.maxX, y: other.minY),
      Position(x: other.maxX, y: other.maxY), Position(x: other.minX, y: other.maxY),
    ].map { Self.shifted($0, from: origin) }
    // Apart if the box lies wholly outside of one side.
    return corners.indices.allSatisfy { index in
      places.contains {
        Self.cross(corners[index], corners[(index + 1) % corners.count], $0) >= 0
      }
    }
  }

  func contains(_ degrees: Position) -> Bool {
    let point = Self.shifted(degrees, from: origin)
    return corners.indices.allSatisfy {
      Self.cross(corners[$0], corners[($0 + 1) % corners.count], point) >= 0
    }
  }
}
