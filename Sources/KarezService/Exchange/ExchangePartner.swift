public import KarezCore
public import KarezCrypto
import KarezStore

/// 交换方: another installation, by the keys it signs and opens with, and the zone it stands in.
public struct ExchangePartner: Hashable, Sendable {
  static let kind = RecordKind.witnessed("exchange-partner")

  public let id: String
  public var title: String
  public var zone: NetworkZone
  /// Keys its bundles and receipts may be signed by; the last is the present one.
  public var signingKeys: [PublicKey]
  /// What bundles for it are sealed to.
  public var envelopeKey: PublicKey
  /// Accounts here whose downloads are its own, for what it comes to hold counts together.
  public var accounts: [String] = []
  /// Beginnings of the administrative codes its changes may concern; nil is everywhere.
  public var regions: [String]?
  public var isActive = true
  var record: PlatformRecord?

  public init(
    id: String, title: String, zone: NetworkZone, signingKeys: [PublicKey],
    envelopeKey: PublicKey
  ) {
    self.id = id
    self.title = title
    self.zone = zone
    self.signingKeys = signingKeys
    self.envelopeKey = envelopeKey
  }

  /// - Errors: `StoreError.corrupt` for a record that is none of a partner.
  init(_ record: PlatformRecord) throws(StoreError) {
    guard let read = ExchangePartner(record.key, record.body) else {
      throw .corrupt(what: "exchange partner \(record.key)")
    }
    self = read
    isActive = record.state == "active"
    self.record = record
  }

  /// Nil for what says no partner.
  init?(subject: JSONValue) {
    guard let id = subject["partner"]?.string else { return nil }
    self.init(id, subject)
  }

  private init?(_ name: String, _ body: JSONValue) {
    let keys = (body["keys"]?.texts ?? []).compactMap { Self.key($0) }
    guard let title = body["title"]?.string,
      let zone = body["zone"]?.string.flatMap({ NetworkZone(rawValue: $0) }),
      !keys.isEmpty, keys.count == body["keys"]?.array?.count,
      let envelope = body["envelope"]?.string.flatMap({ Self.key($0) }),
      let accounts = body["accounts"]?.texts
    else { return nil }
    id = name
    self.title = title
    self.zone = zone
    signingKeys = keys
    envelopeKey = envelope
    self.accounts = accounts
    regions = body["regions"]?.texts
  }

  private static func key(_ text: String) -> PublicKey? {
    Hexadecimal.bytes(text).flatMap { try? PublicKey(der: $0) }
  }

  private var body: [String: JSONValue] {
    [
      "title": .string(title), "zone": .string(zone.rawValue),
      "keys": .texts(signingKeys.map { Hexadecimal.text($0.der) }),
      "envelope": .string(Hexadecimal.text(envelopeKey.der)), "accounts": .texts(accounts),
      "regions": regions.map(JSONValue.texts) ?? .null,
    ]
  }

  /// What is proposed: all of it, and what it is to be instead of.
  func subject(after known: ExchangePartner?) -> JSONValue {
    var subject = body
    subject["partner"] = .string(id)
    subject["after"] = .integer(Int64(known?.record?.version ?? 0))
    return .object(subject)
  }

  var change: RecordChange {
    let state = isActive ? "active" : "ended"
    let body = JSONValue.object(body)
    guard let record else {
      return .write(PlatformRecord(kind: Self.kind, key: id, state: state, body: body))
    }
    return .write(record.next(state: state, due: nil, owner: nil, body: body))
  }

  public var json: JSONValue {
    .object([
      "id": .string(id), "title": .string(title), "zone": .string(zone.rawValue),
      "keys": .texts(signingKeys.map(\.id)), "envelope": .string(envelopeKey.id),
      "accounts": .texts(accounts), "regions": regions.map(JSONValue.texts) ?? .null,
      "active": .boolean(isActive),
    ])
  }
}
