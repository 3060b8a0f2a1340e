import Hummingbird
import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore
import Logging

/// `/api/v1/datasets` and the features of one.
struct DatasetRoutes: Sendable {
  static let standardLimit = 1_000
  static let maximumLimit = 10_000

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("api/v1/datasets", use: datasets)
    router.get("api/v1/datasets/{id}/features", use: features)
    router.get("healthz", use: health)
    router.get("readyz", use: readiness)
  }

  @Sendable
  func datasets(_ request: Request, context: WebContext) async throws -> Response {
    let (asOf, _) = try await portal.state(Asked(request))
    let catalogue = try await portal.map.catalogue(asOf: asOf, in: context.visitor.scope)
    return .json(.array(catalogue.map(Self.json)))
  }

  @Sendable
  func features(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let name = try context.parameters.require("id")
    let (asOf, _) = try await portal.state(asked)
    let limit = try asked.limit(standard: Self.standardLimit, maximum: Self.maximumLimit)
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    guard let schema = schemas.first(where: { $0.id.text == name }) else {
      throw WebError.notFound
    }
    let query = FeatureQuery(
      dataset: schema.id, asOf: asOf, window: try asked.window(),
      minimumArea: try asked.area("minimumAreaM2"))
    let found = try await portal.map.features(query, limit: limit, in: context.visitor.scope)
    // Borders in numbers are taken away, whoever asks for them.
    try await portal.map.count(
      found.features.compactMap(\.feature.geometry), of: schema.id, to: context.visitor.actor)
    let legend = asked.text("paint") == "true" ? LayerLegend(portal.map) : nil
    var collection = FeatureCollectionWriter(
      schema: schema, legend: legend, language: asked.language)
    for version in found.features { collection.add(version) }
    return .bytes(
      collection.finish(isComplete: found.isComplete, asOf: asOf), type: "application/geo+json")
  }

  @Sendable
  func health(_ request: Request, context: WebContext) async throws -> Response {
    .json(.object(["status": .string("alive")]))
  }

  @Sendable
  func readiness(_ request: Request, context: WebContext) async throws -> Response {
    let readiness = await portal.map.readiness()
    for words in readiness.insideWords {
      context.logger.error("not ready", metadata: ["what": .string(words)])
    }
    return .json(readiness.json, readiness.isReady ? .ok : .serviceUnavailable)
  }

  private static func json(_ summary: DatasetSummary) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(summary.schema.id.text),
      "title": summary.schema.title.json,
      "steward": summary.schema.steward.json,
      "theme": .string(summary.schema.theme),
      "geometry": .string(summary.schema.geometry.rawValue),
      "features": .integer(Int64(summary.features)),
      "commit": .integer(Int64(summary.commit.value)),
      "currentTo": .optional(summary.currentTo?.description),
    ]
    if let extent = summary.extent {
      members["extent"] = .array(
        [extent.minX, extent.minY, extent.maxX, extent.maxY].map(JSONValue.number))
    }
    return .object(members)
  }
}

extension LocalizedText {
  var json: JSONValue {
    var members: [String: JSONValue] = ["zh": .string(zh), "en": .string(en)]
    if let ug { members["ug"] = .string(ug) }
    return .object(members)
  }
}
