import Foundation
import KarezCore
import TestSupport

@testable import KarezGeometry

/// Coverages that tests make, on a grid of a thousandth of a degree.
enum CoverageSamples {
  static let corner = Position(x: 76, y: 39)

  /// A rectangle in thousandths of a degree from the corner.
  static func box(_ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double) throws
    -> MultiPolygon
  {
    try polygon([(minX, minY), (maxX, minY), (maxX, maxY), (minX, maxY)])
  }

  static func polygon(
    _ shell: [(Double, Double)], holes: [[(Double, Double)]] = []
  ) throws -> MultiPolygon {
    MultiPolygon([
      Polygon(shell: try ring(shell), holes: try holes.map(ring))
    ])
  }

  static func ring(_ corners: [(Double, Double)]) throws -> Ring {
    try Shapes.ring(corners.map { (degrees(corner.x, $0.0), degrees(corner.y, $0.1)) })
  }

  static func degrees(_ origin: Double, _ thousandths: Double) -> Double {
    ((origin * 1e9) + (thousandths * 1e6).rounded()) / 1e9
  }

  static func place(_ x: Double, _ y: Double) -> Position {
    Position(x: degrees(corner.x, x), y: degrees(corner.y, y))
  }

  static func layer(
    _ polygons: [MultiPolygon], columns: [String] = [], values: (Int) -> [String] = { _ in [] }
  ) throws -> Layer {
    let writer = LayerWriter(
      columns: columns, spoolingIn: FileManager.default.temporaryDirectory.path)
    for (index, polygon) in polygons.enumerated() {
      try writer.append(row: Int64(index), id: "p\(index)", values: values(index), polygon)
    }
    return try writer.finish()
  }

  /// A gapless jittered coverage whose vertices lie on the grid of 1e-9°.
  static func jittered(columns: Int, rows: Int, seed: UInt64) throws -> [MultiPolygon] {
    var random = SplitMix64(seed: seed)
    return try Shapes.coverage(
      of: BoundingBox(minX: 76, minY: 39, maxX: 76.02, maxY: 39.02), columns: columns,
      rows: rows, using: &random
    ).map { cell in
      cell.mapped { Position(x: ($0.x * 1e9).rounded() / 1e9, y: ($0.y * 1e9).rounded() / 1e9) }
    }
  }

  static func area(_ multi: MultiPolygon) -> Double {
    PlaneShape(multi, in: .statutory).area
  }
}

extension CoverageFault {
  /// The rows of its features in the order they were given, sorted.
  func rows(in layer: Layer) -> [Int64] { features.map { layer.row(of: $0) }.sorted() }
}
