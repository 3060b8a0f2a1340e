public import KarezCore
import KarezPacks
import KarezStore
public import KarezWorkflow

extension Applicants {
  // MARK: Which are mine

  /// 我的办件: one line of an applicant's list.
  public struct Row: Sendable {
    public let number: String
    public let title: LocalizedText
    public let stages: [LocalizedText]
    public let isOver: Bool
    public let openedOn: LegalDate
    /// The earliest last day of a clock that runs.
    public let due: LegalDate?
    /// Whether the next step is the applicant's.
    public let isAsked: Bool
    /// Whose it is, where somebody is acted for.
    public let principal: String?
  }

  func heads(of applicant: String, limit: Int) async throws(Problem) -> [CaseHead] {
    var query = CaseQuery(order: .numberDescending)
    query.applicant = applicant
    let asked = query
    return try await map.asked { store throws(StoreError) in
      try await store.cases(asked, after: nil, limit: limit, in: .all)
    }
  }

  /// Cases of an applicant's own and in their charge, those opened last first.
  public func rows(of principal: Principal) async throws(Problem) -> [Row] {
    _ = try require(principal)
    let own = try await heads(of: principal.actor.id, limit: Self.mostRows).map { row($0, nil) }
    let today = try map.cases.today
    let held = try await mandates(of: principal).held.filter { $0.isInForce(on: today) }
    var charged: [Row] = []
    for whose in Set(held.map(\.principal)).sorted() {
      let services = Set(held.filter { $0.principal == whose }.flatMap(\.services))
      charged += try await heads(of: whose, limit: Self.mostRows)
        .filter { services.contains($0.stored.procedure) }.map { row($0, whose) }
    }
    return (own + charged).sorted { ($1.openedOn, $1.number) < ($0.openedOn, $0.number) }
  }

  /// Of one applicant; whoever has more follows them by their numbers.
  private static let mostRows = 100

  private func row(_ head: CaseHead, _ whose: String?) -> Row {
    let stored = head.stored
    let definition = map.packs.procedure(stored.procedure, version: stored.procedureVersion)
    let name = LocalizedText(zh: stored.procedure, en: stored.procedure)
    return Row(
      number: stored.number, title: definition?.title ?? name,
      stages: stored.states.compactMap { definition?.state($0)?.title }, isOver: stored.isOver,
      openedOn: stored.openedOn, due: stored.due,
      isAsked: stored.tasks.contains { task in
        task.role == Cases.applicantRole
          && definition?.transition(task.transition)?.clears == false
      }, principal: whose)
  }

  // MARK: One of them

  /// A case that is somebody's own or in their charge.
  ///
  /// - Errors: `Problem` with `case-unknown` for any other.
  func owned(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> (known: Cases.Loaded, mandate: Mandate?) {
    _ = try require(principal)
    let known = try await map.cases.loaded(String(number.prefix(64)), for: principal.inOwnCase)
    let opening = known.state.opening
    do throws(Problem) {
      let mandate = try await charge(
        of: opening.applicant, in: opening.procedure, for: principal)
      return (known, mandate)
    } catch { throw Cases.unknown(number) }
  }

  /// 本人办件: a case as its applicant is shown it.
  public struct OwnCase: Sendable {
    public let tracking: CaseTracking
    /// How many events it has; what an act has to have seen.
    public let version: Int
    /// Steps that are the applicant's to make.
    public let steps: [CaseTask]
    /// Of those, the ones that give the case up.
    public let ending: Set<String>
    /// Documents that may be brought now, by their ids.
    public let wanted: [RequiredDocument]
    /// What whoever refused one of them wrote, by its id.
    public let remarks: [String: String]
    /// Documents of the applicant's own that may be taken away.
    public let brought: [RequiredDocument]
    /// The letter that was delivered, by its document.
    public let letter: String?
    /// Certificates, by the events that ordered them.
    public let certificates: [Paper]
    /// Fees that are owed, or were, with how the procedure describes them.
    public let fees: [(order: PaymentOrder, form: FeeForm?)]
    public let principal: String?
    public let mayJudge: Bool
    /// The grade that was given; nil before.
    public let grade: String?

    public struct Paper: Sendable {
      public let order: Int
      public let number: String
    }
  }

  public func ownCase(
    _ number: String, for principal: Principal
  ) async throws(Problem) -> OwnCase {
    let (known, mandate) = try await owned(number, for: principal)
    let number = known.state.opening.number
    let view = try await map.cases.view(number, for: principal.inOwnCase)
    let workflow = try map.cases.workflow(of: known.state)
    let definition = workflow.definition
    let steps = view.tasks
    let ending = Set(
      steps.map(\.transition).filter { definition.transition($0)?.clears == true })
    let isAsked = steps.contains { !ending.contains($0.transition) }
    let brings = definition.broughtDocuments
    let wanted = isAsked ? brings.filter { known.state.documents[$0.id]?.isAccepted != true } : []
    let isDecided = Self.isDecided(known, definition)
    let letter = definition.letter.map(\.document).flatMap { document in
      isDecided && known.state.documents[document] != nil ? document : nil
    }
    let grade = try await evaluation(of: number)?.body["grade"]?.string
    let remarks = known.state.documents.compactMapValues { held in
      held.isAccepted == false && !held.note.isEmpty ? held.note : nil
    }
    let fees = try await map.payments.orders(of: number, known.state.effectRuns).map {
      (order: $0, form: definition.fee($0.fee))
    }
    return OwnCase(
      tracking: CaseTracking(view, definition), version: view.version, steps: steps,
      ending: ending, wanted: wanted, remarks: remarks,
      brought: brings.filter { known.state.documents[$0.id] != nil }, letter: letter,
      certificates: Self.papers(view), fees: fees, principal: mandate?.principal,
      mayJudge: isDecided && grade == nil && mandate == nil, grade: grade)
  }

  /// Whether what was decided is told to the applicant already.
  static func isDecided(_ known: Cases.Loaded, _ definition: WorkflowDefinition) -> Bool {
    definition.service?.outcome(of: known.state.marking) != nil
  }

  private static func papers(_ view: CaseView) -> [OwnCase.Paper] {
    view.effects.compactMap { run in
      guard run.effect.kind == .certificate, let number = run.result?["number"]?.string else {
        return nil
      }
      return OwnCase.Paper(order: run.position, number: number)
    }
  }

  // MARK: Acting

  static let actKind = RecordKind.witnessed("mandate-act")

  /// Makes a step that is the applicant's: completes what was missing, or withdraws.
  public func make(
    _ step: String, in number: String, expecting version: Int, key: String,
    by principal: Principal
  ) async throws(Problem) {
    try await act(.make(transition: step), in: number, expecting: version, key: key, by: principal)
  }

  /// Takes a material into a case, while the case waits for the applicant.
  public func supplement(
    _ attachment: Cases.Attachment, in number: String, expecting version: Int, key: String,
    by principal: Principal
  ) async throws(Problem) {
    let own = try await ownCase(number, for: principal)
    guard own.wanted.contains(where: { $0.id == attachment.document }) else {
      throw Self.notAsked
    }
    let (known, _) = try await owned(number, for: principal)
    // Nothing is kept of somebody nobody vouches for.
    try requireVerified(principal)
    let definition = try map.cases.workflow(of: known.state).definition
    let document = try await map.cases.keep(attachment, of: definition)
    try await act(.attach(document), in: number, expecting: version, key: key, by: principal)
  }

  private func act(
    _ act: CaseOrder.Act, in number: String, expecting version: Int, key: String,
    by principal: Principal
  ) async throws(Problem) {
    let (known, mandate) = try await owned(number, for: principal)
    try requireVerified(principal)
    let moment = try map.cases.now()
    let order = CaseOrder(
      act, by: principal.actor.id, as: [Cases.applicantRole], at: moment.at, on: moment.day,
      expecting: version)
    // Whoever acts for somebody else is written down with what allows it.
    let changes: [RecordChange] =
      mandate.map { mandate in
        let body = JSONValue.object([
          "agent": .string(mandate.agent), "principal": .string(mandate.principal),
          "mandate": .string(mandate.id), "after": .integer(Int64(version)),
        ])
        return [
          .write(
            PlatformRecord(
              kind: Self.actKind, key: number + "/" + String(version), state: "done",
              owner: mandate.agent, body: body))
        ]
      } ?? []
    try await map.cases.carryOut(
      order, in: known, try map.cases.workflow(of: known.state), key: key, changes,
      by: principal.inOwnCase)
  }

  // MARK: Papers

  /// A document of the applicant's own, or the letter that was delivered.
  public func file(
    of document: String, in number: String, for principal: Principal
  ) async throws(Problem) -> Cases.File {
    let own = try await ownCase(number, for: principal)
    guard own.letter == document || own.brought.contains(where: { $0.id == document }) else {
      throw Self.nothingHere
    }
    try await noteAgent(reading: document, in: own.tracking.number, own.principal != nil)
    return try await map.cases.file(
      of: document, in: own.tracking.number, for: principal.inOwnCase)
  }

  /// A certificate of the case, by the event that ordered it.
  public func certificate(
    _ order: Int, in number: String, for principal: Principal
  ) async throws(Problem) -> (number: String, bytes: [UInt8]) {
    let (known, mandate) = try await owned(number, for: principal)
    let run = known.state.effectRuns.first {
      $0.position == order && $0.effect.kind == .certificate
    }
    guard let name = run?.result?["number"]?.string, let sm3 = run?.result?["sm3"]?.string,
      let bytes = map.cases.content(sm3)
    else { throw Self.nothingHere }
    try await noteAgent(reading: name, in: known.state.opening.number, mandate != nil)
    return (name, bytes)
  }

  /// What an agent takes of somebody else's case is told to the log; what is one's own is not.
  private func noteAgent(
    reading paper: String, in number: String, _ isAgent: Bool
  ) async throws(Problem) {
    if isAgent { try await map.reads.note(.papers(of: number), [paper]) }
  }

  // MARK: Notices

  /// 站内通知: what an applicant was told.
  public struct Told: Sendable {
    public let number: String
    public let on: String
    public let title: LocalizedText
    public let text: LocalizedText
  }

  /// Notices to an applicant, the latest first.
  public func notices(of principal: Principal) async throws(Problem) -> [Told] {
    _ = try require(principal)
    return try await records(RecordQuery(CaseOutbox.kind, owner: principal.actor.id))
      .compactMap { record in
        guard let title = record.body["title"].flatMap({ LocalizedText(kept: $0) }),
          let text = record.body["text"].flatMap({ LocalizedText(kept: $0) })
        else { return nil }
        return Told(
          number: record.body["case"]?.string ?? "", on: record.body["on"]?.string ?? "",
          title: title, text: text)
      }.sorted { ($1.on, $1.number) < ($0.on, $0.number) }
  }
}
