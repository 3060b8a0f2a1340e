import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

@Suite struct StatutoryPlaneTests {
  @Test func `the series has the constants of the regulation`() {
    let (a, b, c, d, e) = Ellipsoid.areaSeries
    let pairs = [
      (a, 1.00336408983419), (b, 0.00112418938192712), (c, 1.69945947351891e-6),
      (d, 2.71785784557756e-9), (e, 4.35841900483452e-12),
      (Ellipsoid.minorAxis, 6_356_752.31414036), (Ellipsoid.eccentricity2, 0.00669438002290079),
      (Ellipsoid.secondEccentricity2, 0.00673949677547896),
      (Ellipsoid.polarRadius, 6_399_593.62586402),
    ]
    for (ours, stated) in pairs { #expect(abs(ours / stated - 1) <= 1e-13, "\(stated)") }
  }

  @Test func `a place comes back from the plane, at every half degree of latitude`() {
    for half in -178...178 {
      let place = Position(x: 75.987637573, y: Double(half) / 2)
      let back = StatutoryPlane.degrees(of: StatutoryPlane.position(ofDegrees: place))
      // Near the poles a step in the plane is a long way in latitude.
      let tolerance = abs(half) <= 132 ? 1e-12 : 1e-10
      #expect(abs(back.y - place.y) <= tolerance, "\(place.y)")
      #expect(abs(back.x - place.x) <= 1e-12)
    }
  }

  @Test func `the whole Earth has the area of the ellipsoid`() {
    let earth = Quadrangle(BoundingBox(minX: -180, minY: -90, maxX: 180, maxY: 90))
    // 510 065 621.7 km² for this ellipsoid; the series is cut off after the fourth power of e².
    #expect(abs(earth.statutoryArea().squareMetres / 5.100656217e14 - 1) <= 1e-9)
  }

  /// The formula as the regulation writes it: a trapezoid between each edge and 60°E.
  static func officialArea(_ ring: Ring) -> Double {
    let (a, b, c, d, e) = Ellipsoid.areaSeries
    var sum = 0.0
    for (one, other) in zip(ring.positions, ring.positions.dropFirst()) {
      let radians = Double.pi / 180
      let deltaL = (one.x + other.x) / 2 * radians - 60 * radians
      let deltaB = (other.y - one.y) * radians
      let mean = (one.y + other.y) / 2 * radians
      var bracket = 0.0
      for (index, factor) in [a, -b, c, -d, e].enumerated() {
        let k = Double(2 * index + 1)
        bracket += factor * sin(k * deltaB / 2) * cos(k * mean)
      }
      sum += 2 * Ellipsoid.minorAxis * Ellipsoid.minorAxis * deltaL * bracket
    }
    return abs(sum)
  }

  @Test(arguments: 0..<100)
  func `the plane gives what the formula gives edge by edge`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let centre = Position(
      x: .random(in: 73.5...135, using: &random), y: .random(in: 18...53, using: &random))
    let ring = try Shapes.star(around: centre, radius: 0.05, corners: 60, using: &random)
    #expect(abs(ring.statutoryArea().squareMetres - Self.officialArea(ring)) <= 1e-3)
  }

  @Test(arguments: 0..<100)
  func `an area depends neither on direction nor on where the ring begins`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let centre = Position(x: 76, y: 39.5)
    let ring = try Shapes.star(around: centre, radius: 0.02, corners: 25, using: &random)
    let open = Array(ring.positions.dropLast())
    let start = Int.random(in: 0..<open.count, using: &random)
    let turned = Array(open[start...] + open[..<start])
    let area = ring.statutoryArea().squareMetres
    let others = [
      try Ring(ring.positions.reversed()), try Ring(turned + turned.prefix(1)),
    ]
    for other in others { #expect(abs(other.statutoryArea().squareMetres - area) <= 1e-5) }
  }
}

@Suite struct PlanarAreaTests {
  @Test(arguments: [0, 500_000, 4_000_000, 40_500_000] as [Double])
  func `area does not depend on where the parcel lies`(shift: Double) throws {
    let parcel = try Shapes.ring([
      (shift, shift), (shift + 1_000.1, shift), (shift + 1_000.1, shift + 350.3),
      (shift, shift + 350.3),
    ])
    #expect(parcel.planarArea().text == "350335.03")
  }

  @Test(arguments: 0..<100)
  func `reversing a ring keeps its area`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let centre = Position(x: 25_585_000, y: 4_370_000)
    let ring = try Shapes.star(around: centre, radius: 500, corners: 12, using: &random)
    let backward = try Ring(ring.positions.reversed())
    let difference = ring.planarArea().squareMetres - backward.planarArea().squareMetres
    #expect(abs(difference) <= 1e-6)
  }

  @Test func `a ring far from any map is refused, so that every area is finite`() {
    let far = [(0, 0), (2e9, 0), (2e9, 1), (0, 0)].map { Position(x: $0.0, y: $0.1) }
    #expect(throws: GeometryError.positionOutOfRange(index: 1)) { try Ring(far) }
  }

  @Test func `an open ring is refused, and says which ends differ`() {
    let open = [(0.0, 0.0), (1, 0), (1, 1), (0, 1)].map { Position(x: $0.0, y: $0.1) }
    #expect(throws: GeometryError.ringNotClosed(first: open[0], last: open[3])) {
      try Ring(open)
    }
  }
}
