import KarezGeometry

/// Bends straight cuts into the lines of a landscape.
///
/// - Shape: moves every place by noise of some six times the size of the patches there, less than
///   a third of that size and nothing near an outline. It changes so slowly that no two places
///   change sides, so what was a gapless coverage stays one.
struct Warp: Sendable {
  private let terrain: Terrain
  /// Metres across the smallest patch nearby.
  private let sizes: Grid
  /// Metres around an outline that stay as they are; more than a cell of the distance grid.
  private static let still = 900.0
  private static let base = 16.0

  init(_ terrain: Terrain, sizes: Grid) {
    self.terrain = terrain
    self.sizes = sizes
  }

  func moved(_ point: LatticePoint) -> LatticePoint {
    let room = terrain.distance.value(at: point) - Self.still
    guard room > 0 else { return point }
    let size = sizes.value(at: point)
    let amplitude = min(0.28 * size, 0.08 * room)
    let x = Double(point.x) * terrain.metresEast
    let y = Double(point.y) * terrain.metresNorth
    // Two neighbouring octaves, blended so that nothing jumps where the size changes.
    let octave = max(0, Self.logarithm(6 * size / Self.base))
    let lower = octave.rounded(.down)
    let part = octave - lower
    var east = 0.0
    var north = 0.0
    for (step, weight) in [(0, 1 - part), (1, part)] where weight > 0 {
      let level = Int(lower) + step
      let wavelength = Self.base * Double(1 << min(level, 20))
      east += weight * terrain.chance.noise(x, y, wavelength: wavelength, channel: 200 + level)
      north += weight * terrain.chance.noise(x, y, wavelength: wavelength, channel: 300 + level)
    }
    return LatticePoint(
      x: point.x + Int64((east * amplitude / terrain.metresEast / 2).rounded()) * 2,
      y: point.y + Int64((north * amplitude / terrain.metresNorth / 2).rounded()) * 2)
  }

  /// The logarithm to base 2, straight between powers; the same on every machine.
  private static func logarithm(_ value: Double) -> Double {
    guard value > 1 else { return 0 }
    return Double(value.exponent) + (value.significand - 1)
  }
}
