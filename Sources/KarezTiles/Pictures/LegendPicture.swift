public import KarezCore

/// 图例图: what the colours of a layer mean, as a PNG; a line each.
public enum LegendPicture {
  private static let line = 22.0
  private static let box = SIMD2(24.0, 14.0)
  private static let margin = 6.0
  private static let most = 200

  /// Empty where there is no memory for it.
  public static func png(
    _ entries: [(title: String, paint: MapPaint)], of geometry: GeometryKind
  ) -> [UInt8] {
    let entries = entries.prefix(most)
    guard let measure = PictureCanvas(width: 1, height: 1) else { return [] }
    let widest = entries.map { Lettering.size(of: $0.title, on: measure).x }.max() ?? 0
    let width = Int((margin * 3 + box.x + widest).rounded(.up))
    let height = Int(margin * 2 + line * Double(max(entries.count, 1)))
    guard let canvas = PictureCanvas(width: width, height: height) else { return [] }
    canvas.cover(Colour("#ffffff"))
    for (place, entry) in entries.enumerated() {
      let top = margin + Double(place) * line
      let middle = SIMD2(margin + box.x / 2, top + line / 2)
      draw(entry.paint, of: geometry, around: middle, on: canvas)
      let height = Lettering.size(of: entry.title, on: canvas).y
      Lettering.write(
        entry.title, from: SIMD2(margin * 2 + box.x, middle.y - height / 2), on: canvas)
    }
    return canvas.png()
  }

  private static func draw(
    _ paint: MapPaint, of geometry: GeometryKind, around middle: SIMD2<Double>,
    on canvas: PictureCanvas
  ) {
    let (low, high) = (middle - box / 2, middle + box / 2)
    func units(_ places: [SIMD2<Double>]) -> [SIMD2<Double>] {
      places.map { $0 * PicturePlane.pixel }
    }
    switch geometry {
    case .point:
      canvas.addCircle(at: middle, radius: 5)
      canvas.fill(paint)
    case .line:
      canvas.add(units([SIMD2(low.x, middle.y), SIMD2(high.x, middle.y)]), isClosed: false)
    case .polygon, .none:
      canvas.add(
        units([low, SIMD2(high.x, low.y), high, SIMD2(low.x, high.y)]), isClosed: true)
      canvas.fill(paint)
    }
    canvas.stroke(paint)
    canvas.clearPath()
  }
}
