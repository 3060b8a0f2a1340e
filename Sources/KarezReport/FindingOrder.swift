import KarezCore
import KarezService

/// Where a finding stands for a reader: what stops the project first, what is undecided last.
///
/// The answer itself keeps the order of its rules.
struct FindingOrder {
  /// Outcome of a rule that lacked a fact.
  static let undecided = "needs-determination"

  /// As readers count, from 1.
  let number: Int
  /// In the answer, from 0.
  let index: Int

  static func of(_ answer: ComplianceAnswer) -> [FindingOrder] {
    func rank(_ index: Int) -> (Int, Int, Int, Int) {
      let finding = answer.findings[index].finding
      let severity = Severity.allCases.firstIndex(of: finding.severity) ?? 0
      let isUndecided = finding.outcome == undecided
      return (isUndecided ? 1 : 0, severity, finding.certainty == .certain ? 0 : 1, index)
    }
    return answer.findings.indices.sorted { rank($0) < rank($1) }.enumerated().map {
      FindingOrder(number: $0.offset + 1, index: $0.element)
    }
  }
}
