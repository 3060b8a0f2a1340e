public import KarezCore
import KarezStore

/// 任务: work that outlives the request that asked for it.
///
/// - Shape: the id names handler and subject, so that asking twice for the same work is one job.
public struct Job: Hashable, Sendable {
  static let kind = RecordKind.transient("job")

  public enum State: String, CaseIterable, Hashable, Sendable {
    case queued
    /// Somebody holds a lease on it, until `due`.
    case running
    case done
    /// Given up: the problem says why, and a person has to look.
    case failed
    case cancelled

    public var isOver: Bool { [.done, .failed, .cancelled].contains(self) }
  }

  /// How far the work is.
  public struct Progress: Hashable, Sendable {
    public let phase: String
    public let done: Int
    public let total: Int?

    public init(phase: String, done: Int, total: Int? = nil) {
      self.phase = phase
      self.done = done
      self.total = total
    }
  }

  public let id: String
  public let handler: String
  public let subject: JSONValue
  /// Who asked for it.
  public let requestedBy: String
  public let createdAt: Timestamp
  public internal(set) var state: State
  /// How often it was begun.
  public internal(set) var attempts = 0
  public internal(set) var progress: Progress?
  public internal(set) var result: JSONValue?
  /// The last problem, as `Problem.json`.
  public internal(set) var problem: JSONValue?
  public internal(set) var endedAt: Timestamp?
  public internal(set) var isCancelAsked = false
  /// Who holds the lease.
  var worker: String?
  /// Not before then while it is queued; the lease's end while it runs.
  var due: Timestamp?
  var record: PlatformRecord?

  /// Work that may begin at once.
  init(
    _ handler: String, of name: String, subject: JSONValue, by actor: Actor, at now: Timestamp
  ) {
    id = handler + "/" + name
    self.handler = handler
    self.subject = subject
    requestedBy = actor.id
    createdAt = now
    state = .queued
    due = now
  }

  /// Nil for a record that is no job.
  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let handler = body["handler"]?.string, let subject = body["subject"],
      let createdAt = body["createdAt"]?.string.flatMap({ Timestamp($0) }),
      let attempts = body["attempts"]?.integer, let state = State(rawValue: record.state),
      case .boolean(let isCancelAsked)? = body["isCancelAsked"]
    else { return nil }
    id = record.key
    self.handler = handler
    self.subject = subject
    requestedBy = record.owner ?? ""
    self.createdAt = createdAt
    self.state = state
    self.attempts = Int(clamping: attempts)
    progress = body["progress"].flatMap(Progress.init)
    result = body["result"].flatMap { $0 == .null ? nil : $0 }
    problem = body["problem"].flatMap { $0 == .null ? nil : $0 }
    endedAt = body["endedAt"]?.string.flatMap { Timestamp($0) }
    self.isCancelAsked = isCancelAsked
    worker = body["worker"]?.string
    due = record.due.flatMap { Timestamp($0) }
    self.record = record
  }

  /// The record as it is to be written for the job as it is now.
  var nextRecord: PlatformRecord {
    let body = JSONValue.object([
      "handler": .string(handler), "subject": subject,
      "createdAt": .string(createdAt.description), "attempts": .integer(Int64(attempts)),
      "progress": progress?.json ?? .null, "result": result ?? .null,
      "problem": problem ?? .null, "endedAt": .optional(endedAt?.description),
      "isCancelAsked": .boolean(isCancelAsked), "worker": .optional(worker),
    ])
    let due = state.isOver ? nil : due?.description
    guard let record else {
      return PlatformRecord(
        kind: Self.kind, key: id, state: state.rawValue, due: due, owner: requestedBy, body: body)
    }
    return record.next(state: state.rawValue, due: due, owner: requestedBy, body: body)
  }

  var change: RecordChange { .write(nextRecord) }

  /// The job as it ends.
  func ended(_ state: State, at now: Timestamp, result: JSONValue? = nil) -> Job {
    var job = self
    job.state = state
    job.endedAt = now
    job.result = result
    job.worker = nil
    return job
  }
}

extension Job.Progress {
  var json: JSONValue {
    .object([
      "phase": .string(phase), "done": .integer(Int64(done)),
      "total": total.map { .integer(Int64($0)) } ?? .null,
    ])
  }

  init?(_ json: JSONValue) {
    guard let phase = json["phase"]?.string, let done = json["done"]?.integer else { return nil }
    self.init(
      phase: phase, done: Int(clamping: done),
      total: json["total"]?.integer.map { Int(clamping: $0) })
  }
}

extension Job {
  /// What `karez jobs list --json` and the API say of it.
  public var json: JSONValue {
    .object([
      "id": .string(id), "handler": .string(handler), "state": .string(state.rawValue),
      "requestedBy": .string(requestedBy), "createdAt": .string(createdAt.description),
      "endedAt": .optional(endedAt?.description), "attempts": .integer(Int64(attempts)),
      "progress": progress?.json ?? .null, "result": result ?? .null,
      "problem": problem ?? .null,
    ])
  }
}
