import Foundation
public import KarezCore
public import KarezGeometry
public import KarezService
public import KarezTiles

/// The map of an answer as SVG: the land around, the boundary, the pieces findings are about.
///
/// Only presentation attributes, no style and no script, so that it may stand inline on a page
/// with a strict policy, in a file, or on a printed sheet.
public struct MapDrawing: Sendable {
  public let svg: String
  /// 比例尺分母, of the sheet printed 180 mm wide.
  public let scale: Int

  public static let boundaryPaint = MapPaint(line: "#111827", lineWidth: 1.6)

  public static func paint(for severity: Severity) -> MapPaint {
    switch severity {
    case .prohibits: MapPaint(fill: "#c2333b", fillOpacity: 0.5, line: "#8f1d25", lineWidth: 1)
    case .requires: MapPaint(fill: "#d98a1f", fillOpacity: 0.5, line: "#93590a", lineWidth: 1)
    case .informs: MapPaint(fill: "#3a76b8", fillOpacity: 0.35, line: "#20507f", lineWidth: 1)
    }
  }

  /// The paint of one piece of several, which lie over one another and must leave the land readable.
  static func paint(for severity: Severity, among count: Int) -> MapPaint {
    let alone = paint(for: severity)
    return MapPaint(
      fill: alone.fill, fillOpacity: max(0.08, alone.fillOpacity / Double(max(count, 1))),
      line: alone.line, lineWidth: alone.lineWidth)
  }

  public init(of answer: ComplianceAnswer, layers: [MapLayer], northLetter: String) {
    let box =
      answer.boundary.geometry.boundingBox
      ?? BoundingBox(minX: 0, minY: 0, maxX: 0, maxY: 0)
    let frame = MapFrame(around: box)
    scale = frame.scaleDenominator
    var canvas = MapCanvas(frame: frame)
    canvas.open()
    for layer in layers {
      for shape in layer.shapes { canvas.draw(shape.geometry, shape.paint) }
    }
    canvas.graticule()
    // The casing lies below the pieces, or a narrow corridor would hide them.
    let halo = MapPaint(line: "#ffffff", lineWidth: 4.5)
    canvas.draw(.polygons(answer.boundary.geometry), halo)
    let pieces = answer.findings.count { $0.geometry != nil }
    for severity in Severity.allCases.reversed() {
      for found in answer.findings where found.finding.severity == severity {
        guard let piece = found.geometry else { continue }
        canvas.draw(.polygons(piece), Self.paint(for: severity, among: pieces))
      }
    }
    canvas.draw(.polygons(answer.boundary.geometry), Self.boundaryPaint)
    canvas.numbers(of: answer)
    canvas.close(northLetter: northLetter)
    svg = canvas.text
  }

  /// The land a map of this boundary shows; what to ask the store for.
  public static func window(for boundary: MultiPolygon) -> BoundingBox? {
    boundary.boundingBox.map { MapFrame(around: $0).window }
  }
}

/// SVG under construction.
struct MapCanvas {
  let frame: MapFrame
  private(set) var text = ""

  init(frame: MapFrame) { self.frame = frame }

  /// A coordinate with one decimal: a tenth of a unit prints as 0.025 mm.
  static func number(_ value: Double) -> String {
    let limited = min(max(value.isFinite ? value : 0, -100_000), 100_000)
    let fixed = DecimalText.fixed(limited, decimals: 1)
    return fixed.hasSuffix(".0") ? String(fixed.dropLast(2)) : fixed
  }

  mutating func open() {
    let width = Self.number(MapFrame.sheetWidth)
    let height = Self.number(MapFrame.sheetHeight)
    write("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" ")
    write("width=\"\(width)\" height=\"\(height)\" role=\"img\" direction=\"ltr\" ")
    write("font-family=\"'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif\">")
    write("<defs><clipPath id=\"map-frame\">")
    rectangle(MapFrame.box, "")
    write("</clipPath></defs>")
    rectangle(MapFrame.box, "fill=\"#fbfaf7\"")
    write("<g clip-path=\"url(#map-frame)\">")
  }

  mutating func write(_ part: String) { text += part }

  mutating func rectangle(_ box: MapBox, _ attributes: String) {
    write("<rect x=\"\(Self.number(box.x))\" y=\"\(Self.number(box.y))\" ")
    write("width=\"\(Self.number(box.width))\" height=\"\(Self.number(box.height))\"")
    write(attributes.isEmpty ? "/>" : " \(attributes)/>")
  }

  mutating func draw(_ geometry: Geometry, _ paint: MapPaint) {
    guard geometry.boundingBox?.meets(frame.window) == true else { return }
    switch geometry {
    case .points(let positions):
      for position in positions { dot(position, paint) }
    case .lines(let lines):
      let path = lines.map { subpath($0, isClosed: false) }.joined()
      add(path: path, MapPaint(line: paint.line ?? paint.fill, lineWidth: paint.lineWidth))
    case .polygons(let multi):
      let path = multi.polygons.flatMap(\.rings).map { subpath($0.positions, isClosed: true) }
      add(path: path.joined(), paint)
    }
  }

  private mutating func dot(_ position: Position, _ paint: MapPaint) {
    let x = Self.number(frame.x(position.x))
    let y = Self.number(frame.y(position.y))
    write("<circle cx=\"\(x)\" cy=\"\(y)\" r=\"3.5\" fill=\"\(paint.fill ?? "#ffffff")\" ")
    write("stroke=\"\(paint.line ?? "#ffffff")\"/>")
  }

  private mutating func add(path: String, _ paint: MapPaint) {
    guard !path.isEmpty else { return }
    text += "<path d=\"\(path)\" fill-rule=\"evenodd\" fill=\"\(paint.fill ?? "none")\""
    if paint.fill != nil, paint.fillOpacity < 1 {
      text += " fill-opacity=\"\(DecimalText.fixed(paint.fillOpacity, decimals: 2))\""
    }
    if let line = paint.line, paint.lineWidth > 0 {
      text += " stroke=\"\(line)\" stroke-width=\"\(Self.number(paint.lineWidth))\""
      text += " stroke-linejoin=\"round\""
      if paint.isDashed { text += " stroke-dasharray=\"6 4\"" }
    }
    text += "/>"
  }

  private func subpath(_ positions: [Position], isClosed: Bool) -> String {
    var out = ""
    var previous = ""
    var count = 0
    for position in positions {
      let point = Self.number(frame.x(position.x)) + " " + Self.number(frame.y(position.y))
      // Neighbours that print on the same tenth of a unit are one point on paper.
      if point == previous { continue }
      out += (count == 0 ? "M" : "L") + point
      previous = point
      count += 1
    }
    guard count > 1 else { return "" }
    return isClosed ? out + "Z" : out
  }
}
