public import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// 合规预审: what the officers' check says of a boundary, as an applicant is told it.
///
/// Rules and articles, and no figure, feature or layer: what lies under them may be above what
/// everybody may see.
public struct PreCheck: Sendable {
  public struct Line: Sendable {
    public let title: LocalizedText
    public let severity: Severity
    public let certainty: Certainty
    public let citation: Citation
  }

  public let verdict: Verdict
  public let lines: [Line]
  /// Whether some layer could not be looked at.
  public let isIncomplete: Bool
  public let on: LegalDate
  public let areaM2: Double

  init(_ answer: ComplianceAnswer, _ rules: [Rule]) {
    verdict = answer.verdict
    var seen: Set<String> = []
    // A finding's own sentence has figures in it; the title of its rule has not.
    lines = answer.findings.map(\.finding).compactMap { finding in
      guard seen.insert(finding.rule).inserted,
        let rule = rules.first(where: { $0.id == finding.rule })
      else { return nil }
      return Line(
        title: rule.title, severity: finding.severity, certainty: finding.certainty,
        citation: finding.citation)
    }
    isIncomplete = answer.layers.contains { $0.status != .checked }
    on = answer.asOf.validOn
    areaM2 = answer.boundary.statutoryArea.squareMetres
  }
}

extension Applicants {
  /// What a check for an applicant looks at: everything an office has on its desk, and no more.
  private static let checked = Scope(ceiling: .internal)

  /// Checks the boundary of a draft as an officer would, and keeps the answer with the draft.
  public func check(
    _ id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) {
    var draft = try await draft(id, for: principal)
    guard draft.version == version else { throw Self.draftChanged(draft.version) }
    let (form, definition) = try form(of: draft.procedure)
    let material = definition.boundary.flatMap { draft.materials[$0] }
    guard let mark = material?.document.boundary else { throw Self.boundaryMissing }
    let today = try map.cases.today
    let purpose = form.purposeField.flatMap { draft.answers[$0] }
    let isKnown = purpose.map { map.packs.purposes?.row($0, on: today) != nil } ?? false
    let request = CheckRequest(
      boundary: ReadBoundary(of: try map.cases.boundary(mark)), purpose: isKnown ? purpose : nil,
      validOn: today)
    let answer = try await map.check(request, by: principal.actor, in: Self.checked)
    draft.answer = answer.id
    let until = map.clock.now().adding(seconds: try map.webLimits().applicants.draftLasts)
    try await put([draft.change(until: until)], by: principal)
  }

  /// The answer kept with a draft; nil before one was asked for.
  public func preCheck(of draft: ApplicationDraft) async throws(Problem) -> PreCheck? {
    guard let id = draft.answer else { return nil }
    return PreCheck(try await map.keptAnswer(id: id, in: Self.checked), map.packs.ruleBook.rules)
  }
}
