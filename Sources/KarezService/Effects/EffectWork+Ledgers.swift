import KarezAccounts
import KarezCore
import KarezRules
import KarezStore
import KarezWorkflow

/// 指标记账: what a case sets aside, uses and lets go in the accounts of its county.
extension EffectWork {
  func post(_ form: PostingForm, _ values: CaseValues) async throws(Problem) -> EffectOutcome {
    switch form.act {
    case .post: try await post(form.moves, values)
    case .hold(let account, let amount): try await hold(account, amount, values)
    case .use(let hold): try await use(hold, form.moves, values)
    case .release(let hold): try await release(hold, values)
    }
  }

  // MARK: At once

  private func post(
    _ moves: [PostedMove], _ values: CaseValues
  ) async throws(Problem) -> EffectOutcome {
    let ledgers = try map.ledgers()
    var posted: [Move] = []
    for move in moves {
      let amount = try await amount(move, values, ledgers)
      guard amount.units > 0 else { continue }
      posted.append(try await self.move(move, amount.units, amount.year, values, ledgers))
    }
    return try await recorded(.post(posted), values, ledgers, hasAny: !posted.isEmpty)
  }

  private func amount(
    _ move: PostedMove, _ values: CaseValues, _ ledgers: Ledgers
  ) async throws(Problem) -> (units: Int64, year: Int) {
    guard let name = move.amount, let text = try amountText(name, values) else {
      throw valueMissing("amount")
    }
    let reader = LedgerOrderReader(ledgers.chart)
    return (try reader.units(text, ofKind: move.from.kind, at: number), run.on.year)
  }

  /// What a value comes to; land that nobody measured is no amount.
  private func amountText(_ name: CaseValue, _ values: CaseValues) throws(Problem) -> String? {
    if case .land = name { try values.requireMeasuredLand(at: number) }
    return values.text(name)
  }

  // MARK: Set aside

  private func hold(
    _ account: PostedMove.Account, _ amount: CaseValue, _ values: CaseValues
  ) async throws(Problem) -> EffectOutcome {
    let isLetGo = runs(releasing: run.effect.of).contains { $0.position > run.position }
    guard !isLetGo else { return .done(["withdrawn": .boolean(true)], holds: false) }
    let ledgers = try map.ledgers()
    guard let text = try amountText(amount, values) else { throw valueMissing("amount") }
    let units = try LedgerOrderReader(ledgers.chart)
      .units(text, ofKind: account.kind, at: number)
    var outcome: EffectOutcome
    if units > 0 {
      let name = try await self.account(account, run.on.year, values, ledgers)
      outcome = try await recorded(.hold(name, units: units), values, ledgers, hasAny: true)
      outcome = outcome.adding([
        "account": .string(name.description), "amount": .string(text),
        "boundary": .optional(known.state.boundary?.sm3),
      ])
    } else {
      outcome = .done(["amount": .string(text)]).adding([
        "boundary": .optional(known.state.boundary?.sm3)
      ])
    }
    return outcome
  }

  /// What was set aside for the case before this posting.
  private struct Held {
    /// The number of the hold; nil where there was nothing to set aside.
    let number: Int64?
    let account: AccountName?
    let amount: String
    let boundary: String?
  }

  /// - Errors: `effect-waits` of kind unavailable while it is being set aside.
  private func held(_ name: String) throws(Problem) -> Held? {
    let earlier = known.state.effectRuns.last {
      $0.effect.kind == .accountPosting && $0.effect.of == name && $0.position < run.position
    }
    guard let earlier else { return nil }
    if earlier.standing == .waiting { throw waits(for: name, isComing: true) }
    guard let result = earlier.result, result["withdrawn"] == nil else { return nil }
    return Held(
      number: result["transaction"]?.string.flatMap { Int64($0) },
      account: result["account"]?.string.flatMap { AccountName($0) },
      amount: result["amount"]?.string ?? "0", boundary: result["boundary"]?.string)
  }

  private func use(
    _ name: String, _ moves: [PostedMove], _ values: CaseValues
  ) async throws(Problem) -> EffectOutcome {
    guard let held = try held(name) else { throw waits(for: name, isComing: false) }
    // Set aside for other land: what the decision is about was never looked at.
    guard held.boundary == known.state.boundary?.sm3 else { throw boundaryChanged }
    guard let hold = held.number, let account = held.account else {
      return .done(["amount": .string(held.amount)])
    }
    let ledgers = try map.ledgers()
    let units = try LedgerOrderReader(ledgers.chart)
      .units(held.amount, ofKind: account.kind, at: number)
    var used: [Move] = []
    for move in moves {
      used.append(try await self.move(move, units, account.year, values, ledgers))
    }
    return try await recorded(
      .consume(hold: hold, used), values, ledgers, hasAny: !used.isEmpty
    ).adding(["amount": .string(held.amount)])
  }

  private func release(
    _ name: String, _ values: CaseValues
  ) async throws(Problem) -> EffectOutcome {
    guard let hold = try held(name)?.number else { return .done(["withdrawn": .boolean(true)]) }
    let before = runs(using: name).contains { $0.position < run.position && $0.result != nil }
    guard !before else { return .done(["withdrawn": .boolean(true)]) }
    return try await recorded(
      .release(hold: hold, units: nil), values, try map.ledgers(), hasAny: true)
  }

  private func runs(releasing name: String) -> [EffectRun] {
    runs { $0 == .release(hold: name) }
  }

  private func runs(using name: String) -> [EffectRun] { runs { $0 == .use(hold: name) } }

  /// Runs of the case's postings that do this.
  private func runs(where isMeant: (PostingForm.Act) -> Bool) -> [EffectRun] {
    guard let definition = try? map.cases.workflow(of: known.state).definition else { return [] }
    return known.state.effectRuns.filter { run in
      guard case .posting(let form)? = definition.form(of: run.effect)?.act else { return false }
      return isMeant(form.act)
    }
  }

  // MARK: Orders

  private func recorded(
    _ act: LedgerAct, _ values: CaseValues, _ ledgers: Ledgers, hasAny: Bool
  ) async throws(Problem) -> EffectOutcome {
    guard hasAny else { return .done(["amount": .string("0")]) }
    let order = LedgerOrder(
      key: key, act, on: run.on, reason: values.definition.title.zh, caseNumber: number)
    let receipts = try await ledgers.post([order], by: actor, in: .all)
    guard let transaction = receipts.first?.transaction else { throw valueMissing("posting") }
    return .done(["transaction": .string(String(transaction.number))])
  }

  private func move(
    _ move: PostedMove, _ units: Int64, _ year: Int, _ values: CaseValues, _ ledgers: Ledgers
  ) async throws(Problem) -> Move {
    var pairings: [Pairing] = []
    if let pairing = move.pairing {
      guard let lot = values.text(pairing.lot).flatMap({ LotName($0) }) else {
        throw valueMissing(values.name(of: pairing.lot))
      }
      guard let part = values.text(pairing.part).flatMap({ AccountPart($0) }) else {
        throw valueMissing(values.name(of: pairing.part))
      }
      pairings = [
        Pairing(occupied: try version(of: pairing.change), part: part, lot: lot, units: units)
      ]
    }
    return Move(
      rule: move.rule, from: try await account(move.from, year, values, ledgers),
      to: try await account(move.to, year, values, ledgers), units: units,
      made: try move.made.map { change throws(Problem) in try version(of: change) },
      pairings: pairings)
  }

  private func account(
    _ account: PostedMove.Account, _ year: Int, _ values: CaseValues, _ ledgers: Ledgers
  ) async throws(Problem) -> AccountName {
    var part = AccountPart(account.part)
    if let named = account.lot {
      guard let lot = values.text(named).flatMap({ LotName($0) }) else {
        throw valueMissing(values.name(of: named))
      }
      let moves = try await ledgers.recorded(lot.transaction, in: .all).transaction.moves
      part = moves.indices.contains(lot.move) ? moves[lot.move].to.part : nil
    }
    let county = String(known.state.opening.region.prefix(6))
    guard let part,
      let name = AccountName(kind: account.kind, region: county, year: year, part: part)
    else { throw valueMissing(account.kind) }
    return name
  }

  /// The feature version that a change of this case recorded.
  private func version(of change: String) throws(Problem) -> VersionReference {
    let made = known.state.run(of: .datasetChange, change)
    if let result = made?.result, let dataset = result["dataset"]?.string,
      let id = result["id"]?.string, let commit = result["commit"]?.integer
    {
      return VersionReference(dataset: dataset, id: id, commit: Int(clamping: commit))
    }
    throw waits(for: change, isComing: made?.standing == .waiting)
  }

  // MARK: Problems

  private func waits(for name: String, isComing: Bool) -> Problem {
    Wording(
      "effect-waits", "须先完成事项 \(name)", "\(name) has to be done first",
      do: "完成后用 karez case retry 重试", "karez case retry once it is"
    ).problem(isComing ? .unavailable : .refused, at: number)
  }

  private var boundaryChanged: Problem {
    Wording(
      "effect-boundary-changed", "冻结指标后边界已更换", "the boundary was replaced after the quota was held",
      do: "退回重新受理，按新边界审查和冻结", "return the file, check and hold for the new boundary"
    ).problem(at: number)
  }
}
