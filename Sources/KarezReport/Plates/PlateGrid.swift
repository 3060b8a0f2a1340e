import KarezCore
import KarezGeometry

/// 图廓注记: a figure beside the frame, at the end of a line of the grid.
struct PlateLabel: Encodable, Hashable {
  enum Side: String, Encodable, Hashable {
    case top
    case bottom
    case left
    case right
  }

  /// Millimetres along the side from the frame's upper left corner.
  let at: Double
  let side: Side
  let words: String
}

/// The lines over a map, and their figures along its frame.
struct PlateGrid {
  private(set) var lines: [[Position]] = []
  private(set) var labels: [PlateLabel] = []
  /// How far apart lines should be at least, in millimetres.
  private let spacing: Double
  private let frame: PlateFrame

  init(_ grid: PlateOrder.Grid, of frame: PlateFrame, magnification: Double) {
    self.frame = frame
    spacing = 28 * magnification
    switch grid {
    case .graticule: addGraticule()
    case .kilometres: addKilometres()
    case .none: return
    }
  }

  // MARK: Kilometres

  /// Metres between lines.
  private static let steps = [
    10.0, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000,
    500_000,
  ]

  private mutating func addKilometres() {
    let step =
      Self.steps.first { $0 / frame.metresPerMillimetre >= spacing } ?? Self.steps.last ?? 1
    let (low, high) = frame.corners
    for east in MapCanvas.multiples(of: step, from: low.x, to: high.x) {
      let x = frame.placed(Position(x: east, y: frame.centre.y)).x
      lines.append([Position(x: x, y: 0), Position(x: x, y: frame.height)])
      add(Self.kilometres(east, step), at: x, .top, .bottom)
    }
    for north in MapCanvas.multiples(of: step, from: low.y, to: high.y) {
      let y = frame.placed(Position(x: frame.centre.x, y: north)).y
      lines.append([Position(x: 0, y: y), Position(x: frame.width, y: y)])
      add(Self.kilometres(north, step), at: y, .left, .right)
    }
  }

  /// Kilometres of the grid, the zone's number before eastings.
  static func kilometres(_ metres: Double, _ step: Double) -> String {
    DecimalText.fixed(metres / 1_000, decimals: step >= 1_000 ? 0 : step >= 100 ? 1 : 2)
  }

  // MARK: Degrees

  private mutating func addGraticule() {
    let window = frame.window
    let degree = Ellipsoid.metresPerDegree(latitude: (window.minY + window.maxY) / 2)
    // Meridians are closer to one another than parallels.
    let step = Self.step(atLeast: spacing * frame.metresPerMillimetre / degree.east)
    for longitude in MapCanvas.multiples(of: step, from: window.minX, to: window.maxX) {
      lines.append(
        line { Position(x: longitude, y: window.minY + $0 * (window.maxY - window.minY)) })
      for (side, y) in [(PlateLabel.Side.top, 0), (.bottom, frame.height)] {
        let place = crossing(of: longitude, until: frame.width) {
          frame.degrees(atX: $0, y: y).x
        }
        if let place { add(MapCanvas.degrees(longitude), at: place, side) }
      }
    }
    for latitude in MapCanvas.multiples(of: step, from: window.minY, to: window.maxY) {
      lines.append(
        line { Position(x: window.minX + $0 * (window.maxX - window.minX), y: latitude) })
      for (side, x) in [(PlateLabel.Side.left, 0), (.right, frame.width)] {
        let place = crossing(of: latitude, until: frame.height) {
          frame.degrees(atX: x, y: $0).y
        }
        if let place { add(MapCanvas.degrees(latitude), at: place, side) }
      }
    }
  }

  /// The smallest round number of seconds, minutes or degrees that is at least so many degrees.
  private static func step(atLeast degrees: Double) -> Double {
    let seconds = [
      1.0, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 18_000, 36_000,
    ]
    return (seconds.first { $0 / 3_600 >= degrees } ?? 36_000) / 3_600
  }

  /// A curve through the frame, as many straight pieces.
  private func line(_ degrees: (Double) -> Position) -> [Position] {
    (0...48).map { frame.place(of: degrees(Double($0) / 48)) }
  }

  /// Where along an edge a coordinate has a value, by halving: it grows or falls all along.
  private func crossing(
    of value: Double, until end: Double, _ coordinate: (Double) -> Double
  ) -> Double? {
    var (low, high) = (0.0, end)
    let isGrowing = coordinate(end) > coordinate(0)
    func isBefore(_ at: Double) -> Bool { (coordinate(at) < value) == isGrowing }
    guard isBefore(low), !isBefore(high) else { return nil }
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private mutating func add(_ words: String, at place: Double, _ sides: PlateLabel.Side...) {
    for side in sides { labels.append(PlateLabel(at: place, side: side, words: words)) }
  }
}
