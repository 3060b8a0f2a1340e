public import KarezCore
import KarezStore

/// 通知: something that happened and concerns an account; stays on its desk until it is read.
public struct Notice: Hashable, Sendable {
  static let kind = RecordKind.transient("notice")

  public let id: String
  public let account: String
  public let submission: String
  public let dataset: String
  /// What the submission had become.
  public let state: Submission.State
  public let at: String
  public let isRead: Bool
  let record: PlatformRecord?

  /// A notice that a submission has come to where it is now.
  init(to account: String, about submission: Submission, at now: Timestamp) {
    self.account = account
    self.submission = submission.id
    dataset = submission.dataset
    state = submission.state
    at = now.description
    id = [account, at, submission.id, submission.state.rawValue].joined(separator: "/")
    isRead = false
    record = nil
  }

  /// Nil for a record that is no notice.
  init?(_ record: PlatformRecord) {
    guard let account = record.owner, let submission = record.body["submission"]?.string,
      let dataset = record.body["dataset"]?.string, let at = record.body["at"]?.string,
      let state = record.body["state"]?.string.flatMap({ Submission.State(rawValue: $0) })
    else { return nil }
    id = record.key
    self.account = account
    self.submission = submission
    self.dataset = dataset
    self.state = state
    self.at = at
    isRead = record.state == "read"
    self.record = record
  }

  private var body: JSONValue {
    .object([
      "submission": .string(submission), "dataset": .string(dataset),
      "state": .string(state.rawValue), "at": .string(at),
    ])
  }

  var change: RecordChange {
    .write(
      PlatformRecord(kind: Self.kind, key: id, state: "unread", owner: account, body: body))
  }
}

extension Submissions {
  /// What an account has not read yet, newest first.
  public func notices(for principal: Principal, limit: Int = 50) async throws(Problem) -> [Notice] {
    try await map.asked { store throws(StoreError) in
      let query = RecordQuery(
        Notice.kind, states: ["unread"], owner: principal.actor.id, order: .keyDescending)
      return try await store.records(query, after: nil, limit: limit).records
        .compactMap { Notice($0) }
    }
  }

  /// Takes a notice off the desk.
  public func read(_ id: String, by principal: Principal) async throws(Problem) {
    try await map.asked { store throws(StoreError) in
      guard let record = try await store.record(Notice.kind, id),
        record.owner == principal.actor.id
      else { return }
      try await store.put(RecordBatch([.remove(record)]), by: principal.actor)
    }
  }
}

/// Tells those whom a commit concerns: who follows the dataset, or one that refers to it, and who
/// sent it in.
struct NotifyHandler: JobHandler {
  static let name = "notify"
  let map: OneMap

  var name: String { Self.name }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let id = run.subject["submission"]?.string,
      let submission = try await Submissions(map: map).find(id)
    else { return JobEnd(by: run.actor) }
    let schemas = try await map.schemas(in: .all)
    guard let schema = schemas.first(where: { $0.id.text == submission.dataset }) else {
      return JobEnd(by: run.actor)
    }
    let concerned = Set([submission.dataset] + map.dependants(of: schema.id).map(\.text))
    let now = map.clock.now()
    var told: Set<String> = Set(submission.senders)
    for account in try await map.accounts.all() where account.isActive {
      let scope = account.principal(in: map.offices).scope
      guard scope.reaches(schema) else { continue }
      if !concerned.isDisjoint(with: account.follows) { told.insert(account.id) }
    }
    let changes = told.sorted().map { Notice(to: $0, about: submission, at: now).change }
    return JobEnd(
      result: .object(["told": .integer(Int64(changes.count))]), changes: changes, by: run.actor)
  }
}
