import Hummingbird
import KarezCore
import KarezGeometry
import KarezService
import KarezStore

/// `/api/v1/commits`, `/api/v1/datasets/{id}/diff`, and the history of a feature.
struct HistoryRoutes: Sendable {
  static let standardLimit = 1_000
  static let maximumLimit = 10_000

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("api/v1/commits", use: commits)
    router.get("api/v1/datasets/{id}/diff", use: difference)
    router.get("api/v1/datasets/{id}/features/{feature}/history", use: history)
    router.get("api/v1/datasets/{id}/units", use: units)
    router.get("api/v1/datasets/{id}/increment", use: increment)
  }

  /// The last commits first, of `dataset` or of all that are in scope; `before` goes on.
  @Sendable
  func commits(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let limit = try asked.limit(standard: 100, maximum: Self.standardLimit)
    let found = try await portal.map.commits(
      of: asked.text("dataset"), before: try asked.commit("before"), limit: limit + 1,
      in: context.visitor.scope)
    let page = found.suffix(limit)
    let next = found.count > limit ? page.first?.commit : nil
    return .json(
      .object([
        "commits": .array(page.reversed().map(\.json)),
        "next": next.map { .integer(Int64($0.value)) } ?? .null,
      ]))
  }

  /// `from` and `to` are days, `recorded` and `recordedTo` commits; `geometry=true` draws patches.
  @Sendable
  func difference(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    guard let from = try asked.day("from") else { throw WebError.fieldInvalid(name: "from") }
    guard let to = try asked.day("to") else { throw WebError.fieldInvalid(name: "to") }
    var order = DiffOrder(dataset: try context.parameters.require("id"), from: from, to: to)
    order.recorded = try asked.commit("recorded")
    order.recordedTo = try asked.commit("recordedTo")
    order.attribute = asked.text("by")
    order.units = asked.text("units")
    order.unitsOn = try asked.day("unitsOn")
    if let digits = asked.text("regionDigits") {
      guard let number = Int(digits), (0...12).contains(number) else {
        throw WebError.fieldInvalid(name: "regionDigits")
      }
      order.regionDigits = number
    }
    order.isDrawn = asked.text("geometry") == "true"
    let limit = try asked.limit(standard: Self.standardLimit, maximum: Self.maximumLimit)
    let wanted = order
    let report = try await portal.work.run {
      try await portal.map.difference(wanted, in: context.visitor.scope)
    }
    if order.isDrawn {
      let drawn = report.changes.prefix(limit).compactMap(\.geometry)
      try await portal.map.count(
        drawn.map(Geometry.polygons), of: report.schema.id, to: context.visitor.actor)
    }
    return .json(report.json(atMost: limit))
  }

  /// The package of what changed after the commit `since`, up to `through`, within `region`.
  @Sendable
  func increment(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    guard let since = try asked.commit("since") else { throw WebError.fieldInvalid(name: "since") }
    var order = IncrementOrder(dataset: try context.parameters.require("id"), since: since)
    order.through = try asked.commit("through")
    order.regions = asked.text("region").map { [$0] } ?? []
    let wanted = order
    let package = try await portal.work.run {
      try await portal.map.increment(wanted, in: context.visitor.scope)
    }
    try await portal.map.count(package, to: context.visitor.actor)
    let text = try await portal.map.delivered(package, to: context.visitor.actor)
    return .bytes(Array(text.utf8), type: "application/jsonl")
  }

  /// What became of the units of `from` by `to`, as recorded at `recorded`.
  @Sendable
  func units(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    guard let from = try asked.day("from") else { throw WebError.fieldInvalid(name: "from") }
    let to: LegalDate
    if let day = try asked.day("to") { to = day } else { to = try await portal.map.today().validOn }
    let (dataset, recorded) = (try context.parameters.require("id"), try asked.commit("recorded"))
    let table = try await portal.work.run {
      try await portal.map.unitSuccession(
        of: dataset, from: from, to: to, recorded: recorded, in: context.visitor.scope)
    }
    return .json(table.json)
  }

  @Sendable
  func history(_ request: Request, context: WebContext) async throws -> Response {
    let history = try await portal.map.history(
      of: try context.featureID,
      in: try context.parameters.require("id"), context.visitor.scope)
    return .json(history.json)
  }
}
