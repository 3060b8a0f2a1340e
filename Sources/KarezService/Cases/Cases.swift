public import KarezCore
import KarezPacks
public import KarezRules
import KarezStore
public import KarezWorkflow

/// 办件: opening cases, acting in them, and finding what is to be done.
public struct Cases: Sendable {
  let map: OneMap

  /// What a case is opened with.
  public struct OpeningOrder: Hashable, Sendable {
    public var procedure: String
    /// Administrative code.
    public var region: String
    public var project: String?
    /// Id of the applicant's account or register entry.
    public var applicant: String
    public var documents: [Attachment] = []
    public var facts: [FactID: FactValue] = [:]
    /// Asked for twice under one key, one case is opened.
    public var key: String

    public init(procedure: String, region: String, applicant: String, key: String) {
      self.procedure = procedure
      self.region = region
      self.applicant = applicant
      self.key = key
    }
  }

  /// A file that is brought, and which of the procedure's documents it is.
  public struct Attachment: Hashable, Sendable {
    public let document: String
    public let path: String
    public let name: String

    public init(document: String, path: String, name: String) {
      self.document = document
      self.path = path
      self.name = name
    }
  }

  /// What is done in a case.
  public struct Order: Hashable, Sendable {
    public var act: CaseOrder.Act
    public var facts: [FactID: FactValue] = [:]
    /// How many events whoever acts had seen; nil for as many as there are.
    public var expecting: Int?
    public var key: String
    /// The absent whoever acts stands in for; nil in their own name.
    public var deputyFor: String?

    public init(_ act: CaseOrder.Act, key: String) {
      self.act = act
      self.key = key
    }
  }

  // MARK: Who

  /// What somebody may act as in cases; a program that may hand nothing in acts as nobody.
  public func roles(of principal: Principal) -> Set<String> {
    guard principal.token == nil || principal.may(.submit) else { return [] }
    if principal == .operator {
      return Set(map.packs.codeTables["case-roles"]?.rows.map(\.code) ?? [])
    }
    if let own = principal.caseRoles { return own }
    return principal.roles.reduce(into: []) { $0.formUnion($1.cases) }
  }

  /// The version of a procedure that is in force today, or else the newest.
  public func procedure(_ id: String) throws(Problem) -> WorkflowDefinition {
    let today = try now().day
    let found =
      map.packs.procedure(id, on: today) ?? map.packs.procedures.first { $0.id == id }
    guard let found else { throw Self.procedureUnknown(id) }
    return found
  }

  // MARK: Opening

  static let openingKind = RecordKind.transient("case-opening")

  /// Opens a case, and gives the code its applicant follows it by.
  public func openTracked(
    _ order: OpeningOrder, by principal: Principal
  ) async throws(Problem) -> OpenedCase {
    let moment = try now()
    guard CaseTableNames.isRegion(order.region) else { throw Self.regionWrong(order.region) }
    let known = try await map.asked { store throws(StoreError) in
      try await store.record(Self.openingKind, order.key)
    }
    if let number = known?.body["number"]?.string {
      return OpenedCase(view: try await view(number, for: principal), trackingCode: nil)
    }
    guard let definition = map.packs.procedure(order.procedure, on: moment.day) else {
      throw Self.procedureUnknown(order.procedure)
    }
    let workflow = try self.workflow(definition)
    try Self.refusePosted(order.facts, definition, at: definition.id)
    // Nothing is kept of whoever may not open one, or for what the procedure does not ask for.
    guard !roles(of: principal).isDisjoint(with: definition.opening.by) else {
      throw CaseWording.problem(.wrongRole(needed: definition.opening.by), at: definition.id)
    }
    try Self.requireKnown(order.documents.map(\.document), of: definition, at: definition.id)
    var documents: [CaseDocument] = []
    for attachment in order.documents {
      documents.append(try await keep(attachment, of: definition))
    }
    let code = TrackingCode.fresh()
    let start = Start(
      region: order.region, project: order.project, applicant: order.applicant,
      documents: documents, facts: order.facts, key: order.key, code: code)
    let number = try await open(
      workflow, start, as: roles(of: principal), moment, by: principal)
    return OpenedCase(
      view: try await view(number, for: principal), trackingCode: code.text)
  }

  /// What a case is begun with, once its files are kept.
  struct Start {
    let region: String
    let project: String?
    let applicant: String
    let documents: [CaseDocument]
    var facts: [FactID: FactValue] = [:]
    let key: String
    var code: TrackingCode?
    var parent: String?
    /// What is recorded with the opening, by the number the case is given.
    var more: (@Sendable (String) -> [RecordChange])?
  }

  func open(
    _ workflow: Workflow, _ start: Start, as roles: Set<String>,
    _ moment: (at: Timestamp, day: LegalDate), by principal: Principal
  ) async throws(Problem) -> String {
    let definition = workflow.definition
    // Somebody may take the number in between: then the next one is taken.
    for _ in 0..<20 {
      let number = try await nextNumber(definition, start.region, moment.day.year)
      let opening = CaseOpening(
        number: number, procedure: definition.id, version: definition.version,
        region: start.region, project: start.project, applicant: start.applicant,
        state: definition.states.first { $0.kind == .begin }?.id ?? "",
        parent: start.parent)
      let events: [CaseEvent]
      do throws(WorkflowRefusal) {
        events = try workflow.open(
          opening, documents: start.documents, by: principal.actor.id, as: roles,
          at: moment.at, on: moment.day, facts: start.facts)
      } catch { throw CaseWording.problem(error, at: definition.id) }
      let mark = PlatformRecord(
        kind: Self.openingKind, key: start.key, state: "opened",
        body: .object(["number": .string(number)]))
      let state = try Self.state(events, number)
      do throws(StoreError) {
        try await append(
          events, to: state, of: workflow, after: nil, key: start.key,
          [.write(mark)] + (start.code.map { [$0.change(of: number)] } ?? [])
            + (start.more?(number) ?? []), by: principal)
      } catch {
        guard case .recordConflict("case", number, 0, let found) = error, found > 0 else {
          throw .store(error)
        }
        continue
      }
      return number
    }
    throw .store(.recordConflict(kind: "case", key: definition.id, expected: 0, found: 1))
  }

  private func nextNumber(
    _ definition: WorkflowDefinition, _ region: String, _ year: Int
  ) async throws(Problem) -> String {
    let beginning = definition.numbering.beginning(region: region, year: year)
    let last = try await map.asked { store throws(StoreError) in
      try await store.cases(
        CaseQuery(numberPrefix: beginning, order: .numberDescending), after: nil, limit: 1,
        in: .all
      ).first
    }
    let serial = last.flatMap { Int($0.stored.number.dropFirst(beginning.count)) } ?? 0
    guard
      let number = definition.numbering.number(region: region, year: year, serial: serial + 1)
    else { throw Self.numbersUsedUp(beginning) }
    return number
  }

  // MARK: Acting

  @discardableResult
  public func act(
    _ order: Order, in number: String, by principal: Principal
  ) async throws(Problem) -> CaseView {
    let moment = try now()
    let known = try await loaded(number, for: principal)
    let workflow = try workflow(of: known.state)
    let roles = try await roles(for: order, in: known, workflow, by: principal)
    try Self.requirePerson(order.act, workflow.definition, principal)
    try Self.refusePosted(order.facts, workflow.definition, at: number)
    var given = CaseOrder(
      order.act, by: principal.actor.id, as: roles, at: moment.at, on: moment.day,
      expecting: order.expecting ?? known.state.version, facts: order.facts,
      deputyFor: order.deputyFor)
    given.isAlone = try await isAlone(principal)
    let told = order.deputyFor.map { absent in
      DeputyAct(
        number: number, region: known.state.opening.region, act: order.act.name, absent: absent,
        deputy: principal.actor.id, on: moment.day
      ).change(at: moment.at, version: known.state.version)
    }
    try await carryOut(
      given, in: known, workflow, key: order.key, told.map { [$0] } ?? [], by: principal)
    return try await view(number, for: principal)
  }

  /// Takes a file into a case.
  @discardableResult
  public func attach(
    _ attachment: Attachment, to number: String, expecting: Int? = nil, key: String,
    deputyFor: String? = nil, by principal: Principal
  ) async throws(Problem) -> CaseView {
    let known = try await loaded(number, for: principal)
    let workflow = try workflow(of: known.state)
    var order = Order(.establish, key: key)
    order.expecting = expecting
    order.deputyFor = deputyFor
    // Nothing is kept of whoever may not act, or for what the procedure does not ask for.
    _ = try await roles(for: order, in: known, workflow, by: principal)
    try Self.requireKnown([attachment.document], of: workflow.definition, at: number)
    order.act = .attach(try await keep(attachment, of: workflow.definition))
    return try await act(order, in: number, by: principal)
  }

  /// Moves a case to a newer version of its procedure, which says how.
  @discardableResult
  public func migrate(
    _ number: String, to version: String, key: String, by principal: Principal
  ) async throws(Problem) -> CaseView {
    let moment = try now()
    let known = try await loaded(number, for: principal)
    let definition = map.packs.procedure(known.state.opening.procedure, version: version)
    guard let definition else { throw Self.procedureUnknown(version) }
    let workflow = try workflow(definition)
    let event: CaseEvent
    do throws(WorkflowRefusal) {
      event = try workflow.migration(
        of: known.state, by: principal.actor.id, as: roles(of: principal), at: moment.at,
        on: moment.day)
    } catch { throw CaseWording.problem(error, at: number) }
    var state = known.state
    try Self.apply([event], to: &state, number)
    do throws(StoreError) {
      try await append([event], to: state, of: workflow, after: known, key: key, by: principal)
    } catch { throw .store(error) }
    return try await view(number, for: principal)
  }

  func carryOut(
    _ order: CaseOrder, in known: Loaded, _ workflow: Workflow, key: String,
    _ changes: [RecordChange] = [], by principal: Principal
  ) async throws(Problem) {
    let number = known.state.opening.number
    let events: [CaseEvent]
    do throws(WorkflowRefusal) {
      events = try workflow.events(after: known.state, for: order)
    } catch {
      throw Self.unposted(error, known.state, workflow.definition)
        ?? CaseWording.problem(error, at: number)
    }
    guard !events.isEmpty else { return }
    var state = known.state
    try Self.apply(events, to: &state, number)
    do throws(StoreError) {
      try await append(
        events, to: state, of: workflow, after: known, key: key, changes, by: principal)
    } catch {
      // Somebody acted between looking and writing: the same as having looked too early.
      guard case .recordConflict("case", number, let expected, let found) = error else {
        throw .store(error)
      }
      throw CaseWording.problem(.stale(expected: expected, found: found), at: number)
    }
  }

  /// Records events with where the case then stands, and the job that fires its next timer.
  private func append(
    _ events: [CaseEvent], to state: CaseState, of workflow: Workflow, after known: Loaded?,
    key: String, _ changes: [RecordChange] = [], by principal: Principal
  ) async throws(StoreError) {
    let stored: StoredCase
    do throws(CalendarError) {
      stored = try StoredCase(state, workflow, on: state.lastDay, opened: known?.opened)
    } catch { throw .unavailable(reason: "\(error)") }
    var changes = changes
    if let day = stored.timer, day != known?.head.stored.timer {
      changes.append(CaseTimerHandler.job(for: state, on: day, at: state.lastAt).change)
    }
    let number = state.opening.number
    changes += CaseEffectHandler.jobs(for: events, in: number, at: state.lastAt).map(\.change)
    _ = try await map.store.appendCase(
      CaseAppend(
        after: stored, expecting: known?.state.version ?? 0, events: events.map(\.json),
        key: key, changes: changes), by: principal.actor, in: principal.caseScope)
  }

  // MARK: Reading

  /// A case as its events make it.
  struct Loaded: Sendable {
    let head: CaseHead
    let state: CaseState
    let events: [CaseEvent]
    var opened: LegalDate { head.stored.openedOn }
  }

  func loaded(_ number: String, for principal: Principal) async throws(Problem) -> Loaded {
    let scope = principal.caseScope
    let (head, bodies) = try await map.asked { store throws(StoreError) in
      (
        try await store.caseHead(number, in: scope),
        try await store.caseEvents(number, after: 0, in: scope)
      )
    }
    guard let head else { throw Self.unknown(number) }
    let events = bodies.compactMap { CaseEvent($0) }
    guard events.count == bodies.count else { throw .store(.corrupt(what: "case \(number)")) }
    return Loaded(head: head, state: try Self.state(events, number), events: events)
  }

  static func state(_ events: [CaseEvent], _ number: String) throws(Problem) -> CaseState {
    do throws(CaseHistoryError) { return try CaseState(events) } catch {
      throw .store(.corrupt(what: "case \(number)"))
    }
  }

  static func apply(
    _ events: [CaseEvent], to state: inout CaseState, _ number: String
  ) throws(Problem) {
    do throws(CaseHistoryError) { for event in events { try state.apply(event) } } catch {
      throw .store(.corrupt(what: "case \(number)"))
    }
  }

  /// The engine for the version a case stands under.
  func workflow(of state: CaseState) throws(Problem) -> Workflow {
    let opening = state.opening
    let definition = map.packs.procedure(opening.procedure, version: state.procedureVersion)
    guard let definition else {
      throw Self.procedureUnknown("\(opening.procedure) \(state.procedureVersion)")
    }
    return try workflow(definition)
  }

  func workflow(_ definition: WorkflowDefinition) throws(Problem) -> Workflow {
    guard let calendar = map.packs.calendar else { throw Self.noCalendar }
    return Workflow(definition, by: calendar)
  }

  /// The moment, and the legal day it is in.
  func now() throws(Problem) -> (at: Timestamp, day: LegalDate) {
    let at = map.clock.now()
    guard let day = at.day(secondsEast: Clock.secondsEast) else { throw Self.noCalendar }
    return (at, day)
  }
}

extension OneMap {
  /// 办件.
  public var cases: Cases { Cases(map: self) }
}
