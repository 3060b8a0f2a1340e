/// 趋势外推: where the figures of past years lead, by the straight line that fits them best.
///
/// It knows nothing of policy; it says what becomes of a figure if it goes on as before.
public struct Forecast: Hashable, Sendable {
  public let year: Int
  public let value: Double
  /// What a year adds.
  public let slope: Double
  public let years: [Int]

  /// The least-squares line through one figure a year; nil with fewer than two years.
  public init?(_ figures: [Int: Double], to year: Int) {
    let years = figures.keys.sorted()
    guard years.count >= 2 else { return nil }
    // From the middle of the years on, so that large years cost no digits.
    let middle = Double(years.reduce(0, +)) / Double(years.count)
    let mean = years.reduce(0.0) { $0 + (figures[$1] ?? 0) } / Double(years.count)
    var (product, square) = (0.0, 0.0)
    for one in years {
      let away = Double(one) - middle
      product += away * ((figures[one] ?? 0) - mean)
      square += away * away
    }
    slope = product / square
    value = mean + slope * (Double(year) - middle)
    self.year = year
    self.years = years
  }
}
