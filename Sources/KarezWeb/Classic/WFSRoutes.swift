import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// WFS 2.0 at `/ogc/wfs`, for reading: features as GML and GeoJSON.
///
/// Every request takes `TIME`, the valid day, and `RECORDED`, the commit.
struct WFSRoutes: Sendable {
  static let byID = "urn:ogc:def:query:OGC-WFS::GetFeatureById"
  static let gml = [
    "application/gml+xml; version=3.2", "text/xml; subtype=gml/3.2", "gml32", "text/xml",
  ]
  static let json = ["application/json", "application/geo+json", "json", "geojson"]

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/wfs", use: wfs)
  }

  @Sendable
  func wfs(_ request: Request, context: WebContext) async throws -> Response {
    let asked = try ClassicAsked(request)
    if let service = asked.text("service"), service.uppercased() != "WFS" {
      throw ClassicFault.invalid("service")
    }
    let operation = try asked.required("request").lowercased()
    let address = OGCAddresses(request, context)
    let version = asked.text("version") ?? asked.list("acceptversions")?.first ?? "2.0.0"
    // Whoever asks for less is told what there is.
    guard operation == "getcapabilities" || version.hasPrefix("2.0.") else {
      throw ClassicFault.version
    }
    switch operation {
    case "getcapabilities":
      let summaries = try await portal.map.catalogue(asOf: nil, in: context.visitor.scope)
        .filter { $0.commit != .none }
      return .xml(WFSCapabilities(portal, asked.language, address).document(summaries))
    case "describefeaturetype":
      return .xml(WFSSchema.document(try await types(asked, context)), type: Self.gml[0])
    case "liststoredqueries":
      return .xml(WFSCapabilities.storedQueries(try await types(asked, context)))
    case "describestoredqueries":
      return .xml(WFSCapabilities.storedQuery(try await types(asked, context)))
    case "getfeature": return try await features(asked, request, context)
    default: throw ClassicFault.request
    }
  }

  /// The types an address names, or all that the visitor may know.
  private func types(
    _ asked: ClassicAsked, _ context: WebContext
  ) async throws -> [DatasetSchema] {
    let schemas = try await portal.map.schemas(in: context.visitor.scope)
    guard let names = asked.list("typenames") ?? asked.list("typename") else { return schemas }
    return try names.map { try Self.type($0, among: schemas) }
  }

  /// A type by its name, with our prefix or without one.
  private static func type(
    _ name: String, among schemas: [DatasetSchema]
  ) throws(ClassicFault) -> DatasetSchema {
    let plain = name.split(separator: ":").last.map(String.init) ?? name
    guard let schema = schemas.first(where: { $0.id.text == plain }) else {
      throw ClassicFault(
        code: "InvalidParameterValue", place: String(plain.prefix(64)), zh: "没有这个要素类型",
        en: "there is no such type of features", status: 404)
    }
    return schema
  }

  // MARK: Features

  /// A query on its way to its answer.
  struct Asking {
    let schema: DatasetSchema
    let query: FeatureQuery
    let question: ItemsQuestion
    let isJSON: Bool
    let crs: OfferedCRS
    /// The system's name as it stands in the answer.
    let srs: String
    let count: Int
    let start: Int
    let properties: [String]?
    let isOne: Bool
    let scope: Scope
  }

  private func features(
    _ asked: ClassicAsked, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    let asking = try await asking(asked, context)
    let tag = portal.tag(request, context, asking.question)
    if let same = portal.unchanged(request, tag, of: asking.schema) { return same }
    let isHits = asked.text("resulttype")?.lowercased() == "hits"
    let address = OGCAddresses(request, context)
    var response = try await portal.work.run {
      let answer = WFSAnswer(portal: portal, asking: asking)
      return isHits
        ? try await answer.hits() : try await answer.page(asked, address, context)
    }
    response.headers[.eTag] = tag
    response.headers[.cacheControl] = Portal.keeping(asking.schema)
    return response
  }

  private func asking(_ asked: ClassicAsked, _ context: WebContext) async throws -> Asking {
    let scope = context.visitor.scope
    let schemas = try await portal.map.schemas(in: scope)
    let format = asked.text("outputformat")?.lowercased() ?? Self.gml[0]
    let isJSON = Self.json.contains(format)
    guard isJSON || Self.gml.contains(format) else { throw ClassicFault.invalid("outputformat") }
    var question = ItemsQuestion(asOf: try asked.asOf(try await portal.map.today()))
    let (schema, isOne) = try Self.subject(asked, schemas, &question)
    let srs = asked.text("srsname")
    guard let crs = srs.map({ OfferedCRS(named: $0) }) ?? (isJSON ? .crs84 : .cgcs2000) else {
      throw ClassicFault.invalid("srsname")
    }
    if let (box, name) = try asked.box("bbox") {
      guard let own = name.map({ OfferedCRS(named: $0) }) ?? .cgcs2000 else {
        throw ClassicFault.invalid("bbox")
      }
      (question.box, question.boxCRS) = (box, own)
    }
    if let filter = asked.text("filter") {
      // One or the other, as the standard has it; several queries in brackets are not offered.
      guard question.box == nil, question.id == nil else { throw ClassicFault.invalid("filter") }
      (question.filter, question.filterLanguage) = (filter, .markup)
    }
    question.order = try Self.order(asked)
    let named = asked.list("propertyname")?.map {
      $0.split(whereSeparator: { $0 == ":" || $0 == "/" }).last.map(String.init) ?? $0
    }
    let known = Set(Queryable.all(of: schema).map(\.name))
    if let unknown = named?.first(where: { !known.contains($0) && $0 != "*" }) {
      throw Problem.unknownQueryable(unknown)
    }
    return Asking(
      schema: schema, query: try portal.map.query(question, of: schema), question: question,
      isJSON: isJSON, crs: crs,
      srs: srs.map(OfferedCRS.shortName) == "EPSG:4326" ? "urn:ogc:def:crs:EPSG::4326" : crs.urn,
      count: try asked.whole("count", in: 0...Int.max) ?? portal.limits.features.mostReturned,
      start: try asked.whole("startindex", in: 0...portal.limits.features.mostSkipped) ?? 0,
      properties: named?.contains("*") == true ? nil : named, isOne: isOne, scope: scope)
  }

  /// The type asked for, and whether one feature is asked for by its name.
  private static func subject(
    _ asked: ClassicAsked, _ schemas: [DatasetSchema], _ question: inout ItemsQuestion
  ) throws(ClassicFault) -> (schema: DatasetSchema, isOne: Bool) {
    if let stored = asked.text("storedquery_id") {
      guard stored == byID else { throw .invalid("storedquery_id") }
      let name = try asked.required("id")
      guard let found = GMLNames.feature(named: name) else { throw .invalid("id") }
      question.id = found.feature
      return (try type(found.dataset, among: schemas), true)
    }
    if let name = asked.text("resourceid") {
      guard let found = GMLNames.feature(named: name) else { throw .invalid("resourceid") }
      question.id = found.feature
      return (try type(found.dataset, among: schemas), false)
    }
    guard let names = asked.list("typenames") ?? asked.list("typename") else {
      throw .missing("typenames")
    }
    guard names.count == 1 else { throw .invalid("typenames") }
    return (try type(names[0], among: schemas), false)
  }

  /// `name ASC, other DESC` as names with `-` before those that run down.
  private static func order(_ asked: ClassicAsked) throws(ClassicFault) -> [String] {
    var order: [String] = []
    for part in asked.list("sortby") ?? [] {
      let words = part.split(separator: " ")
      guard let name = words.first?.split(whereSeparator: { $0 == ":" || $0 == "/" }).last,
        words.count <= 2
      else { throw .invalid("sortby") }
      switch words.count == 2 ? words[1].uppercased() : "ASC" {
      case "ASC", "A": order.append(String(name))
      case "DESC", "D": order.append("-" + name)
      default: throw .invalid("sortby")
      }
    }
    return order
  }
}
