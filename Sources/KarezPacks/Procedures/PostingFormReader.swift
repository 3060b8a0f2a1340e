import KarezWorkflow

extension EffectFormReader {
  /// One of `holds`, `uses` with `moves`, `releases`, and `moves` alone.
  func posting(_ fields: inout PackFields) -> PostingForm? {
    let used = fields.optionalText("uses")
    let released = fields.optionalText("releases")
    let held = fields.optional("holds").flatMap { hold($0, &fields) }
    let isUse = used != nil
    let moves = fields.list("moves").compactMap { move($0, &fields, isAmountHeld: isUse) }
    let ways = [held != nil, isUse, released != nil].count { $0 }
    let needsMoves = isUse || ways == 0
    if needsMoves == moves.isEmpty || ways > 1 {
      fields.add(.keyMissing("moves"))
      return nil
    }
    if let held { return PostingForm(held) }
    if let used { return PostingForm(.use(hold: used), moves: moves) }
    if let released { return PostingForm(.release(hold: released)) }
    return PostingForm(.post, moves: moves)
  }

  private func hold(_ node: PackNode, _ parent: inout PackFields) -> PostingForm.Act? {
    var fields = PackFields(node)
    let amount = amount(&fields)
    let account = account(&fields)
    parent.add(fields.finish())
    guard let amount, let account else { return nil }
    return .hold(account, amount: amount)
  }

  private func amount(_ fields: inout PackFields) -> CaseValue? {
    let amount = fields.text("amount").flatMap { CaseValue(named: $0) }
    if amount == nil { fields.add(.valueUnknown("amount")) }
    return amount
  }

  /// The amount is not said where it is all that was set aside.
  private func move(
    _ node: PackNode, _ parent: inout PackFields, isAmountHeld: Bool
  ) -> PostedMove? {
    var fields = PackFields(node)
    let rule = fields.text("rule")
    let from = account(&fields, "from")
    let to = account(&fields, "to")
    let amount = isAmountHeld ? nil : amount(&fields)
    let made = fields.optionalText("made")
    var pairing: PostedMove.Compensation?
    if let node = fields.optional("compensation") {
      var parts = PackFields(node)
      let change = parts.text("change")
      let part = parts.optionalText("part") ?? "any"
      let lot = parts.value("lot")
      fields.add(parts.finish())
      if let change, let lot {
        pairing = .init(change: change, part: CaseValue(named: part) ?? .given(part), lot: lot)
      }
    }
    parent.add(fields.finish())
    guard let rule, let from, let to, isAmountHeld || amount != nil else { return nil }
    return PostedMove(
      rule: rule, from: from, to: to, amount: amount, made: made, pairing: pairing)
  }

  private func account(_ parent: inout PackFields, _ key: String) -> PostedMove.Account? {
    guard let node = parent.required(key) else { return nil }
    var fields = PackFields(node)
    let account = account(&fields)
    parent.add(fields.finish())
    return account
  }

  /// Its part is given, or that of a lot.
  private func account(_ fields: inout PackFields) -> PostedMove.Account? {
    let kind = fields.text("kind")
    let part = fields.optionalText("part") ?? "any"
    let named = fields.optionalText("lot")
    let lot = named.flatMap { CaseValue(named: $0) }
    if named != nil, lot == nil { fields.add(.valueUnknown("lot")) }
    return kind.map { PostedMove.Account(kind: $0, part: part, lot: lot) }
  }
}
