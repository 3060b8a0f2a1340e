import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Land that comes piece by piece, and how much of it hangs together.
@Suite struct DeliveredGroundTests {
  /// About 0.75 km², of a grid 0.01° wide.
  static func cell(_ column: Int, _ row: Int, gap: Double = 0) throws -> MultiPolygon {
    func east(_ column: Int) -> Double { 76 + Double(column) * 0.01 }
    func north(_ row: Int) -> Double { 39 + Double(row) * 0.01 }
    return try Shapes.box(
      east(column), north(row), east(column + 1) - gap, north(row + 1) - gap)
  }

  @Test func `of every pattern of nine cells the largest part is the one a count finds`() throws {
    let areas = try (0..<9).map { try Self.cell($0 % 3, $0 / 3).statutoryArea().squareMetres }
    var examined = 0
    for pattern in 0..<512 {
      let cells = (0..<9).filter { pattern & (1 << $0) != 0 }
      let ground = try DeliveredGround.none.adding(
        try cells.map { try Self.cell($0 % 3, $0 / 3) })
      var left = Set(cells)
      var largest = 0.0
      while let first = left.first {
        var (part, front) = (0.0, [first])
        left.remove(first)
        while let cell = front.popLast() {
          part += areas[cell]
          let beside =
            [cell - 3, cell + 3] + (cell % 3 > 0 ? [cell - 1] : [])
            + (cell % 3 < 2 ? [cell + 1] : [])
          for other in beside where left.remove(other) != nil { front.append(other) }
        }
        largest = max(largest, part)
      }
      let found = try ground.largestPart(joinedWithin: 0).squareMetres
      #expect(abs(found - largest) < 1e-3, "pattern \(pattern)")
      examined += 1
    }
    #expect(examined == 512)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `neither order nor repetition nor overlap changes what is held`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let places = (0..<12).map { _ in
      (Int.random(in: 0..<4, using: &random), Int.random(in: 0..<4, using: &random))
    }
    let once = try DeliveredGround.none.adding(try places.map { try Self.cell($0.0, $0.1) })
    var bit = DeliveredGround.none
    for place in places.shuffled(using: &random) + places.prefix(3) {
      bit = try bit.adding([try Self.cell(place.0, place.1)])
    }
    #expect(abs(bit.area.squareMetres - once.area.squareMetres) < 1e-3)
    for metres in [0.0, 20] {
      let (one, other) = (
        try bit.largestPart(joinedWithin: metres), try once.largestPart(joinedWithin: metres)
      )
      #expect(abs(one.squareMetres - other.squareMetres) < 1e-3)
    }
  }

  @Test func `strips left out between pieces do not part them, wide ones do`() throws {
    // A ten-thousandth of a degree: 8.7 m to the east, 11.1 m to the north.
    let pieces = try (0..<9).map { try Self.cell($0 % 3, $0 / 3, gap: 0.0001) }
    let ground = try DeliveredGround.none.adding(pieces)
    #expect(ground.land.polygons.count == 9)
    let alone = try ground.largestPart(joinedWithin: 5).squareMetres
    #expect(abs(alone - pieces[0].statutoryArea().squareMetres) < 1_000)
    let joined = try ground.largestPart(joinedWithin: 20).squareMetres
    #expect(abs(joined - ground.area.squareMetres) < 1e-3)
    // Between the two widths only neighbours to the east hang together.
    let rows = try ground.largestPart(joinedWithin: 10).squareMetres
    #expect(abs(rows - 3 * alone) < 3_000)
  }
}
