public import KarezCore

/// 质检规则表: every rule one dataset is checked by, with what it weighs.
public struct GateRuleBook: Hashable, Sendable {
  /// One rule, from a schema or from a profile.
  public struct Entry: Hashable, Sendable {
    public let id: String
    public let title: LocalizedText
    public let severity: GateSeverity
    /// Empty for rules the schema gives.
    public let source: String
    public let certainty: Certainty
  }

  /// The exact profiles the rules come from.
  public let profiles: [ProfileVersion]
  public let tolerance: GateTolerance?
  private let entries: [String: Entry]

  /// The rules of a dataset; profiles of other datasets are left aside.
  public init(for dataset: DatasetID? = nil, profiles: [RuleProfile] = []) {
    let own = profiles.filter { $0.dataset == nil || $0.dataset == dataset }
    var entries: [String: Entry] = [:]
    for rule in GateRule.allCases {
      // What the dataset's own profile says counts before what is said of all.
      let stated = own.sorted { $0.dataset != nil && $1.dataset == nil }
        .lazy.compactMap { $0.severities[rule.rawValue] }.first
      entries[rule.rawValue] = Entry(
        id: rule.rawValue, title: rule.title, severity: stated ?? rule.severity, source: "",
        certainty: .certain)
    }
    for check in own.flatMap(\.checks) {
      entries[check.id] = Entry(
        id: check.id, title: check.title, severity: check.severity, source: check.source,
        certainty: check.certainty)
    }
    self.entries = entries
    self.profiles = own.map { ProfileVersion(id: $0.id, version: $0.version) }
      .sorted { $0.id < $1.id }
    tolerance = own.lazy.compactMap(\.tolerance).first
  }

  public subscript(id: String) -> Entry? { entries[id] }

  /// Every rule's id, sorted.
  public var ids: [String] { entries.keys.sorted() }
}
