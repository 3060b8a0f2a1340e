import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezWorkflow

/// Where cases stand and how long they take; every figure is a link to the cases it counts.
struct CaseSupervisionView {
  /// Open, overdue and near, each with its list.
  struct Counts {
    let openCount: String
    let openAddress: String
    let overdueCount: String
    let overdueAddress: String
    let hasOverdue: Bool
    let nearCount: String
    let nearAddress: String
    let hasNear: Bool
  }

  struct Stage {
    let stageTitle: String
    let counts: Counts
  }

  struct Procedure {
    let procedureTitle: String
    let procedureAddress: String
    let counts: Counts
    let stages: [Stage]
  }

  struct County {
    let countyCode: String
    let countyTitle: String
    let counts: Counts
  }

  struct Term {
    let termTitle: String
    let procedureTitle: String
    let clause: String
    let limit: String
    let promised: String?
    let figures: Taken
    let counties: [TermCounty]
    let hasCounties: Bool
  }

  struct TermCounty {
    let countyCode: String
    let countyTitle: String
    let figures: Taken
  }

  struct Taken {
    let endedCount: String
    let endedAddress: String
    let median: String
    let ninetieth: String
    let ninetiethTone: String
    let lateCount: String
    let lateAddress: String
    let hasLate: Bool
  }

  let frame: PageFrame
  let choices: [CaseChoice]
  let countyChoices: [CaseChoice]
  let hasCountyChoices: Bool
  let regionAsked: String
  let total: Counts
  let procedures: [Procedure]
  let hasProcedures: Bool
  let counties: [County]
  let terms: [Term]
  let hasTerms: Bool
  let sinceWords: String
  /// What was done last for somebody who was away.
  var acts: [DeputiesView.Act] = []
  var hasActs = false

  init(
    _ frame: PageFrame, _ portal: Portal, _ figures: CaseSupervision,
    asked: (procedure: String?, region: String?), _ words: CaseWords
  ) {
    let language = words.language
    self.frame = frame
    choices = CaseDeskView.procedures(portal, chosen: asked.procedure, language)
    countyChoices = (portal.map.region?.counties ?? []).map {
      CaseChoice(
        choiceValue: $0.code, choiceTitle: $0.name[language],
        isChosen: $0.code == asked.region)
    }
    hasCountyChoices = !countyChoices.isEmpty
    regionAsked = asked.region ?? ""
    let own = ["procedure": asked.procedure, "region": asked.region].compactMapValues { $0 }
    total = Self.counts(figures.total, own)
    procedures = figures.procedures.map { procedure in
      let named = own.merging(["procedure": procedure.id]) { $1 }
      return Procedure(
        procedureTitle: procedure.title[language],
        procedureAddress: Self.address("/cases/supervision", named),
        counts: Self.counts(procedure.count, named),
        stages: procedure.stages.map { stage in
          Stage(
            stageTitle: stage.title[language],
            counts: Self.counts(stage.count, named.merging(["stage": stage.id]) { $1 }))
        })
    }
    hasProcedures = !procedures.isEmpty
    counties = figures.counties.map { county in
      County(
        countyCode: county.code, countyTitle: words.county(county.code),
        counts: Self.counts(county.count, own.merging(["region": county.code]) { $1 }))
    }
    terms = figures.terms.map { Self.term($0, own, isWhole: asked.procedure == nil, words) }
    hasTerms = !terms.isEmpty
    sinceWords = words.messages.text(
      "supervision_since", ["date": figures.since.description])
  }

  private static func term(
    _ line: CaseSupervision.TermLine, _ own: [String: String], isWhole: Bool,
    _ words: CaseWords
  ) -> Term {
    let term = line.clock.term
    let named = own.merging(["procedure": line.procedure, "clock": line.clock.id]) { $1 }
    func taken(_ taken: CaseSupervision.Taken, _ query: [String: String]) -> Taken {
      Self.taken(taken, limit: term.length, query)
    }
    return Term(
      termTitle: term.title[words.language], procedureTitle: line.procedureTitle[words.language],
      clause: words.clause(term.citations), limit: words.amount(term.length, term.unit),
      promised: line.clock.promised.map { words.amount($0, term.unit) },
      figures: taken(line.whole, named),
      counties: isWhole
        ? []
        : line.counties.map { county in
          TermCounty(
            countyCode: county.code, countyTitle: words.county(county.code),
            figures: taken(county.taken, named.merging(["region": county.code]) { $1 }))
        },
      hasCounties: !isWhole)
  }

  private static func counts(
    _ count: CaseSupervision.Count, _ query: [String: String]
  ) -> Counts {
    func list(_ list: Cases.List) -> String {
      address("/cases", query.merging(["list": list.rawValue]) { $1 })
    }
    return Counts(
      openCount: FigureText.count(count.open), openAddress: list(.open),
      overdueCount: FigureText.count(count.overdue), overdueAddress: list(.overdue),
      hasOverdue: count.overdue > 0, nearCount: FigureText.count(count.near),
      nearAddress: list(.dueSoon), hasNear: count.near > 0)
  }

  private static func taken(
    _ taken: CaseSupervision.Taken, limit: Int, _ query: [String: String]
  ) -> Taken {
    let ended = query.merging(["list": Cases.List.all.rawValue]) { $1 }
    return Taken(
      endedCount: FigureText.count(taken.count), endedAddress: address("/cases", ended),
      median: FigureText.count(taken.median), ninetieth: FigureText.count(taken.ninetieth),
      ninetiethTone: taken.ninetieth > limit ? "stop" : "order",
      lateCount: FigureText.count(taken.late),
      lateAddress: address("/cases", ended.merging(["late": "true"]) { $1 }),
      hasLate: taken.late > 0)
  }

  private static func address(_ path: String, _ query: [String: String]) -> String {
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Asked.escaped($0.value))" }
      .joined(separator: "&")
  }
}
