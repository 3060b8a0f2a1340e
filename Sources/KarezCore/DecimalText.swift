/// Decimal numbers as text, without a locale.
public enum DecimalText {
  /// The value with exactly `decimals` digits after the point, half away from zero.
  ///
  /// - Shape: no grouping, no exponent, never "-0.00".
  /// - Accuracy: exact while |value|·10^decimals < 2^53, which holds for square metres with two
  ///   decimals up to 9·10^13; held by `DecimalTextTests`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    precondition((0...9).contains(decimals), "decimals out of range: \(decimals)")
    precondition(value.isFinite, "not a finite number")
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
    precondition(abs(scaled) < 9.2e18, "too large to print with \(decimals) decimals")
    let units = Int64(scaled)
    var digits = String(units.magnitude)
    while digits.count <= decimals { digits = "0" + digits }
    let sign = units < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }
}
