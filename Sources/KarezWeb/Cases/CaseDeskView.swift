import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWorkflow

/// A case as a row of a list.
struct CaseRow {
  let caseNumber: String
  let caseAddress: String
  let caseVersion: Int
  let procedureTitle: String
  let stageWords: String
  let isOver: Bool
  let county: String
  let project: String?
  let openedOn: String
  let due: CaseWords.Due?
  /// What whoever reads may do in it.
  let stepWords: String
  let hasTasks: Bool
  /// What they may do for somebody who is away, marked so.
  let forWords: [String]

  init(_ view: CaseView, _ words: CaseWords) {
    let language = words.language
    caseNumber = view.opening.number
    caseAddress = "/cases/" + view.opening.number
    caseVersion = view.version
    procedureTitle = view.title[language]
    stageWords = words.language.listed(view.states.map { $0.title[language] })
    isOver = view.isOver
    county = words.county(view.opening.region)
    project = view.opening.project
    openedOn = view.events.first?.on.description ?? ""
    due = words.due(of: view)
    stepWords = words.language.listed(view.tasks.map { $0.title[language] })
    hasTasks = !view.tasks.isEmpty
    forWords = Dictionary(grouping: view.deputyTasks, by: \.absent).sorted { $0.key < $1.key }
      .map { absent, tasks in
        words.messages.text(
          "case_for",
          [
            "name": words.names[absent],
            "step": words.language.listed(tasks.map { $0.task.title[language] }),
          ])
      }
  }
}

/// A choice of a list of choices.
struct CaseChoice {
  let choiceValue: String
  let choiceTitle: String
  let isChosen: Bool
}

/// The desk of cases: what is to be done, by when, and by which article.
struct CaseDeskView {
  struct Tab {
    let tabTitle: String
    let tabAddress: String
    let tabCount: String?
    let isHere: Bool
    let isUrgent: Bool
  }

  let frame: PageFrame
  let tabs: [Tab]
  let list: String
  let listTitle: String
  let procedures: [CaseChoice]
  let countyChoices: [CaseChoice]
  let hasCounties: Bool
  let numberAsked: String
  let projectAsked: String
  let regionAsked: String
  /// What of the list is shown besides what the form asks for, in words.
  let narrowed: String?
  let kept: [PageFrame.Kept]
  let wholeAddress: String
  let rows: [CaseRow]
  let hasRows: Bool
  let emptyWords: String
  let steps: [CaseChoice]
  let hasSteps: Bool
  let mayOpen: Bool
  let isFirst: Bool
  let firstAddress: String
  let nextAddress: String?

  /// What the page is made of.
  struct Found {
    let filter: Cases.Filter
    let counts: [Cases.List: Int]
    let views: [CaseView]
    let next: String?
    let mayOpen: Bool
  }

  static let lists: [Cases.List] = [.mine, .open, .dueSoon, .overdue]

  init(
    _ frame: PageFrame, _ portal: Portal, _ asked: Asked, _ found: Found, _ words: CaseWords
  ) {
    let (messages, filter) = (words.messages, found.filter)
    self.frame = frame
    tabs = (Self.lists + [.all]).map { list in
      let count = found.counts[list]
      return Tab(
        tabTitle: Self.title(of: list, messages),
        tabAddress: asked.address(setting: "list", to: list.rawValue, without: Self.narrowing),
        tabCount: count.map(Self.counted), isHere: list == filter.list,
        isUrgent: list == .overdue && (count ?? 0) > 0)
    }
    list = filter.list.rawValue
    listTitle = Self.title(of: filter.list, messages)
    procedures = Self.procedures(portal, chosen: filter.procedure, messages.language)
    countyChoices = (portal.map.region?.counties ?? []).map {
      CaseChoice(
        choiceValue: $0.code, choiceTitle: $0.name[messages.language],
        isChosen: $0.code == filter.region)
    }
    hasCounties = !countyChoices.isEmpty
    numberAsked = filter.number ?? ""
    projectAsked = filter.project ?? ""
    regionAsked = filter.region ?? ""
    narrowed = Self.narrowed(filter, portal, messages)
    kept = ["stage", "clock", "late"].compactMap { name in
      asked.text(name).map { PageFrame.Kept(keptName: name, keptValue: $0) }
    }
    wholeAddress = asked.address(without: Self.narrowing)
    rows = found.views.map { CaseRow($0, words) }
    hasRows = !rows.isEmpty
    emptyWords = messages.text(
      "cases_none_" + filter.list.rawValue.replacing("-", with: "_"))
    steps = Self.steps(found.views, messages.language)
    hasSteps = !steps.isEmpty
    mayOpen = found.mayOpen
    isFirst = asked.text("after") == nil
    firstAddress = asked.address(without: ["after"])
    nextAddress = found.next.map { asked.address(setting: "after", to: $0) }
  }

  /// What only links of the supervision ask for, and pages of a list.
  private static let narrowing = ["stage", "clock", "late", "after"]

  static func title(of list: Cases.List, _ messages: MessageCatalogue) -> String {
    messages.text("cases_list_" + list.rawValue.replacing("-", with: "_"))
  }

  private static func counted(_ count: Int) -> String {
    FigureText.count(count) + (count >= Cases.mostCounted ? "+" : "")
  }

  static func procedures(
    _ portal: Portal, chosen: String?, _ language: Language
  ) -> [CaseChoice] {
    var seen: Set<String> = []
    return portal.map.packs.procedures.filter { seen.insert($0.id).inserted }.map {
      CaseChoice(
        choiceValue: $0.id, choiceTitle: $0.title[language], isChosen: $0.id == chosen)
    }
  }

  private static func narrowed(
    _ filter: Cases.Filter, _ portal: Portal, _ messages: MessageCatalogue
  ) -> String? {
    let definition = portal.map.packs.procedures.first { $0.id == filter.procedure }
    if let stage = filter.stage {
      let title = definition?.state(stage)?.title[messages.language] ?? stage
      return messages.text("cases_narrowed_stage", ["name": title])
    }
    guard let clock = filter.clock else { return nil }
    let title = definition?.clock(clock)?.term.title[messages.language] ?? clock
    return messages.text(
      filter.isLate ? "cases_narrowed_late" : "cases_narrowed_clock", ["name": title])
  }

  /// Steps that can be made in more than one of the rows: of one procedure each.
  private static func steps(_ views: [CaseView], _ language: Language) -> [CaseChoice] {
    var counts: [String: (title: String, count: Int)] = [:]
    for view in views {
      for task in view.tasks {
        let value = view.opening.procedure + " " + task.transition
        let title = view.title[language] + " · " + task.title[language]
        counts[value] = (title, (counts[value]?.count ?? 0) + 1)
      }
    }
    return counts.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map {
      CaseChoice(
        choiceValue: $0.key, choiceTitle: "\($0.value.title) (\($0.value.count))",
        isChosen: false)
    }
  }
}

/// Several cases in which one step is to be made, or was.
struct CasesTogetherView {
  struct Row {
    let caseNumber: String
    let caseAddress: String
    let caseVersion: Int
    let rowTitle: String
    let tone: String
    let rowWords: String
    let remedy: String?
    let isPossible: Bool
  }

  let frame: PageFrame
  let stepTitle: String
  let step: String
  let key: String
  let rows: [Row]
  let leadWords: String
  /// The step was made; otherwise it is asked whether it shall be.
  let isDone: Bool
  let mayGo: Bool
  let goWords: String
}
