import Foundation
public import KarezGeometry

/// One tile as a plane of whole units: 4096 from its north-west corner to its south-east one.
///
/// A position's place depends on nothing but the position, so that what neighbours share they
/// share here, too.
///
/// - Units: in 1e-9 degrees, out units of the tile, y downward.
/// - Accuracy: in Web Mercator a place within the tile is interpolated between parallels, 2,048 of
///   them in coarse tiles; to 0.1 unit at level 0 and 0.001 from level 3 on; held by `TilePlaneTests`.
public struct TilePlane: Sendable {
  /// Units along a side.
  public static let extent = 4_096
  /// Units drawn beyond each side, so that outlines of what is cut do not show.
  public static let buffer = 64
  /// Units of a pixel, of the 512 a tile is drawn with.
  static let pixel = 8.0

  public let address: TileAddress
  /// The tile and its buffer, in degrees.
  public let window: BoundingBox
  private let scale: SIMD2<Double>
  private let shift: SIMD2<Double>
  private let parallels: [Double]
  private let south: Double
  private let perParallel: Double

  static let low = SIMD2(repeating: Double(-buffer))
  static let high = SIMD2(repeating: Double(extent + buffer))
  /// Two levels finer a tile is a quarter as high, and half as many parallels are as accurate.
  private static func parallelCount(_ level: Int) -> Int { 2_048 >> (max(0, level - 3) / 2) }
  /// Web Mercator's square ends here.
  private static let mostNorth = 85.051_128_779_806_59

  public init(_ address: TileAddress) {
    self.address = address
    window = Self.window(of: address)
    let side = Double(Self.extent)
    let columns = Double(address.set.columns(address.level))
    let rows = Double(address.set.rows(address.level))
    let west = Double(address.column) / columns
    let north = Double(address.row) / rows
    let isMercator = address.set == .webMercatorQuad
    scale = SIMD2(side * columns / 360e9, isMercator ? side * rows : -side * rows / 180e9)
    shift = SIMD2(side * columns * (0.5 - west), side * rows * (isMercator ? -north : 0.5 - north))
    guard isMercator else {
      (parallels, south, perParallel) = ([], 0, 0)
      return
    }
    let count = Self.parallelCount(address.level)
    let low = max(-Self.mostNorth, window.minY)
    let step = (min(Self.mostNorth, window.maxY) - low) / Double(count)
    south = low * 1e9
    perParallel = 1 / (step * 1e9)
    let (factor, offset) = (scale.y, shift.y)
    parallels = (0...count).map {
      Self.down(low + Double($0) * step) * factor + offset
    }
  }

  /// A tile and its buffer, in degrees.
  public static func window(of address: TileAddress) -> BoundingBox {
    let columns = Double(address.set.columns(address.level))
    let rows = Double(address.set.rows(address.level))
    let more = Double(buffer) / Double(extent)
    func longitude(_ part: Double) -> Double {
      (Double(address.column) + part) / columns * 360 - 180
    }
    func latitude(_ part: Double) -> Double {
      let down = (Double(address.row) + part) / rows
      guard address.set == .webMercatorQuad else { return 90 - 180 * down }
      return atan(sinh(Double.pi * (1 - 2 * down))) * 180 / .pi
    }
    return BoundingBox(
      minX: max(-180, longitude(-more)), minY: max(-90, latitude(1 + more)),
      maxX: min(180, longitude(1 + more)), maxY: min(90, latitude(-more)))
  }

  /// How far down the square of Web Mercator a parallel lies, from 0 to 1.
  private static func down(_ latitude: Double) -> Double {
    let angle = min(max(latitude, -89.9), 89.9) * .pi / 180
    return (1 - asinh(tan(angle)) / .pi) / 2
  }

  /// The place of a position in units of 1e-9°, not rounded.
  @inline(__always)
  func place(_ source: SIMD2<Double>) -> SIMD2<Double> {
    if parallels.isEmpty { return source * scale + shift }
    let along = (source.y - south) * perParallel
    let x = source.x * scale.x + shift.x
    guard along >= 0, along < Double(parallels.count - 1) else {
      return SIMD2(x, Self.down(source.y / 1e9) * scale.y + shift.y)
    }
    let index = Int(along)
    let part = along - Double(index)
    return SIMD2(x, parallels[index] + (parallels[index + 1] - parallels[index]) * part)
  }

  /// The place of a position in degrees.
  func place(_ position: Position) -> SIMD2<Double> { place(SIMD2(position.x, position.y) * 1e9) }

  /// To the nearest unit.
  @inline(__always)
  static func whole(_ place: SIMD2<Double>) -> SIMD2<Double> {
    // Adding 1.5·2⁵² leaves no bit for a fraction; places stay below 2⁵¹.
    (place + 0x1.8p52) - 0x1.8p52
  }
}
