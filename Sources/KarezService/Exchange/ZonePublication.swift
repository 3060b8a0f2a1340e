import KarezCore
import KarezPacks
import KarezStore

/// Publication to a lower zone (向低级别区发布), agreed to by two; sealing the bundle spends the agreement.
struct ZonePublication: TwoPersonEffect {
  let map: OneMap
  let act = TwoPersonAct.Name.zonePublication

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    guard let order = ExchangeOrder(subject) else {
      throw .store(.corrupt(what: "proposal"))
    }
    // Who may not see all of it does not say that it may go.
    for dataset in order.datasets {
      let shown = try await map.schema(of: dataset, in: principal.scope)
      guard map.packs.schema(shown.id)?.attributes.count == shown.attributes.count,
        principal.scope.regionPrefixes == nil
      else { throw .store(.scopeTooNarrow(shown.id)) }
    }
    let partner = try await map.exchange.partner(order.partner)
    let rules = try map.exchangeRules()
    guard subject == order.json(for: partner, rules: rules.sm3) else {
      throw Wording(
        "exchange-outdated", "提出之后交换方的密钥或交换规则已变动",
        "the partner's key or the rules have changed since it was proposed",
        do: "拒绝此件，重新提出", "refuse it and propose anew"
      ).problem(.conflict, at: order.partner)
    }
    _ = try await map.exchange.edition(of: order, for: partner, rules)
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? { nil }

  func words(_ subject: JSONValue) -> LocalizedText {
    let datasets = (subject["datasets"]?.texts ?? []).joined(separator: ", ")
    let partner = subject["partner"]?.string ?? ""
    let zone = subject["zone"]?.string ?? ""
    let edition = subject["edition"]?.string ?? "-"
    let approval = subject["mapApproval"]?.string.map { " \($0)" } ?? ""
    return LocalizedText(
      zh: "向 \(zone) 区的 \(partner) 发布 \(edition) 版\(approval)：\(datasets)",
      en: "publish edition \(edition)\(approval) to \(partner) in zone \(zone): \(datasets)",
      ug: "\(partner) (\(zone)) — \(edition)\(approval): \(datasets)")
  }
}
