import KarezCore
import KarezGeometry
import KarezTiles

/// The map of a sheet as SVG under construction.
///
/// - Units: hundredths of a millimetre, whole numbers. Neighbours that print within a twentieth of a
///   millimetre are one point on paper.
struct PlateCanvas {
  private static let unit = 100.0
  /// Shapes are cut so far outside the frame, in millimetres; a stroke along the cut is not seen.
  private static let bleed = 4.0
  /// A pixel of a style on paper, in hundredths of a millimetre.
  static let pixel = 20.0
  private static let grain = 5.0

  let frame: PlateFrame
  private(set) var vertices = 0
  private var body = ""

  init(frame: PlateFrame) { self.frame = frame }

  /// The whole drawing.
  var text: String {
    let (width, height) = (Int(frame.width * Self.unit), Int(frame.height * Self.unit))
    let box = "width=\"\(width)\" height=\"\(height)\""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
      // Whole numbers: a size in millimetres would be rounded to pixels, and the scale with it.
      + "\(box)>"
      + "<defs><clipPath id=\"f\"><rect x=\"0\" y=\"0\" \(box)/></clipPath></defs>"
      + "<g clip-path=\"url(#f)\" stroke-linejoin=\"round\">\(body)</g></svg>"
  }

  /// Draws shapes of one layer; those of one paint stand together.
  mutating func draw(_ shapes: [MapLayer.Shape]) {
    var order: [MapPaint] = []
    var byPaint: [MapPaint: [Geometry]] = [:]
    for shape in shapes {
      if byPaint[shape.paint] == nil { order.append(shape.paint) }
      byPaint[shape.paint, default: []].append(shape.geometry)
    }
    for paint in order {
      var group = ""
      for geometry in byPaint[paint] ?? [] { group += element(geometry, paint) }
      guard !group.isEmpty else { continue }
      body += "<g \(Self.attributes(paint))>\(group)</g>"
    }
  }

  /// A thin line of the grid, through places of the frame.
  mutating func gridLine(_ places: [Position]) {
    let path = subpath(places, isClosed: false)
    guard !path.isEmpty else { return }
    body += "<path d=\"\(path)\" fill=\"none\" stroke=\"#5b6573\" stroke-width=\"10\"/>"
  }

  private static func attributes(_ paint: MapPaint) -> String {
    var text = "fill-rule=\"evenodd\" fill=\"\(paint.fill ?? "none")\""
    if paint.fill != nil, paint.fillOpacity < 1 {
      text += " fill-opacity=\"\(DecimalText.fixed(paint.fillOpacity, decimals: 2))\""
    }
    if let line = paint.line, paint.lineWidth > 0 {
      text += " stroke=\"\(line)\" stroke-width=\"\(Int(paint.lineWidth * pixel))\""
      if paint.isDashed { text += " stroke-dasharray=\"120 80\"" }
    }
    return text
  }

  private mutating func element(_ geometry: Geometry, _ paint: MapPaint) -> String {
    switch geometry {
    case .points(let positions):
      var text = ""
      for position in positions {
        let place = frame.place(of: position)
        guard isNear(place) else { continue }
        vertices += 1
        let (x, y) = (Int(place.x * Self.unit), Int(place.y * Self.unit))
        text += "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"70\"/>"
      }
      return text
    case .lines(let lines):
      let path = lines.map { subpath($0.map(frame.place(of:)), isClosed: false) }.joined()
      return path.isEmpty ? "" : "<path d=\"\(path)\" fill=\"none\"/>"
    case .polygons(let multi):
      var path = ""
      for ring in multi.polygons.flatMap(\.rings) {
        let places = ring.positions.map(frame.place(of:))
        path += subpath(cut(places), isClosed: true)
      }
      return path.isEmpty ? "" : "<path d=\"\(path)\"/>"
    }
  }

  private func isNear(_ place: Position) -> Bool {
    (-Self.bleed...frame.width + Self.bleed).contains(place.x)
      && (-Self.bleed...frame.height + Self.bleed).contains(place.y)
  }

  /// What of a ring lies near the frame: cut along each of its four sides (Sutherland and Hodgman).
  private func cut(_ ring: [Position]) -> [Position] {
    if ring.allSatisfy(isNear) { return ring }
    let (right, bottom) = (frame.width + Self.bleed, frame.height + Self.bleed)
    var places = Self.cut(ring) { $0.x + Self.bleed }
    places = Self.cut(places) { right - $0.x }
    places = Self.cut(places) { $0.y + Self.bleed }
    return Self.cut(places) { bottom - $0.y }
  }

  private static func cut(_ ring: [Position], by inside: (Position) -> Double) -> [Position] {
    guard let last = ring.last else { return [] }
    var kept: [Position] = []
    var previous = last
    var before = inside(previous)
    for place in ring {
      let now = inside(place)
      if (before < 0) != (now < 0) {
        let part = before / (before - now)
        kept.append(
          Position(
            x: previous.x + (place.x - previous.x) * part,
            y: previous.y + (place.y - previous.y) * part))
      }
      if now >= 0 { kept.append(place) }
      (previous, before) = (place, now)
    }
    return kept
  }

  private mutating func subpath(_ places: [Position], isClosed: Bool) -> String {
    var out = ""
    var previous: (x: Int, y: Int)?
    var count = 0
    for place in places {
      // Far outside is as good as any other place there.
      let x = Int((min(max(place.x, -10_000), 10_000) * Self.unit).rounded())
      let y = Int((min(max(place.y, -10_000), 10_000) * Self.unit).rounded())
      if let previous, abs(x - previous.x) < Int(Self.grain), abs(y - previous.y) < Int(Self.grain)
      {
        continue
      }
      out += (count == 0 ? "M" : "L") + "\(x) \(y)"
      previous = (x, y)
      count += 1
    }
    guard count > (isClosed ? 2 : 1) else { return "" }
    vertices += count
    return isClosed ? out + "Z" : out
  }
}
