import KarezCore
import KarezGeometry
import Testing

/// Every pair of triangles on a 3×3 grid: every way in which few corners can meet.
@Suite struct GridOverlayTests {
  /// The triangles with corners on the grid, counter-clockwise, none of them flat.
  static let triangles: [[Position]] = {
    let corners = (0..<9).map { Position(x: Double($0 % 3), y: Double($0 / 3)) }
    var found: [[Position]] = []
    for a in 0..<9 {
      for b in (a + 1)..<9 {
        for c in (b + 1)..<9 {
          let triangle = [corners[a], corners[b], corners[c]]
          let doubled = Self.doubledArea(triangle)
          if doubled != 0 { found.append(doubled > 0 ? triangle : triangle.reversed()) }
        }
      }
    }
    return found
  }()

  static func doubledArea(_ positions: [Position]) -> Double {
    var sum = 0.0
    for index in positions.indices {
      let one = positions[index]
      let other = positions[(index + 1) % positions.count]
      sum += one.x * other.y - other.x * one.y
    }
    return sum
  }

  /// The part of a convex shape left of each side of another: an overlay written another way.
  static func clipped(_ subject: [Position], by clip: [Position]) -> [Position] {
    var rest = subject
    for index in clip.indices where !rest.isEmpty {
      let start = clip[index]
      let end = clip[(index + 1) % clip.count]
      func side(_ p: Position) -> Double {
        (end.x - start.x) * (p.y - start.y) - (p.x - start.x) * (end.y - start.y)
      }
      var kept: [Position] = []
      for (place, here) in rest.enumerated() {
        let next = rest[(place + 1) % rest.count]
        let (a, b) = (side(here), side(next))
        if a >= 0 { kept.append(here) }
        if (a > 0 && b < 0) || (a < 0 && b > 0) {
          let t = a / (a - b)
          kept.append(
            Position(x: here.x + (next.x - here.x) * t, y: here.y + (next.y - here.y) * t))
        }
      }
      rest = kept
    }
    return rest
  }

  @Test func `every pair of triangles has the common area that clipping gives`() throws {
    let triangles = Self.triangles
    #expect(triangles.count == 76)
    let regions = try triangles.map { triangle in
      let ring = try Ring(triangle + triangle.prefix(1))
      return try PlaneRegion(MultiPolygon([Polygon(shell: ring)]), plane: .asGiven)
    }
    var examined = 0
    for (one, region) in zip(triangles, regions) {
      for (other, otherRegion) in zip(triangles, regions) {
        let expected = Self.doubledArea(Self.clipped(one, by: other)) / 2
        let common = try region.intersection(otherRegion).area.squareMetres
        let outside = try region.subtracting(otherRegion).area.squareMetres
        #expect(abs(common - expected) <= 1e-12, "\(one) \(other)")
        #expect(abs(common + outside - region.area.squareMetres) <= 1e-12)
        examined += 1
      }
    }
    #expect(examined == 5_776)
  }

  @Test func `a place on the grid is covered exactly by the triangles it is not outside of`() throws
  {
    var onEdge = 0
    for triangle in Self.triangles {
      let shape = MultiPolygon([Polygon(shell: try Ring(triangle + triangle.prefix(1)))])
      for step in 0..<25 {
        let place = Position(x: Double(step % 5) / 2, y: Double(step / 5) / 2)
        let sides = triangle.indices.map { index in
          let start = triangle[index]
          let end = triangle[(index + 1) % 3]
          return (end.x - start.x) * (place.y - start.y) - (place.x - start.x) * (end.y - start.y)
        }
        #expect(shape.covers(place) == sides.allSatisfy { $0 >= 0 }, "\(triangle) \(place)")
        if sides.contains(0) && sides.allSatisfy({ $0 >= 0 }) { onEdge += 1 }
      }
    }
    #expect(onEdge > 300)
  }
}
