/// 预警等级: how far from what is asked a figure is, in four colours.
public enum WarningLevel: Int, CaseIterable, Hashable, Sendable, Comparable {
  case none, blue, yellow, orange, red

  public static func < (left: WarningLevel, right: WarningLevel) -> Bool {
    left.rawValue < right.rawValue
  }

  public var name: String {
    switch self {
    case .none: "none"
    case .blue: "blue"
    case .yellow: "yellow"
    case .orange: "orange"
    case .red: "red"
    }
  }

  public init?(named name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }
}

/// 预警阈值: from which deviation on each level is raised, and how much it must fall to be lowered.
public struct WarningScale: Hashable, Sendable {
  /// Shares of what is asked, rising: blue, yellow, orange, red.
  public let raisedAt: [Double]
  /// 回差: a level is lowered only when the deviation is below its own threshold by this.
  public let hysteresis: Double

  /// Nil unless there are four thresholds that rise, and the hysteresis is less than the first.
  public init?(raisedAt: [Double], hysteresis: Double) {
    guard raisedAt.count == 4, zip(raisedAt, raisedAt.dropFirst()).allSatisfy({ $0 < $1 }),
      raisedAt[0] > 0, (0..<raisedAt[0]).contains(hysteresis)
    else { return nil }
    self.raisedAt = raisedAt
    self.hysteresis = hysteresis
  }

  /// The level a deviation stands at, coming from another one.
  ///
  /// Raising is immediate; lowering waits, so that a figure on a threshold does not flicker.
  public func level(of deviation: Double, from last: WarningLevel = .none) -> WarningLevel {
    let raised = raisedAt.count { deviation >= $0 }
    guard raised < last.rawValue else { return WarningLevel(rawValue: raised) ?? .none }
    let kept = raisedAt.count { deviation >= $0 - hysteresis }
    return WarningLevel(rawValue: min(kept, last.rawValue)) ?? .none
  }
}
