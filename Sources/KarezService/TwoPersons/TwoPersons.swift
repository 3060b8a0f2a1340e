public import KarezCore
public import KarezPacks
import KarezStore

/// 双人办理: nothing that `Packs/two-persons.yaml` names takes effect by one person alone.
///
/// A use case proposes; another person who has the right agrees, and the effect is recorded in the
/// same batch as the agreement, or is left to the use case, which spends the agreement once.
public struct TwoPersons: Sendable {
  public let acts: TwoPersonActs
  let accounts: Accounts
  let effects: [any TwoPersonEffect]

  private var store: any OneMapStore { accounts.store }

  // MARK: Finding

  public func proposal(
    _ id: String, for principal: Principal
  ) async throws(Problem) -> Proposal {
    guard let found = try await find(id), try await isVisible(found, to: principal) else {
      throw Self.unknown(id)
    }
    return found
  }

  /// Those that wait for a second person and that this one may see; the most urgent first.
  public func waiting(for principal: Principal) async throws(Problem) -> [Proposal] {
    let now = accounts.clock.now()
    let query = RecordQuery(
      Proposal.kind, states: [Proposal.State.proposed.rawValue], order: .due)
    return try await list(query, 500, for: principal).filter { $0.waits(at: now) }
  }

  /// Those that this person may see, whatever became of them; the latest first.
  public func all(
    for principal: Principal, limit: Int = 200
  ) async throws(Problem) -> [Proposal] {
    try await list(RecordQuery(Proposal.kind, order: .keyDescending), limit, for: principal)
  }

  /// What is proposed, in a sentence.
  public func words(_ proposal: Proposal) -> LocalizedText {
    if let effect = effect(proposal.act) { return effect.words(proposal.subject) }
    let text = proposal.subject.canonicalText
    return LocalizedText(zh: text, en: text)
  }

  /// Why this person cannot agree; nil where they can.
  public func refusal(of principal: Principal, on proposal: Proposal) -> Problem? {
    guard proposal.waits(at: accounts.clock.now()) else { return Self.notWaiting(proposal) }
    do throws(Problem) {
      try principal.require(anyOf: acts[proposal.act]?.approve ?? [])
      try principal.requireInPerson()
    } catch {
      return error
    }
    return principal.actor.id == proposal.proposer ? Self.samePerson(proposal.id) : nil
  }

  // MARK: Steps

  /// Proposes an act; nothing but the proposal is recorded.
  public func propose(
    _ name: TwoPersonAct.Name, _ subject: JSONValue, because reason: String,
    by principal: Principal
  ) async throws(Problem) -> Proposal {
    guard let act = acts[name] else { throw Self.notHeldBack(name) }
    try principal.require(anyOf: act.propose)
    try principal.requireInPerson()
    try await effect(name)?.check(subject, by: principal)
    for _ in 0..<20 {
      let proposal = try await accounts.proposal(act, subject, because: reason, by: principal)
      if try await put([proposal.change], "proposal-made", proposal, by: principal.actor) {
        return proposal
      }
    }
    throw Self.busy
  }

  /// Agrees, as a second person; what was proposed takes effect.
  ///
  /// - Errors: forbidden for whoever proposed it, for whom it is about, and without the right.
  public func approve(
    _ id: String, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    var proposal = try await proposal(id, for: principal)
    if let refusal = refusal(of: principal, on: proposal) { throw refusal }
    let effect = effect(proposal.act)
    try await effect?.check(proposal.subject, by: principal)
    let outcome = try await effect?.outcome(proposal, by: principal)
    proposal.state = outcome == nil ? .agreed : .done
    proposal.decision = decision(reason, by: principal)
    guard
      try await put(
        [proposal.change] + (outcome?.changes ?? []), "proposal-approved", proposal,
        relabelling: outcome?.relabelling, by: principal.actor)
    else { throw Self.busy }
    return proposal
  }

  /// Refuses, with a reason; nothing takes effect.
  public func refuse(
    _ id: String, because reason: String, by principal: Principal
  ) async throws(Problem) -> Proposal {
    var proposal = try await proposal(id, for: principal)
    if let refusal = refusal(of: principal, on: proposal) { throw refusal }
    guard !reason.isEmpty else { throw Self.reasonMissing }
    proposal.state = .refused
    proposal.decision = decision(reason, by: principal)
    guard try await put([proposal.change], "proposal-refused", proposal, by: principal.actor)
    else { throw Self.busy }
    return proposal
  }

  /// Takes one's own proposal back.
  public func withdraw(_ id: String, by principal: Principal) async throws(Problem) -> Proposal {
    var proposal = try await proposal(id, for: principal)
    guard proposal.proposer == principal.actor.id else { throw Self.notYours(id) }
    guard proposal.state == .proposed else { throw Self.notWaiting(proposal) }
    proposal.state = .withdrawn
    guard try await put([proposal.change], "proposal-withdrawn", proposal, by: principal.actor)
    else { throw Self.busy }
    return proposal
  }

  /// The change that spends an agreement, for the batch in which a use case carries the act out.
  ///
  /// - Errors: forbidden where there is no agreement to this very act and subject.
  func spending(
    _ id: String, for name: TwoPersonAct.Name, _ subject: JSONValue
  ) async throws(Problem) -> RecordChange {
    guard var proposal = try await find(id), proposal.act == name, proposal.state == .agreed,
      proposal.subject == subject
    else { throw Self.notAgreed(name, id) }
    proposal.state = .done
    return proposal.change
  }

  /// Refuses a change one person makes alone, where another could and has to agree.
  ///
  /// Until somebody holds the right to agree, whoever is at the machine acts alone: the first
  /// layers come in before the offices are filled.
  func refuseAlone(
    _ name: TwoPersonAct.Name, on dataset: String
  ) async throws(Problem) {
    guard let act = acts.act(name, on: dataset), try await accounts.hasApprover(of: act) else {
      return
    }
    throw Self.secondPersonNeeded(dataset)
  }

  // MARK: Parts

  private func effect(_ name: TwoPersonAct.Name) -> (any TwoPersonEffect)? {
    effects.first { $0.act == name }
  }

  /// Shown to who proposed it, who may agree, and who looks after accounts or reads the log.
  private func isVisible(
    _ proposal: Proposal, to principal: Principal
  ) async throws(Problem) -> Bool {
    let approve = acts[proposal.act]?.approve ?? []
    let isConcerned =
      proposal.proposer == principal.actor.id
      || !principal.permissions.isDisjoint(with: approve) || principal.may(.readLog)
      || principal.may(.manageAccounts)
    guard isConcerned, let effect = effect(proposal.act) else { return isConcerned }
    return try await effect.isVisible(proposal.subject, to: principal)
  }

  private func decision(_ reason: String, by principal: Principal) -> Proposal.Decision {
    Proposal.Decision(
      by: principal.actor.id, at: accounts.clock.now().description,
      reason: String(reason.prefix(400)))
  }

  private func find(_ id: String) async throws(Problem) -> Proposal? {
    do throws(StoreError) {
      return try await store.record(Proposal.kind, id).map { record throws(StoreError) in
        try Proposal(record)
      }
    } catch {
      throw .store(error)
    }
  }

  /// Those of a query that this person may know of.
  private func list(
    _ query: RecordQuery, _ limit: Int, for principal: Principal
  ) async throws(Problem) -> [Proposal] {
    var found: [Proposal] = []
    do throws(StoreError) {
      for record in try await store.records(query, after: nil, limit: limit).records {
        found.append(try Proposal(record))
      }
    } catch {
      throw .store(error)
    }
    var visible: [Proposal] = []
    for proposal in found where try await isVisible(proposal, to: principal) {
      visible.append(proposal)
    }
    return visible
  }

  private func put(
    _ changes: [RecordChange], _ entry: String, _ proposal: Proposal,
    relabelling: LabelChange? = nil, by actor: Actor
  ) async throws(Problem) -> Bool {
    let told = effect(proposal.act)?.told(proposal.subject) ?? proposal.subject
    return try await accounts.putUnlessConflict(
      changes, entry, proposal.said.merging(["subject": told]) { $1 },
      relabelling: relabelling, by: actor)
  }
}
