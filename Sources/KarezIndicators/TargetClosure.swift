public import KarezCore

/// 指标分解: whether what a region was given equals what it handed on to those below it.
public struct TargetClosure: Hashable, Sendable {
  public let indicator: String
  public let region: String
  public let year: Int
  /// In base units.
  public let upper: Quantity
  public let lower: Quantity
  /// Regions below that have a target, by code.
  public let given: [String]
  /// Regions below that have none yet.
  public let waiting: [String]
  /// Half the last digit of each number that was added, so that rounding is no breach.
  let slack: Double

  /// What is handed on beyond what was given, or less than zero; nothing is said while some wait.
  public var difference: Double { lower.value - upper.value }

  /// 突破: a ceiling that is handed on twice, or a floor that is not handed on whole.
  public var isBroken: Bool {
    if abs(difference) <= slack { return false }
    return waiting.isEmpty || difference > 0
  }
}

extension IndicatorBook {
  /// The closure of every additive indicator that has a target above and one below.
  ///
  /// - Shape: a prefecture is above the counties that share its first four digits, a county above
  ///   the townships that share its six.
  public func closures(
    of targets: [PlanTarget], regions: [String]
  ) -> [TargetClosure] {
    var found: [TargetClosure] = []
    for upper in targets {
      guard let definition = definition(upper.indicator), definition.isAdditive,
        let amount = upper.bound.amount, upper.unit.dimension == definition.unit.dimension
      else { continue }
      let below = regions.filter { Self.parent(of: $0) == upper.region }.sorted()
      let own = targets.filter {
        $0.indicator == upper.indicator && $0.year == upper.year && below.contains($0.region)
          && $0.unit.dimension == definition.unit.dimension
      }
      let parts = own.compactMap { target in
        target.bound.amount.map { target.unit.quantity($0) }
      }
      guard !parts.isEmpty, let first = parts.first else { continue }
      let step = upper.unit.quantity(0.5).value / 100
      let sum = parts.dropFirst().reduce(first.value) { $0 + $1.value }
      let given = Set(own.filter { $0.bound.amount != nil }.map(\.region))
      found.append(
        TargetClosure(
          indicator: upper.indicator, region: upper.region, year: upper.year,
          upper: upper.unit.quantity(amount), lower: definition.base(sum),
          given: given.sorted(), waiting: below.filter { !given.contains($0) },
          slack: step * Double(parts.count + 1)))
    }
    return found
  }

  /// The region above; nil for one that has none here.
  static func parent(of region: String) -> String? {
    switch region.utf8.count {
    case 9: String(region.prefix(6))
    case 6 where !region.hasSuffix("00"): region.prefix(4) + "00"
    default: nil
    }
  }
}

extension IndicatorDefinition {
  /// A value in base units of the indicator's dimension.
  fileprivate func base(_ value: Double) -> Quantity {
    let one = Quantity(1, unit.unit).value
    return Quantity(value / one, unit.unit)
  }
}
