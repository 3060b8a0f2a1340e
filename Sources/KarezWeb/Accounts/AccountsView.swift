import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// What the page of the accounts shows.
struct AccountsView {
  struct Row {
    let accountID: String
    let accountName: String
    let roleWords: String
    let boundWords: String
    let stateWords: String
    let tone: String
    let isActive: Bool
    let isLocked: Bool
    let isOther: Bool
    let hasFactor: Bool
    let choices: [RoleChoice]
    let regionsText: String
    let levels: [Level]
  }

  struct Level {
    let levelCode: String
    let levelLabel: String
    let isChosen: Bool
  }

  struct RoleChoice {
    let roleID: String
    let roleTitle: String
    let isHeld: Bool
  }

  let frame: PageFrame
  let rows: [Row]
  let hasRows: Bool
  let roles: [RoleChoice]
  let ceilings: [OwnAccountView.Choice]
  let madeID: String?
  let secret: String?
  let problem: String?
  let waitingWords: String
  let zoneWords: String

  init(
    frame: PageFrame, accounts: [Account], offices: Offices, own: String, waiting: Int,
    now: Timestamp, made: (id: String, secret: String)?, problem: Problem?,
    messages: MessageCatalogue
  ) {
    let language = messages.language
    self.frame = frame
    rows = accounts.map { Row($0, offices, own: own, now: now, messages) }
    hasRows = !rows.isEmpty
    roles = Self.choices(of: offices, held: [], language)
    ceilings = Classification.allCases.map { ceiling in
      OwnAccountView.Choice(
        choiceCode: ceiling.rawValue, choiceLabel: messages.text("class_" + ceiling.rawValue))
    }
    madeID = made?.id
    secret = made?.secret
    self.problem = problem?.line(in: language)
    waitingWords = messages.text("proposals_waiting", ["count": String(waiting)])
    zoneWords = messages.text(
      "accounts_zone",
      [
        "zone": offices.zone.title[language],
        "certainty": messages.text("certainty_" + offices.zone.certainty.rawValue),
      ])
  }

  fileprivate static func choices(
    of offices: Offices, held: [String], _ language: Language
  ) -> [RoleChoice] {
    offices.roles.map { role in
      RoleChoice(roleID: role.id, roleTitle: role.title[language], isHeld: held.contains(role.id))
    }
  }
}

extension AccountsView.Row {
  fileprivate init(
    _ account: Account, _ offices: Offices, own: String, now: Timestamp,
    _ messages: MessageCatalogue
  ) {
    let language = messages.language
    accountID = account.id
    accountName = account.name
    let titles = account.roles.map { offices.role($0)?.title[language] ?? $0 }
    roleWords =
      titles.isEmpty
      ? messages.text("account_no_roles")
      : language.listed(titles)
    let reach = account.regions.map { $0.isEmpty ? "—" : $0.joined(separator: " ") }
    let level = messages.text("class_" + account.ceiling.rawValue)
    boundWords = (reach ?? messages.text("regions_all")) + " · " + level
    isActive = account.isActive
    isLocked = account.isLocked(at: now)
    isOther = account.id != own
    hasFactor = account.hasSecondFactor
    let state =
      !account.isActive
      ? "disabled" : isLocked ? "locked" : account.mustChangePassword ? "first" : "active"
    stateWords = messages.text("account_state_" + state)
    tone = ["disabled": "inform", "locked": "stop", "first": "act"][state] ?? "order"
    choices = AccountsView.choices(of: offices, held: account.roles, language)
    regionsText = account.regions?.joined(separator: " ") ?? ""
    levels = Classification.allCases.map { level in
      AccountsView.Level(
        levelCode: level.rawValue, levelLabel: messages.text("class_" + level.rawValue),
        isChosen: level == account.ceiling)
    }
  }
}
