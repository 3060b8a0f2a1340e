import KarezGeometry
public import KarezStore

/// 点线图层图: points and lines of a state on a picture; of points in one pixel the first is drawn.
public struct FeaturePicture {
  private let plane: PicturePlane
  private let look: PictureLook
  private let canvas: PictureCanvas
  private let clipper: RingClipper
  private var pixels: Set<SIMD2<Double>> = []
  private var drawn = DrawnFeatures()

  /// Pixels from a point's middle to its edge, as the portal draws it.
  private static let radius = 5.0

  /// Nil where there is no memory for the layer.
  public init?(on picture: MapPicture, look: PictureLook) {
    guard let canvas = picture.layer() else { return nil }
    self.canvas = canvas
    self.look = look
    plane = picture.plane
    clipper = RingClipper(low: plane.low, high: plane.high)
  }

  public mutating func add(_ feature: Feature) {
    let paint = look.paint(feature.attributes)
    switch feature.geometry {
    case .points(let points):
      for point in points {
        let place = plane.place(point) / PicturePlane.pixel
        guard place.x > -Self.radius * 2, place.y > -Self.radius * 2,
          place.x < Double(plane.frame.width) + Self.radius * 2,
          place.y < Double(plane.frame.height) + Self.radius * 2,
          pixels.insert(place.rounded(.down)).inserted
        else { continue }
        canvas.addCircle(at: place, radius: Self.radius)
      }
      canvas.fill(paint)
      canvas.stroke(
        MapPaint(line: paint.line ?? "#ffffff", lineWidth: paint.line == nil ? 1 : paint.lineWidth))
    case .lines(let lines):
      for line in lines {
        let places = line.map { TilePlane.whole(plane.place($0)) }
        for part in clipper.parts(ofLine: places) { canvas.add(part, isClosed: false) }
      }
      canvas.stroke(paint)
    case .polygons, nil: return
    }
    canvas.clearPath()
    drawn.count += 1
    if drawn.named.count < TileBudget.mostNamed { drawn.named.append(feature.id) }
  }

  public func finish(on picture: MapPicture) -> DrawnFeatures {
    picture.lay(canvas)
    return drawn
  }
}
