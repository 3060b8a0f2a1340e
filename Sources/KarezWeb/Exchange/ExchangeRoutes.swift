import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService

/// How far the bundles of each partner have come; for who signs, releases, or reads the log.
struct ExchangeRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) { router.get("exchange", use: page) }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let all = try await portal.map.exchange.status(for: context.visitor.principal)
    let messages = portal.catalogues[Asked(request).language]
    let view = ExchangeView(
      frame: PageFrame(portal, request, context, at: .administration),
      partners: all.filter(\.partner.isActive).map { ExchangeView.Row($0, messages) },
      hasPartners: all.contains { $0.partner.isActive })
    return .html(try portal.render(view, with: "exchange"))
  }
}

struct ExchangeView {
  let frame: PageFrame
  let partners: [Row]
  let hasPartners: Bool

  struct Row {
    let partnerID: String
    let partnerTitle: String
    let zoneWords: String
    let numberWords: String
    let gapWords: String?
    let waitWords: String?
    let openWords: String?
    let groundWords: String?
    let stateWords: String
    let tone: String

    init(_ status: ExchangeStatus, _ messages: MessageCatalogue) {
      func words(_ name: String, _ numbers: [String]) -> String? {
        numbers.isEmpty
          ? nil : messages.text(name, ["numbers": numbers.joined(separator: ", ")])
      }
      partnerID = status.partner.id
      partnerTitle = status.partner.title
      zoneWords = messages.text("zone_" + status.partner.zone.rawValue)
      numberWords = messages.text(
        "exchange_numbers",
        ["sent": String(status.sent.last?.sequence ?? 0), "received": String(status.concluded)])
      gapWords = words("exchange_gaps", status.gaps.map { String($0) })
      waitWords = words(
        "exchange_waiting",
        status.waiting.map { bundle in
          "\(bundle.sequence) (\(messages.text("exchange_" + bundle.state.rawValue)))"
        })
      openWords = words("exchange_unanswered", status.unacknowledged.map { String($0.sequence) })
      groundWords = status.ground.map { ground in
        messages.text(
          "exchange_ground",
          ["area": DecimalText.fixed(ground.largest.squareMetres / 1e6, decimals: 2)])
      }
      let isInOrder = status.waiting.isEmpty
      stateWords = messages.text(isInOrder ? "exchange_in_order" : "exchange_missing")
      tone = isInOrder ? "order" : "act"
    }
  }
}
