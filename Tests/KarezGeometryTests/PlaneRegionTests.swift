import KarezCore
import KarezGeometry
import TestSupport
import Testing

@Suite struct PlaneRegionTests {
  @Test(arguments: 0..<30)
  func `inside X and outside Y sum to X`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let centre = Position(x: 75.95, y: 39.45)
    let x = try PlaneRegion(
      MultiPolygon([
        Polygon(shell: try Shapes.star(around: centre, radius: 0.05, corners: 30, using: &random))
      ]))
    let members = try (0..<4).map { _ in
      let place = Position(
        x: .random(in: 75.92..<75.98, using: &random), y: .random(in: 39.42..<39.48, using: &random)
      )
      let shell = try Shapes.star(around: place, radius: 0.02, corners: 12, using: &random)
      return MultiPolygon([Polygon(shell: shell)])
    }
    let y = try PlaneRegion.union(of: members)
    let inside = try x.intersection(y).area.squareMetres
    let outside = try x.subtracting(y).area.squareMetres
    let united = try x.union(y).area.squareMetres
    #expect(abs(inside + outside - x.area.squareMetres) <= 1e-4)
    #expect(abs(united - (x.area.squareMetres + y.area.squareMetres - inside)) <= 1e-4)
  }

  @Test func `a planar overlay measures in the units given`() throws {
    let one = try PlaneRegion(Shapes.box(0, 0, 2, 2), plane: .asGiven)
    let other = try PlaneRegion(Shapes.box(1, 1, 3, 3), plane: .asGiven)
    #expect(try one.intersection(other).area == .squareMetres(1))
    #expect(try one.union(other).area == .squareMetres(7))
    #expect(try one.subtracting(other).area == .squareMetres(3))
  }

  @Test func `a region without land is empty and measures zero`() throws {
    let nothing = try PlaneRegion(MultiPolygon([]))
    #expect(nothing.isEmpty)
    #expect(nothing.area == .zero)
    #expect(try PlaneRegion.union(of: []).isEmpty)
    let box = try PlaneRegion(Shapes.box(75, 39, 75.1, 39.1))
    #expect(try box.intersection(nothing).isEmpty)
    #expect(try box.subtracting(nothing).area == box.area)
  }

  @Test func `a region gives back the degrees it was made of`() throws {
    let box = try Shapes.box(75.1, 39.1, 75.2, 39.2)
    let back = try PlaneRegion(box).multiPolygon()
    for (was, now) in zip(box.polygons[0].shell.positions, back.polygons[0].shell.positions) {
      #expect(abs(was.x - now.x) <= 1e-12 && abs(was.y - now.y) <= 1e-12)
    }
  }

  @Test func `an invalid member of a union is named by its number`() throws {
    let good = try Shapes.box(75, 39, 75.1, 39.1)
    let bad = MultiPolygon([
      Polygon(shell: try Shapes.ring([(75, 39), (75.2, 39.2), (75.2, 39), (75, 39.2)]))
    ])
    let error = try #require(throws: GeometryError.self) {
      _ = try PlaneRegion.union(of: [good, bad])
    }
    #expect(error.place.feature == 2)
  }
}
