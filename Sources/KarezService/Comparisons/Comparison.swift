public import KarezCore
import KarezGeometry
public import KarezPacks
import KarezRules

/// 方案比较: a few answers side by side, figure by figure.
///
/// Of several boundaries on one day it says which touches less; of one boundary on several days,
/// which rule came into force and what of the map changed.
public struct Comparison: Sendable {
  /// Areas of one class or dataset, answer by answer; nil where it could not be looked at.
  public struct AreaRow: Hashable, Sendable {
    public let code: String
    public let title: LocalizedText
    public let areas: [Area?]
  }

  /// Why an answer has no finding of a rule.
  public enum Absence: Hashable, Sendable {
    case notYetInForce(from: LegalDate)
    case noLongerInForce(since: LegalDate)
    /// The rule is in force there; what it asks for is not so.
    case notMet
  }

  /// One rule's findings, answer by answer.
  public struct FindingRow: Hashable, Sendable {
    public let rule: String
    public let findings: [AnsweredFinding?]
    /// Where there is no finding, and only there.
    public let absences: [Absence?]

    public var isCommon: Bool { findings.allSatisfy { $0 != nil } }

    /// Whether the answers had it from other versions of the rule.
    public var isRuleChanged: Bool {
      let found = findings.compactMap { $0?.finding }
      return Set(
        found.map { "\($0.citation.law) \($0.citation.article) \($0.severity) \($0.certainty)" }
      ).count > 1
    }

    /// The gravest of them.
    public var severity: Severity {
      let severities = findings.compactMap { $0?.finding.severity }
      return Severity.allCases.first { severities.contains($0) } ?? .informs
    }
  }

  /// Two at least.
  public let answers: [ComplianceAnswer]
  public let landUse: [AreaRow]
  public let layers: [AreaRow]
  public let findings: [FindingRow]
  /// Land that lies in every boundary.
  public let common: Area
  /// Land of each boundary that lies in no other.
  public let own: [Area]
  /// Whether they were worked out with other packs.
  public let arePacksOther: Bool

  /// Whether all are of one boundary, so that what differs is the day.
  public var isOfOneBoundary: Bool {
    answers.allSatisfy { $0.boundary.geometry == answers[0].boundary.geometry }
  }

  init(_ answers: [ComplianceAnswer], _ book: RuleBook) throws(Problem) {
    precondition(answers.count > 1, "one answer is nothing to compare")
    self.answers = answers
    landUse = Self.landUse(answers)
    layers = Self.layers(answers)
    findings = Self.findings(answers, book)
    arePacksOther = Set(answers.map(\.packs)).count > 1
    do throws(GeometryError) {
      var regions: [PlaneRegion] = []
      for answer in answers { regions.append(try PlaneRegion(answer.boundary.geometry)) }
      var shared = regions[0]
      for region in regions.dropFirst() { shared = try shared.intersection(region) }
      common = shared.area
      var own: [Area] = []
      for index in regions.indices {
        var rest = regions[index]
        for (other, region) in regions.enumerated() where other != index {
          rest = try rest.subtracting(region)
        }
        own.append(rest.area)
      }
      self.own = own
    } catch {
      throw .geometry(error, of: "boundary")
    }
  }

  private static func landUse(_ answers: [ComplianceAnswer]) -> [AreaRow] {
    var titles: [String: LocalizedText] = [:]
    for line in answers.flatMap(\.landUse) { titles[line.code] = line.name }
    return titles.keys.sorted().map { code in
      AreaRow(
        code: code, title: titles[code] ?? LocalizedText(zh: code, en: code),
        areas: answers.map { answer in
          guard !answer.landUse.isEmpty else { return nil }
          return answer.landUse.first { $0.code == code }?.area ?? .zero
        })
    }
  }

  /// Datasets that any of the boundaries touches, or that one answer looked at and another could
  /// not.
  private static func layers(_ answers: [ComplianceAnswer]) -> [AreaRow] {
    var titles: [DatasetID: LocalizedText] = [:]
    for layer in answers.flatMap(\.layers) { titles[layer.dataset] = layer.title }
    var rows: [AreaRow] = []
    for dataset in titles.keys.sorted() {
      let found = answers.map { answer in answer.layers.first { $0.dataset == dataset } }
      let areas = found.map { layer -> Area? in
        guard let layer, layer.status != .unavailable else { return nil }
        return layer.occupied
      }
      let isTouched = found.contains { ($0?.features ?? 0) > 0 }
      let isPartly = areas.contains { $0 == nil } && areas.contains { $0 != nil }
      guard isTouched || isPartly else { continue }
      rows.append(
        AreaRow(
          code: dataset.text,
          title: titles[dataset] ?? LocalizedText(zh: dataset.text, en: dataset.text),
          areas: areas))
    }
    return rows
  }

  private static func findings(
    _ answers: [ComplianceAnswer], _ book: RuleBook
  ) -> [FindingRow] {
    var rules: [String] = []
    for rule in answers.flatMap(\.findings).map(\.finding.rule) where !rules.contains(rule) {
      rules.append(rule)
    }
    let rows = rules.map { rule in
      let found = answers.map { answer in answer.findings.first { $0.finding.rule == rule } }
      return FindingRow(
        rule: rule, findings: found,
        absences: zip(answers, found).map { answer, finding in
          finding == nil ? absence(of: rule, on: answer.asOf.validOn, book) : nil
        })
    }
    func rank(_ place: Int) -> (Int, Int, Int) {
      let row = rows[place]
      return (row.isCommon ? 1 : 0, Severity.allCases.firstIndex(of: row.severity) ?? 0, place)
    }
    return rows.indices.sorted { rank($0) < rank($1) }.map { rows[$0] }
  }

  private static func absence(of rule: String, on day: LegalDate, _ book: RuleBook) -> Absence {
    let versions = book.rules.filter { $0.id == rule }
    guard !versions.contains(where: { $0.validity.contains(day) }) else { return .notMet }
    if let from = versions.map(\.validity.from).filter({ $0 > day }).min() {
      return .notYetInForce(from: from)
    }
    return versions.compactMap(\.validity.until).max().map { .noLongerInForce(since: $0) }
      ?? .notMet
  }
}

extension OneMap {
  /// A few answers side by side, in the order asked.
  ///
  /// - Errors: usage for fewer than two or more than the limits allow; not found for one that is
  ///   out of scope.
  public func comparison(
    of ids: [String], within limits: WebLimits.Checks, in scope: Scope
  ) async throws(Problem) -> Comparison {
    let most = limits.mostCompared
    var seen: Set<String> = []
    let asked = ids.filter { seen.insert($0).inserted }
    guard (2...max(2, most)).contains(asked.count) else {
      throw Wording(
        "compare-count", "请选择两个至 \(most) 个不同的审查结果", "choose two to \(most) different answers",
        do: "在“我的审查”中勾选", "tick them under “My checks”"
      ).problem(.usage, at: "answers")
    }
    var answers: [ComplianceAnswer] = []
    for id in asked { answers.append(try await answer(id: id, in: scope)) }
    return try Comparison(answers, packs.ruleBook)
  }
}
