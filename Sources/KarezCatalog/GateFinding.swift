public import KarezCore
public import KarezGeometry

/// How much a finding of the gate weighs.
public enum GateSeverity: String, CaseIterable, Hashable, Sendable {
  /// Blocks the commit unless its rule was accepted by name.
  case error
  case warning
  case info
}

/// What the gate looks at; the raw values are public and permanent.
public enum GateRule: String, CaseIterable, Hashable, Sendable {
  case fieldMissing = "field-missing"
  case fieldUnused = "field-unused"
  case attributeRequired = "attribute-required"
  case attributeType = "attribute-type"
  case attributeText = "attribute-text"
  case attributeUnique = "attribute-unique"
  case codeUnknown = "code-unknown"
  case codeTableMissing = "code-table-missing"
  case formatWrong = "format-wrong"
  case identifierMissing = "identifier-missing"
  case identifierDuplicate = "identifier-duplicate"
  case geometryUnreadable = "geometry-unreadable"
  case geometryMissing = "geometry-missing"
  case geometryKind = "geometry-kind"
  case geometryOutOfRange = "geometry-out-of-range"
  case geometryInvalid = "geometry-invalid"
  case geometryFragile = "geometry-fragile"
  case geometryDuplicate = "geometry-duplicate"
  case outsideRegion = "outside-region"
  case overlap
  case overlapUncounted = "overlap-uncounted"

  public var severity: GateSeverity {
    switch self {
    case .fieldUnused: .info
    case .codeTableMissing, .geometryFragile, .outsideRegion: .warning
    default: .error
    }
  }
}

/// 质检结果: one fault of a draft, with its place.
public struct GateFinding: Hashable, Sendable {
  public let rule: GateRule
  public let severity: GateSeverity
  /// Row of the source, from 1; nil where the fault is of the whole file.
  public let row: Int64?
  /// Id of the feature; empty where the fault is of the whole file.
  public let feature: String
  /// In degrees of EPSG:4490.
  public let place: Position?
  public let message: LocalizedText

  public init(
    _ rule: GateRule, row: Int64? = nil, feature: String = "", place: Position? = nil,
    message: LocalizedText
  ) {
    self.rule = rule
    self.severity = rule.severity
    self.row = row
    self.feature = feature
    self.place = place
    self.message = message
  }
}

/// 质检报告: everything the gate found in a draft.
public struct GateReport: Hashable, Sendable {
  /// In the order found; of each rule at most as many as the gate keeps.
  public internal(set) var findings: [GateFinding] = []
  /// How often each rule was broken, exactly, by rule id.
  public internal(set) var counts: [String: Int] = [:]
  /// Rows examined.
  public internal(set) var examined = 0

  public init() {}

  /// Rules that block the commit: errors that were not accepted by id.
  public func blocking(accepting accepted: Set<String> = []) -> [String] {
    counts.keys.filter {
      GateRule(rawValue: $0)?.severity == .error && !accepted.contains($0)
    }.sorted()
  }

  /// The same counts, with at most so many findings of each rule.
  func keeping(atMost limit: Int) -> GateReport {
    var kept = self
    var seen: [GateRule: Int] = [:]
    kept.findings = findings.filter { finding in
      seen[finding.rule, default: 0] += 1
      return seen[finding.rule, default: 0] <= limit
    }
    return kept
  }

  /// Adds a finding; one of a rule that has enough of them is only counted.
  public mutating func note(_ finding: GateFinding, keepingAtMost limit: Int = 10_000) {
    let count = counts[finding.rule.rawValue, default: 0] + 1
    counts[finding.rule.rawValue] = count
    if count <= limit { findings.append(finding) }
  }
}
