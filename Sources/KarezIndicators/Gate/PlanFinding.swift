public import KarezCore

/// 规划文本问题: something in a plan's own papers that cannot be right, or means two things.
public struct PlanFinding: Hashable, Sendable {
  public enum Sort: String, CaseIterable, Hashable, Sendable {
    /// 笔误: it contradicts what stands beside it.
    case slip
    /// 存疑: somebody should look.
    case doubt
    /// 两种口径: both may be right; they are shown beside each other and never merged.
    case definitions
  }

  /// kebab-case; one for each check.
  public let code: String
  public let sort: Sort
  /// The first is where it was found; the others print the same.
  public internal(set) var places: [PlanPlace]
  /// What of the papers it is about: a project, a box, a row.
  public let subject: LocalizedText
  public let reason: LocalizedText
  public let remedy: LocalizedText

  init(
    _ code: String, _ sort: Sort = .slip, at place: PlanPlace, _ subject: LocalizedText,
    _ reason: LocalizedText, _ remedy: LocalizedText
  ) {
    self.code = code
    self.sort = sort
    places = [place]
    self.subject = subject
    self.reason = reason
    self.remedy = remedy
  }

  /// `file:line: subject: reason; remedy`.
  public func line(in language: Language) -> String {
    let where_ = places.first.map { "\($0.file):\($0.line)" } ?? ""
    let (stop, colon) = language == .en ? ("; ", ": ") : ("；", "：")
    return "\(where_)\(colon)\(subject[language])\(colon)\(reason[language])\(stop)"
      + remedy[language]
  }
}

extension LocalizedText {
  /// 第 n 项.
  static func project(_ number: String) -> LocalizedText {
    LocalizedText(zh: "项目 \(number)", en: "project \(number)")
  }
}

/// 规划导入检查: reads a plan's papers against themselves, and says what does not hold.
public struct PlanGate: Sendable {
  public let rules: PlanGateRules

  public init(_ rules: PlanGateRules) { self.rules = rules }

  /// What was looked at and what was found.
  public struct Report: Sendable {
    public let findings: [PlanFinding]
    /// How many things each check compared, by its code; a check that compared nothing says so.
    public let compared: [String: Int]
  }

  public func report(on papers: PlanPapers) -> Report {
    var tally = PlanTally()
    var papers = papers
    let annex = papers.text?.projects(under: rules.projectHeading) ?? []
    if papers.projects.isEmpty {
      papers.projects = annex
    } else if !annex.isEmpty {
      compare(papers.projects, with: annex, &tally)
    }
    checkNumbers(papers.projects, &tally)
    checkPrices(papers.projects, &tally)
    checkRatios(papers.projects, &tally)
    checkAmounts(papers.projects, &tally)
    checkCountyCounts(papers, &tally)
    checkTownships(papers.projects, &tally)
    checkAgencies(papers.projects, &tally)
    checkTable(papers, &tally)
    checkTargets(papers, &tally)
    checkProse(papers, &tally)
    checkBoxes(papers, &tally)
    checkConcepts(papers, &tally)
    checkLandUse(papers, &tally)
    return Report(findings: tally.merged, compared: tally.compared)
  }
}

/// What the checks have found so far.
struct PlanTally {
  private(set) var findings: [PlanFinding] = []
  private(set) var compared: [String: Int] = [:]

  mutating func look(_ code: String, _ count: Int = 1) { compared[code, default: 0] += count }
  mutating func add(_ finding: PlanFinding) { findings.append(finding) }

  /// The same thing printed in several places is one finding.
  var merged: [PlanFinding] {
    var order: [[String]] = []
    var found: [[String]: PlanFinding] = [:]
    for finding in findings {
      let key = [finding.code, finding.subject.zh, finding.reason.zh]
      if found[key] == nil {
        order.append(key)
        found[key] = finding
      } else if let place = finding.places.first, found[key]?.places.contains(place) == false {
        found[key]?.places.append(place)
      }
    }
    return order.compactMap { found[$0] }
  }
}
