import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// What lies within a distance of a boundary, and what of the boundary lies within it.
@Suite struct BoundarySurroundingsTests {
  /// About 173 m by 222 m.
  static func box() throws -> PreparedBoundary {
    try PreparedBoundary(Shapes.box(76, 39, 76.002, 39.002))
  }

  static func surroundings() throws -> BoundarySurroundings {
    try BoundarySurroundings(of: box())
  }

  /// Due east of the middle of the box's eastern edge, which is a meridian.
  ///
  /// Made with pyproj 3.7.2 (PROJ 9.5.1), `Geod(ellps='GRS80').fwd(76.002, 39.001, 90, d)`.
  static let eastward: [(metres: Double, place: Position)] = [
    (1, Position(x: 76.00201154398695, y: 39.000999999999436)),
    (5, Position(x: 76.00205771993475, y: 39.00099999998573)),
    (50, Position(x: 76.00257719934757, y: 39.0009999985723)),
    (500, Position(x: 76.00777199346814, y: 39.00099985722876)),
    (1_000, Position(x: 76.01354398688989, y: 39.00099942891502)),
  ]

  @Test(arguments: eastward)
  func `a distance is that of the ellipsoid, to the millimetre`(
    metres: Double, place: Position
  ) throws {
    let surroundings = try Self.surroundings()
    for feature in [
      Geometry.points([place]), .lines([[Position(x: place.x + 0.1, y: 39.3), place]]),
      .polygons(
        MultiPolygon([
          Polygon(
            shell: try Shapes.ring([
              (place.x, place.y), (place.x + 0.1, 38.9), (place.x + 0.1, 39.1),
            ]))
        ])),
    ] {
      // A whole distance is within itself; a millimetre less is not.
      let there = try #require(try surroundings.neighbour(feature, reaching: metres))
      #expect(there.distanceMetres == metres)
      #expect(try surroundings.neighbour(feature, reaching: metres - 0.001) == nil)
    }
  }

  @Test func `a distance is told to the millimetre`() throws {
    let surroundings = try Self.surroundings()
    // 5.0004 m and 5.001 m, made as above.
    let near = Geometry.points([Position(x: 76.00205772455234, y: 39.0009999999857)])
    let far = Geometry.points([Position(x: 76.00205773147874, y: 39.00099999998572)])
    #expect(try surroundings.neighbour(near, reaching: 5)?.distanceMetres == 5)
    #expect(try surroundings.neighbour(far, reaching: 5) == nil)
    #expect(try surroundings.neighbour(far, reaching: 6)?.distanceMetres == 5.001)
  }

  @Test func `what meets the boundary is no distance away`() throws {
    let surroundings = try Self.surroundings()
    let inside = Position(x: 76.001, y: 39.001)
    for feature in [
      Geometry.points([inside]), .points([Position(x: 76.002, y: 39.001)]),
      .lines([[inside, Position(x: 76.5, y: 39.5)]]),
      .polygons(try Shapes.box(76.0009, 39.0009, 76.0011, 39.0011)),
      .polygons(try Shapes.box(75, 38, 77, 40)),
    ] {
      #expect(try surroundings.neighbour(feature, reaching: 1)?.distanceMetres == 0)
    }
  }

  @Test func `nothing near leaves nothing of the boundary`() throws {
    let surroundings = try Self.surroundings()
    #expect(try surroundings.land(within: 500, of: []).isEmpty)
    let far = try #require(
      try surroundings.neighbour(.points([Self.eastward[3].place]), reaching: 1_000))
    #expect(try surroundings.land(within: 400, of: [far]).isEmpty)
    // At the distance itself the two touch, and a touch has no area.
    #expect(try surroundings.land(within: 500, of: [far]).area.squareMetres < 1e-3)
  }

  @Test(arguments: [0.5, 5, 50, 80])
  func `the land around a point is a circle, but for what its corners leave out`(
    metres: Double
  ) throws {
    let surroundings = try Self.surroundings()
    let point = try #require(
      try surroundings.neighbour(.points([Position(x: 76.001, y: 39.001)]), reaching: metres))
    let area = try surroundings.land(within: metres, of: [point]).area.squareMetres
    let circle = Double.pi * metres * metres
    #expect(area < circle)
    #expect(area > circle * (1 - 5.2e-5))
    // As much as a polygon of so many corners leaves out, and no more.
    let corner =
      2 * Double.pi / Double(4 * BoundarySurroundings.segmentsPerQuadrant(metres: metres))
    #expect(abs(area / circle - sin(corner) / corner) < 1e-6)
  }

  @Test(arguments: [0.01, 1, 5, 50, 500, 1_000, 100_000])
  func `a buffer runs at most a millimetre inside its arc`(metres: Double) {
    let segments = Double(BoundarySurroundings.segmentsPerQuadrant(metres: metres))
    #expect(metres * (1 - cos(.pi / 4 / segments)) <= 0.001_000_01)
    #expect(segments >= 90)
  }

  @Test func `the land beside a line is a strip, counted once where strips cross`() throws {
    let surroundings = try Self.surroundings()
    let north = Geometry.lines([
      [Position(x: 76.001, y: 38.9), Position(x: 76.001, y: 39.1)]
    ])
    let east = Geometry.lines([
      [Position(x: 75.9, y: 39.001), Position(x: 76.1, y: 39.001)]
    ])
    // Through the middle of the box: 222.031000 m and 173.250369 m, by `Geod.inv`.
    let (high, wide) = (222.031_000, 173.250_369)
    let upright = try #require(try surroundings.neighbour(north, reaching: 5))
    let level = try #require(try surroundings.neighbour(east, reaching: 5))
    let one = try surroundings.land(within: 5, of: [upright]).area.squareMetres
    #expect(abs(one - 10 * high) < 0.01)
    let other = try surroundings.land(within: 5, of: [level]).area.squareMetres
    #expect(abs(other - 10 * wide) < 0.01)
    let both = try surroundings.land(within: 5, of: [upright, level]).area.squareMetres
    #expect(abs(both - 10 * (high + wide) + 100) < 0.01)
    let twice = try surroundings.land(within: 5, of: [upright, upright]).area.squareMetres
    #expect(abs(twice - one) < 1e-6)
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `a place is in the land just if it lies no farther than the distance`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let boundary = try Self.box()
    let surroundings = try BoundarySurroundings(of: boundary)
    let metres = [3.0, 20, 60][Int(seed % 3)]
    let feature = try Self.feature(using: &random)
    let plane = LocalPlane(around: try #require(boundary.boundingBox))
    let edges = try Self.edges(of: feature).map { try plane.line(ofStatutory: $0) }
    let neighbour = try surroundings.neighbour(feature, reaching: metres)
    let land = try surroundings.land(within: metres, of: [neighbour].compactMap(\.self))
    var compared = 0
    for _ in 0..<400 {
      let degrees = Position(
        x: .random(in: 76...76.002, using: &random), y: .random(in: 39...39.002, using: &random))
      let place = try plane.place(ofDegrees: degrees)
      var distance = edges.map { Distances.distance(place, to: $0) }.min() ?? .infinity
      if case .polygons(let multi) = feature, multi.covers(degrees) { distance = 0 }
      // A buffer may run a millimetre inside its arc.
      guard abs(distance - metres) > 0.003 else { continue }
      compared += 1
      let isInside = land.inPlane.covers(StatutoryPlane.position(ofDegrees: degrees))
      #expect(isInside == (distance < metres), "\(distance) m of \(metres)")
    }
    #expect(compared > 350)
  }

  /// A wandering line, a polygon or some points, in and around the box.
  private static func feature(using random: inout SplitMix64) throws -> Geometry {
    let centre = Position(
      x: .random(in: 75.999...76.003, using: &random),
      y: .random(in: 38.999...39.003, using: &random))
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let star = try Shapes.star(around: centre, radius: 0.001, corners: 30, using: &random)
      return .polygons(MultiPolygon([Polygon(shell: star)]))
    case 1:
      var line = [centre]
      for _ in 0..<40 {
        let last = line[line.count - 1]
        line.append(
          Position(
            x: last.x + .random(in: -2e-4...2e-4, using: &random),
            y: last.y + .random(in: -2e-4...2e-4, using: &random)))
      }
      return .lines([line])
    default:
      return .points([centre, Position(x: centre.x - 0.001, y: centre.y - 0.0005)])
    }
  }

  private static func edges(of feature: Geometry) -> [[Position]] {
    let lines =
      switch feature {
      case .points(let points): points.map { [$0, $0] }
      case .lines(let lines): lines
      case .polygons(let multi): multi.polygons.flatMap(\.rings).map(\.positions)
      }
    return lines.map { $0.map(StatutoryPlane.position(ofDegrees:)) }
  }

  @Test func `what lies beyond reach of a long feature makes no difference`() throws {
    let surroundings = try Self.surroundings()
    let near = [Position(x: 75.9995, y: 38.999), Position(x: 76.0005, y: 39.003)]
    let far = (1...500).map {
      Position(x: 76.01 + Double($0) * 1e-4, y: $0.isMultiple(of: 2) ? 39.4 : 39.5)
    }
    let short = try #require(try surroundings.neighbour(.lines([near]), reaching: 30))
    let long = try #require(try surroundings.neighbour(.lines([near + far]), reaching: 30))
    #expect(long.distanceMetres == short.distanceMetres)
    let one = try surroundings.land(within: 30, of: [short]).area.squareMetres
    let other = try surroundings.land(within: 30, of: [long]).area.squareMetres
    #expect(abs(one - other) < 1e-3)
    let county = try Shapes.box(76.0021, 38, 78, 40)
    let field = try Shapes.box(76.0021, 38.99, 76.004, 39.01)
    let areas = try [county, field].map { shape in
      let neighbour = try surroundings.neighbour(.polygons(shape), reaching: 30)
      return try surroundings.land(within: 30, of: [neighbour].compactMap(\.self)).area
    }
    #expect(abs(areas[0].squareMetres - areas[1].squareMetres) < 1e-3)
    #expect(areas[0].squareMetres > 4_000)
  }

  @Test func `bad input is repaired as recorded, or refused`() throws {
    let surroundings = try Self.surroundings()
    let bow = MultiPolygon([
      Polygon(
        shell: try Shapes.ring([
          (76.0021, 39), (76.003, 39.002), (76.003, 39), (76.0021, 39.002),
        ]))
    ])
    #expect(try surroundings.neighbour(.polygons(bow), reaching: 20)?.distanceMetres ?? 0 > 1)
    let place = Position(x: 76.0021, y: 39.001)
    for line in [[place], [place, place], [place, place, Position(x: 76.01, y: 39.001), place]] {
      let neighbour = try #require(try surroundings.neighbour(.lines([line]), reaching: 20))
      let point = try #require(try surroundings.neighbour(.points([place]), reaching: 20))
      #expect(neighbour.distanceMetres == point.distanceMetres)
      #expect(try !surroundings.land(within: 20, of: [neighbour]).isEmpty)
    }
    #expect(try surroundings.neighbour(.lines([[]]), reaching: 20) == nil)
    #expect(try surroundings.neighbour(.points([]), reaching: 20) == nil)
    #expect(try surroundings.neighbour(.polygons(MultiPolygon([])), reaching: 20) == nil)
    let wide = try PreparedBoundary(Shapes.box(70, 39, 83, 40))
    #expect(throws: GeometryError.self) { try BoundarySurroundings(of: wide) }
  }
}
