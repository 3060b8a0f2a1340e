/// Numbers that look random and are a pure function of what they are asked for.
///
/// - Shape: the finaliser of SplitMix64 over the seed and up to three keys; no state, so that a
///   part of the country can be made again without making the rest.
struct Chance: Hashable, Sendable {
  let seed: UInt64

  /// What a number is for; two uses never share one.
  enum Use: UInt64 {
    case share = 1
    case axis
    case position
    case noise
    case landClass
    case landCode
    case farmland
    case parcel
    case village
    case redLine
    case mining
    case hazard
    case shape
    case conversion
    case pipeline
    case ground
  }

  static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  func bits(_ use: Use, _ first: Int, _ second: Int = 0, _ third: Int = 0) -> UInt64 {
    var state = Self.mixed(seed ^ (use.rawValue << 56))
    state = Self.mixed(state ^ UInt64(bitPattern: Int64(first)))
    state = Self.mixed(state ^ UInt64(bitPattern: Int64(second)))
    return Self.mixed(state ^ UInt64(bitPattern: Int64(third)))
  }

  /// A number from 0 up to, not including, 1.
  func unit(_ use: Use, _ first: Int, _ second: Int = 0, _ third: Int = 0) -> Double {
    Double(bits(use, first, second, third) >> 11) * 0x1p-53
  }

  /// A whole number from 0 up to, not including, `count`.
  func pick(_ count: Int, _ use: Use, _ first: Int, _ second: Int = 0, _ third: Int = 0) -> Int {
    min(count - 1, Int(unit(use, first, second, third) * Double(count)))
  }

  /// Smooth noise between −1 and 1 that changes over about `wavelength`.
  ///
  /// - Units: x, y and the wavelength in the same unit.
  /// - Shape: values on a square grid, joined by a cubic; no library function, so the same on
  ///   every machine.
  func noise(_ x: Double, _ y: Double, wavelength: Double, channel: Int) -> Double {
    let u = x / wavelength
    let v = y / wavelength
    let column = u.rounded(.down)
    let row = v.rounded(.down)
    let s = Self.smooth(u - column)
    let t = Self.smooth(v - row)
    let i = Int(column)
    let j = Int(row)
    let low = corner(i, j, channel) * (1 - s) + corner(i + 1, j, channel) * s
    let high = corner(i, j + 1, channel) * (1 - s) + corner(i + 1, j + 1, channel) * s
    return low * (1 - t) + high * t
  }

  private func corner(_ i: Int, _ j: Int, _ channel: Int) -> Double {
    let key = UInt64(
      bitPattern: Int64(i &* 0x1F_FFFF_FFF3 &+ j &* 0x3_0000_0001 &+ channel &* 0x5_0011))
    return Double(Self.mixed(Self.mixed(key ^ seed)) >> 11) * 0x1p-52 - 1
  }

  static func smooth(_ t: Double) -> Double { t * t * (3 - 2 * t) }
}
