/// Shares out a whole number.
enum Apportionment {
  /// Whole numbers in proportion to the weights, none below its minimum, that sum to the total.
  ///
  /// - Shape: every part first gets its minimum, the rest goes by weight, what rounding leaves by
  ///   largest remainder, ties by position. Nil where the minima exceed the total.
  static func shares(of total: Int, weights: [Double], minima: [Int]) -> [Int]? {
    let least = minima.reduce(0, +)
    guard least <= total, !weights.isEmpty else { return nil }
    let whole = weights.reduce(0, +)
    let wanted = weights.map {
      whole > 0 ? Double(total) * $0 / whole : Double(total) / Double(weights.count)
    }
    // What each would get beyond its minimum, scaled to what there is.
    let beyond = zip(wanted, minima).map { max(0, $0 - Double($1)) }
    let sum = beyond.reduce(0, +)
    let rest = Double(total - least)
    let exact = beyond.map { sum > 0 ? $0 / sum * rest : rest / Double(weights.count) }
    var shares = zip(minima, exact).map { $0 + Int($1) }
    var left = total - shares.reduce(0, +)
    let order = exact.indices.sorted { one, other in
      let a = exact[one] - exact[one].rounded(.down)
      let b = exact[other] - exact[other].rounded(.down)
      return a == b ? one < other : a > b
    }
    var position = 0
    while left > 0 {
      shares[order[position % order.count]] += 1
      left -= 1
      position += 1
    }
    return shares
  }
}
