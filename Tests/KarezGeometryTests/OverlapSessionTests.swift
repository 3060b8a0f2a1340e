import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Neighbours told apart by signs alone: never where GEOS sees common ground.
@Suite struct OverlapSessionTests {
  static func polygon(_ corners: [(Double, Double)]) throws -> MultiPolygon {
    let positions = (corners + corners.prefix(1)).map { Position(x: $0.0, y: $0.1) }
    return MultiPolygon([Polygon(shell: try Ring(positions))])
  }

  /// A simple polygon on a small grid, turned so that its sides are seldom parallel to the axes.
  static func triangleOrQuadrangle(using random: inout SplitMix64) throws -> MultiPolygon? {
    let count = Int.random(in: 3...5, using: &random)
    let corners = (0..<count).map { _ in
      let (x, y) = (
        Double(Int.random(in: 0...3, using: &random)), Double(Int.random(in: 0...3, using: &random))
      )
      return (x + 0.25 * y, y - 0.5 * x)
    }
    let polygon = try polygon(corners)
    // Valid, but a vertex twice in a row is left to GEOS.
    guard try polygon.validityFault() == nil, PlainRing(ofValid: polygon) != nil else { return nil }
    return polygon
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `no pair with common ground is told apart`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let session = OverlapSession(plane: .asGiven)
    var polygons: [MultiPolygon] = []
    while polygons.count < 24 {
      if let polygon = try Self.triangleOrQuadrangle(using: &random) { polygons.append(polygon) }
    }
    var apart = 0
    for left in polygons {
      for right in polygons {
        let ring = try #require(PlainRing(ofValid: left))
        let other = try #require(PlainRing(ofValid: right))
        let isApart = ring.isApart(from: other)
        #expect(isApart == other.isApart(from: ring))
        // As if not known to be valid, so that GEOS decides.
        let common = try session.overlap(
          session.shape(of: left, isValid: false), session.shape(of: right, isValid: false))
        if isApart { #expect(common == nil, "\(left) \(right)") }
        if isApart { apart += 1 }
      }
    }
    #expect(apart > 10)
  }

  @Test func `neighbours in a coverage are told apart without an overlay`() throws {
    var random = SplitMix64(seed: 7)
    let size = 6
    let nodes = (0...size).map { row in
      (0...size).map { column in
        (
          Double(column) + Double.random(in: -0.3...0.3, using: &random),
          Double(row) + Double.random(in: -0.3...0.3, using: &random)
        )
      }
    }
    var rings: [PlainRing] = []
    for row in 0..<size {
      for column in 0..<size {
        let corners = [
          nodes[row][column], nodes[row][column + 1], nodes[row + 1][column + 1],
          nodes[row + 1][column],
        ]
        let ordered = (row + column).isMultiple(of: 2) ? corners : corners.reversed()
        rings.append(try #require(PlainRing(ofValid: try Self.polygon(ordered))))
      }
    }
    for (index, ring) in rings.enumerated() {
      #expect(!ring.isApart(from: ring))
      for other in rings[(index + 1)...] { #expect(ring.isApart(from: other)) }
    }
  }

  @Test func `an invalid polygon counts by the area it bounds`() throws {
    let session = OverlapSession(plane: .asGiven)
    let bowTie = try Self.polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    #expect(try session.fault(of: bowTie)?.position == Position(x: 1, y: 1))
    let whole = try Self.polygon([(0, 0), (2, 0), (2, 2), (0, 2)])
    let overlap = try session.overlap(
      session.shape(of: bowTie, isValid: false), session.shape(of: whole, isValid: true))
    #expect(overlap?.area == .squareMetres(2))
  }

  @Test func `a recorded feature with an accepted fault still has its piece`() throws {
    let bowTie = try Self.polygon([(76, 39), (76.02, 39.02), (76.02, 39), (76, 39.02)])
    let boundary = try Self.polygon([(75, 38), (76.01, 38), (76.01, 40), (75, 40)])
    let prepared = try PreparedBoundary(boundary)
    #expect(throws: GeometryError.self) { try prepared.piece(in: bowTie) }
    let left = try Self.polygon([(76, 39), (76.01, 39.01), (76, 39.02)])
    let piece = try prepared.piece(in: bowTie, isRepairing: true)
    let wing = left.statutoryArea().squareMetres
    // Where the two long edges cross is a little off the middle in the statutory plane.
    #expect(abs(piece.areaM2 - wing) < wing * 1e-3)
    let region = try PlaneRegion.union(of: [bowTie], isRepairing: true)
    #expect(region.area.squareMetres > wing * 1.9)
  }
}
