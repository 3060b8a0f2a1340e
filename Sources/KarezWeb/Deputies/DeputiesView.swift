import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezWorkflow

/// Who acts in cases for somebody who is away, and what they did.
struct DeputiesView {
  struct Row {
    let deputyKey: String
    let absentName: String
    let deputyName: String
    let fromDay: String
    let throughDay: String
    let procedureWords: String
    let reasonText: String
    let standing: String
    let tone: String
    let mayRevoke: Bool
  }

  struct Act {
    let actDay: String
    let actCase: String
    let actAddress: String
    let actWords: String
    let actorName: String
    let absentName: String
  }

  /// What the page is made of.
  struct Found {
    let deputies: [Deputy]
    let acts: [DeputyAct]
    let candidates: [Account]
    let isOfficer: Bool
    let reader: Principal
  }

  let frame: PageFrame
  let problem: String?
  let problemRemedy: String?
  let isOfficer: Bool
  let candidates: [CaseChoice]
  let hasCandidates: Bool
  let procedures: [CaseChoice]
  let today: String
  let rows: [Row]
  let hasRows: Bool
  let acts: [Act]
  let hasActs: Bool

  init(
    _ frame: PageFrame, _ portal: Portal, _ found: Found, _ problem: Problem?,
    _ words: CaseWords
  ) {
    let language = words.language
    self.frame = frame
    self.problem = problem?.what[language]
    problemRemedy = problem?.remedy[language]
    isOfficer = found.isOfficer
    candidates = found.candidates.map {
      CaseChoice(choiceValue: $0.id, choiceTitle: "\($0.name) (\($0.id))", isChosen: false)
    }
    hasCandidates = !candidates.isEmpty
    procedures = CaseDeskView.procedures(portal, chosen: nil, language)
    today = words.today.description
    let titles = Dictionary(procedures.map { ($0.choiceValue, $0.choiceTitle) }) { one, _ in one }
    rows = found.deputies.map { Self.row($0, found.reader, titles, words) }
    hasRows = !rows.isEmpty
    acts = Self.acts(found.acts, portal, words)
    hasActs = !acts.isEmpty
  }

  static func acts(_ acts: [DeputyAct], _ portal: Portal, _ words: CaseWords) -> [Act] {
    acts.map { act in
      Act(
        actDay: act.on.description, actCase: act.number, actAddress: "/cases/" + act.number,
        actWords: Self.words(act, portal, words), actorName: words.names[act.deputy],
        absentName: words.names[act.absent])
    }
  }

  private static func row(
    _ deputy: Deputy, _ reader: Principal, _ titles: [String: String], _ words: CaseWords
  ) -> Row {
    let (key, tone): (String, String) =
      if deputy.revokedOn != nil {
        ("deputy_revoked", "inform")
      } else if deputy.through < words.today {
        ("deputy_over", "inform")
      } else if deputy.from > words.today { ("deputy_coming", "act") } else {
        ("deputy_in_force", "order")
      }
    let isTheirs =
      [deputy.absent, deputy.deputy].contains(reader.actor.id) || reader.may(.manageAccounts)
    return Row(
      deputyKey: deputy.id, absentName: words.names[deputy.absent],
      deputyName: words.names[deputy.deputy], fromDay: deputy.from.description,
      throughDay: deputy.through.description,
      procedureWords: deputy.procedures.isEmpty
        ? words.messages.text("cases_all_procedures")
        : words.language.listed(deputy.procedures.map { titles[$0] ?? $0 }),
      reasonText: deputy.reason, standing: words.messages.text(key), tone: tone,
      mayRevoke: isTheirs && deputy.revokedOn == nil && deputy.through >= words.today)
  }

  /// The step in the words of its procedure; else what sort of act it was.
  private static func words(_ act: DeputyAct, _ portal: Portal, _ words: CaseWords) -> String {
    let parts = act.act.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return act.act }
    let letters = act.number.prefix { $0.isLetter }
    let definition = portal.map.packs.procedures.first { $0.numbering.prefix == letters }
    let language = words.language
    let title =
      definition?.transition(parts[1])?.title[language]
      ?? definition?.documents.first { $0.id == parts[1] }?.title[language] ?? parts[1]
    let key = "deputy_act_" + parts[0]
    return words.messages.text(key, ["name": title])
  }
}
