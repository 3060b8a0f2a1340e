import KarezAccounts
public import KarezCore
import KarezStore
import KarezWorkflow

/// 缴款单: a fee of a case that is owed, and what became of it.
///
/// - Shape: its number is that of the case and the place of the event that charged it, so a fee has
///   one order however often anything is begun. The amount is a text of yuan with two decimals and
///   is never a floating-point number.
public struct PaymentOrder: Hashable, Sendable {
  static let kind = RecordKind.witnessed("payment-order")

  public enum State: String, CaseIterable, Hashable, Sendable {
    case due
    case paid
    /// Let go: nothing is owed.
    case waived
    /// The gateway was asked to pay it back.
    case refunding
    case refunded
  }

  /// 收款方式.
  public enum Channel: String, CaseIterable, Hashable, Sendable {
    case cash
    case gateway
  }

  /// 收款: how, when and against which slip it was paid.
  public struct Payment: Hashable, Sendable {
    public let channel: Channel
    /// Number of the receipt that was handed out, or of the gateway's own.
    public let reference: String
    /// Who took the cash; `payments` for the gateway.
    public let by: String
    public let on: LegalDate
  }

  /// 减免或退款: who decided it, and why.
  public struct Decision: Hashable, Sendable {
    public let by: String
    public let reason: String
    public let on: LegalDate
  }

  public let number: String
  public let caseNumber: String
  /// Of the event that charged it.
  public let position: Int
  public let applicant: String
  /// As the procedure names it.
  public let fee: String
  public let title: LocalizedText
  public let amountYuan: String
  public let chargedOn: LegalDate
  public internal(set) var state: State
  public internal(set) var payment: Payment?
  public internal(set) var waiver: Decision?
  public internal(set) var refund: Decision?
  var record: PlatformRecord?

  static func number(of caseNumber: String, _ position: Int) -> String {
    "\(caseNumber)-F\(position)"
  }

  /// An amount of yuan; nil for what is none, or less than nothing.
  static func amount(_ text: String) -> Amount? {
    guard let measure = Measure(.yuan, decimals: 2), let amount = Amount(text, measure),
      amount.units >= 0
    else { return nil }
    return amount
  }

  init(
    _ run: EffectRun, in opening: CaseOpening, _ form: FeeForm, _ amount: Amount, on: LegalDate
  ) {
    number = Self.number(of: opening.number, run.position)
    caseNumber = opening.number
    position = run.position
    applicant = opening.applicant
    fee = run.effect.of
    title = form.title
    amountYuan = amount.text
    chargedOn = on
    state = .due
  }

  /// Nil for a record that is no order.
  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let state = State(rawValue: record.state), let caseNumber = body["case"]?.string,
      let position = body["position"]?.integer, let fee = body["fee"]?.string,
      let title = body["title"].flatMap({ LocalizedText(kept: $0) }),
      let amount = body["amountYuan"]?.string.flatMap({ Self.amount($0) }),
      let on = body["chargedOn"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    number = record.key
    self.caseNumber = caseNumber
    self.position = Int(clamping: position)
    applicant = record.owner ?? ""
    self.fee = fee
    self.title = title
    amountYuan = amount.text
    chargedOn = on
    self.state = state
    payment = body["payment"].flatMap { Payment($0) }
    waiver = body["waiver"].flatMap { Decision($0) }
    refund = body["refund"].flatMap { Decision($0) }
    self.record = record
  }

  private var body: JSONValue {
    .object([
      "case": .string(caseNumber), "position": .integer(Int64(position)), "fee": .string(fee),
      "title": title.json, "amountYuan": .string(amountYuan),
      "chargedOn": .string(chargedOn.description), "payment": payment?.json ?? .null,
      "waiver": waiver?.json ?? .null, "refund": refund?.json ?? .null,
    ])
  }

  /// The record as it is to be written for the order as it is now.
  var change: RecordChange {
    guard let record else {
      return .write(
        PlatformRecord(
          kind: Self.kind, key: number, state: state.rawValue, owner: applicant, body: body))
    }
    return .write(record.next(state: state.rawValue, due: nil, owner: applicant, body: body))
  }

  /// What the case is told the fee came to.
  var result: JSONValue {
    .object([
      "order": .string(number), "state": .string(state.rawValue),
      "amountYuan": .string(amountYuan), "channel": .optional(payment?.channel.rawValue),
      "reference": .optional(payment?.reference), "reason": .optional(waiver?.reason),
    ])
  }

  public var json: JSONValue {
    guard case .object(var members) = body else { return body }
    members["order"] = .string(number)
    members["state"] = .string(state.rawValue)
    return .object(members)
  }
}

extension PaymentOrder.Payment {
  var json: JSONValue {
    .object([
      "channel": .string(channel.rawValue), "reference": .string(reference),
      "by": .string(by), "on": .string(on.description),
    ])
  }

  init?(_ json: JSONValue) {
    guard let channel = json["channel"]?.string.flatMap({ PaymentOrder.Channel(rawValue: $0) }),
      let reference = json["reference"]?.string, let by = json["by"]?.string,
      let on = json["on"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    self.init(channel: channel, reference: reference, by: by, on: on)
  }
}

extension PaymentOrder.Decision {
  var json: JSONValue {
    .object([
      "by": .string(by), "reason": .string(reason), "on": .string(on.description),
    ])
  }

  init?(_ json: JSONValue) {
    guard let by = json["by"]?.string, let reason = json["reason"]?.string,
      let on = json["on"]?.string.flatMap({ LegalDate($0) })
    else { return nil }
    self.init(by: by, reason: reason, on: on)
  }
}
