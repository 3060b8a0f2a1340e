public import KarezCore
import KarezPacks
import KarezRules
import KarezStore

/// The way of a file into a dataset: submit, gate, correct or sign, commit, notify.
///
/// Every step is one batch of records: what the submission is now, the job that goes on with it,
/// and the log entry that says who did it. Whatever stops in between begins at the last step.
public struct Submissions: Sendable {
  let map: OneMap
  private var store: any OneMapStore { map.store }
  var blobs: BlobFolder { BlobFolder(in: map.data) }

  // MARK: Finding

  public func submission(
    _ id: String, for principal: Principal
  ) async throws(Problem) -> Submission {
    let found = try await find(id)
    let reachable = try await map.schemas(in: principal.scope).map(\.id.text)
    guard let found, reachable.contains(found.dataset),
      principal.scope.covers(found.regions) || found.senders.contains(principal.actor.id)
    else { throw Self.unknown(id) }
    return found
  }

  /// Somebody's own, newest first.
  public func own(of principal: Principal, limit: Int = 50) async throws(Problem) -> [Submission] {
    try await list(
      RecordQuery(Submission.kind, owner: principal.actor.id, order: .keyDescending), limit)
  }

  /// Those that wait for this person's signature, the most urgent first.
  public func toSign(by principal: Principal) async throws(Problem) -> [Submission] {
    let reachable = try await map.schemas(in: principal.scope).map(\.id.text)
    let query = RecordQuery(
      Submission.kind, states: [Submission.State.toSign.rawValue], order: .due)
    return try await list(query, 500).filter {
      reachable.contains($0.dataset) && $0.refusal(of: principal, under: map.acts) == nil
    }
  }

  /// Why somebody may not sign it; nil where they may.
  public func refusal(of principal: Principal, on submission: Submission) -> Problem? {
    submission.refusal(of: principal, under: map.acts)
  }

  /// All that the person may see, newest first.
  public func all(
    for principal: Principal, limit: Int = 200
  ) async throws(Problem) -> [Submission] {
    let reachable = try await map.schemas(in: principal.scope).map(\.id.text)
    return try await list(RecordQuery(Submission.kind, order: .keyDescending), limit).filter {
      reachable.contains($0.dataset)
        && (principal.scope.covers($0.regions) || $0.senders.contains(principal.actor.id))
    }
  }

  /// The gate's whole report on the present file, as JSON.
  public func report(on submission: Submission) -> JSONValue? {
    guard let verdict = submission.verdict,
      let text = blobs.text(Self.reportName(verdict.sm3), beside: submission.source.sm3)
    else { return nil }
    return try? JSONValue(parsing: text)
  }

  /// What people call the rules a dataset is examined by, by their ids.
  public func ruleTitles(of dataset: String) -> [String: LocalizedText] {
    let book = GateRuleBook(for: DatasetID(dataset), profiles: map.packs.profiles)
    return Dictionary(
      uniqueKeysWithValues: book.ids.compactMap { id in
        book[id].map { (id, $0.title) }
      })
  }

  static func reportName(_ sm3: String) -> String { "report-\(sm3).json" }

  // MARK: Steps

  /// Takes a file in and asks the gate to look at it.
  public func submit(
    _ order: SubmissionOrder, by principal: Principal
  ) async throws(Problem) -> Submission {
    try await check(order, by: principal)
    let kept = try blobs.keep(fileAt: order.path, named: order.name)
    for _ in 0..<20 {
      let now = map.clock.now()
      var submission = Submission(
        order, id: try await nextID(at: now), source: kept, by: principal, at: now)
      if try await put(&submission, "submission-submitted", then: gateJob, by: principal) {
        return submission
      }
    }
    throw .store(.recordConflict(kind: "submission", key: "", expected: 0, found: 1))
  }

  /// Puts another file in the place of the one that was found wanting.
  public func correct(
    _ id: String, with order: SubmissionOrder, by principal: Principal
  ) async throws(Problem) -> Submission {
    var submission = try await submission(id, for: principal)
    guard !submission.state.isOver, submission.state != .signed else {
      throw Self.wrongState(submission)
    }
    guard order.dataset == submission.dataset else { throw Self.otherDataset(id) }
    try await check(order, by: principal)
    let kept = try blobs.keep(fileAt: order.path, named: order.name)
    submission.replace(with: order, source: kept, by: principal, at: map.clock.now())
    return try await step(submission, "submission-corrected", then: gateJob, by: principal)
  }

  /// Asks the gate to look again at the same file, on the state as it is now.
  public func examineAgain(
    _ id: String, by principal: Principal
  ) async throws(Problem) -> Submission {
    var submission = try await submission(id, for: principal)
    guard [.conflicted, .stalled, .toSign, .toCorrect].contains(submission.state) else {
      throw Self.wrongState(submission)
    }
    guard principal.may(.submit) || principal.may(.signOff) else { throw Self.notPermitted(id) }
    submission.beginRound()
    return try await step(submission, "submission-examined-again", then: gateJob, by: principal)
  }

  /// Signs the report on the present file, as somebody who had no hand in it.
  ///
  /// `report` is the digest of the report the signer has read.
  public func sign(
    _ id: String, report: String?, by principal: Principal
  ) async throws(Problem) -> Submission {
    var submission = try await submission(id, for: principal)
    if let refusal = submission.refusal(of: principal, under: map.acts) { throw refusal }
    guard let verdict = submission.verdict, report == nil || report == verdict.sm3 else {
      throw Self.otherReport(id)
    }
    if let stale = try await staleness(of: submission) { throw stale }
    submission.state = .signed
    submission.due = nil
    submission.signature = Submission.Signature(
      by: principal.actor.id, at: map.clock.now().description, report: verdict.sm3)
    return try await step(
      submission, "submission-signed", ["report": .string(verdict.sm3)], then: commitJob,
      by: principal)
  }

  /// Takes a submission back before it is signed.
  public func withdraw(_ id: String, by principal: Principal) async throws(Problem) -> Submission {
    var submission = try await submission(id, for: principal)
    guard submission.senders.contains(principal.actor.id) else { throw Self.notPermitted(id) }
    guard !submission.state.isOver, submission.state != .signed else {
      throw Self.wrongState(submission)
    }
    submission.state = .withdrawn
    submission.due = nil
    return try await step(submission, "submission-withdrawn", then: { _, _ in nil }, by: principal)
  }

  // MARK: Parts

  func find(_ id: String) async throws(Problem) -> Submission? {
    try await map.asked { store throws(StoreError) in
      try await store.record(Submission.kind, id).map { record throws(StoreError) in
        try Submission(record)
      }
    }
  }

  func list(_ query: RecordQuery, _ limit: Int) async throws(Problem) -> [Submission] {
    try await map.asked { store throws(StoreError) in
      var found: [Submission] = []
      for record in try await store.records(query, after: nil, limit: limit).records {
        found.append(try Submission(record))
      }
      return found
    }
  }

  private func check(
    _ order: SubmissionOrder, by principal: Principal
  ) async throws(Problem) {
    try principal.require(.submit)
    let dataset = try OneMap.dataset(named: order.dataset)
    let schemas = try await map.schemas(in: principal.scope)
    guard let schema = schemas.first(where: { $0.id == dataset }) else {
      throw .store(.noSuchDataset(dataset))
    }
    guard Validity(from: order.validFrom, until: order.validUntil) != nil else {
      throw Self.emptyValidity
    }
    guard !order.reason.isEmpty, order.reason.count <= 400 else { throw Self.reasonMissing }
    guard principal.scope.regionPrefixes != nil else { return }
    // A whole state ends what it lacks, also where the submitter may not look.
    guard order.mode != .state, schema.region != nil else { throw Self.regionMode }
  }

  /// The number after the last of the day.
  private func nextID(at now: Timestamp) async throws(Problem) -> String {
    let day = (now.day(secondsEast: Clock.secondsEast) ?? Clock.today).description
      .filter { $0 != "-" }
    let query = RecordQuery(Submission.kind, keyPrefix: day + "-", order: .keyDescending)
    let last = try await list(query, 1).first
    let number = (last?.id.split(separator: "-").last.flatMap { Int($0) } ?? 0) + 1
    let digits = String(number)
    return day + "-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func gateJob(_ submission: Submission, _ actor: Actor) -> RecordChange? {
    Job(
      GateHandler.name, of: "\(submission.id)/\(submission.round)",
      subject: .object([
        "submission": .string(submission.id), "round": .integer(Int64(submission.round)),
      ]), by: actor, at: map.clock.now()
    ).change
  }

  private func commitJob(_ submission: Submission, _ actor: Actor) -> RecordChange? {
    Job(
      CommitHandler.name, of: "\(submission.id)/\(submission.round)",
      subject: .object([
        "submission": .string(submission.id), "round": .integer(Int64(submission.round)),
      ]), by: actor, at: map.clock.now()
    ).change
  }

  private func step(
    _ submission: Submission, _ entry: String, _ more: [String: JSONValue] = [:],
    then job: (Submission, Actor) -> RecordChange?, by principal: Principal
  ) async throws(Problem) -> Submission {
    var submission = submission
    guard try await put(&submission, entry, more, then: job, by: principal) else {
      throw .store(
        .recordConflict(kind: "submission", key: submission.id, expected: 0, found: 0))
    }
    return submission
  }

  /// Records a step; false where somebody else took one in between.
  private func put(
    _ submission: inout Submission, _ entry: String, _ more: [String: JSONValue] = [:],
    then job: (Submission, Actor) -> RecordChange?, by principal: Principal
  ) async throws(Problem) -> Bool {
    let change = submission.change
    let changes = [change] + [job(submission, principal.actor)].compactMap { $0 }
    let batch = RecordBatch(
      changes, entry: RecordBatch.Entry(kind: entry, body: submission.said(more)))
    do throws(StoreError) {
      try await store.put(batch, by: principal.actor)
    } catch {
      guard case .recordConflict = error else { throw .store(error) }
      return false
    }
    if case .write(let record) = change { submission.record = record }
    return true
  }
}

extension Submission {
  /// A submission that was just handed in.
  init(
    _ order: SubmissionOrder, id: String, source: BlobFolder.Kept, by principal: Principal,
    at now: Timestamp
  ) {
    self.init(
      id: id, dataset: order.dataset, state: .submitted, submitter: principal.actor.id,
      submittedAt: now.description, mode: order.mode, validFrom: order.validFrom,
      validUntil: order.validUntil, reason: order.reason, crs: order.crs, layer: order.layer,
      ending: order.ending,
      source: Source(name: order.name, sm3: source.sm3, file: source.file),
      regions: principal.scope.regionPrefixes, ceiling: principal.scope.ceiling,
      senders: [principal.actor.id], round: 1)
  }

  mutating func replace(
    with order: SubmissionOrder, source kept: BlobFolder.Kept, by principal: Principal,
    at now: Timestamp
  ) {
    mode = order.mode
    validFrom = order.validFrom
    validUntil = order.validUntil
    reason = order.reason
    crs = order.crs
    layer = order.layer
    ending = order.ending
    source = Source(name: order.name, sm3: kept.sm3, file: kept.file)
    submittedAt = now.description
    regions = principal.scope.regionPrefixes
    ceiling = principal.scope.ceiling
    if !senders.contains(principal.actor.id) { senders.append(principal.actor.id) }
    beginRound()
  }

  /// Back to the gate: what was said and signed of the round before no longer counts.
  mutating func beginRound() {
    round += 1
    state = .submitted
    due = nil
    verdict = nil
    signature = nil
    problem = nil
  }
}
