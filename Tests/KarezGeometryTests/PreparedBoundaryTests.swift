import KarezCore
import KarezGeometry
import TestSupport
import Testing

@Suite struct PreparedBoundaryTests {
  static let box = BoundingBox(minX: 75.9, minY: 39.4, maxX: 76.0, maxY: 39.5)
  static let centre = Position(x: 75.95, y: 39.45)

  @Test(arguments: 0..<40)
  func `the pieces of a gapless coverage sum to the boundary`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let cells = try Shapes.coverage(of: Self.box, columns: 8, rows: 8, using: &random)
    let star = try Shapes.star(around: Self.centre, radius: 0.05, corners: 40, using: &random)
    let whole = MultiPolygon([Polygon(shell: star)])
    let boundary = try PreparedBoundary(whole)
    var sum = 0.0
    for cell in cells { sum += try boundary.piece(in: cell).areaM2 }
    #expect(abs(sum - whole.statutoryArea().squareMetres) <= 1e-4)
  }

  @Test(arguments: 0..<40)
  func `what two shapes have in common does not depend on which comes first`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let one = MultiPolygon([
      Polygon(
        shell: try Shapes.star(around: Self.centre, radius: 0.04, corners: 25, using: &random))
    ])
    let moved = Position(x: 75.96, y: 39.46)
    let other = MultiPolygon([
      Polygon(shell: try Shapes.star(around: moved, radius: 0.04, corners: 25, using: &random))
    ])
    let forth = try one.overlapArea(with: other).squareMetres
    let back = try other.overlapArea(with: one).squareMetres
    #expect(forth > 0)
    #expect(abs(forth - back) <= 1e-5)
  }

  @Test(arguments: 0..<20)
  func `features cut before they are united cover what they cover united`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let star = try Shapes.star(around: Self.centre, radius: 0.05, corners: 40, using: &random)
    let boundary = try PreparedBoundary(MultiPolygon([Polygon(shell: star)]))
    let overlapping = try (0..<8).map { _ in
      let place = Position(
        x: .random(in: 75.88..<76.02, using: &random), y: .random(in: 39.38..<39.52, using: &random)
      )
      let shell = try Shapes.star(around: place, radius: 0.03, corners: 12, using: &random)
      return MultiPolygon([Polygon(shell: shell)])
    }
    let covered = try boundary.region(coveredBy: overlapping).area.squareMetres
    let united = try PlaneRegion.union(of: overlapping).intersection(boundary.asRegion())
    #expect(abs(covered - united.area.squareMetres) <= 1e-4)
    let cells = try Shapes.coverage(of: Self.box, columns: 6, rows: 6, using: &random)
    let whole = try boundary.region(coveredBy: cells)
    #expect(abs(whole.area.squareMetres - boundary.area.squareMetres) <= 1e-4)
    let nothing = try boundary.region(coveredBy: [])
    #expect(nothing.isEmpty)
  }

  @Test func `a feature inside is its own piece, vertex for vertex`() throws {
    let inner = try Shapes.box(75.94, 39.44, 75.95, 39.45)
    let piece = try PreparedBoundary(Shapes.box(75.9, 39.4, 76, 39.5)).piece(in: inner)
    #expect(piece.geometry == inner)
    #expect(piece.area == inner.statutoryArea())
  }

  @Test func `shapes that only touch have nothing in common`() throws {
    let left = try Shapes.box(75.90, 39.4, 75.95, 39.5)
    let right = try Shapes.box(75.95, 39.4, 76.00, 39.5)
    #expect(try PreparedBoundary(left).piece(in: right) == .none)
    let corner = try Shapes.box(75.95, 39.5, 76.00, 39.6)
    #expect(try PreparedBoundary(left).piece(in: corner) == .none)
  }

  @Test func `a hole takes its feature out of the boundary`() throws {
    let hole = try Shapes.ring([(75.94, 39.44), (75.95, 39.44), (75.95, 39.45), (75.94, 39.45)])
    let shell = try Shapes.ring([(75.9, 39.4), (76, 39.4), (76, 39.5), (75.9, 39.5)])
    let boundary = try PreparedBoundary(MultiPolygon([Polygon(shell: shell, holes: [hole])]))
    #expect(try boundary.piece(in: MultiPolygon([Polygon(shell: hole)])) == .none)
    #expect(!boundary.covers(Position(x: 75.945, y: 39.445)))
    #expect(boundary.covers(Position(x: 75.91, y: 39.41)))
    #expect(boundary.covers(Position(x: 75.94, y: 39.445)))
    #expect(!boundary.covers(Position(x: 75.89, y: 39.41)))
  }

  @Test func `a bow tie is refused with the place where it crosses`() throws {
    let bowTie = MultiPolygon([
      Polygon(shell: try Shapes.ring([(75, 39), (75.2, 39.2), (75.2, 39), (75, 39.2)]))
    ])
    let error = try #require(throws: GeometryError.self) { _ = try PreparedBoundary(bowTie) }
    guard case .invalid(let fault) = error else {
      Issue.record("not an invalid shape: \(error)")
      return
    }
    #expect(fault.kind == .selfIntersection)
    let place = try #require(fault.position)
    // The edges are straight in the statutory plane, and so cross a little off the middle.
    #expect(abs(place.x - 75.1) <= 1e-3 && abs(place.y - 39.1) <= 1e-3)
    let inDegrees = try #require(try bowTie.validityFault())
    #expect(inDegrees.kind == .selfIntersection)
  }

  @Test func `a line meets a boundary where it crosses, touches or lies in it`() throws {
    let boundary = try PreparedBoundary(Shapes.box(75.9, 39.4, 76.0, 39.5))
    func meets(_ lines: [(Double, Double)]...) throws -> Bool {
      try boundary.meets(lines: lines.map { $0.map { Position(x: $0.0, y: $0.1) } })
    }
    #expect(try meets([(75.8, 39.45), (76.1, 39.45)]))
    #expect(try meets([(75.94, 39.44), (75.95, 39.45)]))
    #expect(try meets([(76.0, 39.3), (76.0, 39.6)]))
    #expect(try meets([(75, 38), (75, 39)], [(75.95, 39.45), (77, 39)]))
    #expect(try meets([(75.95, 39.45)]))
    #expect(try !meets([(76.0001, 39.3), (76.0001, 39.6)]))
    #expect(try !meets([(75.95, 39.6)], []))
    #expect(try !meets())
  }
}
