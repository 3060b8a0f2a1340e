/// 高斯-克吕格投影分带: one zone of the national grid on CGCS2000.
///
/// - Shape: three-degree zones 24 to 45 have their central meridian at 3°·n; six-degree zones 13
///   to 23 at 6°·n − 3°. With a prefix, eastings begin with the zone's number.
/// - Source: GB/T 17798-2007; the central meridians of the national grid.
public struct GaussKruger: Hashable, Sendable {
  /// 分带: how wide a zone is.
  public enum Width: Int, CaseIterable, Hashable, Sendable {
    case threeDegrees = 3
    case sixDegrees = 6
  }

  public let width: Width
  /// 带号.
  public let zone: Int
  /// Whether eastings carry the zone's number before their six digits.
  public let isPrefixed: Bool

  /// The zone, if the national grid has it.
  public init?(zone: Int, width: Width = .threeDegrees, isPrefixed: Bool) {
    guard Self.zones(of: width).contains(zone) else { return nil }
    self.width = width
    self.zone = zone
    self.isPrefixed = isPrefixed
  }

  public static func zones(of width: Width) -> ClosedRange<Int> {
    width == .threeDegrees ? 24...45 : 13...23
  }

  /// The zone whose central meridian (in whole degrees) this is.
  public init?(centralMeridian: Int, width: Width, isPrefixed: Bool) {
    switch width {
    case .threeDegrees:
      guard centralMeridian % 3 == 0 else { return nil }
      self.init(zone: centralMeridian / 3, width: width, isPrefixed: isPrefixed)
    case .sixDegrees:
      guard centralMeridian % 6 == 3 else { return nil }
      self.init(zone: (centralMeridian + 3) / 6, width: width, isPrefixed: isPrefixed)
    }
  }

  /// The zone a longitude lies in; nil outside the grid.
  public init?(containing longitude: Double, width: Width = .threeDegrees, isPrefixed: Bool) {
    guard longitude.isFinite, (0...180).contains(longitude) else { return nil }
    let zone =
      width == .threeDegrees
      ? Int(((longitude + 1.5) / 3).rounded(.down)) : Int((longitude / 6).rounded(.down)) + 1
    self.init(zone: zone, width: width, isPrefixed: isPrefixed)
  }

  /// 中央子午线, in degrees.
  public var centralMeridian: Double {
    Double(width == .threeDegrees ? 3 * zone : 6 * zone - 3)
  }

  /// In metres; 500 km, and the zone's number in millions where eastings carry it.
  public var falseEasting: Double { 500_000 + (isPrefixed ? Double(zone) * 1_000_000 : 0) }

  /// The code EPSG gives it; zone 24 of three degrees has none.
  public var epsg: Int? {
    switch width {
    case .threeDegrees where zone < 25: nil
    case .threeDegrees: (isPrefixed ? 4_513 : 4_534) + zone - 25
    case .sixDegrees: (isPrefixed ? 4_491 : 4_502) + zone - 13
    }
  }

  /// The zone an EPSG code names.
  public init?(epsg: Int) {
    switch epsg {
    case 4_513...4_533: self.init(zone: epsg - 4_513 + 25, isPrefixed: true)
    case 4_534...4_554: self.init(zone: epsg - 4_534 + 25, isPrefixed: false)
    case 4_491...4_501:
      self.init(zone: epsg - 4_491 + 13, width: .sixDegrees, isPrefixed: true)
    case 4_502...4_512:
      self.init(zone: epsg - 4_502 + 13, width: .sixDegrees, isPrefixed: false)
    default: return nil
    }
  }
}

extension GaussKruger: CustomStringConvertible {
  public var description: String {
    "CGCS2000 \(width.rawValue)° GK zone \(zone)" + (isPrefixed ? "" : " without prefix")
  }
}
