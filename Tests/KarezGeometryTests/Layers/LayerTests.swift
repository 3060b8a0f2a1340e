import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezGeometry

/// Layers written, opened and searched.
@Suite struct LayerTests {
  static let folder = FileManager.default.temporaryDirectory.path

  /// Stars spread over a square of a fifth of a degree; every seventh off the grid of 1e-9°.
  static func polygons(_ count: Int) throws -> [MultiPolygon] {
    try (0..<count).map { index in
      let x = 76 + 0.2 * Double((index * 7_919) % 1_000) / 1_000
      let y = 39 + 0.2 * Double((index * 104_729) % 1_000) / 1_000
      let star = try PairKernelTests.star(
        5 + index % 60 * (index % 50 == 0 ? 40 : 1), seed: UInt64(index),
        around: Position(x: x, y: y))
      if index % 7 == 0 { return star }
      return star.mapped { Position(x: round($0.x * 1e9) / 1e9, y: round($0.y * 1e9) / 1e9) }
    }
  }

  static func writer(of polygons: [MultiPolygon]) throws -> LayerWriter {
    let writer = LayerWriter(columns: ["class", "zone"], spoolingIn: folder)
    for (index, polygon) in polygons.enumerated() {
      try writer.append(
        row: Int64(index), id: "p\(index)", values: ["c\(index % 13)", "区\(index % 3)"], polygon)
    }
    return writer
  }

  @Test func `every polygon comes back to the last bit`() throws {
    let polygons = try Self.polygons(500)
    let layer = try Self.writer(of: polygons).finish(stamp: [1, 2])
    #expect(layer.count == 500)
    #expect(layer.stamp == [1, 2, 0, 0])
    var seen: Set<Int64> = []
    for number in 0..<layer.count {
      let row = layer.row(of: number)
      seen.insert(row)
      let original = polygons[Int(row)]
      #expect(try layer.geometry(of: number) == original)
      #expect(try layer.id(of: number) == "p\(row)")
      #expect(try layer.text(of: number, column: 0) == "c\(row % 13)")
      #expect(try layer.text(of: number, column: 1) == "区\(row % 3)")
      let expected = original.statutoryArea().squareMetres
      #expect(abs(layer.areaM2(of: number) - expected) < 1e-4)
    }
    #expect(seen.count == 500)
    try layer.verify()
  }

  @Test func `a search finds what comparing each with each finds`() throws {
    let polygons = try Self.polygons(300)
    let layer = try Self.writer(of: polygons).finish()
    let search = LayerSearch()
    let kernel = PairKernel()
    for count in [4, 30, 95, 400, 3_000] {
      for seed in 0..<6 {
        let probe = PlaneShape(
          try PairKernelTests.star(
            count, seed: UInt64(seed), around: Position(x: 76.1 + 1e-4 * Double(seed), y: 39.1)
          ).mapped { Position(x: 76.1 + ($0.x - 76.1) * 20, y: 39.1 + ($0.y - 39.1) * 20) },
          in: .statutory)
        var found: [Int64: Double] = [:]
        try search.overlaps(of: probe, in: layer) { overlap in
          #expect(overlap.isSound)
          found[layer.row(of: overlap.polygon)] = overlap.areaM2
        }
        var expected: [Int64: Double] = [:]
        for (row, polygon) in polygons.enumerated() {
          let overlap = kernel.overlap(probe, PlaneShape(polygon, in: .statutory))
          if overlap.area > PairKernel.residue { expected[Int64(row)] = overlap.area }
        }
        try #require(!expected.isEmpty)
        #expect(Set(found.keys) == Set(expected.keys), "\(count), \(seed)")
        for (row, area) in expected {
          #expect(abs(area - (found[row] ?? 0)) < 1e-6, "\(count), \(seed), \(row)")
        }
      }
    }
  }

  @Test func `a file gives the same as memory, and a damaged one an error`() throws {
    let path = Self.folder + "/layer-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let polygons = try Self.polygons(40)
    let layer = try Self.writer(of: polygons).finish(at: path)
    let inMemory = try Self.writer(of: polygons).finish()
    for number in 0..<layer.count {
      #expect(try layer.geometry(of: number) == inMemory.geometry(of: number))
    }
    try layer.verify()
    let whole = try Data(contentsOf: URL(filePath: path))
    for length in [0, 100, 511, 512, 4_000, whole.count - 1] {
      try whole.prefix(length).write(to: URL(filePath: path))
      #expect(throws: LayerError.self) { try Layer(at: path) }
    }
    // Any bit of any section: opening or verifying finds it, and reading never traps.
    var random = SplitMix64(seed: 5)
    for _ in 0..<200 {
      var damaged = whole
      damaged[Int.random(in: 0..<whole.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      try damaged.write(to: URL(filePath: path))
      guard let layer = try? Layer(at: path) else { continue }
      for number in 0..<layer.count {
        _ = try? layer.geometry(of: number)
        _ = try? layer.id(of: number)
        _ = try? layer.text(of: number, column: 0)
      }
      _ = try? layer.verify()
    }
  }

  @Test func `a file cut short under its reader is noticed`() throws {
    let path = Self.folder + "/layer-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let layer = try Self.writer(of: try Self.polygons(50)).finish(at: path)
    #expect(layer.isWhole)
    // A new layer of the same name leaves readers of the old one alone.
    let newer = try Self.writer(of: try Self.polygons(20)).finish(at: path)
    #expect(layer.isWhole)
    #expect(try layer.geometry(of: 0).vertexCount > 0)
    try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 600)
    #expect(!newer.isWhole)
  }

  @Test func `layers of nothing and of one polygon are layers`() throws {
    let empty = try LayerWriter(spoolingIn: Self.folder).finish()
    #expect(empty.count == 0)
    let probe = PlaneShape(try Self.polygons(1)[0], in: .statutory)
    try LayerSearch().overlaps(of: probe, in: empty) { _ in Issue.record("nothing to find") }
    let writer = LayerWriter(spoolingIn: Self.folder)
    try writer.append(row: 9, try Self.polygons(1)[0])
    var found: [LayerOverlap] = []
    let one = try writer.finish()
    try LayerSearch().overlaps(of: probe, in: one) { found.append($0) }
    #expect(found.map(\.relation) == [.within])
    #expect(found.map(\.areaM2) == [one.areaM2(of: 0)])
  }
}
