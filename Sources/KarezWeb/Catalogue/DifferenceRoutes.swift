import Hummingbird
import KarezCore
import KarezPacks
import KarezService
import KarezStore

/// `/differences`: what changed in a dataset between two states, and the account of the land.
struct DifferenceRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("differences", use: page)
  }

  /// Without both days it is the form that asks for them.
  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let scope = context.visitor.scope
    let words = CatalogueWords(portal, asked.language)
    let catalogue = try await portal.map.catalogue(asOf: nil, in: scope)
      .filter { $0.commit != .none }
    var form = try DifferenceForm(asked)
    form.complete(catalogue)
    var report: DiffReport?
    if let order = form.order {
      report = try await portal.map.difference(order, in: scope)
    }
    let view = DifferencesView(
      PageFrame(portal, request, context, at: .catalogue), form, report, catalogue, words,
      counties: portal.map.region?.counties ?? [])
    return .html(try portal.render(view, with: "differences"))
  }
}

/// What the form of the page holds, as far as it was filled.
struct DifferenceForm {
  let dataset: String?
  private(set) var from: LegalDate?
  private(set) var to: LegalDate?
  let recorded: CommitNumber?
  let recordedTo: CommitNumber?
  let attribute: String?
  let isAsked: Bool

  init(_ asked: Asked) throws(WebError) {
    dataset = asked.text("dataset")
    from = try asked.day("from")
    to = try asked.day("to")
    recorded = try asked.commit("recorded")
    recordedTo = try asked.commit("recordedTo")
    attribute = asked.text("by")
    isAsked = from != nil && to != nil
  }

  /// Days to begin with: from a year before the dataset's newest state to that state.
  mutating func complete(_ catalogue: [DatasetSummary]) {
    guard let summary = catalogue.first(where: { $0.schema.id.text == dataset }),
      let newest = summary.currentTo
    else { return }
    to = to ?? newest
    from = from ?? newest.adding(days: -365)
  }

  var order: DiffOrder? {
    guard isAsked, let dataset, let from, let to else { return nil }
    var order = DiffOrder(dataset: dataset, from: from, to: to)
    order.recorded = recorded
    order.recordedTo = recordedTo
    order.attribute = attribute
    return order
  }
}
