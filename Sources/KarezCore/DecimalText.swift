/// Decimal numbers as text, without a locale.
public enum DecimalText {
  /// The value with exactly `decimals` digits after the point, half away from zero.
  ///
  /// - Shape: no grouping, no exponent, never "-0.00".
  /// - Assumes: the value is finite; any size prints.
  /// - Accuracy: rounds the number held, not a product of it: 1.005 is held as a little less and
  ///   prints as 1.00; held by `DecimalTextTests`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    precondition((0...9).contains(decimals), "decimals out of range: \(decimals)")
    precondition(value.isFinite, "not a finite number")
    var digits = units(abs(value), decimals: decimals)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    let isZero = digits.utf8.allSatisfy { $0 == 0x30 }
    let sign = value < 0 && !isZero ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }

  /// The value in units of its last decimal, rounded as `fixed` rounds; nil if it is not finite or
  /// takes more than 18 digits.
  public static func units(of value: Double, decimals: Int) -> Int64? {
    precondition((0...9).contains(decimals), "decimals out of range: \(decimals)")
    let limit: UInt64 = 1_000_000_000_000_000_000
    // Beyond the limit either way; and no greater number can be split below.
    guard abs(value) < Double(limit) else { return nil }
    let parts = split(abs(value), decimals: decimals)
    let (scaled, overflow) = parts.whole.multipliedReportingOverflow(by: parts.scale)
    guard !overflow, scaled < limit - parts.fraction else { return nil }
    let units = Int64(scaled + parts.fraction)
    return value < 0 ? -units : units
  }

  /// The digits of magnitude · 10^decimals, rounded.
  private static func units(_ magnitude: Double, decimals: Int) -> String {
    // From 2^53 on a number is whole, and so its decimals are zeros.
    guard magnitude < 9_007_199_254_740_992 else {
      return wholeDigits(magnitude) + String(repeating: "0", count: decimals)
    }
    let parts = split(magnitude, decimals: decimals)
    return String(UInt128(parts.whole) * UInt128(parts.scale) + UInt128(parts.fraction))
  }

  /// The whole part, and the rounded fraction in units of 1/scale; it may be a whole scale.
  ///
  /// - Assumes: the magnitude is below 10^18.
  private static func split(
    _ magnitude: Double, decimals: Int
  ) -> (whole: UInt64, fraction: UInt64, scale: UInt64) {
    let whole = magnitude.rounded(.down)
    let fraction = magnitude - whole
    let scale = scales[decimals]
    let product = fraction * Double(scale)
    var rounded = product.rounded(.toNearestOrAwayFromZero)
    // The product itself may have been rounded up to a half; what was lost tells.
    let lost = (-product).addingProduct(fraction, Double(scale))
    if rounded - product == 0.5, lost < 0 { rounded -= 1 }
    return (UInt64(whole), UInt64(rounded), scale)
  }

  private static let scales: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  ]

  /// The digits of a whole number of 2^53 or more: its significand, doubled to its exponent.
  private static func wholeDigits(_ magnitude: Double) -> String {
    // Least significant first, nine digits each.
    var limbs: [UInt64] = []
    var significand = magnitude.significandBitPattern | 1 << 52
    while significand > 0 {
      limbs.append(significand % 1_000_000_000)
      significand /= 1_000_000_000
    }
    for _ in 0..<(Int(magnitude.exponent) - 52) {
      var carry: UInt64 = 0
      for index in limbs.indices {
        let doubled = limbs[index] * 2 + carry
        limbs[index] = doubled % 1_000_000_000
        carry = doubled / 1_000_000_000
      }
      if carry > 0 { limbs.append(carry) }
    }
    let text = limbs.reversed().map { limb in
      let digits = String(limb)
      return String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return String(text.joined().drop { $0 == "0" })
  }
}
