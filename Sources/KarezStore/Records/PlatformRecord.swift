public import KarezCore

/// What sort of record it is, and whether the log answers for it.
public struct RecordKind: Hashable, Sendable {
  /// As the engine keeps it; one of a transient kind says so in its name, so that no record can
  /// pass from one sort to the other unnoticed.
  public let name: String

  private init(name: String) { self.name = name }

  /// Every write stands in the log with its digest, and verification compares; never removed.
  public static func witnessed(_ name: String) -> RecordKind { RecordKind(name: name) }

  /// Written often and worth little afterwards, such as the progress of a job; may be removed.
  public static func transient(_ name: String) -> RecordKind {
    RecordKind(name: transientPrefix + name)
  }

  /// The kind an engine kept under this name.
  static func named(_ name: String) -> RecordKind { RecordKind(name: name) }

  static let transientPrefix = "transient/"

  public var isWitnessed: Bool { !name.hasPrefix(Self.transientPrefix) }
}

/// 平台记录: one small document of the platform: an account, a submission, a job, a notice.
///
/// - Shape: `key` is unique within its kind. `version` counts the writes from 1. Times are texts
///   that sort as the times do, so RFC 3339 in UTC of one precision, or a legal day. All texts
///   are without NUL and sort by their UTF-8 bytes.
public struct PlatformRecord: Hashable, Sendable {
  public let kind: RecordKind
  public let key: String
  public let version: Int
  /// Where it stands, kebab-case; what lists are asked for.
  public let state: String
  /// When somebody or something has to act on it; nil where nothing waits.
  public let due: String?
  /// Whose it is: the id of an account.
  public let owner: String?
  public let body: JSONValue

  /// A record that is to be written for the first time.
  public init(
    kind: RecordKind, key: String, state: String, due: String? = nil, owner: String? = nil,
    body: JSONValue
  ) {
    self.init(
      kind: kind, key: key, version: 1, state: state, due: due, owner: owner, body: body)
  }

  init(
    kind: RecordKind, key: String, version: Int, state: String, due: String?, owner: String?,
    body: JSONValue
  ) {
    self.kind = kind
    self.key = key
    self.version = version
    self.state = state
    self.due = due
    self.owner = owner
    self.body = body
  }

  /// The record as it is to be written over this one.
  public func next(
    state: String, due: String?, owner: String?, body: JSONValue
  ) -> PlatformRecord {
    PlatformRecord(
      kind: kind, key: key, version: version + 1, state: state, due: due, owner: owner,
      body: body)
  }
}

/// One change of a record.
public enum RecordChange: Hashable, Sendable {
  /// Refused as a conflict unless the version before is the one recorded; version 1 is new.
  case write(PlatformRecord)
  /// Of a transient kind only; refused as a conflict unless this is the version recorded.
  case remove(PlatformRecord)

  var record: PlatformRecord {
    switch self {
    case .write(let record), .remove(let record): record
    }
  }
}

/// Changes that are made together or not at all, with the log entry that tells of them.
public struct RecordBatch: Hashable, Sendable {
  public let changes: [RecordChange]
  /// What the log says; nil where nothing happened that anyone has to answer for.
  public let entry: Entry?

  /// What a batch writes into the log: `body` is an object, without personal data.
  public struct Entry: Hashable, Sendable {
    public let kind: String
    public let body: [String: JSONValue]

    public init(kind: String, body: [String: JSONValue]) {
      self.kind = kind
      self.body = body
    }
  }

  public init(_ changes: [RecordChange], entry: Entry? = nil) {
    let isAnsweredFor = changes.allSatisfy { !$0.record.kind.isWitnessed }
    precondition(isAnsweredFor || entry != nil, "a witnessed record needs an entry in the log")
    for case .remove(let record) in changes {
      precondition(!record.kind.isWitnessed, "a witnessed record is never removed")
    }
    self.changes = changes
    self.entry = entry
  }
}

/// Which records are wanted, in which order.
public struct RecordQuery: Hashable, Sendable {
  public enum Order: Hashable, Sendable {
    case key
    case keyDescending
    /// By due time, then key; only records that have one.
    case due
  }

  public let kind: RecordKind
  /// Any where it is empty.
  public var states: [String]
  public var owner: String?
  public var keyPrefix: String?
  /// Only those due then or before.
  public var dueUntil: String?
  public var order: Order

  public init(
    _ kind: RecordKind, states: [String] = [], owner: String? = nil, keyPrefix: String? = nil,
    dueUntil: String? = nil, order: Order = .key
  ) {
    self.kind = kind
    self.states = states
    self.owner = owner
    self.keyPrefix = keyPrefix
    self.dueUntil = dueUntil
    self.order = order
  }
}

/// A batch of a list; `next` is the record after which the next page begins, nil at the end.
public struct RecordPage: Sendable {
  public let records: [PlatformRecord]
  public let next: PlatformRecord?

  public init(records: [PlatformRecord], next: PlatformRecord?) {
    self.records = records
    self.next = next
  }
}
