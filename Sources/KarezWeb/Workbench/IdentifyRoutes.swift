import Hummingbird
import KarezCore
import KarezGeometry
import KarezService
import KarezStore

/// `/identify`: what the layers on the map have at a place, each with where it comes from.
struct IdentifyRoutes: Sendable {
  /// Of one layer; more of them at one place cannot be told apart by a click.
  static let mostOfLayer = 8
  /// As many layers as anybody has on.
  static let mostLayers = 64
  /// What a finger covers at the scale of a country, in metres.
  static let widest = 100_000.0

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("identify", use: identify)
  }

  /// `at=lon,lat`, `within` metres for points and lines, and `layers` from the top down.
  @Sendable
  func identify(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let place = try Self.place(asked)
    let within = try Self.metres(asked)
    let names = (asked.text("layers") ?? "").split(separator: ",").map(String.init)
    guard !names.isEmpty, names.count <= Self.mostLayers else {
      throw WebError.fieldInvalid(name: "layers")
    }
    let (asOf, _) = try await portal.state(asked)
    let scope = context.visitor.scope
    let known = try await portal.map.schemas(in: scope).filter { $0.geometry != .none }
    let schemas = names.compactMap { name in known.first { $0.id.text == name } }
    // A layer out of scope is as one that never was.
    guard !schemas.isEmpty else { throw WebError.notFound }
    let words = CatalogueWords(portal, asked.language)
    var view = IdentifyView(
      place, asOf, words, names: try await PersonNames(portal, words.messages),
      address: CatalogueAddress(asked))
    for schema in schemas {
      // Sixty layers at a place are work enough to wait for one's turn.
      let found = try await portal.work.run {
        try await features(of: schema, at: place, within: within, asOf, in: scope)
      }
      guard !found.features.isEmpty else { continue }
      let commits = try await commits(of: found.features, schema, in: scope)
      view.add(found.features, of: schema, isComplete: found.isComplete, commits: commits)
    }
    return .html(try portal.render(view, with: "identify"))
  }

  /// Land that the place lies in; points and lines no farther than `within`.
  private func features(
    of schema: DatasetSchema, at place: Position, within metres: Double, _ asOf: AsOf,
    in scope: Scope
  ) async throws -> (features: [FeatureVersion], isComplete: Bool) {
    let point = BoundingBox(minX: place.x, minY: place.y, maxX: place.x, maxY: place.y)
    let box = schema.geometry == .polygon ? point : point.widened(byMetres: metres)
    var query = FeatureQuery(dataset: schema.id, asOf: asOf, window: box)
    query.filter =
      schema.geometry == .polygon
      ? .spatial(.intersects, .points([place]))
      : .spatial(.intersects, .polygons(try box.polygon()))
    return try await portal.map.features(query, limit: Self.mostOfLayer, in: scope)
  }

  /// The commits the versions were written by, as far as the reader may see them.
  private func commits(
    of versions: [FeatureVersion], _ schema: DatasetSchema, in scope: Scope
  ) async throws -> [CommitNumber: CommitRecord] {
    var records: [CommitNumber: CommitRecord] = [:]
    for number in Set(versions.map(\.recordedFrom)) {
      guard let after = CommitNumber(number.value + 1) else { continue }
      let last = try await portal.map.commits(
        of: schema.id.text, before: after, limit: 1, in: scope)
      if let record = last.last, record.commit == number { records[number] = record }
    }
    return records
  }

  private static func place(_ asked: Asked) throws(WebError) -> Position {
    let parts = (asked.text("at") ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard parts.count == 2, numbers.count == 2, numbers.allSatisfy(\.isFinite),
      abs(numbers[0]) <= 180, abs(numbers[1]) <= 90
    else { throw .fieldInvalid(name: "at") }
    return Position(x: numbers[0], y: numbers[1])
  }

  private static func metres(_ asked: Asked) throws(WebError) -> Double {
    guard let text = asked.text("within") else { return 10 }
    guard let number = Double(text), number >= 0, number <= widest else {
      throw .fieldInvalid(name: "within")
    }
    return number
  }
}
