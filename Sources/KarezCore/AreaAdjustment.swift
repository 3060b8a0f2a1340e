/// 平差: areas scaled so that, rounded to what is printed, they sum to a control figure exactly.
///
/// Each area is multiplied by control ∕ sum and cut to whole hundredths; the hundredths that are
/// left over go to the largest remainders, ties to the larger area, then to the earlier one. Give
/// the areas in the order of their identifiers, and the answer rests on nothing else.
///
/// - Units: square metres in, held to the millionth; whole hundredths of a square metre out.
/// - Accuracy: integers throughout; every area is within a hundredth of its scaled value and the
///   sum is the control figure; held by `AreaAdjustmentTests`.
/// - Source: 三调 control of areas (强制调平); who gets the tail is our choice.
public enum AreaAdjustment {
  /// The adjusted areas in the order given; nil where there is nothing to scale: no area at all,
  /// and yet a control figure that is not nothing.
  ///
  /// - Assumes: areas are finite, neither they nor the control figure are negative, and all of
  ///   them together are less than the globe.
  public static func adjusted(_ areasM2: [Double], toHundredths control: Int64) -> [Int64]? {
    let areas = areasM2.map(millionths)
    let sum = areas.reduce(0, +)
    guard sum > 0 else { return control == 0 ? areas.map { _ in 0 } : nil }
    var adjusted: [Int64] = []
    var remainders: [Int128] = []
    adjusted.reserveCapacity(areas.count)
    remainders.reserveCapacity(areas.count)
    for area in areas {
      let (whole, rest) = (area * Int128(control)).quotientAndRemainder(dividingBy: sum)
      adjusted.append(Int64(whole))
      remainders.append(rest)
    }
    // The remainders sum to as many whole shares as are missing, fewer than there are areas.
    let missing = Int(remainders.reduce(0, +) / sum)
    let order = areas.indices.sorted { one, other in
      if remainders[one] != remainders[other] { return remainders[one] > remainders[other] }
      return areas[one] != areas[other] ? areas[one] > areas[other] : one < other
    }
    for index in order.prefix(missing) { adjusted[index] += 1 }
    return adjusted
  }

  /// An area in millionths of a square metre, as adjusting takes it.
  public static func millionths(_ areaM2: Double) -> Int128 {
    precondition(areaM2 >= 0 && areaM2.isFinite, "no area: \(areaM2)")
    return Int128((areaM2 * 1e6).rounded(.toNearestOrAwayFromZero))
  }
}
