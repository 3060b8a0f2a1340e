import Foundation
import KarezCore
import KarezGeometry
import KarezService

extension MapCanvas {
  /// 经纬网: lines at a round number of seconds, with their degrees written along the frame.
  mutating func graticule() {
    let window = frame.window
    let step = Self.step(for: window.maxX - window.minX)
    for longitude in Self.multiples(of: step, from: window.minX, to: window.maxX) {
      let x = Self.number(frame.x(longitude))
      line(x, Self.number(MapFrame.top), x, Self.number(MapFrame.bottom), "#8b94a3", 0.4)
    }
    for latitude in Self.multiples(of: step, from: window.minY, to: window.maxY) {
      let y = Self.number(frame.y(latitude))
      line(Self.number(MapFrame.left), y, Self.number(MapFrame.right), y, "#8b94a3", 0.4)
      label(Self.degrees(latitude), x: MapFrame.left + 4, y: frame.y(latitude) - 3, "start")
    }
  }

  /// The step in degrees that gives four to nine lines across the span.
  static func step(for span: Double) -> Double {
    let seconds = [
      1.0, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 18_000, 36_000,
    ]
    return (seconds.first { span * 3_600 / $0 <= 9 } ?? 36_000) / 3_600
  }

  static func multiples(of step: Double, from low: Double, to high: Double) -> [Double] {
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    guard first.isFinite, last.isFinite, last >= first, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  /// Degrees, minutes and seconds, without parts that are zero at the end.
  static func degrees(_ value: Double) -> String {
    let seconds = Int((abs(value) * 3_600).rounded())
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
    var out = (value < 0 ? "-" : "") + "\(seconds / 3_600)°"
    if seconds % 3_600 != 0 { out += two(seconds / 60 % 60) + "′" }
    if seconds % 60 != 0 { out += two(seconds % 60) + "″" }
    return out
  }

  /// The findings' numbers on their pieces; findings on one piece share a mark.
  mutating func numbers(of answer: ComplianceAnswer) {
    var marks: [(x: Double, y: Double, numbers: [Int])] = []
    for order in FindingOrder.of(answer) {
      let piece = answer.findings[order.index].geometry
      guard let place = piece.flatMap(Self.labelPlace) else { continue }
      let x = frame.x(place.x)
      let y = frame.y(place.y)
      if let near = marks.firstIndex(where: { abs($0.x - x) < 16 && abs($0.y - y) < 12 }) {
        marks[near].numbers.append(order.number)
      } else {
        marks.append((x, y, [order.number]))
      }
    }
    for mark in marks {
      // Three numbers fit on a mark; the list below the map has them all.
      let shown = mark.numbers.prefix(3).map(String.init).joined(separator: ",")
      let words = mark.numbers.count > 3 ? shown + "+" : shown
      let width = 9 + 6 * Double(words.count)
      let pill = MapBox(x: mark.x - width / 2, y: mark.y - 8, width: width, height: 16)
      rectangle(pill, "rx=\"8\" fill=\"#ffffff\" stroke=\"#111827\" stroke-width=\"0.8\"")
      label(words, x: mark.x, y: mark.y + 4, "middle", size: 11)
    }
  }

  /// A place on the largest polygon: the middle of its box, moved to a corner if that is a hole.
  static func labelPlace(_ piece: MultiPolygon) -> Position? {
    let boxes = piece.polygons.compactMap { polygon in
      BoundingBox(around: polygon.shell.positions)
    }
    let largest = boxes.max {
      ($0.maxX - $0.minX) * ($0.maxY - $0.minY) < ($1.maxX - $1.minX) * ($1.maxY - $1.minY)
    }
    return largest.map {
      Position(x: ($0.minX + $0.maxX) / 2, y: ($0.minY + $0.maxY) / 2)
    }
  }

  /// Frame, degrees along it, scale bar and north arrow.
  mutating func close(northLetter: String) {
    write("</g>")
    rectangle(MapFrame.box, "fill=\"none\" stroke=\"#111827\" stroke-width=\"1\"")
    let window = frame.window
    let step = Self.step(for: window.maxX - window.minX)
    // Labels under the frame stay clear of the scale bar at its left end.
    for longitude in Self.multiples(of: step, from: window.minX, to: window.maxX) {
      let x = frame.x(longitude)
      guard x > MapFrame.left + 210, x < MapFrame.right - 24 else { continue }
      label(Self.degrees(longitude), x: x, y: MapFrame.bottom + 13, "middle")
    }
    scaleBar()
    north(letter: northLetter)
    write("</svg>")
  }

  private mutating func scaleBar() {
    let metres = Self.barLength(upTo: frame.metresPerUnit * 130)
    let width = metres / frame.metresPerUnit
    let x = MapFrame.left + 2
    let y = MapFrame.bottom + 10
    for part in 0..<4 {
      let fill = part.isMultiple(of: 2) ? "#111827" : "#ffffff"
      let quarter = MapBox(
        x: x + width * Double(part) / 4, y: y, width: width / 4, height: 4)
      rectangle(quarter, "fill=\"\(fill)\" stroke=\"#111827\" stroke-width=\"0.5\"")
    }
    let words =
      metres >= 1_000
      ? MapCanvas.number(metres / 1_000) + " km" : MapCanvas.number(metres) + " m"
    label("0", x: x, y: y + 15, "start")
    label(words, x: x + width, y: y + 15, "middle")
  }

  /// The longest of 1, 2 or 5 times a power of ten that fits.
  static func barLength(upTo limit: Double) -> Double {
    guard limit.isFinite, limit >= 1 else { return 1 }
    var power = 1.0
    while power * 10 <= limit { power *= 10 }
    return [5.0, 2, 1].map { $0 * power }.first { $0 <= limit } ?? power
  }

  private mutating func north(letter: String) {
    let x = MapFrame.right - 22
    let y = MapFrame.top + 12
    func point(_ dx: Double, _ dy: Double) -> String {
      Self.number(x + dx) + "," + Self.number(y + dy)
    }
    rectangle(
      MapBox(x: x - 14, y: y - 6, width: 28, height: 50),
      "rx=\"3\" fill=\"#ffffff\" fill-opacity=\"0.85\"")
    let tip = point(0, 0)
    let notch = point(0, 19)
    write("<polygon points=\"\(tip) \(point(-7, 24)) \(notch)\" fill=\"#111827\"/>")
    write("<polygon points=\"\(tip) \(point(7, 24)) \(notch)\" fill=\"#ffffff\" ")
    write("stroke=\"#111827\" stroke-width=\"0.6\"/>")
    label(letter, x: x, y: y + 38, "middle", size: 12)
  }

  private mutating func line(
    _ x1: String, _ y1: String, _ x2: String, _ y2: String, _ colour: String, _ width: Double
  ) {
    write("<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" ")
    write("stroke=\"\(colour)\" stroke-width=\"\(Self.number(width))\"/>")
  }

  private mutating func label(
    _ words: String, x: Double, y: Double, _ anchor: String, size: Int = 9
  ) {
    write("<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(size)\" ")
    write("text-anchor=\"\(anchor)\" fill=\"#111827\">\(Self.escaped(words))</text>")
  }

  /// Text made safe inside an element or a quoted attribute.
  static func escaped(_ words: String) -> String {
    var out = ""
    for character in words {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.append(character)
      }
    }
    return out
  }
}
