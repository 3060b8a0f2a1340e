import KarezCore
public import KarezGeometry
public import KarezStore

/// 面图层图: the polygons of a state on a picture.
///
/// Land comes first, outlines above all of it. What is smaller than a pixel has the pixel at its
/// middle, where nobody else's land is; so many polygons that outlines were all there is to be seen
/// are drawn without them, and without smoothing, so that no seam shows between neighbours.
public struct PolygonPicture {
  private let layer: MapLayer
  private let plane: PicturePlane
  private let look: PictureLook
  private let isDense: Bool
  private var groups: LookGroups
  private var paints: [Int32: MapPaint] = [:]
  private var clipper: RingClipper
  private var rings = DrawnRings()

  /// Side of the square of pixels that `TileBudget.mostDetailed` features make dense.
  private static let square = 512.0

  public init(_ layer: MapLayer, on picture: MapPicture, look: PictureLook) {
    self.layer = layer
    self.look = look
    plane = picture.plane
    groups = LookGroups(look.fields.looks)
    clipper = RingClipper(low: plane.low, high: plane.high)
    let squares = Double(picture.frame.width * picture.frame.height) / (Self.square * Self.square)
    let most = Int(Double(TileBudget.mostDetailed) * max(1, squares))
    var count = 0
    for part in layer.parts where count <= most {
      part.layer.visit(near: picture.plane.window) { number in
        if part.shows(number) { count += 1 }
        return count <= most
      }
    }
    isDense = count > most
  }

  /// Rows whose names the picture would show; none where it shows too many.
  public var namedRows: [Int64] {
    guard !isDense, look.name != nil else { return [] }
    var rows: [Int64] = []
    for part in layer.parts {
      part.layer.visit(near: plane.window) { number in
        if part.shows(number) { rows.append(part.layer.row(of: number)) }
        return rows.count < TileBudget.mostDetailed
      }
    }
    return rows
  }

  /// Draws the layer.
  ///
  /// `names` are those of `namedRows`. Ends early where the task is cancelled.
  ///
  /// - Errors: `LayerError` where a layer file is damaged.
  public mutating func draw(
    on picture: MapPicture, names: [Int64: String] = [:]
  ) throws(LayerError) -> DrawnFeatures {
    var drawn = DrawnFeatures()
    guard let canvas = picture.layer() else { return drawn }
    var owners: [Int: MapPaint] = [:]
    try visit { picture, part, number throws(LayerError) in
      drawn.count += 1
      if drawn.named.count < TileBudget.mostNamed {
        drawn.named.append(try part.layer.id(of: number))
      }
      let paint = try picture.paint(of: number, in: part)
      let (low, high) = part.layer.bounds(of: number)
      let (one, other) = (picture.plane.place(low), picture.plane.place(high))
      let size = pointwiseMax(one, other) - pointwiseMin(one, other)
      if max(size.x, size.y) < PicturePlane.pixel {
        if let pixel = picture.pixel((one + other) / 2), owners[pixel] == nil {
          owners[pixel] = paint
        }
        return
      }
      guard paint.fill != nil || names[part.layer.row(of: number)] != nil else { return }
      try part.layer.read(number, into: &picture.rings)
      picture.addPath(to: canvas)
      canvas.fill(paint, isSmooth: !picture.isDense)
      canvas.clearPath()
    }
    canvas.fillEmpty(owners)
    try outline(canvas)
    picture.lay(canvas)
    if !names.isEmpty { try place(names, on: picture) }
    return drawn
  }

  private mutating func outline(_ canvas: PictureCanvas) throws(LayerError) {
    try visit { picture, part, number throws(LayerError) in
      let paint = try picture.paint(of: number, in: part)
      guard paint.line != nil, !picture.isDense || paint.fill == nil else { return }
      let (low, high) = part.layer.bounds(of: number)
      let size = picture.plane.place(high) - picture.plane.place(low)
      guard max(abs(size.x), abs(size.y)) >= PicturePlane.pixel else { return }
      try part.layer.read(number, into: &picture.rings)
      picture.addPath(to: canvas)
      canvas.stroke(paint)
      canvas.clearPath()
    }
  }

  private mutating func place(
    _ names: [Int64: String], on map: MapPicture
  ) throws(LayerError) {
    try visit { picture, part, number throws(LayerError) in
      guard let name = names[part.layer.row(of: number)] else { return }
      try part.layer.read(number, into: &picture.rings)
      guard let widest = LabelWriter.widest(of: picture.rings) else { return }
      let west = picture.plane.place(widest.west)
      let east = picture.plane.place(widest.east)
      guard abs(east.x - west.x) >= LabelWriter.leastRoom * PicturePlane.pixel else { return }
      map.add(.init(text: name, place: (west + east) / 2 / PicturePlane.pixel))
    }
  }

  // MARK: One polygon

  /// Shows the polygons of the state that meet the window, part by part.
  private mutating func visit(
    _ body: (inout PolygonPicture, MapLayer.Part, Int) throws(LayerError) -> Void
  ) throws(LayerError) {
    var seen = 0
    for part in layer.parts {
      groups.begin(part)
      var failure: LayerError?
      part.layer.visit(near: plane.window) { number in
        seen += 1
        if seen.isMultiple(of: 256), Task.isCancelled { return false }
        guard part.shows(number) else { return true }
        do throws(LayerError) { try body(&self, part, number) } catch {
          failure = error
          return false
        }
        return true
      }
      if let failure { throw failure }
    }
  }

  private mutating func paint(
    of number: Int, in part: MapLayer.Part
  ) throws(LayerError) -> MapPaint {
    let group = try groups.group(of: number, in: part)
    if let known = paints[group] { return known }
    let looks = groups.looks(of: group).map { ($0.0, AttributeValue.text($0.1)) }
    let paint = look.paint(Dictionary(looks) { first, _ in first })
    paints[group] = paint
    return paint
  }

  /// What of the polygon read last the picture may show.
  private mutating func addPath(to canvas: PictureCanvas) {
    var ring: [SIMD2<Double>] = []
    for part in rings.rings {
      ring.removeAll(keepingCapacity: true)
      for index in part.range { ring.append(TilePlane.whole(plane.place(rings.vertices[index]))) }
      canvas.add(clipper.cut(ring), isClosed: true)
    }
  }

  private func pixel(_ place: SIMD2<Double>) -> Int? {
    let pixel = (place / PicturePlane.pixel).rounded(.down)
    guard pixel.x >= 0, pixel.y >= 0, pixel.x < Double(plane.frame.width),
      pixel.y < Double(plane.frame.height)
    else { return nil }
    return Int(pixel.y) * plane.frame.width + Int(pixel.x)
  }
}
