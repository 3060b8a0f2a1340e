import KarezAccounts
public import KarezCore
import KarezRules
import KarezStore
public import KarezWorkflow

/// 缴费: fees of cases as they are owed, paid, let go and paid back.
public struct Payments: Sendable {
  /// Who a payment is by that came through the gateway.
  static let gatewayActor = "payments"
  private static let longestNote = 500

  let map: OneMap

  /// What an officer does about a fee.
  public enum Act: String, CaseIterable, Hashable, Sendable {
    case cash
    case waive
    case refund
  }

  // MARK: Reading

  func order(_ number: String) async throws(Problem) -> PaymentOrder? {
    try await map.asked { store throws(StoreError) in
      try await store.record(PaymentOrder.kind, number)
    }.flatMap { PaymentOrder($0) }
  }

  /// The orders of a case, as charged; `effects` are those its reader is shown.
  public func orders(
    of caseNumber: String, _ effects: [EffectRun]
  ) async throws(Problem) -> [PaymentOrder] {
    var orders: [PaymentOrder] = []
    for run in effects where run.effect.kind == .fee {
      let number = PaymentOrder.number(of: caseNumber, run.position)
      if let order = try await order(number) { orders.append(order) }
    }
    return orders
  }

  /// Orders of a state, in the order of their numbers.
  public func list(
    _ states: [PaymentOrder.State], limit: Int = 200
  ) async throws(Problem) -> [PaymentOrder] {
    try await map.asked { store throws(StoreError) in
      let query = RecordQuery(PaymentOrder.kind, states: states.map(\.rawValue))
      return try await store.records(query, after: nil, limit: limit).records
    }.compactMap { PaymentOrder($0) }
  }

  /// What an officer may do about a fee now.
  public func acts(
    on order: PaymentOrder, in state: CaseState, _ definition: WorkflowDefinition,
    as roles: Set<String>, by principal: Principal
  ) async throws(Problem) -> [Act] {
    guard let form = definition.fee(order.fee) else { return [] }
    let actor = principal.actor.id
    let isAlone = try await map.cases.isAlone(principal)
    let mayLetGo = !roles.isDisjoint(with: form.waivedBy)
    switch order.state {
    case .due:
      let mayTake =
        !roles.isDisjoint(with: form.collectedBy)
        && (isAlone || Self.decider(form, state, actor) == nil)
      return (mayTake ? [.cash] : []) + (mayLetGo ? [.waive] : [])
    case .paid:
      let isOver = definition.isOver(state.marking)
      return mayLetGo && isOver && (isAlone || order.payment?.by != actor) ? [.refund] : []
    case .waived, .refunding, .refunded: return []
    }
  }

  /// A step that decides and that this person made; nil where there is none.
  private static func decider(_ form: FeeForm, _ state: CaseState, _ actor: String) -> String? {
    form.decidedBy.first { state.makers[$0]?.contains(actor) == true }
  }

  // MARK: Acting

  /// Does something about the fee that an event of a case charged; `note` is the number of the
  /// receipt that was handed out, or why.
  ///
  /// - Errors: `case-unknown`, `payment-unknown`, `case-wrong-role`, `payment-not-<state>` where it
  ///   does not stand so, `payment-own-decision` and `payment-own-cash` where another person has to.
  public func act(
    _ act: Act, on position: Int, in number: String, note: String, by principal: Principal
  ) async throws(Problem) {
    let known = try await map.cases.loaded(number, for: principal)
    let number = known.state.opening.number
    let workflow = try map.cases.workflow(of: known.state)
    let roles = try await map.cases.roles(
      for: Cases.Order(.establish, key: ""), in: known, workflow, by: principal)
    guard let order = try await order(PaymentOrder.number(of: number, position)),
      let form = workflow.definition.fee(order.fee)
    else { throw Self.unknown(number) }
    try principal.requireInPerson()
    guard (1...Self.longestNote).contains(note.utf8.count), !note.hasControl else {
      throw Self.noteMissing
    }
    let needed = act == .cash ? form.collectedBy : form.waivedBy
    guard !roles.isDisjoint(with: needed) else {
      throw CaseWording.problem(.wrongRole(needed: needed), at: number)
    }
    let isAlone = try await map.cases.isAlone(principal)
    let day = try map.cases.now().day
    switch act {
    case .cash:
      if !isAlone, Self.decider(form, known.state, principal.actor.id) != nil {
        throw Self.ownDecision(number)
      }
      try await take(order, in: known, workflow, receipt: note, on: day, by: principal)
    case .waive: try await waive(order, in: known, workflow, because: note, on: day, by: principal)
    case .refund:
      guard isAlone || order.payment?.by != principal.actor.id else { throw Self.ownCash(number) }
      guard workflow.definition.isOver(known.state.marking) else { throw Self.caseRuns(number) }
      try await refund(order, because: note, on: day, by: principal)
    }
  }

  private func take(
    _ order: PaymentOrder, in known: Cases.Loaded, _ workflow: Workflow, receipt: String,
    on day: LegalDate, by principal: Principal
  ) async throws(Problem) {
    guard order.state == .due else { throw Self.stands(order, not: .due) }
    var next = order
    next.state = .paid
    next.payment = PaymentOrder.Payment(
      channel: .cash, reference: receipt, by: principal.actor.id, on: day)
    try await settle(next, in: known, workflow, asking: .void, by: principal.actor.id, principal)
  }

  private func waive(
    _ order: PaymentOrder, in known: Cases.Loaded, _ workflow: Workflow, because reason: String,
    on day: LegalDate, by principal: Principal
  ) async throws(Problem) {
    guard order.state == .due else { throw Self.stands(order, not: .due) }
    var next = order
    next.state = .waived
    next.waiver = PaymentOrder.Decision(by: principal.actor.id, reason: reason, on: day)
    try await settle(next, in: known, workflow, asking: .void, by: principal.actor.id, principal)
  }

  /// What was paid in cash is paid back by whoever decides it; a gateway is asked to.
  private func refund(
    _ order: PaymentOrder, because reason: String, on day: LegalDate, by principal: Principal
  ) async throws(Problem) {
    guard order.state == .paid, let payment = order.payment else {
      throw Self.stands(order, not: .paid)
    }
    var next = order
    next.state = payment.channel == .cash ? .refunded : .refunding
    next.refund = PaymentOrder.Decision(by: principal.actor.id, reason: reason, on: day)
    let asked = payment.channel == .gateway ? [job(next, .refund).change] : []
    try await put([next.change] + asked, next, by: principal.actor)
  }

  /// Tells the case what its fee came to, with the order and what the gateway is asked.
  private func settle(
    _ order: PaymentOrder, in known: Cases.Loaded, _ workflow: Workflow,
    asking ask: PaymentRequest.Ask?, by actor: String, _ principal: Principal
  ) async throws(Problem) {
    let moment = try map.cases.now()
    let told = CaseOrder(
      .settle(order: order.position, .done(order.result)), by: actor, as: [],
      at: max(moment.at, known.state.lastAt), on: max(moment.day, known.state.lastDay),
      expecting: known.state.version)
    try await map.cases.carryOut(
      told, in: known, workflow, key: "payment/\(order.number)/\(order.state.rawValue)",
      [order.change] + (ask.map { [job(order, $0).change] } ?? []), by: principal)
  }

  func job(_ order: PaymentOrder, _ ask: PaymentRequest.Ask) -> Job {
    Job(
      PaymentRequestHandler.name, of: "\(order.number)/\(ask.rawValue)",
      subject: .object(["order": .string(order.number), "ask": .string(ask.rawValue)]),
      by: .operator, at: map.clock.now())
  }

  private func put(
    _ changes: [RecordChange], _ order: PaymentOrder, by actor: Actor
  ) async throws(Problem) {
    let entry = RecordBatch.Entry(
      kind: "payment-" + order.state.rawValue,
      body: [
        "order": .string(order.number), "case": .string(order.caseNumber),
        "amountYuan": .string(order.amountYuan),
      ])
    do throws(StoreError) {
      try await map.store.put(RecordBatch(changes, entry: entry), by: actor)
    } catch { throw .store(error) }
  }

  // MARK: The gateway

  /// Takes in what the gateway wrote; how many notes were taken and refused.
  ///
  /// - Errors: of kind unavailable; what was not looked at stays where it is.
  @discardableResult
  public func takeIn() async throws(Problem) -> (taken: Int, refused: Int) {
    guard let gateway = try map.paymentGateway() else { return (0, 0) }
    var (taken, refused) = (0, 0)
    for (name, note) in try gateway.notes() {
      do throws(Problem) {
        guard let note else { throw Self.noteWrong }
        try await take(note)
        try gateway.put(away: name, refused: nil)
        taken += 1
      } catch {
        // Somebody acted in the case meanwhile: it is looked at anew.
        if [.unavailable, .defect, .conflict].contains(error.kind) { continue }
        try await noteRefusal(error, note)
        try gateway.put(away: name, refused: error.line(in: .zh))
        refused += 1
      }
    }
    return (taken, refused)
  }

  private func take(_ note: PaymentNote) async throws(Problem) {
    guard var order = try await order(note.order) else { throw Self.unknown(note.order) }
    guard note.amountYuan == order.amountYuan else { throw Self.amountWrong(note.order) }
    switch (note.state, order.state) {
    case (.paid, .due):
      let known = try await map.cases.loaded(order.caseNumber, for: .operator)
      order.state = .paid
      order.payment = PaymentOrder.Payment(
        channel: .gateway, reference: note.reference, by: Self.gatewayActor,
        on: try map.cases.now().day)
      try await settle(
        order, in: known, try map.cases.workflow(of: known.state), asking: nil,
        by: Self.gatewayActor, .operator)
    case (.refunded, .refunding):
      order.state = .refunded
      try await put([order.change], order, by: .operator)
    case (.paid, _) where order.payment?.reference == note.reference: return
    case (.refunded, .refunded): return
    default: throw Self.unexpected(order)
    }
  }

  /// Money nobody expects, or somebody who pretends: the log keeps it until a person looks.
  private func noteRefusal(_ problem: Problem, _ note: PaymentNote?) async throws(Problem) {
    let entry = RecordBatch.Entry(
      kind: "payment-note-refused",
      body: ["code": .string(problem.code), "order": .optional(note?.order)])
    do throws(StoreError) {
      try await map.store.put(RecordBatch([], entry: entry), by: .operator)
    } catch { throw .store(error) }
  }
}

/// Asks the gateway something about an order; where there is none, nobody is asked.
struct PaymentRequestHandler: JobHandler {
  static let name = "payment-request"
  let map: OneMap

  var name: String { Self.name }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let number = run.subject["order"]?.string,
      let ask = run.subject["ask"]?.string.flatMap({ PaymentRequest.Ask(rawValue: $0) }),
      let order = try await map.payments.order(number), let gateway = try map.paymentGateway()
    else { return JobEnd(by: run.actor) }
    // Who was told to pay late is not told to pay what is settled.
    guard ask != .pay || order.state == .due else { return JobEnd(by: run.actor) }
    try gateway.ask(
      PaymentRequest(
        ask: ask, order: order.number, amountYuan: order.amountYuan, title: order.title))
    return JobEnd(by: run.actor)
  }
}

extension EffectWork {
  // MARK: 收费

  /// An order for the fee, which the case waits for; of nothing, nothing is owed.
  func charge(_ form: FeeForm) async throws(Problem) -> EffectOutcome {
    let payments = map.payments
    if try await payments.order(PaymentOrder.number(of: number, run.position)) != nil {
      return EffectOutcome(standing: .waiting)
    }
    let text: String?
    switch form.amount {
    case .given(let given): text = given
    case .fact(let id):
      if case .text(let stated)? = known.state.facts[id] { text = stated } else { text = nil }
    }
    guard let amount = text.flatMap({ PaymentOrder.amount($0) }) else {
      throw Payments.amountUnknown(form.title, at: number)
    }
    var order = PaymentOrder(run, in: known.state.opening, form, amount, on: run.on)
    guard amount.units > 0 else {
      order.state = .waived
      order.waiver = PaymentOrder.Decision(by: run.actor, reason: "0.00", on: run.on)
      var outcome = EffectOutcome(standing: .done(order.result))
      outcome.changes = [order.change]
      return outcome
    }
    var outcome = EffectOutcome(standing: .waiting)
    outcome.changes = [order.change, payments.job(order, .pay).change]
    outcome.entry = RecordBatch.Entry(
      kind: "payment-due",
      body: [
        "order": .string(order.number), "case": .string(order.caseNumber),
        "amountYuan": .string(order.amountYuan),
      ])
    return outcome
  }
}

extension OneMap {
  /// 缴费.
  public var payments: Payments { Payments(map: self) }
}
