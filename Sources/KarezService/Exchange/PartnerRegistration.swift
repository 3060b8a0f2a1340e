import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// Registration of a partner, or of another key or zone of one (登记交换方), as an act of two people.
struct PartnerRegistration: TwoPersonEffect {
  let exchange: Exchange
  let act = TwoPersonAct.Name.exchangePartner

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    let partner = try Self.partner(subject)
    let known = try await exchange.partners().first { $0.id == partner.id }
    guard subject == partner.subject(after: known) else { throw TwoPersons.outdated(partner.id) }
    _ = try await exchange.settled(partner)
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? {
    let partner = try await exchange.settled(try Self.partner(proposal.subject))
    return TwoPersonOutcome(changes: [partner.change])
  }

  func words(_ subject: JSONValue) -> LocalizedText {
    let id = subject["partner"]?.string ?? ""
    let zone = subject["zone"]?.string ?? ""
    let partner = ExchangePartner(subject: subject)
    let signing = partner?.signingKeys.last?.id ?? ""
    let envelope = partner?.envelopeKey.id ?? ""
    let regions = subject["regions"]?.texts?.joined(separator: " ") ?? "*"
    let facts = "\(regions); \((subject["accounts"]?.texts ?? []).joined(separator: " "))"
    return LocalizedText(
      zh: "登记交换方 \(id)（\(zone) 区）：签名公钥 \(signing)，收件公钥 \(envelope)（\(facts)）",
      en:
        "register partner \(id) in zone \(zone): signs by \(signing), opens by \(envelope) (\(facts))",
      ug: "\(id) (\(zone)): \(signing), \(envelope) (\(facts))")
  }

  private static func partner(_ subject: JSONValue) throws(Problem) -> ExchangePartner {
    guard let partner = ExchangePartner(subject: subject) else {
      throw .store(.corrupt(what: "proposal"))
    }
    return partner
  }
}
