import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// The kernel in the statutory plane against exact arithmetic on the places it put vertices at.
@Suite struct KernelStatutoryTests {
  /// A shape's rings in whole steps of its plane, from a corner common to all that are compared.
  static func rings(of shape: PlaneShape, from corner: SIMD2<Double>) throws -> GridRings {
    try shape.rings.map { ring in
      try shape.points[ring.first..<ring.first + ring.count].map { point in
        let place = point + shape.origin - corner
        return GridPoint(
          try #require(Int(exactly: place.x * shape.frame.wholeStep)),
          try #require(Int(exactly: place.y)))
      }
    }
  }

  /// What two shapes have in common, exactly, in square metres.
  static func exact(_ one: PlaneShape, _ other: PlaneShape) throws -> Double {
    let corner = SIMD2(one.origin.x, one.origin.y)
    let common = AreaOracle.common(
      try rings(of: one, from: corner), try rings(of: other, from: corner)
    ).double
    return common * one.frame.unitArea / one.frame.wholeStep
  }

  /// A simple polygon of the 3×3 grid laid on the ellipsoid, its corners off by some parts of a
  /// unit of 1e-9°, so that what was collinear is so no more.
  static func laid(
    _ ring: [GridPoint], at corner: Position, step: Double, jitter: Double,
    using random: inout SplitMix64
  ) throws -> MultiPolygon {
    let positions = ring.map { point in
      Position(
        x: corner.x + Double(point.x) * step + .random(in: -jitter...jitter, using: &random),
        y: corner.y + Double(point.y) * step + .random(in: -jitter...jitter, using: &random))
    }
    return MultiPolygon([Polygon(shell: try Ring(positions + positions.prefix(1)))])
  }

  @Test(arguments: [1e-6, 1e-4, 1e-2, 1], [0, 1e-12, 2e-9])
  func `pairs near common edges have their exact statutory area`(
    step: Double, jitter: Double
  ) throws {
    var random = SplitMix64(seed: UInt64(step * 1e6) &+ UInt64(jitter * 1e13))
    let all = GridPolygons.all(size: 3)
    let kernel = PairKernel()
    var shapes: [PlaneShape] = []
    while shapes.count < 14 {
      let ring = try #require(all.randomElement(using: &random))
      let multi = try Self.laid(
        ring, at: Position(x: 75.9, y: 39.4), step: step, jitter: jitter, using: &random)
      let shape = PlaneShape(multi, in: .statutory)
      // Jitter may make a corner of 180° cross; the oracle says of each what it is.
      let isSound = AreaOracle.isSound(try Self.rings(of: shape, from: shape.origin))
      if isSound { #expect(shape.isSound) }
      if isSound { shapes.append(shape) }
    }
    var nonZero = 0
    for one in shapes {
      for other in shapes {
        let expected = try Self.exact(one, other)
        let overlap = kernel.overlap(one, other)
        #expect(overlap.isSound)
        let error = abs(overlap.area - expected)
        // A hundred-thousandth of a square metre, of parcels as of polygons 150 km wide.
        #expect(error <= 1e-5 && error <= 1e-14 * max(one.area, other.area))
        if expected > 0 { nonZero += 1 }
      }
    }
    #expect(nonZero >= 60)
  }

  @Test(arguments: [0, 2e-12])
  func `polygons in a layer have the exact area that they have in memory`(jitter: Double) throws {
    var random = SplitMix64(seed: 3)
    let all = GridPolygons.all(size: 3)
    let corner = Position(x: 75.9, y: 39.4)
    // Every polygon of the grid at the same place; off the grid of 1e-9° they are kept wide.
    let multis = try all.map { ring in
      try Self.laid(ring, at: corner, step: 1e-4, jitter: jitter, using: &random)
    }
    let writer = LayerWriter(spoolingIn: FileManager.default.temporaryDirectory.path)
    for (index, multi) in multis.enumerated() { try writer.append(row: Int64(index), multi) }
    let layer = try writer.finish()
    let shapes = multis.map { PlaneShape($0, in: .statutory) }
    let search = LayerSearch()
    let kernel = PairKernel()
    var judged = 0
    for probe in stride(from: 0, to: all.count, by: 65) {
      var found: [Int64: LayerOverlap] = [:]
      try search.overlaps(of: shapes[probe], in: layer) { found[layer.row(of: $0.polygon)] = $0 }
      for (index, shape) in shapes.enumerated() {
        let overlap = kernel.overlap(shapes[probe], shape)
        let area = found[Int64(index)]?.areaM2 ?? 0
        // What is within the residue of nothing or of the whole is told as that.
        let isSame = abs(area - overlap.area) <= PairKernel.residue
        #expect(isSame && found[Int64(index)]?.isSound ?? true == overlap.isSound)
        guard (probe + index).isMultiple(of: 41), overlap.isSound else { continue }
        #expect(abs(area - (try Self.exact(shapes[probe], shape))) <= PairKernel.residue)
        judged += 1
      }
    }
    #expect(judged >= 250)
  }

  @Test(arguments: [0, 2e-12])
  func `long rings in a layer have the area that they have in memory`(jitter: Double) throws {
    var random = SplitMix64(seed: 4)
    let multis = try (0..<30).map { index in
      let ring = GridPolygons.random(size: 6, most: 12, using: &random)
        .map { GridPoint($0.x * 600, $0.y * 600) }
      // From 90 points to several thousand, many of them in common with other rings.
      let long = GridPolygons.subdivided(ring, into: [30, 60, 300], &random)
      return try Self.laid(
        index.isMultiple(of: 4) ? ring : long, at: Position(x: 75.9, y: 39.4), step: 1e-6,
        jitter: jitter, using: &random)
    }
    let writer = LayerWriter(spoolingIn: FileManager.default.temporaryDirectory.path)
    for (index, multi) in multis.enumerated() { try writer.append(row: Int64(index), multi) }
    let layer = try writer.finish()
    let shapes = multis.map { PlaneShape($0, in: .statutory) }
    let search = LayerSearch()
    let kernel = PairKernel()
    for (number, probe) in shapes.enumerated() {
      var found: [Int64: LayerOverlap] = [:]
      try search.overlaps(of: probe, in: layer) { found[layer.row(of: $0.polygon)] = $0 }
      for (index, shape) in shapes.enumerated() {
        let overlap = kernel.overlap(probe, shape)
        let other = found[Int64(index)]
        #expect(abs((other?.areaM2 ?? 0) - overlap.area) <= PairKernel.residue)
        #expect(other?.isSound ?? true == overlap.isSound, "\(number) \(index)")
      }
    }
  }
}

/// The table of northings against the series it was made of.
@Suite struct SigmaTableTests {
  @Test func `the table gives the northing of the series, a whole number of steps`() {
    var random = SplitMix64(seed: 9)
    let table = SigmaTable.shared
    var last = -Double.infinity
    for degree in stride(from: -90.0, through: 90, by: 0.01) {
      let latitude = (degree * 1e9).rounded()
      let y = table.y(ofLatitude: latitude)
      let series = StatutoryPlane.position(ofDegrees: Position(x: 0, y: latitude / 1e9)).y
      // The series itself rounds at 1e-9 m.
      #expect(abs(y / SigmaTable.unitsPerMetre - series) <= 0x1p-24 + 4e-9, "\(degree)")
      #expect(y == y.rounded() && y > last && y == -table.y(ofLatitude: -latitude))
      last = y
    }
    // Across the borders of cells it neither jumps nor turns back.
    for _ in 0..<300 {
      let cell = Int.random(in: -600..<600, using: &random)
      let border = Double(cell << 27)
      let levels = (-2...2).map { table.y(ofLatitude: border + Double($0)) }
      for (low, high) in zip(levels, levels.dropFirst()) {
        #expect(high > low && high - low <= 1_900_000, "\(cell)")
      }
    }
  }
}
