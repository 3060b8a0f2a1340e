public import KarezCore
import KarezStore

/// 委托: one account lets another apply and act for it, in named services, until a day.
///
/// - Shape: the record belongs to the agent; its key begins with the principal. It is never
///   removed. One that is offered gives nothing until the agent accepts it.
public struct Mandate: Hashable, Sendable {
  static let kind = RecordKind.witnessed("mandate")

  /// Names the mandate and says nothing.
  public let id: String
  /// Id of the account that is acted for.
  public let principal: String
  /// Id of the account that acts.
  public let agent: String
  /// Ids of procedures.
  public let services: [String]
  /// The last day it holds.
  public let lastDay: LegalDate
  public let givenOn: LegalDate
  /// Revoked by the principal, or declined by the agent.
  public let isRevoked: Bool
  public let isAccepted: Bool
  let record: PlatformRecord?

  init(
    id: String, principal: String, agent: String, services: [String], lastDay: LegalDate,
    givenOn: LegalDate
  ) {
    self.id = id
    self.principal = principal
    self.agent = agent
    self.services = services
    self.lastDay = lastDay
    self.givenOn = givenOn
    isRevoked = false
    isAccepted = false
    record = nil
  }

  /// Nil for a record that is none.
  init?(_ record: PlatformRecord) {
    let parts = record.key.split(separator: "/").map(String.init)
    guard parts.count == 2, let agent = record.owner,
      let services = record.body["services"]?.texts,
      let lastDay = record.body["lastDay"]?.string.flatMap({ LegalDate($0) }),
      let givenOn = record.body["givenOn"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    (principal, id) = (parts[0], parts[1])
    self.agent = agent
    self.services = services
    self.lastDay = lastDay
    self.givenOn = givenOn
    isRevoked = record.state == Self.revoked
    isAccepted = record.state == Self.active
    self.record = record
  }

  private static let offered = "offered"
  private static let active = "active"
  private static let revoked = "revoked"

  /// Whether it holds on a day.
  public func isInForce(on day: LegalDate) -> Bool { isAccepted && day <= lastDay }

  /// Whether it holds on a day or may yet.
  public func isOpen(on day: LegalDate) -> Bool { !isRevoked && day <= lastDay }

  /// Whether it waits for the agent.
  public func isOffered(on day: LegalDate) -> Bool { isOpen(on: day) && !isAccepted }

  private var body: JSONValue {
    .object([
      "services": .texts(services), "lastDay": .string(lastDay.description),
      "givenOn": .string(givenOn.description),
    ])
  }

  var change: RecordChange {
    .write(
      PlatformRecord(
        kind: Self.kind, key: principal + "/" + id, state: Self.offered,
        due: lastDay.description, owner: agent, body: body))
  }

  /// The change that ends it; nil for one that is not recorded.
  var revocation: RecordChange? {
    record.map { .write($0.next(state: Self.revoked, due: nil, owner: agent, body: body)) }
  }

  /// The change that lets the agent act.
  var acceptance: RecordChange? {
    record.map {
      .write(
        $0.next(state: Self.active, due: lastDay.description, owner: agent, body: body))
    }
  }
}
