public import KarezCore
public import KarezPacks
import KarezStore

/// 双人办理件: what one person proposes and another has to agree to before it takes effect.
public struct Proposal: Hashable, Sendable {
  static let kind = RecordKind.witnessed("proposal")

  public enum State: String, CaseIterable, Hashable, Sendable {
    /// Waits for the second person.
    case proposed
    /// Agreed to; the use case it is about has not carried it out yet.
    case agreed
    /// Agreed to and in effect.
    case done
    case refused
    case withdrawn
  }

  /// Who decided, when, and what they said.
  public struct Decision: Hashable, Sendable {
    public let by: String
    public let at: String
    public let reason: String
  }

  public let id: String
  public let act: TwoPersonAct.Name
  /// What shall be done, in the form of the act's own use case; without personal data.
  public let subject: JSONValue
  public let proposer: String
  public let proposedAt: String
  public let reason: String
  public internal(set) var state: State
  public internal(set) var decision: Decision?
  /// When it lapses.
  public let due: String
  var record: PlatformRecord?

  /// A fresh one.
  init(
    _ id: String, _ act: TwoPersonAct, _ subject: JSONValue, because reason: String,
    by proposer: Actor, at now: Timestamp
  ) {
    self.id = id
    self.act = act.name
    self.subject = subject
    self.proposer = proposer.id
    proposedAt = now.description
    self.reason = reason
    state = .proposed
    due = now.adding(seconds: act.lapseSeconds).description
  }

  /// - Errors: `StoreError.corrupt` for a record that is none of a proposal.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let state = State(rawValue: record.state), let proposer = record.owner,
      let act = body["act"]?.string.flatMap({ TwoPersonAct.Name(rawValue: $0) }),
      let subject = body["subject"], let proposedAt = body["proposedAt"]?.string,
      let reason = body["reason"]?.string, let due = body["lapsesAt"]?.string
    else { throw .corrupt(what: "proposal \(record.key)") }
    id = record.key
    self.act = act
    self.subject = subject
    self.proposer = proposer
    self.proposedAt = proposedAt
    self.reason = reason
    self.state = state
    decision = body["decision"].flatMap(Decision.init)
    self.due = due
    self.record = record
  }

  /// The change that records it as it is now.
  var change: RecordChange {
    let body = JSONValue.object([
      "act": .string(act.rawValue), "subject": subject, "proposedAt": .string(proposedAt),
      "reason": .string(reason), "lapsesAt": .string(due), "decision": decision?.json ?? .null,
    ])
    let waits = state == .proposed ? due : nil
    guard let record else {
      return .write(
        PlatformRecord(
          kind: Self.kind, key: id, state: state.rawValue, due: waits, owner: proposer, body: body))
    }
    return .write(
      record.next(state: state.rawValue, due: waits, owner: proposer, body: body))
  }

  public func waits(at now: Timestamp) -> Bool {
    state == .proposed && (Timestamp(due).map { now < $0 } ?? false)
  }

  /// What every log entry about it says.
  var said: [String: JSONValue] {
    ["proposal": .string(id), "act": .string(act.rawValue), "proposer": .string(proposer)]
  }

  /// What `karez proposal list --json` and the API say of it.
  public var json: JSONValue {
    .object([
      "id": .string(id), "act": .string(act.rawValue), "state": .string(state.rawValue),
      "subject": subject, "proposer": .string(proposer), "proposedAt": .string(proposedAt),
      "reason": .string(reason), "lapsesAt": .string(due), "decision": decision?.json ?? .null,
    ])
  }
}

extension Proposal.Decision {
  var json: JSONValue {
    .object(["by": .string(by), "at": .string(at), "reason": .string(reason)])
  }

  init?(_ json: JSONValue) {
    guard let by = json["by"]?.string, let at = json["at"]?.string,
      let reason = json["reason"]?.string
    else { return nil }
    self.init(by: by, at: at, reason: reason)
  }
}
