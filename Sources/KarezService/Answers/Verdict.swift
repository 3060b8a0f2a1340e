import KarezCore

/// 结论: what the findings amount to.
public enum Verdict: String, CaseIterable, Hashable, Sendable {
  case conforms
  case prohibited
  case needsDetermination = "needs-determination"

  /// The verdict over all findings of one check.
  ///
  /// Only a certain prohibition prohibits. What is missing, unconfirmed, unchecked or unsaid is for
  /// an officer to determine; silence is never taken for conformity.
  init(findings: [Finding], layers: [CheckedLayer], purpose: String?) {
    if findings.contains(where: { $0.severity == .prohibits && $0.certainty == .certain }) {
      self = .prohibited
      return
    }
    let isOpen = findings.contains { finding in
      switch finding.severity {
      case .prohibits: true
      case .requires: !finding.missingDocuments.isEmpty
      case .informs: false
      }
    }
    let isUnchecked = layers.contains { $0.status != .checked }
    self = isOpen || isUnchecked || purpose == nil ? .needsDetermination : .conforms
  }
}
