import CCairo

/// Names on a picture, none over another.
///
/// Pango sets them: letters of the Arabic script are joined and run from the right.
struct Lettering {
  private static let fonts = "Noto Sans CJK SC, Noto Sans, Noto Sans Arabic, sans"
  /// Height of the letters in pixels, as the portal has it.
  private static let size = 12.0
  private static let halo = 3.0

  private let canvas: PictureCanvas
  private var taken: [(low: SIMD2<Double>, high: SIMD2<Double>)] = []

  init(_ canvas: PictureCanvas) { self.canvas = canvas }

  /// Writes a name around a pixel, unless another stands there.
  mutating func write(_ text: String, around middle: SIMD2<Double>) {
    let (width, height) = (Double(canvas.width), Double(canvas.height))
    guard !text.isEmpty, middle.x >= 0, middle.y >= 0, middle.x <= width, middle.y <= height
    else { return }
    Self.withLayout(of: text, on: canvas) { layout, size in
      let low = middle - size / 2
      let high = middle + size / 2
      let isFree = !taken.contains {
        $0.low.x < high.x && low.x < $0.high.x && $0.low.y < high.y && low.y < $0.high.y
      }
      guard isFree else { return }
      taken.append((low, high))
      let context = canvas.context
      cairo_move_to(context, low.x, low.y)
      pango_cairo_layout_path(context, layout)
      cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
      cairo_set_dash(context, [], 0, 0)
      canvas.set(Colour("#ffffff", opacity: 0.95))
      cairo_set_line_width(context, Self.halo)
      cairo_stroke_preserve(context)
      canvas.set(Colour("#2a323d"))
      cairo_set_fill_rule(context, CAIRO_FILL_RULE_WINDING)
      cairo_fill(context)
      cairo_set_fill_rule(context, CAIRO_FILL_RULE_EVEN_ODD)
    }
  }

  /// Writes a text whose upper left corner is a pixel.
  static func write(_ text: String, from corner: SIMD2<Double>, on canvas: PictureCanvas) {
    withLayout(of: text, on: canvas) { layout, _ in
      canvas.set(Colour("#2a323d"))
      cairo_move_to(canvas.context, corner.x, corner.y)
      pango_cairo_show_layout(canvas.context, layout)
    }
  }

  static func size(of text: String, on canvas: PictureCanvas) -> SIMD2<Double> {
    var found = SIMD2<Double>()
    withLayout(of: text, on: canvas) { _, size in found = size }
    return found
  }

  private static func withLayout(
    of text: String, on canvas: PictureCanvas, _ body: (OpaquePointer, SIMD2<Double>) -> Void
  ) {
    guard let layout = pango_cairo_create_layout(canvas.context) else { return }
    defer { g_object_unref(UnsafeMutableRawPointer(layout)) }
    let description = pango_font_description_from_string(fonts)
    defer { pango_font_description_free(description) }
    pango_font_description_set_absolute_size(description, size * Double(PANGO_SCALE))
    pango_layout_set_font_description(layout, description)
    // No name of ours is longer, and a text that is longer is none.
    pango_layout_set_text(layout, String(text.prefix(80)), -1)
    var (width, height) = (Int32(0), Int32(0))
    pango_layout_get_pixel_size(layout, &width, &height)
    body(layout, SIMD2(Double(width), Double(height)))
  }
}
