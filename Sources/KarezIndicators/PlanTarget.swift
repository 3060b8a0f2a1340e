public import KarezCore

/// 目标要求: how a plan says what is to be reached.
public enum PlanBound: Hashable, Sendable {
  case atLeast(Double)
  case atMost(Double)
  /// Both ends included.
  case between(Double, Double)
  /// 上级下达: the number is handed down from above and stands elsewhere.
  case handedDown

  /// As plans print it: `1000`, `2-5`, `300以内`, `不少于10`; words without a number are handed down.
  ///
  /// Nil for what is none of these.
  public init?(printed text: String, _ direction: IndicatorDefinition.Direction) {
    let numbers = text.split { !"0123456789.".contains($0) }.compactMap(PlanNumber.value(of:))
    switch numbers.count {
    case 0:
      guard text.contains("下达") else { return nil }
      self = .handedDown
    case 1:
      if text.contains("以内") || text.contains("不超过") {
        self = .atMost(numbers[0])
      } else if text.contains("不少于") || text.contains("不低于") || text.contains("以上") {
        self = .atLeast(numbers[0])
      } else {
        self = direction == .atMost ? .atMost(numbers[0]) : .atLeast(numbers[0])
      }
    case 2 where numbers[0] <= numbers[1]: self = .between(numbers[0], numbers[1])
    default: return nil
    }
  }

  /// The one number a sum over regions is made of; nil for a range or what is handed down.
  public var amount: Double? {
    switch self {
    case .atLeast(let number), .atMost(let number): number
    case .between, .handedDown: nil
    }
  }

  /// How far a number is from what is asked, as a share of it; zero where it is met, nil where
  /// nothing is asked in numbers.
  public func deviation(of number: Double) -> Double? {
    func share(_ gap: Double, of whole: Double) -> Double {
      gap <= 0 ? 0 : whole == 0 ? 1 : gap / abs(whole)
    }
    return switch self {
    case .atLeast(let least): share(least - number, of: least)
    case .atMost(let most): share(number - most, of: most)
    case .between(let least, _): share(least - number, of: least)
    case .handedDown: nil
    }
  }
}

/// 规划目标: what a plan asks of an indicator, for a region and a year.
public struct PlanTarget: Hashable, Sendable {
  public let indicator: String
  /// Six digits, or nine for a township.
  public let region: String
  public let year: Int
  public let bound: PlanBound
  public let unit: PlanUnit
  /// What there was before, in the same unit; nil where the plan gives none.
  public let baseline: Double?
  public let source: String
  public let certainty: Certainty

  public init(
    indicator: String, region: String, year: Int, bound: PlanBound, unit: PlanUnit,
    baseline: Double?, source: String, certainty: Certainty
  ) {
    self.indicator = indicator
    self.region = region
    self.year = year
    self.bound = bound
    self.unit = unit
    self.baseline = baseline
    self.source = source
    self.certainty = certainty
  }

  /// How far a figure is from it; nil where nothing is asked in numbers, or the unit is another.
  public func deviation(of value: Quantity) -> Double? {
    unit.number(of: value).flatMap { bound.deviation(of: $0) }
  }
}

/// Why a target is refused or doubted.
public enum TargetFault: Hashable, Sendable {
  case indicatorUnknown(String)
  /// A unit of another dimension than the indicator's.
  case unitDiffers(found: String, asked: String)
  /// As typed it is far from what is known; in the other unit it is near.
  case unitDoubted(typed: String, likelier: String)
}

extension IndicatorBook {
  /// What is wrong with a target; nil where nothing is.
  ///
  /// Its number is held against the baseline, or against a figure that is known of the region.
  public func fault(of target: PlanTarget, known: Quantity? = nil) -> TargetFault? {
    guard let definition = definition(target.indicator) else {
      return .indicatorUnknown(target.indicator)
    }
    guard target.unit.dimension == definition.unit.dimension else {
      return .unitDiffers(found: target.unit.text, asked: definition.unit.text)
    }
    let reference = known ?? target.baseline.map { definition.unit.quantity($0) }
    guard let number = target.bound.amount, let reference,
      let other = target.unit.likelier(for: number, near: reference)
    else { return nil }
    return .unitDoubted(typed: target.unit.text, likelier: other.text)
  }
}
