public import KarezCore
import KarezCrypto
import KarezStore

/// 交换单: what shall go to whom; what two people agree to where it goes down.
public struct ExchangeOrder: Hashable, Sendable {
  /// The partner's id.
  public let partner: String
  /// The edition it is derived by; nil for changes as they are recorded.
  public var edition: String?
  public var datasets: [String]
  /// Of changes: the commit both sides have; nil for what was sent last.
  public var since: CommitNumber?
  /// The state that is sent; the last commit if nil.
  public var recorded: CommitNumber?
  /// Of an edition: the day it is of; today if nil.
  public var validOn: LegalDate?
  /// Of changes: prefixes of the regions they are held to.
  public var regions: [String] = []
  /// 审图号.
  public var mapApproval: String?

  public init(partner: String, datasets: [String], edition: String? = nil) {
    self.partner = partner
    self.datasets = datasets
    self.edition = edition
  }

  /// With the partner's key and the rules, so that neither changes between agreement and sealing.
  func json(for partner: ExchangePartner, rules sm3: String) -> JSONValue {
    .object([
      "partner": .string(self.partner), "key": .string(partner.envelopeKey.id),
      "zone": .string(partner.zone.rawValue), "rules": .string(sm3),
      "edition": .optional(edition), "datasets": .texts(datasets),
      "since": since.map { .integer(Int64($0.value)) } ?? .null,
      "recorded": recorded.map { .integer(Int64($0.value)) } ?? .null,
      "validOn": .optional(validOn?.description), "regions": .texts(regions),
      "mapApproval": .optional(mapApproval),
    ])
  }

  /// Nil for what is no order.
  init?(_ json: JSONValue) {
    guard let partner = json["partner"]?.string, let datasets = json["datasets"]?.texts,
      let regions = json["regions"]?.texts
    else { return nil }
    self.init(partner: partner, datasets: datasets, edition: json["edition"]?.string)
    since = json["since"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    recorded = json["recorded"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    validOn = json["validOn"]?.string.flatMap { LegalDate($0) }
    self.regions = regions
    mapApproval = json["mapApproval"]?.string
  }

  static func sm3(of json: JSONValue) -> String { SM3.digest(json.canonicalText).description }
}
