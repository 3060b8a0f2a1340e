import Foundation
import KarezCore
import KarezGeometry

/// Places degrees on a sheet of paper: a local equirectangular frame true to scale at its centre.
///
/// - Units: degrees in; drawing units out, of which 720 are the sheet's width.
/// - Accuracy: for sheets up to some 50 km across the scale differs by less than a line's width;
///   areas are never taken from it.
struct MapFrame {
  static let sheetWidth = 720.0
  static let sheetHeight = 440.0
  /// How wide the sheet prints, which is what the stated scale refers to.
  static let printedWidthMetres = 0.180
  static let left = 10.0
  static let top = 10.0
  static let right = 710.0
  static let bottom = 410.0
  static let box = MapBox(x: left, y: top, width: right - left, height: bottom - top)

  let window: BoundingBox
  /// Ground metres that one drawing unit covers.
  let metresPerUnit: Double
  private let metresPerDegreeEast: Double
  private let metresPerDegreeNorth: Double

  /// The frame whose window holds the box with a margin around it.
  init(around box: BoundingBox) {
    let latitude = min(max((box.minY + box.maxY) / 2, -85), 85)
    let degree = Ellipsoid.metresPerDegree(latitude: latitude)
    metresPerDegreeEast = degree.east
    metresPerDegreeNorth = degree.north
    let width = max((box.maxX - box.minX) * degree.east * 1.7, 300)
    let height = max((box.maxY - box.minY) * degree.north * 1.7, 200)
    let metresPerUnit = max(width / (Self.right - Self.left), height / (Self.bottom - Self.top))
    self.metresPerUnit = metresPerUnit
    let halfEast = metresPerUnit * (Self.right - Self.left) / 2 / degree.east
    let halfNorth = metresPerUnit * (Self.bottom - Self.top) / 2 / degree.north
    let centreX = (box.minX + box.maxX) / 2
    let centreY = (box.minY + box.maxY) / 2
    window = BoundingBox(
      minX: centreX - halfEast, minY: centreY - halfNorth, maxX: centreX + halfEast,
      maxY: centreY + halfNorth)
  }

  /// 比例尺分母, of the printed sheet, to three figures.
  var scaleDenominator: Int {
    let exact = metresPerUnit * Self.sheetWidth / Self.printedWidthMetres
    guard exact.isFinite, exact < 1e12 else { return 0 }
    var step = 1.0
    while exact / step >= 1_000 { step *= 10 }
    return Int((exact / step).rounded() * step)
  }

  func x(_ longitude: Double) -> Double {
    Self.left + (longitude - window.minX) * metresPerDegreeEast / metresPerUnit
  }

  func y(_ latitude: Double) -> Double {
    Self.bottom - (latitude - window.minY) * metresPerDegreeNorth / metresPerUnit
  }
}

/// A rectangle on the sheet, in drawing units.
struct MapBox: Hashable {
  let x: Double
  let y: Double
  let width: Double
  let height: Double
}

/// CGCS2000 figures a drawing needs.
enum Ellipsoid {
  static let semiMajorMetres = 6_378_137.0
  static let flattening = 1 / 298.257_222_101

  /// Length of a degree eastwards and northwards at a latitude.
  ///
  /// - Source: radii of curvature of the prime vertical and of the meridian, GRS 80.
  static func metresPerDegree(latitude: Double) -> (east: Double, north: Double) {
    let radians = latitude * .pi / 180
    let sine = sin(radians)
    let eccentricity = flattening * (2 - flattening)
    let root = (1 - eccentricity * sine * sine).squareRoot()
    let primeVertical = semiMajorMetres / root
    let meridian = semiMajorMetres * (1 - eccentricity) / (root * root * root)
    return (primeVertical * cos(radians) * .pi / 180, meridian * .pi / 180)
  }
}
