import Foundation
import KarezGeometry

/// Boundaries that benchmarks ask about.
enum ProbeShapes {
  private static let metre = 1 / 111_320.0

  /// A rough circle of some fifty hectares and two hundred vertices.
  static func star(around centre: Position, number: Int) -> MultiPolygon {
    let vertices = 200
    let squeeze = cos(centre.y * .pi / 180)
    let positions = (0..<vertices).map { index -> Position in
      let angle = 2 * Double.pi * Double(index) / Double(vertices)
      let wave = sin(3 * angle + Double(number)) * 0.2 + sin(7 * angle) * 0.1
      let radius = 400 * (1 + wave) * metre
      return Position(
        x: centre.x + radius * cos(angle) / squeeze, y: centre.y + radius * sin(angle))
    }
    return closed(positions)
  }

  /// A winding corridor of 60 km by 40 m and two thousand vertices.
  static func corridor(from start: Position, number: Int) -> MultiPolygon {
    let steps = 1_000
    let squeeze = cos(start.y * .pi / 180)
    let heading = Double(number) * 2.399_963
    var left: [Position] = []
    var right: [Position] = []
    for step in 0..<steps {
      let along = (Double(step) / Double(steps - 1) - 0.5) * 60_000
      let aside = sin(along / 4_000) * 300
      let slope = cos(along / 4_000) * 300 / 4_000
      for (side, isLeft) in [(20.0, true), (-20.0, false)] {
        // Square to the line, so that the corridor is as wide in its bends.
        let length = (1 + slope * slope).squareRoot()
        let (x, y) = (along - side * slope / length, aside + side / length)
        let position = Position(
          x: start.x + (x * cos(heading) - y * sin(heading)) * metre / squeeze,
          y: start.y + (x * sin(heading) + y * cos(heading)) * metre)
        if isLeft { left.append(position) } else { right.append(position) }
      }
    }
    return closed(left + right.reversed())
  }

  private static func closed(_ positions: [Position]) -> MultiPolygon {
    guard let first = positions.first, let ring = try? Ring(positions + [first]) else {
      preconditionFailure("a closed ring of more than three points")
    }
    return MultiPolygon([Polygon(shell: ring)])
  }
}
