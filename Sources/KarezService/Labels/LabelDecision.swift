public import KarezCore
import KarezStore

/// 定级决定: who put a dataset, or one of its attributes, on which level, and why.
public struct LabelDecision: Hashable, Sendable {
  static let kind = RecordKind.witnessed("classification")

  public let order: LabelOrder
  public let former: Classification
  /// Who asked for it, and who agreed; nil for what took effect by one person.
  public let by: String
  public let second: String?
  public let proposal: String?
  public let reason: String
  public let at: String
  private let number: Int

  init(
    _ order: LabelOrder, instead former: Classification, by actor: String, second: String?,
    proposal: String?, because reason: String, at: Timestamp, after last: LabelDecision?
  ) {
    self.order = order
    self.former = former
    by = actor
    self.second = second
    self.proposal = proposal
    self.reason = reason
    self.at = at.description
    number = (last?.number ?? 0) + 1
  }

  static func prefix(of dataset: String) -> String { dataset + "/" }

  /// - Errors: `StoreError.corrupt` for a record that is none of a decision.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let order = LabelOrder(body), let digits = record.key.split(separator: "/").last,
      let number = Int(digits),
      let former = body["from"]?.string.flatMap({ Classification(rawValue: $0) }),
      let by = body["by"]?.string, let reason = body["reason"]?.string,
      let at = body["at"]?.string
    else { throw .corrupt(what: "classification \(record.key)") }
    self.order = order
    self.former = former
    self.by = by
    second = body["second"]?.string
    proposal = body["proposal"]?.string
    self.reason = reason
    self.at = at
    self.number = number
  }

  var change: RecordChange {
    let digits = String(number)
    let key =
      Self.prefix(of: order.dataset) + String(repeating: "0", count: max(0, 6 - digits.count))
      + digits
    return .write(PlatformRecord(kind: Self.kind, key: key, state: "decided", body: json))
  }

  /// `{"dataset", "attribute", "from", "to", "by", "second", "proposal", "reason", "at"}`.
  public var json: JSONValue {
    guard case .object(var members) = order.subject(from: former) else { return .null }
    members["by"] = .string(by)
    members["second"] = .optional(second)
    members["proposal"] = .optional(proposal)
    members["reason"] = .string(reason)
    members["at"] = .string(at)
    return .object(members)
  }
}
