import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// `/differences`: what changed in a dataset between two states, and the account of the land.
struct DifferenceRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("differences", use: page)
    router.get("differences/progress", use: progress)
    router.get("differences/shapes", use: shapes)
  }

  /// Without both days it is the form that asks for them.
  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let words = CatalogueWords(portal, asked.language)
    let catalogue = try await portal.map.catalogue(asOf: nil, in: context.visitor.scope)
      .filter { $0.commit != .none }
    var form = try DifferenceForm(asked)
    form.complete(catalogue)
    var outcome = DifferenceOutcome.none
    if let order = form.order {
      let isAgain = asked.text("again") == "true"
      let state = try await portal.work.run {
        try await portal.map.keptDifference(
          order, isAgain: isAgain, by: context.visitor.principal)
      }
      outcome =
        switch state {
        case .kept(let kept): .kept(kept)
        case .job(let job): .job(job)
        }
    }
    let view = DifferencesView(
      PageFrame(portal, request, context, at: .catalogue), form, outcome, catalogue, words,
      counties: portal.map.region?.counties ?? [])
    return .html(try portal.render(view, with: "differences"))
  }

  /// How far the job is; the whole page when it is over.
  @Sendable
  func progress(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let form = try DifferenceForm(asked)
    guard let order = form.order else { throw WebError.notFound }
    let state = try await portal.map.keptDifference(
      order, isAgain: false, by: context.visitor.principal)
    guard case .job(let job) = state, !job.state.isOver else { return .refreshed }
    let messages = portal.catalogues[asked.language]
    return .html(
      try portal.render(
        ProgressView(of: job, at: form.address("/differences/progress"), messages),
        with: "submission-progress"))
  }

  /// The shapes of what the page shows, as they were kept with it.
  @Sendable
  func shapes(_ request: Request, context: WebContext) async throws -> Response {
    guard let order = try DifferenceForm(Asked(request)).order,
      let kept = try await portal.map.keptDifference(order, in: context.visitor.scope)
    else { throw WebError.notFound }
    try await portal.map.count(kept.drawn, of: kept.schema.id, to: context.visitor.actor)
    return .json(kept.shapes)
  }
}

/// Where the comparison that was asked for stands.
enum DifferenceOutcome {
  case none
  case kept(KeptDifference)
  case job(Job)

  var kept: KeptDifference? {
    guard case .kept(let kept) = self else { return nil }
    return kept
  }

  var job: Job? {
    guard case .job(let job) = self else { return nil }
    return job
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

  /// An address of the same comparison.
  func address(_ path: String, _ more: [(String, String)] = []) -> String {
    let pairs: [(String, String?)] = [
      ("dataset", dataset), ("from", from?.description), ("to", to?.description),
      ("recorded", recorded?.description), ("recordedTo", recordedTo?.description),
      ("by", attribute),
    ]
    return path + "?"
      + (pairs.compactMap { pair in pair.1.map { (pair.0, $0) } } + more)
      .map { $0.0 + "=" + Asked.escaped($0.1) }.joined(separator: "&")
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
