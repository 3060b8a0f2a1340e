import Foundation
public import KarezGeometry

/// 图框: the land a picture shows, in a system of coordinates, and its size in pixels.
///
/// - Shape: `box` has easting or longitude as x and northing or latitude as y, whatever order the
///   system's own name gives them; the first pixel is in the north-west.
public struct PictureFrame: Hashable, Sendable {
  public enum System: Hashable, Sendable {
    /// Longitude and latitude.
    case degrees
    case webMercator
    case grid(GaussKruger)
  }

  public let system: System
  public let box: BoundingBox
  public let width: Int
  public let height: Int

  /// Of metres at the equator, as Web Mercator has them.
  static let radius = 6_378_137.0

  /// Nil for a box of no land, for numbers no system has, and for no pixels.
  public init?(_ system: System, _ box: BoundingBox, width: Int, height: Int) {
    let numbers = [box.minX, box.minY, box.maxX, box.maxY]
    guard numbers.allSatisfy({ $0.isFinite && abs($0) <= 1e9 }), box.minX < box.maxX,
      box.minY < box.maxY, (1...1 << 14).contains(width), (1...1 << 14).contains(height)
    else { return nil }
    self.system = system
    self.box = box
    self.width = width
    self.height = height
  }

  /// The picture of one tile, with the pixels scales are stated for.
  public init(_ address: TileAddress) {
    let columns = Double(address.set.columns(address.level))
    let rows = Double(address.set.rows(address.level))
    let isMercator = address.set == .webMercatorQuad
    let half = Double.pi * Self.radius
    let (width, height) = isMercator ? (2 * half, 2 * half) : (360, 180)
    let (west, north) = isMercator ? (-half, half) : (-180, 90)
    box = BoundingBox(
      minX: west + Double(address.column) * width / columns,
      minY: north - Double(address.row + 1) * height / rows,
      maxX: west + Double(address.column + 1) * width / columns,
      maxY: north - Double(address.row) * height / rows)
    system = isMercator ? .webMercator : .degrees
    self.width = TileMatrixSet.pixels
    self.height = TileMatrixSet.pixels
  }

  /// The land of the picture in degrees, with a margin.
  ///
  /// - Errors: `outsideProjection` for a box that its grid does not reach.
  public func window() throws(GeometryError) -> BoundingBox { try PicturePlane(self).window }

  /// The longitude and latitude of a place, counted in pixels from the north-west corner.
  ///
  /// - Errors: `outsideProjection`, or `notDegrees` for what is nowhere on Earth.
  public func position(ofPixel x: Double, _ y: Double) throws(GeometryError) -> Position {
    let east = box.minX + (box.maxX - box.minX) * x / Double(width)
    let north = box.maxY - (box.maxY - box.minY) * y / Double(height)
    switch system {
    case .degrees:
      return try CoordinateConverter(from: .cgcs2000).degrees(of: Position(x: east, y: north))
    case .webMercator:
      let degrees = Position(
        x: PicturePlane.degrees(east), y: PicturePlane.latitude(north))
      return try CoordinateConverter(from: .cgcs2000).degrees(of: degrees)
    case .grid(let grid):
      return try CoordinateConverter(from: .gaussKruger(grid))
        .degrees(of: Position(x: east, y: north))
    }
  }

  /// The zoom of a web map that shows land as large; what `minzoom` of styles is held against.
  public var zoom: Double {
    let perPixel = (box.maxX - box.minX) / Double(width)
    let metres: Double
    switch system {
    case .webMercator: metres = perPixel
    case .degrees: metres = perPixel * .pi * Self.radius / 180
    case .grid:
      // A degree of latitude is 111 km.
      let latitude = min(abs(box.minY + box.maxY) / 2 / 111_000, 80)
      metres = perPixel / cos(latitude * .pi / 180)
    }
    return log2(2 * .pi * Self.radius / Double(TileMatrixSet.pixels) / metres)
  }

  /// The scale, of pixels of 0.28 mm.
  public static func scaleDenominator(ofZoom zoom: Double) -> Double {
    2 * .pi * radius / Double(TileMatrixSet.pixels) / exp2(zoom) / 0.000_28
  }
}

/// A picture as a plane of units, eight to a pixel, y downward.
///
/// - Accuracy: on grids a place is interpolated between 33 × 33 that are computed; to 0.1 pixel
///   within the picture, held by `PictureFrameTests`.
struct PicturePlane {
  /// Units of a pixel.
  static let pixel = 8.0
  /// Pixels drawn beyond each side, so that outlines of what is cut do not show.
  private static let margin = 8.0
  private static let most = 85.051_128_779_806_59

  private enum Way {
    case straight
    case mercator
    case lattice(Lattice)
  }

  let frame: PictureFrame
  /// The picture and its margin, in degrees.
  let window: BoundingBox
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  private let way: Way
  private let scale: SIMD2<Double>
  private let shift: SIMD2<Double>

  /// - Errors: `outsideProjection` for a box that its grid does not reach.
  init(_ frame: PictureFrame) throws(GeometryError) {
    self.frame = frame
    let box = frame.box
    let size = SIMD2(Double(frame.width), Double(frame.height))
    low = SIMD2(repeating: -Self.margin * Self.pixel)
    high = (size + Self.margin) * Self.pixel
    let units = size * Self.pixel / SIMD2(box.maxX - box.minX, box.maxY - box.minY)
    scale = SIMD2(units.x, -units.y)
    shift = SIMD2(-box.minX * units.x, box.maxY * units.y)
    let more = SIMD2(box.maxX - box.minX, box.maxY - box.minY) / size * Self.margin
    let wide = BoundingBox(
      minX: box.minX - more.x, minY: box.minY - more.y, maxX: box.maxX + more.x,
      maxY: box.maxY + more.y)
    switch frame.system {
    case .degrees:
      way = .straight
      window = Self.onEarth(wide)
    case .webMercator:
      way = .mercator
      window = Self.onEarth(
        BoundingBox(
          minX: Self.degrees(wide.minX), minY: Self.latitude(wide.minY),
          maxX: Self.degrees(wide.maxX), maxY: Self.latitude(wide.maxY)))
    case .grid(let grid):
      let converter = try CoordinateConverter(from: .gaussKruger(grid))
      let land = try converter.degrees(of: wide.polygon(steps: 16))
      window = land.boundingBox ?? wide
      way = .lattice(try Lattice(window, in: .gaussKruger(grid)))
    }
  }

  private static func onEarth(_ box: BoundingBox) -> BoundingBox {
    BoundingBox(
      minX: min(max(box.minX, -180), 180), minY: min(max(box.minY, -90), 90),
      maxX: min(max(box.maxX, -180), 180), maxY: min(max(box.maxY, -90), 90))
  }

  static func degrees(_ metres: Double) -> Double {
    metres / PictureFrame.radius * 180 / .pi
  }

  static func latitude(_ metres: Double) -> Double {
    atan(sinh(metres / PictureFrame.radius)) * 180 / .pi
  }

  /// The place of a position in units of 1e-9°, not rounded.
  func place(_ source: SIMD2<Double>) -> SIMD2<Double> {
    let degrees = source / 1e9
    switch way {
    case .straight: return degrees * scale + shift
    case .mercator:
      let angle = min(max(degrees.y, -Self.most), Self.most) * .pi / 180
      let plane = SIMD2(degrees.x * .pi / 180, asinh(tan(angle))) * PictureFrame.radius
      return plane * scale + shift
    case .lattice(let lattice): return lattice.place(degrees) * scale + shift
    }
  }

  func place(_ position: Position) -> SIMD2<Double> { place(SIMD2(position.x, position.y) * 1e9) }
}

/// A grid's places on a lattice of longitudes and latitudes.
private struct Lattice {
  private static let steps = 32

  private let corner: SIMD2<Double>
  private let step: SIMD2<Double>
  private var nodes: [SIMD2<Double>] = []

  init(_ window: BoundingBox, in crs: CoordinateReferenceSystem) throws(GeometryError) {
    corner = SIMD2(window.minX, window.minY)
    step = SIMD2(window.maxX - window.minX, window.maxY - window.minY) / Double(Self.steps)
    let placement = try CoordinatePlacement(in: crs)
    for row in 0...Self.steps {
      for column in 0...Self.steps {
        let degrees = corner + step * SIMD2(Double(column), Double(row))
        let place = try placement.position(ofDegrees: Position(x: degrees.x, y: degrees.y))
        nodes.append(SIMD2(place.x, place.y))
      }
    }
  }

  /// Within the lattice between four nodes; outside it as its nearest cell goes on.
  func place(_ degrees: SIMD2<Double>) -> SIMD2<Double> {
    let along = (degrees - corner) / step
    let last = Double(Self.steps - 1)
    let cell = along.rounded(.down).clamped(lowerBound: .zero, upperBound: SIMD2(last, last))
    let part = along - cell
    let index = Int(cell.y) * (Self.steps + 1) + Int(cell.x)
    let below = nodes[index] + (nodes[index + 1] - nodes[index]) * part.x
    let above = index + Self.steps + 1
    let over = nodes[above] + (nodes[above + 1] - nodes[above]) * part.x
    return below + (over - below) * part.y
  }
}
