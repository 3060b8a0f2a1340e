public import KarezRules

/// 质检报告: everything the gate found in a draft.
public struct GateReport: Hashable, Sendable {
  /// The rules asked, whether broken or not.
  public let rules: GateRuleBook
  /// In the order found; of each rule at most as many as are kept.
  public internal(set) var findings: [GateFinding] = []
  /// How often each rule was broken, exactly, by rule.
  public private(set) var counts: [String: Int] = [:]
  /// Rows examined.
  public internal(set) var examined = 0
  /// Where the rows lie, and what they replace.
  public internal(set) var ground = ChangedGround()
  private let keptPerRule: Int

  /// How many findings of one rule are kept, unless said otherwise.
  public static let keptPerRule = 10_000

  public init(rules: GateRuleBook = GateRuleBook(), keptPerRule: Int = keptPerRule) {
    self.rules = rules
    self.keptPerRule = keptPerRule
  }

  /// Rules that block the commit: errors that were not accepted by id.
  public func blocking(accepting accepted: Set<String> = []) -> [String] {
    counts.keys.filter { rules[$0]?.severity == .error && !accepted.contains($0) }.sorted()
  }

  /// Adds a finding; one of a rule that has enough of them is only counted.
  ///
  /// - Precondition: the rule is one of the report's.
  public mutating func note(_ finding: GateFinding) {
    guard let entry = rules[finding.rule] else {
      preconditionFailure("no rule \(finding.rule) in this report")
    }
    let count = counts[finding.rule, default: 0] + 1
    counts[finding.rule] = count
    guard count <= keptPerRule else { return }
    var finding = finding
    finding.severity = entry.severity
    findings.append(finding)
  }

  /// Adds all that another report of the same rules found; of each rule no more are kept than ever.
  mutating func append(_ other: GateReport) {
    var kept = counts
    for finding in other.findings where kept[finding.rule, default: 0] < keptPerRule {
      kept[finding.rule, default: 0] += 1
      findings.append(finding)
    }
    counts.merge(other.counts, uniquingKeysWith: +)
    examined += other.examined
    ground.add(other.ground)
  }

  /// Counts faults nobody wants to hear of one by one.
  mutating func count(_ more: Int, of rule: String) {
    guard more > 0 else { return }
    counts[rule, default: 0] += more
  }

  /// Whether one more finding of a rule would be kept.
  func keepsMore(of rule: String) -> Bool { counts[rule, default: 0] < keptPerRule }
}
