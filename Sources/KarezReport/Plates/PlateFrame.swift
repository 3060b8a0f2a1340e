import Foundation
import KarezCore
import KarezGeometry

/// A window of the national grid on paper, true to scale.
///
/// - Shape: millimetres of the frame, x from its left edge, y down from its upper one.
/// - Accuracy: a millimetre is `scale` millimetres of the Gauss-Krüger grid exactly; how that grid
///   lies to the ground is the grid's own matter.
struct PlateFrame {
  /// No place farther from the central meridian is drawn, in degrees.
  private static let reach = 5.5

  let grid: GaussKruger
  let scale: Int
  let width: Double
  let height: Double
  /// Metres of the grid.
  let centre: Position

  var metresPerMillimetre: Double { Double(scale) / 1_000 }

  /// - Errors: `Problem` of kind refused for a place outside the national grid, or a sheet that would
  ///   reach beyond where the grid means something.
  init(around middle: Position, scale: Int, box: MapBox) throws(Problem) {
    self.scale = scale
    width = box.width
    height = box.height
    let zone = GaussKruger(containing: middle.x, isPrefixed: true)
    guard let zone, abs(middle.y) < 80, let place = try? zone.position(ofDegrees: middle) else {
      throw PlateProblem.outsideGrid
    }
    grid = zone
    centre = Position(x: place.x.rounded(), y: place.y.rounded())
    for corner in [(0, 0), (width, 0), (0, height), (width, height)] {
      guard let found = degrees(x: corner.0, y: corner.1),
        abs(found.x - zone.centralMeridian) < Self.reach, abs(found.y) < 85
      else { throw PlateProblem.outsideGrid }
    }
  }

  private func degrees(x: Double, y: Double) -> Position? {
    let east = centre.x + (x - width / 2) * metresPerMillimetre
    let north = centre.y - (y - height / 2) * metresPerMillimetre
    return try? grid.degrees(of: Position(x: east, y: north))
  }

  /// The longitude and latitude of a place of the frame.
  func degrees(atX x: Double, y: Double) -> Position {
    degrees(x: x, y: y) ?? Position(x: grid.centralMeridian, y: 0)
  }

  /// Where a longitude and latitude lie; what is too far away lies far outside the frame.
  func place(of degrees: Position) -> Position {
    let middle = grid.centralMeridian
    let near = Position(
      x: min(max(degrees.x, middle - Self.reach), middle + Self.reach),
      y: min(max(degrees.y, -85), 85))
    let place = (try? grid.position(ofDegrees: near)) ?? centre
    return placed(place)
  }

  /// Where a place of the grid lies.
  func placed(_ place: Position) -> Position {
    Position(
      x: (place.x - centre.x) / metresPerMillimetre + width / 2,
      y: (centre.y - place.y) / metresPerMillimetre + height / 2)
  }

  /// The box of degrees around the frame, whose edges are not straight in degrees.
  var window: BoundingBox {
    let steps = 8
    var found: [Position] = []
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      for place in [
        (part * width, 0), (part * width, height), (0, part * height), (width, part * height),
      ] { found.append(degrees(atX: place.0, y: place.1)) }
    }
    return BoundingBox(around: found) ?? BoundingBox(minX: 0, minY: 0, maxX: 0, maxY: 0)
  }

  /// The grid's coordinates of the frame's lower left and upper right corners.
  var corners: (low: Position, high: Position) {
    let (east, north) = (width / 2 * metresPerMillimetre, height / 2 * metresPerMillimetre)
    return (
      Position(x: centre.x - east, y: centre.y - north),
      Position(x: centre.x + east, y: centre.y + north)
    )
  }

  /// The smallest denominator of the list at which a box fits a frame.
  static func scale(fitting box: BoundingBox, in frame: MapBox) -> Int {
    let latitude = (box.minY + box.maxY) / 2
    let degree = Ellipsoid.metresPerDegree(latitude: min(max(latitude, -80), 80))
    let wide = (box.maxX - box.minX) * degree.east
    let high = (box.maxY - box.minY) * degree.north
    // A little air around it, and the frame's meridians lean.
    let metres = 1.08 * max(wide / frame.width, high / frame.height)
    let wanted = metres * 1_000
    return PlateOrder.scales.first { Double($0) >= wanted } ?? PlateOrder.scales.last ?? 1
  }
}

/// What is said of a map that cannot be made.
enum PlateProblem {
  static let outsideGrid = Problem(
    .refused, code: "plate-outside-grid", place: "centre",
    what: LocalizedText(
      zh: "此范围超出国家坐标格网可用的范围", en: "this extent reaches beyond where the national grid is of use"),
    remedy: LocalizedText(
      zh: "改用更大的比例尺或较小的纸张，或移动中心", en: "choose a larger scale or a smaller sheet, or another centre")
  )

  static func tooFull(_ dataset: String) -> Problem {
    Problem(
      .refused, code: "plate-too-full", place: dataset,
      what: LocalizedText(
        zh: "此图层在图幅内的要素过多，无法逐一绘出",
        en: "the sheet would hold too much of this layer to draw each feature"),
      remedy: LocalizedText(
        zh: "改用更大的比例尺，或去掉此图层", en: "choose a larger scale, or leave the layer out"))
  }

  static func unknown(_ place: String) -> Problem {
    Problem(
      .notFound, code: "plate-unknown", place: place,
      what: LocalizedText(zh: "没有这个数据集或行政区", en: "there is no such dataset or region"),
      remedy: LocalizedText(zh: "从列表中选择", en: "choose from the list"))
  }

  static func malformed(_ field: String, _ zh: String, _ en: String) -> Problem {
    Problem(
      .usage, code: "plate-malformed", place: field, what: LocalizedText(zh: zh, en: en),
      remedy: LocalizedText(zh: "更正后重试", en: "mend it and try again"))
  }
}
