/// 强制调平: rounding that keeps the sum.
enum AreaLevelling {
  /// Rounds areas to hundredths so that they sum to the rounded whole exactly.
  ///
  /// The residual hundredths go to the largest fractional remainders, ties to the larger area and
  /// then to the earlier line.
  ///
  /// - Units: square metres in and out.
  /// - Assumes: the parts sum to the whole within half a square metre; a larger gap is a piece that
  ///   nobody measured, which rounding must not hide, and the parts are then rounded one by one.
  /// - Source: the levelling of control areas in the land survey; who gets the tail is our choice.
  static func levelled(_ parts: [Double], to whole: Double) -> [Double] {
    let sum = parts.reduce(0, +)
    guard abs(sum - whole) <= 0.5 else { return parts.map { ($0 * 100).rounded() / 100 } }
    let hundredths = parts.map { ($0 * 100).rounded(.down) }
    var residual = Int((whole * 100).rounded() - hundredths.reduce(0, +))
    let order = parts.indices.sorted { left, right in
      let leftRest = parts[left] * 100 - hundredths[left]
      let rightRest = parts[right] * 100 - hundredths[right]
      if leftRest != rightRest { return leftRest > rightRest }
      return parts[left] != parts[right] ? parts[left] > parts[right] : left < right
    }
    var result = hundredths
    while residual != 0, !order.isEmpty {
      for index in residual > 0 ? order : order.reversed() where residual != 0 {
        let step: Double = residual > 0 ? 1 : -1
        guard result[index] + step >= 0 else { continue }
        result[index] += step
        residual -= Int(step)
      }
      if result.allSatisfy({ $0 == 0 }), residual < 0 { break }
    }
    return result.map { $0 / 100 }
  }
}
