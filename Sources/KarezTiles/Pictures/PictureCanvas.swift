import CCairo

/// 画布: pixels that are drawn on.
///
/// Not Sendable, because Cairo's part belongs to one task.
final class PictureCanvas {
  let width: Int
  let height: Int
  private let surface: OpaquePointer
  let context: OpaquePointer

  /// Nil where there is no memory for the pixels.
  init?(width: Int, height: Int) {
    guard
      let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height)),
      cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, let context = cairo_create(surface)
    else { return nil }
    self.width = width
    self.height = height
    self.surface = surface
    self.context = context
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  // MARK: Paths

  /// Adds a ring or a line, in units of a picture.
  func add(_ places: [SIMD2<Double>], isClosed: Bool) {
    guard let first = places.first else { return }
    cairo_move_to(context, first.x / PicturePlane.pixel, first.y / PicturePlane.pixel)
    for place in places.dropFirst() {
      cairo_line_to(context, place.x / PicturePlane.pixel, place.y / PicturePlane.pixel)
    }
    if isClosed { cairo_close_path(context) }
  }

  /// Adds a circle, in pixels.
  func addCircle(at middle: SIMD2<Double>, radius: Double) {
    cairo_new_sub_path(context)
    cairo_arc(context, middle.x, middle.y, radius, 0, 2 * .pi)
    cairo_close_path(context)
  }

  /// Fills the path and keeps it; without smoothing every pixel is whole or not at all, so that
  /// neighbours leave no seam.
  func fill(_ paint: MapPaint, isSmooth: Bool = true) {
    guard let fill = paint.fill else { return }
    cairo_set_antialias(context, isSmooth ? CAIRO_ANTIALIAS_DEFAULT : CAIRO_ANTIALIAS_NONE)
    set(Colour(fill, opacity: paint.fillOpacity))
    cairo_fill_preserve(context)
  }

  func stroke(_ paint: MapPaint) {
    guard let line = paint.line, paint.lineWidth > 0 else { return }
    cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
    set(Colour(line))
    cairo_set_line_width(context, paint.lineWidth)
    let dashes = paint.isDashed ? [6.0, 4.0] : []
    cairo_set_dash(context, dashes, Int32(dashes.count), 0)
    // Round ends would close the gaps between dashes.
    cairo_set_line_cap(context, paint.isDashed ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_ROUND)
    cairo_stroke_preserve(context)
  }

  func clearPath() { cairo_new_path(context) }

  func set(_ colour: Colour) {
    cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.opacity)
  }

  /// Covers everything.
  func cover(_ colour: Colour) {
    set(colour)
    cairo_paint(context)
  }

  /// Lays another picture of the same size over this one.
  func lay(_ other: PictureCanvas) {
    cairo_surface_flush(other.surface)
    cairo_set_source_surface(context, other.surface, 0, 0)
    cairo_paint(context)
    cairo_set_source_rgb(context, 0, 0, 0)
  }

  // MARK: Pixels

  /// Gives pixels nobody has drawn on the colours of `owners`, counted from the north-west.
  func fillEmpty(_ owners: [Int: MapPaint]) {
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else { return }
    let stride = Int(cairo_image_surface_get_stride(surface))
    for (index, paint) in owners where index < width * height {
      guard let text = paint.fill ?? paint.line else { continue }
      let colour = Colour(text, opacity: paint.fill == nil ? 1 : paint.fillOpacity)
      let offset = index / width * stride + index % width * 4
      // The index is a pixel's, and a pixel is four bytes of its row.
      let pixel = UnsafeMutableRawPointer(bytes + offset)
      if pixel.load(as: UInt32.self) == 0 { pixel.storeBytes(of: colour.pixel, as: UInt32.self) }
    }
    cairo_surface_mark_dirty(surface)
  }

  /// Row by row from the north-west: opacity, red, green, blue.
  var pixels: [UInt32] {
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else { return [] }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let raw = UnsafeRawPointer(bytes)
    return (0..<width * height).map {
      raw.load(fromByteOffset: $0 / width * stride + $0 % width * 4, as: UInt32.self)
    }
  }

  /// The picture as a PNG file.
  func png() -> [UInt8] {
    cairo_surface_flush(surface)
    let sink = Sink()
    let status = cairo_surface_write_to_png_stream(
      surface,
      { closure, data, length in
        guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
        let sink = Unmanaged<Sink>.fromOpaque(closure).takeUnretainedValue()
        sink.bytes += UnsafeBufferPointer(start: data, count: Int(length))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(sink).toOpaque())
    return status == CAIRO_STATUS_SUCCESS ? sink.bytes : []
  }

  private final class Sink {
    var bytes: [UInt8] = []
  }
}

/// A colour as Cairo takes it, each part from 0 to 1.
struct Colour: Hashable {
  let red: Double
  let green: Double
  let blue: Double
  let opacity: Double

  /// Of `#rrggbb` or `#rgb`, as `MapPaint` has made sure of.
  init(_ text: String, opacity: Double = 1) {
    let digits = text.dropFirst().compactMap(\.hexDigitValue)
    let full = digits.count == 3 ? digits.flatMap { [$0, $0] } : digits
    func part(_ at: Int) -> Double {
      full.count == 6 ? Double(full[at] * 16 + full[at + 1]) / 255 : 0
    }
    (red, green, blue) = (part(0), part(2), part(4))
    self.opacity = opacity
  }

  /// As a pixel of Cairo's: opacity first, the others multiplied by it.
  var pixel: UInt32 {
    func byte(_ part: Double) -> UInt32 { UInt32((part * opacity * 255).rounded()) }
    return UInt32((opacity * 255).rounded()) << 24 | byte(red) << 16 | byte(green) << 8
      | byte(blue)
  }
}
