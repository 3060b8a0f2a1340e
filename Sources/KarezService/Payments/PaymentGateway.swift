import Foundation
import KarezAccounts
public import KarezCore
import KarezCrypto

/// 缴费请求: what a gateway is asked of an order.
///
/// Asked twice under one order and one ask, it is asked once.
public struct PaymentRequest: Hashable, Sendable {
  public enum Ask: String, CaseIterable, Hashable, Sendable {
    case pay
    /// It is not to be paid any more: it was paid otherwise, or let go.
    case void
    case refund
  }

  public let ask: Ask
  public let order: String
  public let amountYuan: String
  public let title: LocalizedText

  var json: JSONValue {
    .object([
      "ask": .string(ask.rawValue), "order": .string(order), "amountYuan": .string(amountYuan),
      "title": title.json,
    ])
  }
}

/// 缴费回执: what a gateway says became of an order.
public struct PaymentNote: Hashable, Sendable {
  public enum State: String, CaseIterable, Hashable, Sendable {
    case paid
    case refunded
  }

  public let order: String
  public let state: State
  public let amountYuan: String
  /// The gateway's own number of the payment.
  public let reference: String

  public init(order: String, state: State, amountYuan: String, reference: String) {
    self.order = order
    self.state = state
    self.amountYuan = amountYuan
    self.reference = reference
  }

  var json: JSONValue {
    .object([
      "order": .string(order), "state": .string(state.rawValue),
      "amountYuan": .string(amountYuan), "reference": .string(reference),
    ])
  }

  /// Nil for anything else, and for an amount that is none.
  init?(_ json: JSONValue) {
    guard let order = json["order"]?.string, order.utf8.count <= 80, !order.hasControl,
      let state = json["state"]?.string.flatMap({ State(rawValue: $0) }),
      let amount = json["amountYuan"]?.string.flatMap({ PaymentOrder.amount($0) }),
      let reference = json["reference"]?.string, (1...100).contains(reference.utf8.count),
      !reference.hasControl
    else { return nil }
    self.init(order: order, state: state, amountYuan: amount.text, reference: reference)
  }
}

/// 缴费接口: where fees are paid.
public protocol PaymentGateway: Sendable {
  func ask(_ request: PaymentRequest) throws(Problem)
  /// Notes nobody has looked at yet, by their names; nil for what is no note of the gateway's.
  func notes() throws(Problem) -> [(name: String, note: PaymentNote?)]
  /// Puts a note away, and says why where it was not taken.
  func put(away name: String, refused reason: String?) throws(Problem)
}

/// 缴费文件夹: requests are laid out as signed files, and signed notes are fetched as files.
///
/// - Shape: `payments/orders/ORDER.ASK.json` out, `payments/notes/*.json` in, each written whole;
///   looked at, a note goes to `taken` or `refused`. The signature, `hmac-sm3=` with the code over
///   the canonical text of everything else, is made with the secret of `payments.json`.
public struct PaymentFolder: PaymentGateway {
  static let name = "payments"
  static let settings = "payments.json"
  private static let leastSecretBytes = 32
  private static let mostNoteBytes = 16 << 10
  /// Of one look; the others are there at the next.
  private static let mostNotes = 200

  let folder: URL
  let secret: HiddenText

  /// Nil where the data folder states no gateway: then fees are paid at the window.
  ///
  /// - Errors: `Problem` of kind unavailable for settings that are open to others or malformed.
  init?(in data: URL) throws(Problem) {
    let text: String
    switch OwnerFile.read(data.appending(path: Self.settings)) {
    case .missing: return nil
    case .openToOthers: throw Self.openToOthers
    case .text(let read): text = read
    }
    guard case .object(let members)? = try? JSONValue(parsing: text), members.count == 1,
      let secret = members["secret"]?.string, secret.utf8.count >= Self.leastSecretBytes
    else { throw Self.malformed }
    folder = data.appending(path: Self.name)
    self.secret = HiddenText(secret)
  }

  public func ask(_ request: PaymentRequest) throws(Problem) {
    try write(request.json, as: "\(request.order).\(request.ask.rawValue).json", in: "orders")
  }

  /// Writes a note as the gateway does: for a cashier's desk without one, and for trials.
  public func write(_ note: PaymentNote) throws(Problem) {
    try write(note.json, as: "\(note.order).\(note.state.rawValue).json", in: "notes")
  }

  private func write(_ json: JSONValue, as name: String, in place: String) throws(Problem) {
    guard case .object(var members) = json else { return }
    members["signature"] = .string(signature(of: members))
    try make(place)
    try OutputFile.write(
      JSONValue.object(members).canonicalText + "\n",
      to: folder.appending(path: place).appending(path: name).path)
  }

  private func signature(of members: [String: JSONValue]) -> String {
    let text = JSONValue.object(members.filter { $0.key != "signature" }).canonicalText
    let code = HashFunction.sm3.code(of: Array(text.utf8), key: Array(secret.plain.utf8))
    return "hmac-sm3=" + Hexadecimal.text(code)
  }

  private func make(_ place: String) throws(Problem) {
    do {
      try FileManager.default.createDirectory(
        at: folder.appending(path: place), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch { throw .unreadableFile(Self.name) }
  }

  public func notes() throws(Problem) -> [(name: String, note: PaymentNote?)] {
    let place = folder.appending(path: "notes")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().prefix(Self.mostNotes).map {
      (name: $0, note: note(at: place.appending(path: $0)))
    }
  }

  private func note(at file: URL) -> PaymentNote? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      let size = (attributes?[.size] as? NSNumber)?.intValue, size <= Self.mostNoteBytes,
      let data = FileManager.default.contents(atPath: file.path),
      let json = try? JSONValue(parsing: Array(data)), case .object(let members) = json,
      let signature = members["signature"]?.string,
      Secret.isSame(signature, self.signature(of: members))
    else { return nil }
    return PaymentNote(json)
  }

  public func put(away name: String, refused reason: String?) throws(Problem) {
    let place = reason == nil ? "taken" : "refused"
    try make(place)
    let target = folder.appending(path: place).appending(path: name)
    // A name that was used before gives way to the note of now; the log has both.
    try? FileManager.default.removeItem(at: target)
    do {
      try FileManager.default.moveItem(
        at: folder.appending(path: "notes").appending(path: name), to: target)
    } catch { throw .unreadableFile(Self.name) }
    if let reason { try OutputFile.write(reason + "\n", to: target.path + ".why") }
  }

  private static let openToOthers = Wording(
    "payments-open", "缴费设置文件对他人可读", "the settings of payments can be read by others",
    do: "chmod 600 payments.json", "chmod 600 payments.json"
  ).problem(.unavailable, at: settings)

  private static let malformed = Wording(
    "payments-malformed", "缴费设置不完整或有不认识的项",
    "the settings of payments are incomplete or name what nobody knows",
    do: "按 docs/operations.md 填写", "fill them in as docs/operations.md says"
  ).problem(.unavailable, at: settings)
}

extension OneMap {
  /// 缴费接口; nil where the data folder states none.
  public func paymentGateway() throws(Problem) -> PaymentFolder? { try PaymentFolder(in: data) }
}
