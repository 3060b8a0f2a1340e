public import KarezCore
public import KarezGeometry

/// 地图图片: layers drawn over one another as the packs' styles say, as a PNG.
///
/// Not Sendable: begun, drawn on and finished by one task.
///
/// - Complexity: memory of two pictures and, of polygons smaller than a pixel, one a pixel.
public final class MapPicture {
  public let frame: PictureFrame
  let plane: PicturePlane
  private let canvas: PictureCanvas
  private var names: [PlacedName] = []

  /// A name, and the pixel its middle stands on.
  struct PlacedName: Hashable {
    let text: String
    let place: SIMD2<Double>
  }

  /// Nil where there is no memory for it; `background` is `#rrggbb`, see-through without one.
  ///
  /// - Errors: `outsideProjection` for a frame that its grid does not reach.
  public init?(_ frame: PictureFrame, background: String? = nil) throws(GeometryError) {
    guard let canvas = PictureCanvas(width: frame.width, height: frame.height) else { return nil }
    self.frame = frame
    self.canvas = canvas
    plane = try PicturePlane(frame)
    let paint = MapPaint(fill: background)
    if let fill = paint.fill { canvas.cover(Colour(fill)) }
  }

  /// The picture's land in degrees, with a margin.
  public var window: BoundingBox { plane.window }

  /// Begins a layer of this picture; drawn when it is laid on.
  func layer() -> PictureCanvas? { PictureCanvas(width: frame.width, height: frame.height) }

  func lay(_ layer: PictureCanvas) { canvas.lay(layer) }

  func add(_ name: PlacedName) { names.append(name) }

  /// The pixels from the north-west, row by row, as Cairo has them.
  var pixels: [UInt32] { canvas.pixels }

  /// The PNG; names lie above all layers, or the layers above would cover them.
  public func finish() -> [UInt8] {
    var lettering = Lettering(canvas)
    // Where two meet, that of the higher layer stands.
    for name in names.reversed() { lettering.write(name.text, around: name.place) }
    return canvas.png()
  }
}

/// How the features of one dataset are drawn, and which attribute names them.
public struct PictureLook: Sendable {
  let style: LayerStyle?
  let geometry: GeometryKind
  let fields: TileFields
  /// Nil where names are not drawn.
  public let name: String?

  public init(style: LayerStyle?, geometry: GeometryKind, fields: TileFields, name: String?) {
    self.style = style
    self.geometry = geometry
    self.fields = fields
    self.name = name
  }

  func paint(_ attributes: [String: AttributeValue]) -> MapPaint {
    style?.paint(for: attributes) ?? LayerStyle.plain(geometry)
  }
}

/// What of a dataset a picture shows.
public struct DrawnFeatures: Hashable, Sendable {
  public var count = 0
  /// Some of their ids.
  public var named: [String] = []

  public init() {}
}
