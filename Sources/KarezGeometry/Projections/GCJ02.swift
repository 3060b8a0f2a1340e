import Glibc

/// 火星坐标系: the displaced degrees of Chinese web maps, and the way back from them.
///
/// Displacements are 200 to 500 m and vary from place to place, so that a boundary drawn on a
/// web map is wrong by more than a field's width and still looks right.
///
/// - Units: degrees of EPSG:4490 on one side, GCJ-02 degrees on the other.
/// - Source: the public reconstruction of the displacement; it has no official text.
public enum GCJ02 {
  /// The GCJ-02 position of a place.
  public static func displaced(_ place: Position) -> Position {
    let shift = displacement(at: place)
    return Position(x: place.x + shift.x, y: place.y + shift.y)
  }

  /// The place that has this GCJ-02 position, by iteration.
  ///
  /// - Accuracy: 1e-11°; held by `GCJ02Tests`.
  public static func restored(_ displaced: Position) -> Position {
    var place = displaced
    // The displacement changes by a thousandth of the way moved, so a step gains three digits.
    for _ in 0..<12 {
      let shift = displacement(at: place)
      let next = Position(x: displaced.x - shift.x, y: displaced.y - shift.y)
      let moved = max(abs(next.x - place.x), abs(next.y - place.y))
      place = next
      if moved < 1e-13 { break }
    }
    return place
  }

  /// How far GCJ-02 lies from the place, in metres on the ground.
  public static func displacementMetres(at place: Position) -> Double {
    let shift = displacement(at: place)
    let east = shift.x * StatutoryPlane.metresPerDegree * cos(place.y * .pi / 180)
    let north = shift.y * StatutoryPlane.metresPerDegree
    return (east * east + north * north).squareRoot()
  }

  /// The displacement in degrees, with the constants of the Krasovsky ellipsoid.
  private static func displacement(at place: Position) -> Position {
    let x = place.x - 105
    let y = place.y - 35
    let latitude = place.y * .pi / 180
    let magic = 1 - 0.006_693_421_622_965_943_23 * sin(latitude) * sin(latitude)
    let root = magic.squareRoot()
    let majorAxis = 6_378_245.0
    let meridian = majorAxis * (1 - 0.006_693_421_622_965_943_23) / (magic * root)
    let parallel = majorAxis / root * cos(latitude)
    return Position(
      x: eastMetres(x, y) * 180 / (parallel * .pi), y: northMetres(x, y) * 180 / (meridian * .pi))
  }

  private static func northMetres(_ x: Double, _ y: Double) -> Double {
    var sum = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * abs(x).squareRoot()
    sum += wave(20, 6 * x) + wave(20, 2 * x)
    sum += wave(20, y) + wave(40, y / 3)
    sum += wave(160, y / 12) + wave(320, y / 30)
    return sum
  }

  private static func eastMetres(_ x: Double, _ y: Double) -> Double {
    var sum = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * abs(x).squareRoot()
    sum += wave(20, 6 * x) + wave(20, 2 * x)
    sum += wave(20, x) + wave(40, x / 3)
    sum += wave(150, x / 12) + wave(300, x / 30)
    return sum
  }

  private static func wave(_ height: Double, _ halfTurns: Double) -> Double {
    height * sin(halfTurns * .pi) * 2 / 3
  }
}
