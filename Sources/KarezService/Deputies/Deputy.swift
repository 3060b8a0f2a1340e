public import KarezCore
import KarezStore

/// 代理授权: who acts in cases for an officer that is away, on which days and in what.
///
/// It ends by itself after its last day. It gives what the absent may do in cases and nothing else:
/// no permission, no level, no land beyond what both of them have.
public struct Deputy: Hashable, Sendable {
  static let kind = RecordKind.witnessed("case-deputy")
  static let named = "named"
  static let revoked = "revoked"

  public let id: String
  /// The account that is away.
  public let absent: String
  /// The account that acts for it.
  public let deputy: String
  public let from: LegalDate
  /// The last day.
  public let through: LegalDate
  /// Ids of procedures; all where there are none.
  public let procedures: [String]
  public let reason: String
  /// Nil where it was let run.
  public let revokedOn: LegalDate?

  public func isInForce(on day: LegalDate) -> Bool {
    revokedOn == nil && from <= day && day <= through
  }

  func covers(_ procedure: String) -> Bool {
    procedures.isEmpty || procedures.contains(procedure)
  }

  /// Whether both are of some day and some procedure.
  func meets(_ other: Deputy) -> Bool {
    let isOfOneDay = from <= other.through && other.from <= through
    return isOfOneDay
      && (procedures.isEmpty || other.procedures.isEmpty
        || !Set(procedures).isDisjoint(with: other.procedures))
  }

  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let absent = body["absent"]?.string, let deputy = body["deputy"]?.string,
      let from = body["from"]?.string.flatMap({ LegalDate($0) }),
      let through = body["through"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    id = record.key
    self.absent = absent
    self.deputy = deputy
    self.from = from
    self.through = through
    procedures = (body["procedures"]?.array ?? []).compactMap(\.string)
    reason = body["reason"]?.string ?? ""
    revokedOn = body["revokedOn"]?.string.flatMap { LegalDate($0) }
  }

  init(_ order: DeputyOrder, by absent: String, id: String) {
    self.id = id
    self.absent = absent
    deputy = order.deputy
    from = order.from
    through = order.through
    procedures = order.procedures.sorted()
    reason = order.reason
    revokedOn = nil
  }

  /// As it is kept, and as it is told.
  public var json: JSONValue { .object(members.merging(["id": .string(id)]) { own, _ in own }) }

  var members: [String: JSONValue] {
    [
      "absent": .string(absent), "deputy": .string(deputy), "from": .string(from.description),
      "through": .string(through.description), "procedures": .texts(procedures),
      "reason": .string(reason), "revokedOn": .optional(revokedOn?.description),
    ]
  }
}

/// What an officer who will be away asks for.
public struct DeputyOrder: Hashable, Sendable {
  public let deputy: String
  public let from: LegalDate
  public let through: LegalDate
  public var procedures: [String] = []
  public var reason = ""

  public init(deputy: String, from: LegalDate, through: LegalDate) {
    self.deputy = deputy
    self.from = from
    self.through = through
  }
}

/// 代办权限: what somebody may do in cases for another today.
public struct DeputyShare: Hashable, Sendable {
  public let absent: String
  /// Roles of the absent in cases.
  public let roles: Set<String>
  let deputy: Deputy
  /// Where both of them reach; nil for everywhere.
  let regionPrefixes: [String]?

  var query: CaseQuery.Share {
    CaseQuery.Share(
      roles: roles, procedures: deputy.procedures, regionPrefixes: regionPrefixes)
  }

  func covers(_ procedure: String, in region: String) -> Bool {
    deputy.covers(procedure)
      && (regionPrefixes.map { $0.contains { region.hasPrefix($0) } } ?? true)
  }
}

/// 代办记录: one step somebody made for another.
public struct DeputyAct: Hashable, Sendable {
  static let kind = RecordKind.witnessed("case-deputy-act")

  public let number: String
  public let region: String
  /// The step, or what else was done.
  public let act: String
  public let absent: String
  public let deputy: String
  public let on: LegalDate

  init(
    number: String, region: String, act: String, absent: String, deputy: String, on: LegalDate
  ) {
    self.number = number
    self.region = region
    self.act = act
    self.absent = absent
    self.deputy = deputy
    self.on = on
  }

  init?(_ body: JSONValue) {
    guard let number = body["case"]?.string, let region = body["region"]?.string,
      let act = body["act"]?.string, let absent = body["absent"]?.string,
      let deputy = body["deputy"]?.string, let on = body["on"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    self.init(
      number: number, region: region, act: act, absent: absent, deputy: deputy, on: on)
  }

  public var json: JSONValue {
    .object([
      "case": .string(number), "region": .string(region), "act": .string(act),
      "absent": .string(absent), "deputy": .string(deputy), "on": .string(on.description),
    ])
  }

  /// Recorded with the events of the act; the moment orders them.
  func change(at moment: Timestamp, version: Int) -> RecordChange {
    .write(
      PlatformRecord(
        kind: Self.kind, key: "\(moment.description)/\(number)/\(version)", state: "made",
        owner: absent, body: json))
  }
}
