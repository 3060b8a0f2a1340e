import Foundation
public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
public import KarezWorkflow

extension Applicants {
  // MARK: Which

  /// Drafts of an account, the one saved last first.
  public func drafts(of principal: Principal) async throws(Problem) -> [ApplicationDraft] {
    _ = try require(principal)
    let now = map.clock.now()
    return try await records(
      RecordQuery(ApplicationDraft.kind, states: ["open"], owner: principal.actor.id)
    ).compactMap { ApplicationDraft($0) }.filter { now < $0.keptUntil }
      .sorted { $1.keptUntil < $0.keptUntil }
  }

  /// A draft of an account's own.
  ///
  /// - Errors: `Problem` with `draft-unknown` for one that is over or somebody else's.
  public func draft(
    _ id: String, for principal: Principal
  ) async throws(Problem) -> ApplicationDraft {
    _ = try require(principal)
    let record = try await map.asked { store throws(StoreError) in
      try await store.record(ApplicationDraft.kind, String(id.prefix(64)))
    }
    guard let draft = record.flatMap({ ApplicationDraft($0) }),
      draft.owner == principal.actor.id, map.clock.now() < draft.keptUntil
    else { throw Self.draftUnknown }
    // A mandate that ended takes what was begun under it along.
    guard draft.mandate != nil else { return draft }
    do throws(Problem) {
      _ = try await charge(of: draft.applicant, in: draft.procedure, for: principal)
    } catch { throw Self.draftUnknown }
    return draft
  }

  /// The form of a draft, and its procedure as it is today.
  public func form(
    of procedure: String
  ) throws(Problem) -> (form: ApplicationForm, definition: WorkflowDefinition) {
    guard let form = map.packs.form(of: procedure),
      let definition = map.packs.procedure(procedure, on: try map.cases.today),
      definition.opening.by.contains(Cases.applicantRole)
    else { throw Self.noForm }
    return (form, definition)
  }

  public func answers(of draft: ApplicationDraft) throws(Problem) -> FormAnswers {
    FormAnswers(
      draft.answers, of: try form(of: draft.procedure).form, on: try map.cases.today)
  }

  /// Every fault of a draft; `isWhole` asks for what is missing too.
  public func faults(
    of draft: ApplicationDraft, isWhole: Bool
  ) throws(Problem) -> [FormFault] {
    let (_, definition) = try form(of: draft.procedure)
    let held = Set(draft.materials.keys)
      .union(definition.documents.filter(\.isReused).map(\.id))
    var faults = try answers(of: draft).faults(isWhole: isWhole, having: held)
    if draft.region.isEmpty ? isWhole : !CaseTableNames.isRegion(draft.region) {
      let what: FormFault.What = draft.region.isEmpty ? .missing : .notChoice
      faults.insert(FormFault(.field("region"), what), at: 0)
    }
    if draft.project.count > Self.longestProject {
      faults.append(FormFault(.field("project"), .tooLong(most: Self.longestProject)))
    }
    return faults
  }

  private static let longestProject = 60

  // MARK: Filling in

  /// Begins a draft and returns its id.
  ///
  /// For somebody else only under a mandate of theirs.
  public func begin(
    _ procedure: String, for applicant: String? = nil, by principal: Principal
  ) async throws(Problem) -> String {
    _ = try form(of: procedure)
    let applicant = applicant ?? principal.actor.id
    let mandate = try await charge(of: applicant, in: procedure, for: principal)
    let limits = try map.webLimits().applicants
    guard try await drafts(of: principal).count < limits.mostDrafts else {
      throw Self.tooManyDrafts
    }
    let until = map.clock.now().adding(seconds: limits.draftLasts)
    let draft = ApplicationDraft(
      id: String(Secret.token().prefix(24)), owner: principal.actor.id, applicant: applicant,
      mandate: mandate?.id, procedure: procedure, until: until)
    try await put([draft.change(until: until)], by: principal)
    return draft.id
  }

  /// What is typed on the page of a draft.
  public struct Filling: Sendable {
    public var region: String
    public var project: String
    /// By ids of fields.
    public var answers: [String: String]

    public init(region: String, project: String, answers: [String: String]) {
      self.region = region
      self.project = project
      self.answers = answers
    }
  }

  /// Keeps what was typed.
  ///
  /// - Errors: `form-field-unknown`; `draft-changed` where another window saved since `version`.
  @discardableResult
  public func save(
    _ filling: Filling, in id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) -> ApplicationDraft {
    var draft = try await draft(id, for: principal)
    try Self.fill(&draft, with: filling, of: try form(of: draft.procedure).form)
    return try await keep(draft, expecting: version, by: principal)
  }

  /// A draft with what was typed, kept or not.
  static func fill(
    _ draft: inout ApplicationDraft, with filling: Filling, of form: ApplicationForm
  ) throws(Problem) {
    let known = Set(form.fields.map(\.id))
    if let other = filling.answers.keys.sorted().first(where: { !known.contains($0) }) {
      throw fieldUnknown(other)
    }
    draft.region = filling.region
    draft.project = filling.project
    // What a text may have at most is told at its field; so much is kept of it.
    draft.answers = filling.answers.filter { !$0.value.isEmpty }
      .mapValues { String($0.prefix(longestAnswer)) }
  }

  private static let longestAnswer = 8_000

  /// What was typed, over a draft that is not changed by it.
  public func filled(
    _ draft: ApplicationDraft, with filling: Filling
  ) throws(Problem) -> ApplicationDraft {
    var typed = draft
    try Self.fill(&typed, with: filling, of: try form(of: draft.procedure).form)
    return typed
  }

  private func keep(
    _ draft: ApplicationDraft, expecting version: Int, by principal: Principal
  ) async throws(Problem) -> ApplicationDraft {
    guard draft.version == version else { throw Self.draftChanged(draft.version) }
    let until = map.clock.now().adding(seconds: try map.webLimits().applicants.draftLasts)
    do throws(Problem) {
      try await put([draft.change(until: until)], by: principal)
    } catch {
      guard error.kind == .conflict else { throw error }
      throw Self.draftChanged(version + 1)
    }
    return try await self.draft(draft.id, for: principal)
  }

  public func discard(
    _ id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) {
    let draft = try await draft(id, for: principal)
    guard draft.version == version, let record = draft.record else {
      throw Self.draftChanged(draft.version)
    }
    try await put([.remove(record)], by: principal)
  }

  // MARK: Materials

  /// Takes a file into a draft; the boundary is read, and refused where it is none.
  @discardableResult
  public func attach(
    _ attachment: Cases.Attachment, to id: String, expecting version: Int,
    by principal: Principal
  ) async throws(Problem) -> ApplicationDraft {
    var draft = try await draft(id, for: principal)
    guard draft.version == version else { throw Self.draftChanged(draft.version) }
    let (form, definition) = try form(of: draft.procedure)
    guard form.materials.contains(where: { $0.document == attachment.document && !$0.isForm })
    else { throw Self.fieldUnknown(attachment.document) }
    let document = try await map.cases.keep(attachment, of: definition)
    draft.materials[document.id] = ApplicationDraft.Material(
      document: document, name: String(attachment.name.prefix(120)))
    if document.boundary != nil { draft.answer = nil }
    return try await keep(draft, expecting: version, by: principal)
  }

  /// Takes a boundary into a draft whose corners were typed or drawn.
  public func attach(
    boundary geoJSON: JSONValue, to id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) -> ApplicationDraft {
    let draft = try await draft(id, for: principal)
    guard let document = try form(of: draft.procedure).definition.boundary else {
      throw Self.fieldUnknown("boundary")
    }
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try OutputFile.write(geoJSON.canonicalText, to: file.path)
    return try await attach(
      Cases.Attachment(document: document, path: file.path, name: "boundary.geojson"), to: id,
      expecting: version, by: principal)
  }

  public func detach(
    _ document: String, from id: String, expecting version: Int, by principal: Principal
  ) async throws(Problem) {
    var draft = try await draft(id, for: principal)
    let removed = draft.materials.removeValue(forKey: document)
    if removed?.document.boundary != nil { draft.answer = nil }
    _ = try await keep(draft, expecting: version, by: principal)
  }

  /// 免于重复提交: a material of an earlier case that would serve again.
  public struct Earlier: Sendable {
    public let document: String
    public let number: String
  }

  /// What the same applicant brought before and this form asks for, the latest case of each.
  ///
  /// An agent is offered what was brought in services of the mandate, and nothing else.
  public func earlier(
    for draft: ApplicationDraft, by principal: Principal
  ) async throws(Problem) -> [Earlier] {
    let (form, _) = try form(of: draft.procedure)
    let wanted = Set(form.materials.filter { !$0.isForm }.map(\.document))
      .subtracting(draft.materials.keys)
    let mandate = try await charge(
      of: draft.applicant, in: draft.procedure, for: principal)
    var found: [Earlier] = []
    for head in try await heads(of: draft.applicant, limit: Self.mostEarlier)
    where mandate.map({ $0.services.contains(head.stored.procedure) }) ?? true {
      let known = try await map.cases.loaded(head.stored.number, for: principal.inOwnCase)
      for document in known.state.documents.keys.sorted()
      where wanted.contains(document) && known.state.documents[document]?.isAccepted != false
        && !found.contains(where: { $0.document == document })
      {
        found.append(Earlier(document: document, number: head.stored.number))
      }
    }
    return found
  }

  private static let mostEarlier = 20

  /// Takes a material of an earlier case into a draft, as it was brought then.
  public func reuse(
    _ document: String, of number: String, in id: String, expecting version: Int,
    by principal: Principal
  ) async throws(Problem) {
    var draft = try await draft(id, for: principal)
    let earlier = try await earlier(for: draft, by: principal)
    guard earlier.contains(where: { $0.document == document && $0.number == number }) else {
      throw Self.fieldUnknown(document)
    }
    let known = try await map.cases.loaded(number, for: principal.inOwnCase)
    guard let held = known.state.documents[document]?.document else {
      throw Self.fieldUnknown(document)
    }
    draft.materials[document] = ApplicationDraft.Material(document: held, name: number)
    if held.boundary != nil { draft.answer = nil }
    _ = try await keep(draft, expecting: version, by: principal)
  }
}
