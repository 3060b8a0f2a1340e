import KarezGeometry

/// Rounded shapes with a rough edge: mining areas, hazard zones, holes.
struct Shapes: Sendable {
  let terrain: Terrain

  /// Vertices around a centre, counter-clockwise, no farther from it than the radius.
  ///
  /// - Units: the radius in metres.
  func star(
    around centre: LatticePoint, radius: Double, corners: Int, key: Int
  ) -> [LatticePoint] {
    (0..<corners).map { corner in
      let (east, north) = Self.direction(Double(corner) / Double(corners))
      let reach = radius * (0.72 + 0.28 * terrain.chance.unit(.shape, key, corner))
      return LatticePoint(
        x: centre.x + Int64((east * reach / terrain.metresEast / 2).rounded()) * 2,
        y: centre.y + Int64((north * reach / terrain.metresNorth / 2).rounded()) * 2)
    }
  }

  /// Sine and cosine of a part of a turn, by their series; the same on every machine.
  static func direction(_ turn: Double) -> (east: Double, north: Double) {
    let quarter = Int(turn * 4)
    let angle = (turn * 4 - Double(quarter)) * .pi / 2
    let squared = angle * angle
    let cosine = series(1, squared, [2, 12, 30, 56, 90, 132, 182, 240])
    let sine = series(angle, squared, [6, 20, 42, 72, 110, 156, 210, 272])
    switch quarter & 3 {
    case 0: return (cosine, sine)
    case 1: return (-sine, cosine)
    case 2: return (-cosine, -sine)
    default: return (sine, -cosine)
    }
  }

  private static func series(_ first: Double, _ squared: Double, _ divisors: [Double]) -> Double {
    var term = first
    var sum = first
    for divisor in divisors {
      term *= -squared / divisor
      sum += term
    }
    return sum
  }

  /// Metres from one place to another.
  func distance(_ one: LatticePoint, _ other: LatticePoint) -> Double {
    let east = Double(one.x - other.x) * terrain.metresEast
    let north = Double(one.y - other.y) * terrain.metresNorth
    return (east * east + north * north).squareRoot()
  }
}
