import KarezCore

extension LedgerBook {
  /// The transaction an order asks for, its own form proved; balances are not looked at yet.
  func plan(_ order: LedgerOrder) throws(LedgerError) -> LedgerTransaction {
    switch order.act {
    case .open(let account): return transaction(order, .open, opens: account)
    case .post(let moves):
      try check(moves, order)
      return transaction(order, .post, moves: moves)
    case .hold(let account, let units):
      try Self.check(units)
      let hold = HoldChange(account: account, hold: last + 1, units: units)
      return transaction(order, .hold, holds: [hold])
    case .release(let number, let units):
      let hold = try hold(number)
      let released = units ?? hold.left
      try Self.check(released)
      let change = HoldChange(account: hold.account, hold: number, units: -released)
      return transaction(order, .release, holds: [change])
    case .consume(let number, let moves):
      let hold = try hold(number)
      if let other = moves.first(where: { $0.from != hold.account }) {
        throw .notOfHold(number, other.from)
      }
      try check(moves, order)
      let change = HoldChange(account: hold.account, hold: number, units: -(try Self.sum(moves)))
      return transaction(order, .consume, moves: moves, holds: [change])
    case .carryOver(let account):
      return transaction(order, .carryOver, moves: [try carrying(account, on: order.day)])
    case .reverse(let number):
      return try counterPosting(number, order)
    }
  }

  private func transaction(
    _ order: LedgerOrder, _ sort: LedgerTransaction.Sort, moves: [Move] = [],
    holds: [HoldChange] = [], reverses: Int64? = nil, opens: AccountName? = nil
  ) -> LedgerTransaction {
    LedgerTransaction(
      number: last + 1, key: order.key, sort: sort, day: order.day, reason: order.reason,
      caseNumber: order.caseNumber, moves: moves, holds: holds, reverses: reverses,
      opens: opens)
  }

  private func hold(_ number: Int64) throws(LedgerError) -> HoldState {
    guard let hold = holds[number] else { throw .holdUnknown(number) }
    return hold
  }

  private static func check(_ units: Int64) throws(LedgerError) {
    guard units > 0 else { throw .amountNotPositive }
    guard units <= Amount.most else { throw .amountTooLarge }
  }

  private static func sum(_ moves: [Move]) throws(LedgerError) -> Int64 {
    var sum: Int64 = 0
    for move in moves { sum = try AccountState.sum(sum, move.units) }
    return sum
  }

  // MARK: Moves under rules

  private func check(_ moves: [Move], _ order: LedgerOrder) throws(LedgerError) {
    guard !moves.isEmpty else { throw .nothingToDo }
    for move in moves {
      guard let rule = chart.rule(move.rule) else { throw .ruleUnknown(move.rule) }
      guard rule.inForce.contains(order.day) else {
        throw .ruleNotInForce(rule: rule.id, order.day)
      }
      try Self.check(move.units)
      try check(move, under: rule)
      guard !rule.needsCase || order.caseNumber != nil else { throw .caseMissing(rule: rule.id) }
      try checkGround(of: move, under: rule)
      if let money = rule.paidIn, !moves.contains(where: { $0.pays(move, in: money) }) {
        throw .priceMissing(rule: rule.id, kind: money)
      }
    }
  }

  private func check(_ move: Move, under rule: MoveRule) throws(LedgerError) {
    let (from, to) = (move.from, move.to)
    let isOfRule =
      from.kind == rule.from && to.kind == rule.to && from.year == to.year && from.part == to.part
      && from != to
    guard isOfRule else { throw .notUnderRule(rule: rule.id, from: from, to: to) }
    let shared = rule.reach.sharedDigits
    guard from.region.prefix(shared) == to.region.prefix(shared) else {
      throw .tooFarApart(rule: rule.id, from: from, to: to)
    }
  }

  private func checkGround(of move: Move, under rule: MoveRule) throws(LedgerError) {
    guard rule.ground == .makes || move.made == nil,
      rule.ground == .pairs || move.pairings.isEmpty
    else { throw .featureUnasked(rule: rule.id) }
    switch rule.ground {
    case .none: break
    case .makes:
      guard move.made != nil else { throw .featureMissing(rule: rule.id) }
    case .pairs:
      var paired: Int64 = 0
      for pairing in move.pairings {
        try Self.check(pairing.units)
        paired = try AccountState.sum(paired, pairing.units)
        try check(pairing, of: move, rule.qualities)
      }
      guard paired == move.units else {
        throw .pairingsDiffer(rule: rule.id, moved: move.units, paired: paired)
      }
    }
  }

  private func check(
    _ pairing: Pairing, of move: Move, _ qualities: Set<MoveRule.Quality>
  ) throws(LedgerError) {
    guard let lot = lots[pairing.lot] else { throw .lotUnknown(pairing.lot) }
    guard lot.account.kind == move.from.kind, lot.account.part == move.from.part else {
      throw .lotUnlike(pairing.lot, move.from)
    }
    let (taken, given) = (pairing.part, lot.account.part)
    // What is not stated is not known to be as good.
    let isPaddyMet = taken.isPaddy == false || given.isPaddy == true
    let isGradeMet = taken.grade.flatMap { taken in given.grade.map { $0 <= taken } } ?? false
    if (qualities.contains(.paddyForPaddy) && !isPaddyMet)
      || (qualities.contains(.gradeNotWorse) && !isGradeMet)
    {
      throw .qualityWorse(pairing.lot, occupied: taken.description)
    }
  }

  // MARK: The end of the year

  private func carrying(
    _ account: AccountName, on day: LegalDate
  ) throws(LedgerError) -> Move {
    guard let kind = chart.kind(account.kind) else { throw .kindUnknown(account.kind) }
    guard let state = accounts[account] else { throw .accountUnknown(account) }
    let target: AccountName? =
      switch kind.carry {
      case .whole: account.nextYear
      case .lapses: kind.lapsesInto.map { account.beside($0) }
      case .stays: nil
      }
    guard let target else { throw .doesNotCarry(kind.id) }
    if let end = LegalDate(year: account.year + 1, month: 1, day: 1), day < end {
      throw .dayTooEarly(day, earliest: end)
    }
    let held = state.mostHeld(from: day)
    guard held == 0 else { throw .heldStill(account, held) }
    let units = state.available(on: day)
    guard units > 0 else { throw .nothingToDo }
    return Move(rule: "", from: account, to: target, units: units)
  }

  // MARK: Counter-postings

  private func counterPosting(
    _ number: Int64, _ order: LedgerOrder
  ) throws(LedgerError) -> LedgerTransaction {
    let (known, reversedBy) = try known(number)
    if let reversedBy { throw .reversedAlready(number, by: reversedBy) }
    guard known.reverses == nil else { throw .reversesReversal(number) }
    guard known.opens == nil else { throw .nothingToDo }
    guard order.day >= known.day else {
      throw .dayTooEarly(order.day, earliest: known.day)
    }
    return transaction(
      order, .reverse,
      moves: known.moves.map { move in
        Move(
          rule: move.rule, from: move.to, to: move.from, units: move.units, made: move.made,
          pairings: move.pairings)
      },
      holds: known.holds.map { change in
        HoldChange(account: change.account, hold: change.hold, units: -change.units)
      }, reverses: number)
  }
}

extension Move {
  /// Whether it is the money that is paid for another move: the other way, between its regions.
  fileprivate func pays(_ other: Move, in kind: String) -> Bool {
    to.kind == kind && to.region == other.from.region && from.region == other.to.region
  }
}

extension LedgerTransaction {
  /// Whether it is what the order asked for when it was recorded.
  func isOf(_ order: LedgerOrder) -> Bool {
    guard day == order.day, reason == order.reason, caseNumber == order.caseNumber else {
      return false
    }
    switch order.act {
    case .open(let account): return opens == account
    case .post(let moves): return sort == .post && self.moves == moves
    case .hold(let account, let units):
      return sort == .hold && holds.map(\.account) == [account] && holds.map(\.units) == [units]
    case .release(let hold, let units):
      return sort == .release && holds.map(\.hold) == [hold]
        && (units.map { [-$0] == holds.map(\.units) } ?? true)
    case .consume(let hold, let moves):
      return sort == .consume && holds.map(\.hold) == [hold] && self.moves == moves
    case .carryOver(let account): return sort == .carryOver && moves.map(\.from) == [account]
    case .reverse(let number): return reverses == number
    }
  }
}
