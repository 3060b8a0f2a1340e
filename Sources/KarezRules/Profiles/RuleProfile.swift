public import KarezCore

/// 质检规则集: what the gate asks of a dataset besides what its schema says; data, from a pack.
///
/// Every dataset is checked by the rules its schema gives; a profile only adds to them, or gives
/// them another severity.
public struct RuleProfile: Hashable, Sendable {
  /// The dataset's name, or `every-dataset`.
  public let id: String
  /// Three numbers, `1.0.0`.
  public let version: String
  public let title: LocalizedText
  /// The dataset it is for; nil for the one profile that is for all.
  public let dataset: DatasetID?
  /// What is called a fault and what noise; only the profile of every dataset states it.
  public let tolerance: GateTolerance?
  /// Severities of rules the schema gives, by rule.
  public let severities: [String: GateSeverity]
  public let checks: [ProfileCheck]

  public init(
    id: String, version: String, title: LocalizedText, dataset: DatasetID?,
    tolerance: GateTolerance? = nil, severities: [String: GateSeverity] = [:],
    checks: [ProfileCheck]
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.dataset = dataset
    self.tolerance = tolerance
    self.severities = severities
    self.checks = checks
  }
}

/// 质检容差: the one meaning of "as good as the same", for every rule that compares places.
///
/// What is more than the tolerance is a fault; what equals it is not.
public struct GateTolerance: Hashable, Sendable {
  /// Gaps, common land and land outside a container of no more than this are noise.
  public let area: Area
  public let certainty: Certainty
  public let source: String

  public init(area: Area, certainty: Certainty, source: String) {
    self.area = area
    self.certainty = certainty
    self.source = source
  }
}
