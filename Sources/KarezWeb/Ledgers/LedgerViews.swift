import KarezAccounts
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// Words of ledgers in one language.
struct LedgerWords {
  let ledgers: Ledgers
  let messages: MessageCatalogue
  let regions: [String: String]

  init(_ ledgers: Ledgers, _ messages: MessageCatalogue, _ map: OneMap?) {
    self.ledgers = ledgers
    self.messages = messages
    regions = Dictionary(
      (map?.region?.counties ?? []).map { ($0.code, $0.name[messages.language]) }
    ) { first, _ in first }
  }

  func kind(_ name: AccountName) -> String {
    ledgers.title(of: name.kind, in: messages.language)
  }

  func unit(_ measure: Measure) -> String {
    messages.text("quotas_unit_" + (measure.unit.dimension == .money ? "yuan" : "m2"))
  }

  func sort(_ sort: LedgerTransaction.Sort) -> String {
    messages.text("quotas_sort_" + sort.rawValue.replacing("-", with: "_"))
  }

  /// Class, grade and paddy, as people say them; empty where nothing is told apart.
  func part(_ part: AccountPart) -> String {
    var words: [String] = []
    if let landClass = part.landClass { words.append(landClass) }
    if let grade = part.grade {
      words.append(messages.text("quotas_grade", ["grade": String(grade)]))
    }
    if let isPaddy = part.isPaddy {
      words.append(messages.text(isPaddy ? "quotas_paddy" : "quotas_dry"))
    }
    return messages.language.listed(words)
  }

  static func address(_ name: AccountName, _ times: String = "") -> String {
    "/ledger/accounts/" + name.description + (times.isEmpty ? "" : "?" + times)
  }
}

/// The page of all accounts, which is the trial balance where none is left out.
struct LedgerView {
  struct Choice {
    let choiceValue: String
    let choiceTitle: String
    let isChosen: Bool
  }

  struct Row {
    let accountAddress: String
    let kindTitle: String
    let isUnconfirmed: Bool
    let region: String
    let countyTitle: String
    let year: String
    let partWords: String
    let received: String
    let given: String
    let balance: String
    let held: String
    let available: String
    let unit: String
  }

  struct Total {
    let totalUnit: String
    let totalReceived: String
    let totalGiven: String
    let totalWords: String
    let totalTone: String
  }

  let frame: PageFrame
  let kinds: [Choice]
  let regionAsked: String
  let yearAsked: String
  let dayAsked: String
  let throughAsked: String
  let rows: [Row]
  let hasRows: Bool
  let totals: [Total]
  let csvAddress: String
  let sheetAddress: String

  init(
    _ frame: PageFrame, _ ledgers: Ledgers, _ asked: LedgerAsked, _ trial: TrialBalance,
    _ portal: Portal
  ) {
    let messages = portal.catalogues[asked.asked.language]
    self.frame = frame
    let words = LedgerWords(ledgers, messages, portal.map)
    let chosen = asked.asked.text("kind")
    kinds = ledgers.chart.kinds.map {
      Choice(
        choiceValue: $0.id, choiceTitle: $0.title[messages.language],
        isChosen: $0.id == chosen)
    }
    regionAsked = asked.asked.text("region") ?? ""
    yearAsked = asked.asked.text("year") ?? ""
    dayAsked = trial.time.validOn.description
    throughAsked = trial.time.recorded.map { String($0) } ?? ""
    rows = trial.accounts.map { Self.row($0, words, asked.times) }
    hasRows = !rows.isEmpty
    // Of some accounts only, what came in need not have gone out among them.
    let isWhole = ["kind", "region", "year"].allSatisfy { asked.asked.text($0) == nil }
    totals = trial.totals.map { total in
      Total(
        totalUnit: words.unit(total.measure),
        totalReceived: FigureText.grouped(total.receivedText),
        totalGiven: FigureText.grouped(total.givenText),
        totalWords: isWhole
          ? messages.text(total.isBalanced ? "quotas_balanced" : "quotas_unbalanced")
          : messages.text("quotas_some"),
        totalTone: isWhole ? (total.isBalanced ? "order" : "stop") : "inform")
    }
    let own = asked.asked.address(without: ["format", "lang"])
    let query = own.split(separator: "?", maxSplits: 1).dropFirst().first.map { "&\($0)" } ?? ""
    csvAddress = "/ledger/file?format=csv" + query
    sheetAddress = "/ledger/file?format=xlsx" + query
  }

  private static func row(
    _ balance: AccountBalance, _ words: LedgerWords, _ times: String
  ) -> Row {
    let name = balance.account.name
    func figure(_ units: Int64) -> String { FigureText.grouped(balance.text(units)) }
    return Row(
      accountAddress: LedgerWords.address(name, times), kindTitle: words.kind(name),
      isUnconfirmed: words.ledgers.chart.kind(name.kind)?.certainty != .certain,
      region: name.region, countyTitle: words.regions[name.region] ?? "",
      year: String(name.year), partWords: words.part(name.part),
      received: figure(balance.received), given: figure(balance.given),
      balance: figure(balance.balance), held: figure(balance.held),
      available: figure(balance.available), unit: words.unit(balance.account.measure))
  }
}

/// The page of an account.
struct LedgerAccountView {
  struct Row {
    let numberAddress: String
    let number: String
    let day: String
    let sortWords: String
    let isUndone: Bool
    let caseNumber: String?
    let reason: String
    let others: [Other]
    let amount: String
    let held: String
    let balance: String
  }

  struct Other {
    let otherAddress: String
    let otherTitle: String
  }

  let frame: PageFrame
  let kindTitle: String
  let source: String?
  let region: String
  let countyTitle: String
  let year: String
  let partWords: String?
  let unit: String
  let balance: String
  let held: String
  let available: String
  let dayAsked: String
  let throughAsked: String
  let rows: [Row]
  let hasRows: Bool
  let csvAddress: String
  let sheetAddress: String

  init(
    _ frame: PageFrame, _ ledgers: Ledgers, _ asked: LedgerAsked, _ statement: LedgerStatement,
    _ portal: Portal
  ) {
    let messages = portal.catalogues[asked.asked.language]
    self.frame = frame
    let words = LedgerWords(ledgers, messages, portal.map)
    let whole = statement.balance
    let name = whole.account.name
    func figure(_ units: Int64) -> String { FigureText.grouped(whole.text(units)) }
    kindTitle = words.kind(name)
    source = ledgers.chart.kind(name.kind).flatMap {
      $0.certainty == .certain ? nil : $0.source[messages.language]
    }
    region = name.region
    countyTitle = words.regions[name.region] ?? ""
    year = String(name.year)
    let part = words.part(name.part)
    partWords = part.isEmpty ? nil : part
    unit = words.unit(whole.account.measure)
    balance = figure(whole.balance)
    held = figure(whole.held)
    available = figure(whole.available)
    dayAsked = statement.time.validOn.description
    throughAsked = statement.time.recorded.map { String($0) } ?? ""
    rows = statement.lines.map { line in
      let transaction = line.recorded.transaction
      return Row(
        numberAddress: "/ledger/transactions/\(transaction.number)",
        number: String(transaction.number), day: transaction.day.description,
        sortWords: words.sort(transaction.sort), isUndone: line.recorded.reversedBy != nil,
        caseNumber: transaction.caseNumber, reason: transaction.reason,
        others: line.others.map {
          Other(
            otherAddress: LedgerWords.address($0, asked.times),
            otherTitle: "\(words.kind($0)) \($0.region)")
        },
        amount: figure(line.units), held: line.held == 0 ? "" : figure(line.held),
        balance: figure(line.balance))
    }
    hasRows = !rows.isEmpty
    let times = asked.times.isEmpty ? "" : "&" + asked.times
    csvAddress = LedgerWords.address(name) + "/file?format=csv" + times
    sheetAddress = LedgerWords.address(name) + "/file?format=xlsx" + times
  }
}

/// The page of a transaction.
struct LedgerTransactionView {
  struct MoveRow {
    let ruleTitle: String
    let fromAddress: String
    let fromTitle: String
    let toAddress: String
    let toTitle: String
    let amount: String
    let made: [FeatureLink]
    let pairings: [PairingRow]
  }

  struct FeatureLink {
    let featureAddress: String
    let featureTitle: String
  }

  struct PairingRow {
    let occupied: FeatureLink
    let partWords: String
    let lotAddress: String
    let lotNumber: String
    let pairedAmount: String
  }

  struct HoldRow {
    let holdAddress: String
    let holdTitle: String
    let holdAmount: String
  }

  let frame: PageFrame
  let number: String
  let sortWords: String
  let day: String
  let recordedAt: String
  let caseNumber: String?
  let reason: String
  let reverses: String?
  let reversedBy: String?
  let sm3: String
  let moves: [MoveRow]
  let hasMoves: Bool
  let holds: [HoldRow]
  let hasHolds: Bool

  init(
    _ frame: PageFrame, _ ledgers: Ledgers, _ recorded: RecordedTransaction,
    _ messages: MessageCatalogue
  ) {
    self.frame = frame
    let words = LedgerWords(ledgers, messages, nil)
    let transaction = recorded.transaction
    number = String(transaction.number)
    sortWords = words.sort(transaction.sort)
    day = transaction.day.description
    recordedAt = SubmissionWords.minute(recorded.recordedAt)
    caseNumber = transaction.caseNumber
    reason = transaction.reason
    reverses = transaction.reverses.map { String($0) }
    reversedBy = recorded.reversedBy.map { String($0) }
    sm3 = recorded.sm3
    moves = transaction.moves.map { Self.row($0, words) }
    hasMoves = !moves.isEmpty
    holds = transaction.holds.map { change in
      HoldRow(
        holdAddress: LedgerWords.address(change.account),
        holdTitle: Self.title(change.account, words),
        holdAmount: FigureText.grouped(ledgers.text(change.units, of: change.account)))
    }
    hasHolds = !holds.isEmpty
  }

  private static func title(_ name: AccountName, _ words: LedgerWords) -> String {
    [words.kind(name), name.region, String(name.year), words.part(name.part)]
      .filter { !$0.isEmpty }.joined(separator: " · ")
  }

  private static func row(_ move: Move, _ words: LedgerWords) -> MoveRow {
    func figure(_ units: Int64) -> String {
      FigureText.grouped(words.ledgers.text(units, of: move.to))
    }
    return MoveRow(
      ruleTitle: words.ledgers.chart.rule(move.rule)?.title[words.messages.language] ?? move.rule,
      fromAddress: LedgerWords.address(move.from), fromTitle: title(move.from, words),
      toAddress: LedgerWords.address(move.to), toTitle: title(move.to, words),
      amount: figure(move.units) + " " + unit(of: move, words),
      made: move.made.map { [link($0)] } ?? [],
      pairings: move.pairings.map { pairing in
        PairingRow(
          occupied: link(pairing.occupied), partWords: words.part(pairing.part),
          lotAddress: "/ledger/transactions/\(pairing.lot.transaction)",
          lotNumber: pairing.lot.description, pairedAmount: figure(pairing.units))
      })
  }

  private static func unit(of move: Move, _ words: LedgerWords) -> String {
    words.ledgers.chart.kind(move.to.kind).map { words.unit($0.measure) } ?? ""
  }

  /// The feature as it was recorded at the commit the ledger names.
  private static func link(_ reference: VersionReference) -> FeatureLink {
    FeatureLink(
      featureAddress: "/catalogue/\(Asked.escaped(reference.dataset))/features/"
        + "\(Asked.escaped(reference.id))?recorded=\(reference.commit)",
      featureTitle: "\(reference.dataset) \(reference.id) @\(reference.commit)")
  }
}
