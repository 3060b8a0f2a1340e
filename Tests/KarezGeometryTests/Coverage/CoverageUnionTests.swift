import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Unions of coverages against their members' areas, and against GEOS.
@Suite struct CoverageUnionTests {
  typealias Samples = CoverageSamples

  static func unite(
    _ polygons: [MultiPolygon], _ values: (Int) -> [String] = { _ in ["all"] }
  ) async throws -> [CoverageUnion.Group] {
    let columns = values(0).indices.map { "column\($0)" }
    let layer = try Samples.layer(polygons, columns: columns, values: values)
    return try await CoverageUnion(of: layer, by: Array(columns.indices)).groups
  }

  @Test(arguments: 0..<60)
  func `groups are valid, and the land that GEOS makes them`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed)
    let cells = try Samples.jittered(columns: 10, rows: 10, seed: seed)
    // Few values, so that groups touch at corners, have holes, and islands in these.
    let values = cells.map { _ in
      [Int.random(in: 0..<2, using: &random), Int.random(in: 0...1, using: &random)]
    }
    let groups = try await Self.unite(cells) { index in values[index].map { "\($0)" } }
    #expect(groups.map(\.values) == [["0", "0"], ["0", "1"], ["1", "0"], ["1", "1"]])
    for group in groups {
      let members = cells.indices.filter { values[$0].map { "\($0)" } == group.values }
      #expect(group.members == members.count)
      #expect(group.faults == 0)
      #expect(abs(group.areaM2 - group.membersAreaM2) <= 1e-9 * group.membersAreaM2)
      #expect(try group.geometry.validityFault() == nil)
      let region = try PlaneRegion.union(of: members.map { cells[$0] })
      #expect(abs(Samples.area(group.geometry) - region.area.squareMetres) < 1e-4)
      let own = try PlaneRegion(group.geometry)
      #expect(try own.subtracting(region).area.squareMetres < 1e-4)
      #expect(group.geometry.polygons.count == region.multiPolygon().polygons.count)
    }
  }

  /// Every way to choose cells of a three by three grid: all touches, holes and pinches there are.
  @Test func `every choice of cells of a small grid is united to a valid polygon`() async throws {
    let cells = try (0..<9).map { index in
      let (x, y) = (Double(index % 3), Double(index / 3))
      return try Samples.box(x, y, x + 1, y + 1)
    }
    for choice in 1..<512 {
      let groups = try await Self.unite(cells) { [choice >> $0 & 1 == 1 ? "in" : "out"] }
      let group = try #require(groups.first { $0.values == ["in"] })
      #expect(try group.geometry.validityFault() == nil, "\(choice)")
      #expect(abs(group.areaM2 - group.membersAreaM2) < 1e-6)
      #expect(abs(Samples.area(group.geometry) - group.areaM2) < 1e-6, "\(choice)")
    }
  }

  @Test func `a ring of cells has the hole, and what lies in it is a part of its own`() async throws
  {
    let cells = try (0..<25).map { index in
      let (x, y) = (Double(index % 5), Double(index / 5))
      return try Samples.box(x, y, x + 1, y + 1)
    }
    let groups = try await Self.unite(cells) { index in
      let ring = max(abs(index % 5 - 2), abs(index / 5 - 2))
      return [ring == 1 ? "between" : "around and middle"]
    }
    #expect(groups[0].geometry.polygons.map(\.holes.count).sorted() == [0, 1])
    #expect(groups[1].geometry.polygons.map(\.holes.count) == [1])
  }

  @Test func `overlapping members are united by GEOS, and the group says so`() async throws {
    let groups = try await Self.unite(
      [
        try Samples.box(0, 0, 2, 1), try Samples.box(1, 0, 3, 1), try Samples.box(3, 0, 4, 1),
      ]) { [$0 < 2 ? "flawed" : "sound"] }
    #expect(groups.map(\.faults) == [1, 0])
    let expected = Samples.area(try Samples.box(0, 0, 3, 1))
    #expect(abs(groups[0].areaM2 - expected) < 1e-4)
    #expect(groups[0].membersAreaM2 > expected * 1.3)
  }

  static func box(
    _ west: Double, _ south: Double, _ east: Double, _ north: Double
  ) throws -> MultiPolygon {
    let corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return MultiPolygon([Polygon(shell: try Ring(corners.map { Position(x: $0.0, y: $0.1) }))])
  }

  @Test func `borders that miss each other by a nanometre are one`() async throws {
    let y = 39.00393865031278
    let members = try [
      Self.box(76.00596973989754, 39.00391426527021, 76.006, y),
      Self.box(76.00596973989754, y.nextDown.nextDown, 76.006, 39.00399999999999),
    ]
    let united = try CoverageUnion.united(members)
    #expect(united.polygons.count == 1)
    let sum = members.reduce(0) { $0 + $1.statutoryArea().squareMetres }
    #expect(abs(united.statutoryArea().squareMetres - sum) < 1e-6)
    let apart = try CoverageUnion.united([
      members[0], Self.box(76.00596973989754, y + 1e-9, 76.006, 39.004),
    ])
    #expect(apart.polygons.count == 2)
  }

  @Test(arguments: 0..<40)
  func `vertices of members come back to the last bit where GEOS unites`(seed: UInt64)
    async throws
  {
    var random = SplitMix64(seed: seed)
    let (west, east) = (76.0, 76.001)
    let middle = Double.random(in: 39.006..<39.007, using: &random)
    let whole = try Self.box(west, 39.005, east, middle)
    // The one above has a vertex in the border that the one below lacks.
    let vertex = Double.random(in: 76.0002..<76.0008, using: &random)
    let above = MultiPolygon([
      Polygon(
        shell: try Ring(
          [
            (west, middle), (vertex, middle), (east, middle), (east, 39.008), (west, 39.008),
            (west, middle),
          ].map { Position(x: $0.0, y: $0.1) }))
    ])
    let group = try #require(try await Self.unite([whole, above]).first)
    let known = Set([whole, above].flatMap { $0.polygons[0].shell.positions })
    let found = group.geometry.polygons.flatMap { $0.shell.positions }
    #expect(group.faults > 0 && group.geometry.polygons.count == 1)
    #expect(found.count >= 5 && found.allSatisfy { known.contains($0) })
  }

  @Test func `overlaps of different groups are no fault of either`() async throws {
    let groups = try await Self.unite(
      [try Samples.box(0, 0, 2, 1), try Samples.box(1, 0, 3, 1)]) { ["\($0)"] }
    #expect(groups.map(\.faults) == [0, 0])
    #expect(groups[0].geometry.polygons.count == 1)
  }

  @Test func `a vertex that a member lacks of another is a fault, and no spike is left`()
    async throws
  {
    let groups = try await Self.unite([
      try Samples.box(0, 0, 2, 1), try Samples.box(0, 1, 1, 2), try Samples.box(1, 1, 2, 2),
    ])
    #expect(groups[0].faults == 1)
    #expect(try groups[0].geometry.validityFault() == nil)
    #expect(abs(groups[0].areaM2 - Samples.area(try Samples.box(0, 0, 2, 2))) < 1e-4)
  }
}
