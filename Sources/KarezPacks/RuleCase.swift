public import KarezCore
public import KarezRules

/// A case of a pack: facts, a day, and what a rule must say to them.
public struct RuleCase: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The named rules must be silent.
    case good
    /// The expected findings must be there, with their messages.
    case bad
    /// We know we decide it wrongly; it must not pass.
    case failure
  }

  public struct Expectation: Hashable, Sendable {
    public let rule: String
    public let outcome: String
    /// 中文 message, word for word.
    public let message: String
    public let severity: Severity?
    public let certainty: Certainty?
    public let approver: String?
    public let missingDocuments: [String]?
  }

  public let pack: String
  public let place: PackOrigin
  public let kind: Kind
  public let name: String
  public let day: LegalDate
  public let facts: Facts
  /// Rules that must not find anything.
  public let silent: [String]
  public let expectations: [Expectation]

  /// `pack/file/name`.
  public var path: String {
    let file = place.file.split(separator: "/").last.map { String($0.dropLast(5)) } ?? ""
    return "\(pack)/\(file)/\(name)"
  }

  /// Every rule the case is about.
  public var rules: [String] { silent + expectations.map(\.rule) }
}

/// How a case went.
public struct CaseOutcome: Hashable, Sendable {
  public let path: String
  public let place: PackOrigin
  public let passed: Bool
  /// What differs, a line each; empty when it passed.
  public let differences: [String]
}

extension RuleBook {
  /// Runs one case.
  public func outcome(of sample: RuleCase) -> CaseOutcome {
    let findings = findings(given: sample.facts, on: sample.day)
    var differences: [String] = []
    for rule in sample.silent {
      if let finding = findings.first(where: { $0.rule == rule }) {
        differences.append("\(rule): found \(finding.outcome), expected nothing")
      }
    }
    for expected in sample.expectations {
      guard let finding = findings.first(where: { $0.rule == expected.rule }) else {
        differences.append("\(expected.rule): found nothing, expected \(expected.outcome)")
        continue
      }
      differences += Self.differences(finding, expected)
    }
    let isDecidedRight = differences.isEmpty
    if sample.kind == .failure {
      let note = ["a case known to be decided wrongly passes; move it to good or bad"]
      return CaseOutcome(
        path: sample.path, place: sample.place, passed: !isDecidedRight,
        differences: isDecidedRight ? note : [])
    }
    return CaseOutcome(
      path: sample.path, place: sample.place, passed: isDecidedRight, differences: differences)
  }

  private static func differences(
    _ finding: Finding, _ expected: RuleCase.Expectation
  ) -> [String] {
    var differences: [String] = []
    func compare(_ what: String, _ found: String, _ wanted: String?) {
      guard let wanted, found != wanted else { return }
      differences.append("\(finding.rule): \(what) is \(found), expected \(wanted)")
    }
    compare("finding", finding.outcome, expected.outcome)
    compare("message", finding.message.zh, expected.message)
    compare("severity", finding.severity.rawValue, expected.severity?.rawValue)
    compare("certainty", finding.certainty.rawValue, expected.certainty?.rawValue)
    compare("approver", finding.approver ?? "null", expected.approver)
    compare(
      "missing", finding.missingDocuments.joined(separator: ", "),
      expected.missingDocuments?.joined(separator: ", "))
    return differences
  }
}
