import KarezCore
public import KarezIndicators

/// 规划监督: what packs say of indicators, targets, commitments and projects.
public struct PlanSupervision: Sendable {
  public let book: IndicatorBook
  /// Nil where no pack states one: then nothing is warned of.
  public let scale: WarningScale?
  public let targets: [PlanTarget]
  public let commitments: [PlanCommitment]
  public let projects: [ProjectEntry]
  public let gate: PlanGateRules
  /// Where each indicator is written.
  public let places: [String: PackOrigin]

  /// The target of an indicator for a region, the latest year first.
  public func target(of indicator: String, region: String) -> PlanTarget? {
    targets.filter { $0.indicator == indicator && $0.region == region }
      .max { $0.year < $1.year }
  }
}
