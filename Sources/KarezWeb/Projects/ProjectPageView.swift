import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezWorkflow

/// The page of a project: its chain, what is done, what is missing, and the days of the whole.
struct ProjectPageView {
  struct CaseLink {
    let caseNumber: String
    let caseAddress: String
    let stageWords: String
  }

  struct Step {
    let stepTitle: String
    let stepOnly: String?
    let isOutside: Bool
    let standing: String
    let tone: String
    let cases: [CaseLink]
    let lacks: [String]
  }

  struct Stage {
    let stageTitle: String?
    let steps: [Step]
  }

  struct Whole {
    let used: String
    let usedWords: String
    let leftWords: String
    let tone: String
    let usedCount: Int
    let limitCount: Int
    let promisedWords: String
    let reached: String?
    let clause: String
    let source: String
    let why: [String]
  }

  let frame: PageFrame
  let codeAsked: String
  let problem: String?
  let problemRemedy: String?
  let isFound: Bool
  let isOddCode: Bool
  let chainTitle: String?
  let chainClause: String
  let chains: [CaseChoice]
  let stages: [Stage]
  let whole: Whole?
  let others: [CaseLink]
  let hasOthers: Bool
  let listAddress: String

  init(
    _ frame: PageFrame, _ portal: Portal, _ code: String, _ found: ProjectView?,
    _ problem: Problem?, _ words: CaseWords
  ) {
    let language = words.language
    self.frame = frame
    codeAsked = code
    self.problem = problem?.what[language]
    problemRemedy = problem?.remedy[language]
    isFound = found != nil
    isOddCode = found.map { !$0.isOfForm } ?? false
    chainTitle = found?.chain?.title[language]
    chainClause = words.clause(found?.chain?.citations ?? [])
    chains = (found?.chains ?? []).map {
      CaseChoice(
        choiceValue: $0.id, choiceTitle: $0.title[language], isChosen: $0.id == found?.chain?.id)
    }
    stages = found.map { Self.stages($0, portal, words) } ?? []
    whole = found?.whole.map { Self.whole($0, words) }
    others = (found?.others ?? []).map { Self.link($0, words) }
    hasOthers = !others.isEmpty
    listAddress = "/cases?list=all&project=" + Asked.escaped(code)
  }

  private static func link(_ one: ProjectProgress.Case, _ words: CaseWords) -> CaseLink {
    let states = one.state.marking.sorted().compactMap {
      one.definition.state($0)?.title[words.language]
    }
    return CaseLink(
      caseNumber: one.number, caseAddress: "/cases/" + one.number,
      stageWords: words.language.listed(states))
  }

  /// The steps by stage, in the order of the chain; of a chain without stages all together.
  private static func stages(
    _ view: ProjectView, _ portal: Portal, _ words: CaseWords
  ) -> [Stage] {
    let language = words.language
    let titles = Dictionary(view.stages.map { ($0.id, $0.title[language]) }) { one, _ in one }
    var order: [String] = []
    for line in view.lines where !order.contains(line.step.stage ?? "") {
      order.append(line.step.stage ?? "")
    }
    return order.map { stage in
      Stage(
        stageTitle: titles[stage],
        steps: view.lines.filter { ($0.step.stage ?? "") == stage }.map {
          step($0, view, portal, words)
        })
    }
  }

  private static func step(
    _ line: ProjectProgress.Line, _ view: ProjectView, _ portal: Portal, _ words: CaseWords
  ) -> Step {
    let language = words.language
    let definitions = portal.map.packs.procedures
    let lacks = line.lacks
    let tone =
      switch line.standing {
      case .done: lacks.isEmpty ? "order" : "act"
      case .running, .ready: "act"
      case .failed: "stop"
      case .waiting, .unknown, .mayBe: "inform"
      }
    return Step(
      stepTitle: view.title(of: line.step.id, in: definitions)[language],
      stepOnly: line.step.only?[language], isOutside: line.step.procedure == nil,
      standing: ProjectWording.word(line.standing)[language], tone: tone,
      cases: line.cases.map { link($0, words) },
      lacks: lacks.map { lack in
        ProjectWording.sentence(lack) { view.title(of: $0, in: definitions) }[language]
      })
  }

  private static func whole(_ whole: ProjectView.Whole, _ words: CaseWords) -> Whole {
    let language = words.language
    let (limit, used) = (whole.limit.term.length, whole.usage.used)
    let isOver = whole.usage.left < 0
    let isLate = whole.promised.left < 0
    return Whole(
      used: String(used),
      usedWords: words.messages.text(
        "project_used", ["used": String(used), "limit": String(limit)]),
      leftWords: words.messages.text(
        isOver ? "project_over" : "project_left", count: abs(whole.usage.left)),
      tone: isOver ? "stop" : isLate ? "act" : "order", usedCount: max(0, min(used, limit)),
      limitCount: limit,
      promisedWords: words.messages.text(
        isLate ? "project_promise_over" : "project_promise",
        ["days": String(whole.limit.promised)]),
      reached: whole.usage.reached?.description,
      clause: words.clause(whole.limit.term.citations), source: whole.limit.source[language],
      why: whole.explanation.map { $0[language] })
  }
}
