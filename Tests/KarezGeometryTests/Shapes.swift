import KarezGeometry
import TestSupport

/// Shapes that tests make, all valid, in degrees or in any plane.
enum Shapes {
  /// A ring of positions, closed here.
  static func ring(_ corners: [(Double, Double)]) throws -> Ring {
    let positions = corners.map { Position(x: $0.0, y: $0.1) }
    return try Ring(positions + positions.prefix(1))
  }

  static func box(_ minX: Double, _ minY: Double, _ maxX: Double, _ maxY: Double) throws
    -> MultiPolygon
  {
    MultiPolygon([
      Polygon(shell: try ring([(minX, minY), (maxX, minY), (maxX, maxY), (minX, maxY)]))
    ])
  }

  /// A star-shaped ring: its corners lie at growing angles, so it never crosses itself.
  static func star(
    around centre: Position, radius: Double, corners: Int, using random: inout SplitMix64
  ) throws -> Ring {
    var positions: [Position] = []
    for index in 0..<corners {
      let share = Double.random(in: 0.2..<0.8, using: &random)
      let angle = (Double(index) + share) / Double(corners) * 2 * .pi
      let reach = radius * Double.random(in: 0.4..<1, using: &random)
      positions.append(
        Position(x: centre.x + reach * cosine(angle), y: centre.y + reach * cosine(angle - .pi / 2))
      )
    }
    return try Ring(positions + positions.prefix(1))
  }

  /// A grid of jittered corners, every cell a quadrangle or two triangles; gapless.
  static func coverage(
    of box: BoundingBox, columns: Int, rows: Int, using random: inout SplitMix64
  ) throws -> [MultiPolygon] {
    let width = (box.maxX - box.minX) / Double(columns)
    let height = (box.maxY - box.minY) / Double(rows)
    var corners: [[Position]] = []
    for row in 0...rows {
      corners.append(
        (0...columns).map { column in
          let dx = column % columns == 0 ? 0 : Double.random(in: -0.3...0.3, using: &random)
          let dy = row % rows == 0 ? 0 : Double.random(in: -0.3...0.3, using: &random)
          return Position(
            x: box.minX + (Double(column) + dx) * width, y: box.minY + (Double(row) + dy) * height)
        })
    }
    var cells: [MultiPolygon] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let a = corners[row][column]
        let b = corners[row][column + 1]
        let c = corners[row + 1][column + 1]
        let d = corners[row + 1][column]
        let rings =
          Bool.random(using: &random) ? [[a, b, c, a], [a, c, d, a]] : [[a, b, c, d, a]]
        for ring in rings { cells.append(MultiPolygon([Polygon(shell: try Ring(ring))])) }
      }
    }
    return cells
  }

  /// The cosine by its series, so that shapes do not depend on the machine's library.
  private static func cosine(_ angle: Double) -> Double {
    let turn = (angle / (2 * .pi)).rounded()
    let reduced = angle - turn * 2 * .pi
    var term = 1.0
    var sum = 1.0
    for k in 1...16 {
      term *= -reduced * reduced / Double((2 * k - 1) * (2 * k))
      sum += term
    }
    return sum
  }
}
