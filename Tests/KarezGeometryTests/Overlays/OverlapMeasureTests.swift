import Foundation
import KarezCore
import KarezGeometry
import TestSupport
import Testing

@Suite struct OverlapMeasureTests {
  static func square(_ x: Double, _ y: Double, _ side: Double) throws -> MultiPolygon {
    let corners = [(0.0, 0.0), (side, 0), (side, side), (0, side), (0, 0)]
    return MultiPolygon([
      Polygon(shell: try Ring(corners.map { Position(x: x + $0.0, y: y + $0.1) }))
    ])
  }

  @Test func `all pairs of unit squares on a grid have whole areas in common`() throws {
    let measure = OverlapMeasure(plane: .asGiven)
    for origin in [0.0, 40_500_000, 0x1p29] {
      for x in -2...2 {
        for y in -2...2 {
          let common = try measure.common(
            try Self.square(origin, 4_400_000, 2),
            try Self.square(origin + Double(x), 4_400_000 + Double(y), 2))
          #expect(common.area == Double(max(0, 2 - abs(x)) * max(0, 2 - abs(y))))
          #expect(!common.isRepaired)
        }
      }
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `as given the pieces of a fan sum to its polygon, wherever it lies`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let scale = [1e-6, 0.01, 1, 1_000][Int(seed % 4)]
    let origin = Position(x: 40_500_000, y: 4_400_000)
    let centre = Position(x: origin.x + scale, y: origin.y + scale)
    let star = try Shapes.star(around: centre, radius: scale, corners: 30, using: &random)
    let whole = MultiPolygon([Polygon(shell: star)])
    let measure = OverlapMeasure(plane: .asGiven)
    // Half planes left and right of a slanting line through the middle.
    let far = 4 * scale
    let line = (
      Position(x: centre.x - far, y: centre.y - far / 3),
      Position(x: centre.x + far, y: centre.y + far / 5)
    )
    let above = Position(x: centre.x, y: centre.y + 8 * far)
    let below = Position(x: centre.x, y: centre.y - 8 * far)
    var sum = 0.0
    for tip in [above, below] {
      let half = MultiPolygon([
        Polygon(shell: try Ring([line.0, line.1, tip, line.0]))
      ])
      sum += try measure.common(whole, half).area
    }
    let area = whole.planarArea().squareMetres
    #expect(abs(sum - area) <= 1e-13 * far * far * 64)
  }

  @Test func `touching triangles leave no dust, whatever their slope`() throws {
    let measure = OverlapMeasure(plane: .asGiven)
    var random = SplitMix64(seed: 7)
    for _ in 0..<3_000 {
      func coordinate() -> Double { .random(in: 0..<1, using: &random) }
      let (p, q) = (
        Position(x: coordinate(), y: coordinate()), Position(x: coordinate(), y: coordinate())
      )
      guard abs(p.x - q.x) > max(0.01, abs(p.y - q.y) / 4) else { continue }
      let up = Position(x: coordinate(), y: 9)
      let down = Position(x: coordinate(), y: -9)
      let one = MultiPolygon([Polygon(shell: try Ring([p, q, up, p]))])
      let other = MultiPolygon([Polygon(shell: try Ring([p, q, down, p]))])
      let touch = try measure.common(one, other).area
      #expect(touch == 0, "\(one.wkt) \(other.wkt) \(touch)")
      let whole = try measure.common(one, one).area
      #expect(abs(whole - one.planarArea().squareMetres) < 1e-13)
    }
  }

  @Test func `a pair of bow ties is repaired on a grid as fine as its coordinates`() throws {
    let measure = OverlapMeasure(plane: .asGiven)
    // Sizes of degrees, metres and a zone's eastings: one grid for all would round the first away.
    for (origin, side) in [(75.9, 0x1p-20), (0, 2), (40_500_000, 0x1p10)] {
      let corners = [(0.0, 0.0), (side, side), (side, 0), (0, side), (0, 0)]
      let tie = MultiPolygon([
        Polygon(shell: try Ring(corners.map { Position(x: origin + $0.0, y: $0.1) }))
      ])
      let common = try measure.common(tie, try Self.square(origin, 0, side))
      #expect(common.isRepaired)
      #expect(abs(common.area / (side * side) - 0.5) < 1e-9, "\(origin)")
    }
  }

  @Test func `in degrees a square is measured by the regulation's formula`() throws {
    let whole = try Self.square(75.9, 39.4, 0.01)
    let statutory = whole.statutoryArea().squareMetres
    #expect(abs(try whole.overlapArea(with: whole).squareMetres - statutory) <= 1e-5)
    let planar = try whole.overlapArea(with: whole, in: .asGiven).squareMetres
    #expect(abs(planar - 0.0001) < 1e-16)
    #expect(try whole.coveredStatutoryArea().squareMetres == statutory)
  }

  @Test func `a polygon wider than a zone is cut without loss`() throws {
    let country = try Self.square(75, 30, 20)
    var sum = 0.0
    let measure = OverlapMeasure(plane: .statutory)
    for zone in 0..<8 {
      let strip = try Ring(
        [(0.0, 0.0), (1, 0), (1, 1), (0, 1), (0, 0)].map {
          Position(x: 74 + 3 * (Double(zone) + $0.0), y: 25 + 30 * $0.1)
        })
      sum += try measure.common(country, MultiPolygon([Polygon(shell: strip)])).area
    }
    #expect(abs(sum / country.statutoryArea().squareMetres - 1) <= 1e-14)
  }

  @Test func `a ring walked twice counts once when the land it covers is measured`() throws {
    let once = try Self.square(75.9, 39.4, 0.01)
    let positions = once.polygons[0].shell.positions
    let twice = MultiPolygon([
      Polygon(shell: once.polygons[0].shell), Polygon(shell: try Ring(positions)),
    ])
    let area = once.statutoryArea().squareMetres
    #expect(abs(twice.statutoryArea().squareMetres - 2 * area) < 1e-6)
    #expect(abs(try twice.coveredStatutoryArea().squareMetres - area) < 1e-3)
  }
}

/// Plain decimals are read without the library; they must be the same numbers.
@Suite struct NumberTextTests {
  @Test func `a plain decimal is the number the library reads`() throws {
    var random = SplitMix64(seed: 3)
    var texts = [
      "0", "-0", "-0.0", "1", "01", "9007199254740991", "9007199254740993", "0.1", "5e3",
    ]
    texts += [
      "123456789012345678", "1234567890123456789", "0.000000000000000001", "1.", ".5", "+1",
    ]
    for _ in 0..<3_000 {
      let digits = Int.random(in: 1...17, using: &random)
      var text = String((0..<digits).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
      let point = Int.random(in: 0...digits, using: &random)
      text.insert(".", at: text.index(text.startIndex, offsetBy: point))
      texts.append((Bool.random(using: &random) ? "-" : "") + text)
    }
    for text in texts {
      let read = try? Geometry(wkt: "POINT (\(text) 7)")
      guard let expected = Double(text) else { continue }
      guard case .points(let points)? = read else {
        Issue.record("\(text) is not read")
        continue
      }
      #expect(points[0].x.bitPattern == expected.bitPattern, "\(text)")
    }
  }
}
