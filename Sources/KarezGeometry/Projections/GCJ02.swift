import Foundation

/// The displaced datum of public Chinese web maps, and the way back from it.
///
/// - Units: degrees; undisplaced positions are CGCS2000 (WGS 84 within the accuracy of any map).
/// - Source: the published displacement polynomials; no official text gives them.
public enum GCJ02 {
  private static let semiMajor = 6_378_245.0
  private static let eccentricitySquared = 0.006_693_421_622_965_943

  /// Where GCJ-02 shows a place.
  public static func displaced(_ position: Position) -> Position {
    let x = position.x - 105
    let y = position.y - 35
    let latitude = position.y / 180 * .pi
    let sine = sin(latitude)
    let squared = 1 - eccentricitySquared * sine * sine
    let root = squared.squareRoot()
    let north =
      northOffset(x, y) * 180
      / ((semiMajor * (1 - eccentricitySquared)) / (squared * root) * .pi)
    let east = eastOffset(x, y) * 180 / (semiMajor / root * cos(latitude) * .pi)
    return Position(x: position.x + east, y: position.y + north)
  }

  /// The place that GCJ-02 shows here.
  ///
  /// - Accuracy: displaced again it comes back within 1e-11 degrees; held by `GCJ02Tests`.
  public static func restored(_ position: Position) -> Position {
    var place = position
    for _ in 0..<12 {
      let shown = displaced(place)
      let error = Position(x: shown.x - position.x, y: shown.y - position.y)
      place.x -= error.x
      place.y -= error.y
      if abs(error.x) < 1e-13, abs(error.y) < 1e-13 { break }
    }
    return place
  }

  private static func northOffset(_ x: Double, _ y: Double) -> Double {
    let smooth = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * abs(x).squareRoot()
    let waves =
      20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)
      + 20 * sin(y * .pi) + 40 * sin(y / 3 * .pi)
      + 160 * sin(y / 12 * .pi) + 320 * sin(y / 30 * .pi)
    return smooth + waves * 2 / 3
  }

  private static func eastOffset(_ x: Double, _ y: Double) -> Double {
    let smooth = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * abs(x).squareRoot()
    let waves =
      20 * sin(6 * x * .pi) + 20 * sin(2 * x * .pi)
      + 20 * sin(x * .pi) + 40 * sin(x / 3 * .pi)
      + 150 * sin(x / 12 * .pi) + 300 * sin(x / 30 * .pi)
    return smooth + waves * 2 / 3
  }
}
