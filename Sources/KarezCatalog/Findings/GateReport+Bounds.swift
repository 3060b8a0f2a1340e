import KarezCore

extension GateReport {
  /// Ids of features the findings name besides the rows they are about.
  public var namedElsewhere: Set<String> {
    Set(findings.flatMap { $0.others + ($0.row == nil && !$0.feature.isEmpty ? [$0.feature] : []) })
  }

  /// Takes the names of some features, and what tells of them, out of the findings.
  ///
  /// That something does not agree stays told: who brings a row has to know that it cannot be.
  public mutating func withhold(_ ids: Set<String>) {
    guard !ids.isEmpty else { return }
    findings = findings.map { finding in
      let isOwn = finding.row != nil || !ids.contains(finding.feature)
      guard !isOwn || !ids.isDisjoint(with: finding.others) else { return finding }
      var told = GateFinding(
        finding.rule, row: finding.row, feature: isOwn ? finding.feature : "",
        place: isOwn ? finding.place : nil,
        what: LocalizedText(
          zh: "与管辖地区以外的要素不符", en: "it does not agree with what lies outside your regions"),
        remedy: LocalizedText(
          zh: "请该地区或上级核对", en: "have it checked by that region or the office above"))
      told.severity = finding.severity
      return told
    }
  }
}
