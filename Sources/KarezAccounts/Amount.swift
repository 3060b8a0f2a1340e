public import KarezCore

/// 计量单位: the unit of an account, and how many decimals it is kept to.
public struct Measure: Hashable, Sendable {
  /// More would leave too few digits before the point.
  public static let mostDecimals = 6

  public let unit: Unit
  public let decimals: Int

  public init?(_ unit: Unit, decimals: Int) {
    guard (0...Self.mostDecimals).contains(decimals) else { return nil }
    self.unit = unit
    self.decimals = decimals
  }

  var scale: Int64 { (0..<decimals).reduce(1) { scale, _ in scale * 10 } }
}

/// 数额: an exact decimal number of one unit; never a floating-point number.
///
/// - Shape: a whole number of the last decimal. Sums that would not fit are refused, not cut.
public struct Amount: Hashable, Sendable {
  /// 10^17 of the last decimal: sums of ninety such amounts still fit their type.
  public static let most: Int64 = 100_000_000_000_000_000

  public let units: Int64
  public let measure: Measure

  /// Nil beyond `most`, either way.
  public init?(units: Int64, _ measure: Measure) {
    guard (-Self.most...Self.most).contains(units) else { return nil }
    self.units = units
    self.measure = measure
  }

  /// A plain decimal number: digits, at most one point, a minus in front; no more decimals than the
  /// measure has, since nobody else is to round what was decided.
  public init?(_ text: some StringProtocol, _ measure: Measure) {
    var digits = Substring(text)
    let isNegative = digits.first == "-"
    if isNegative { digits = digits.dropFirst() }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), digits.utf8.count <= 30 else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard !parts[0].isEmpty, parts.count == 1 || !fraction.isEmpty,
      fraction.utf8.count <= measure.decimals
    else { return nil }
    var units: Int64 = 0
    let filled = String(repeating: "0", count: measure.decimals - fraction.utf8.count)
    for digit in (parts[0] + fraction + filled).utf8 {
      guard (0x30...0x39).contains(digit), units <= Self.most else { return nil }
      units = units * 10 + Int64(digit - 0x30)
    }
    self.init(units: isNegative ? -units : units, measure)
  }

  /// The number with all its decimals: `1234.50`; no grouping, no unit.
  public var text: String { Self.text(units: units, decimals: measure.decimals) }

  static func text(units: Int64, decimals: Int) -> String {
    var digits = String(units.magnitude)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    let sign = units < 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
  }
}
