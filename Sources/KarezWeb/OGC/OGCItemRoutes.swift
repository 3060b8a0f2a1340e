import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// `/ogc/collections/{id}/items` and one of them.
struct OGCItemRoutes: Sendable {
  /// Rows of a page for people.
  private static let rowsOfPage = 25
  /// Columns of such a page, besides the identifier.
  private static let columnsOfPage = 7

  let portal: Portal
  let exports: ExportRoutes

  func add(to router: Router<WebContext>) {
    router.get("ogc/collections/{id}/items", use: items)
    router.get("ogc/collections/{id}/items/{feature}", use: item)
  }

  /// A question on its way to its answer.
  private struct Asking {
    let request: Request
    let context: WebContext
    let asked: OGCAsked
    let schema: DatasetSchema
    let question: ItemsQuestion
    let query: FeatureQuery
    let today: LegalDate

    var scope: Scope { context.visitor.scope }
    var address: OGCAddresses { OGCAddresses(request, context) }
  }

  @Sendable
  func items(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request, among: OGCFormat.allCases)
    let asked = OGCAsked(request)
    let schema = try await portal.collection(context)
    let (question, today) = try await asked.question(portal)
    // What the engine may have to look at every row for waits its turn, and has its time.
    let isSearch = question.filter != nil || !question.order.isEmpty
    var query = try portal.map.query(question, of: schema)
    if isSearch, format.file == nil { query.within = .seconds(portal.limits.work.queryWithin) }
    let asking = Asking(
      request: request, context: context, asked: asked, schema: schema, question: question,
      query: query, today: today)
    if format.file != nil { return try await file(asking, format) }
    guard !isSearch else {
      return try await portal.work.run { try await page(asking, format) }
    }
    return try await page(asking, format)
  }

  private func page(_ asking: Asking, _ format: OGCFormat) async throws -> Response {
    format == .html ? try await html(asking) : try await json(asking)
  }

  // MARK: Pages

  private func json(_ asking: Asking) async throws -> Response {
    let (request, schema) = (asking.request, asking.schema)
    let crs = try asking.asked.crs("crs")
    var writer = try ItemsWriter(
      schema, in: crs, properties: try properties(asking),
      hasGeometry: asking.asked.asked.text("skipGeometry") != "true")
    let tag = portal.tag(request, asking.context, asking.question)
    if let same = portal.unchanged(request, tag, of: schema) { return same }
    let limit = try asking.asked.asked.limit(
      standard: OGCAsked.standardLimit, maximum: OGCAsked.maximumLimit)
    let begin = try cursor(asking)
    // Borders in numbers are taken away, whoever asks for them.
    let isTaken = asking.asked.asked.text("skipGeometry") != "true"
    var shapes: [Geometry] = []
    writer.begin()
    let end = try await portal.map.eachItem(
      asking.query, after: begin, limit: limit, in: asking.scope
    ) { version throws(Problem) in
      do throws(GeometryError) {
        guard try writer.add(version) else { return false }
      } catch {
        throw Self.unplaced
      }
      if isTaken, let shape = version.feature.geometry { shapes.append(shape) }
      return true
    }
    if isTaken {
      try await portal.map.count(shapes, of: schema.id, to: asking.context.visitor.actor)
    }
    writer.finish(try await members(asking, count: writer.count, isWhole: begin == nil, end))
    var response = Response.bytes(writer.bytes, type: "application/geo+json")
    response.headers[.eTag] = tag
    response.headers[.cacheControl] = Portal.keeping(schema)
    Self.name(crs, on: &response)
    return response
  }

  private func members(
    _ asking: Asking, count: Int, isWhole: Bool, _ end: FeatureCursor?
  ) async throws -> [String: JSONValue] {
    var links = asking.address.ownLinks(.json, json: "application/geo+json")
    links.append(
      OGCLink(
        relation: "collection", type: "application/json",
        address: asking.address.collection(asking.schema.id),
        title: asking.schema.title[asking.asked.asked.language]))
    if let next = next(asking, end) {
      let words = portal.catalogues[asking.asked.asked.language]
      links.append(
        OGCLink(
          relation: "next", type: "application/geo+json", address: next,
          title: words.text("ogc_next")))
    }
    var members: [String: JSONValue] = [
      "links": .array(links.map(\.json)), "numberReturned": .integer(Int64(count)),
      "recorded": .integer(Int64(asking.question.asOf.recorded.value)),
      "type": .string("FeatureCollection"),
    ]
    if asking.question.span == nil {
      members["validOn"] = .string(asking.question.asOf.validOn.description)
    }
    if isWhole, end == nil {
      members["numberMatched"] = .integer(Int64(count))
    } else if asking.question.isPlain, asking.scope.regionPrefixes == nil {
      let summary = try await portal.map.catalogue(
        of: asking.schema.id, asOf: asking.question.asOf, in: asking.scope)
      members["numberMatched"] = .integer(Int64(summary.features))
    }
    return members
  }

  private func cursor(_ asking: Asking) throws -> FeatureCursor? {
    guard let token = asking.asked.asked.text("cursor") else { return nil }
    return try portal.map.cursor(
      of: token, for: asking.asked.tokenContext(asking.question, of: asking.schema.id),
      in: asking.scope)
  }

  private func next(_ asking: Asking, _ end: FeatureCursor?) -> String? {
    guard let end,
      let token = portal.map.token(
        of: end, for: asking.asked.tokenContext(asking.question, of: asking.schema.id),
        in: asking.scope)
    else { return nil }
    return asking.address.collection(asking.schema.id, "/items?")
      + OGCAsked.text(asking.asked.onward(asking.question, token: token))
  }

  /// The attributes wanted, each of them known to the reader.
  private func properties(_ asking: Asking) throws -> [String]? {
    guard let names = asking.asked.names("properties") else { return nil }
    let known = Set(asking.schema.attributes.map(\.name) + ItemsWriter.facts)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw Problem.unknownQueryable(unknown)
    }
    return names
  }

  private static func name(_ crs: OfferedCRS, on response: inout Response) {
    guard let field = HTTPField.Name("Content-Crs") else { return }
    response.headers[field] = "<\(crs.uri)>"
  }

  /// A place that the system asked for does not reach.
  static let unplaced = Problem(
    .usage, code: "crs-out-of-reach", place: "crs",
    what: LocalizedText(
      zh: "有要素超出所要坐标系的范围", en: "a feature lies outside the coordinate system asked for"),
    remedy: LocalizedText(
      zh: "换用该地所在的带，或 CRS84", en: "ask for the zone it lies in, or for CRS84"))

  // MARK: Files

  /// All of it as a file, in EPSG:4490 where no system is named.
  private func file(_ asking: Asking, _ format: OGCFormat) async throws -> Response {
    for name in ["cursor", "limit", "properties", "skipGeometry", "sortby"] {
      guard asking.asked.asked.text(name) == nil else { throw WebError.fieldInvalid(name: name) }
    }
    // The route costs what rows cost; a file costs more.
    let visitor = asking.context.visitor
    if !visitor.isAtTheMachine {
      try portal.allowances.take(.export, from: asking.context.caller.address)
      if visitor.principal.name != nil {
        try portal.allowances.take(.export, by: visitor.actor.id)
      }
      if visitor.isPublicReader {
        try portal.allowances.take(.export, anonymouslyFrom: asking.context.caller.address)
      }
    }
    var order = ExportOrder(dataset: asking.schema.id.text, path: "")
    order.format = format.file
    order.validOn = asking.question.asOf.validOn
    order.recorded = asking.question.asOf.recorded
    order.filter = asking.query.filter
    order.span = asking.query.span
    if asking.asked.asked.text("crs") != nil {
      order.crs = try asking.asked.crs("crs").crs.description
    }
    return try await exports.file(order, for: visitor)
  }

  // MARK: For people

  private func html(_ asking: Asking) async throws -> Response {
    let schema = asking.schema
    let words = portal.catalogues[asking.asked.asked.language]
    let limit = try asking.asked.asked.limit(standard: Self.rowsOfPage, maximum: 100)
    var versions: [FeatureVersion] = []
    let end = try await portal.map.eachItem(
      asking.query, after: try cursor(asking), limit: limit, in: asking.scope
    ) { version throws(Problem) in
      versions.append(version)
      return true
    }
    var page = OGCPage(
      frame(asking), heading: schema.title[words.language], code: schema.id.text)
    page.addCrumbs(to: schema, asking.address, words)
    let shown = schema.attributes.filter { $0.name != schema.identifier }
      .prefix(Self.columnsOfPage)
    page.columns =
      [words.text("identifier")] + shown.map { $0.title[words.language] }
      + [words.text("validity")]
    page.rows = versions.map { version in
      let feature = version.feature
      return .init(
        [.init(feature.id, asking.address.item(feature.id, of: schema.id))]
          + shown.map { attribute in
            let value = feature.attributes[attribute.name] ?? .null
            return .init(value.shown, isNumber: value.isNumber)
          } + [.init(version.validity.shown)])
    }
    page.countWords = words.text("ogc_rows", count: versions.count)
    page.nextAddress = next(asking, end)
    page.links = [.init("GeoJSON", asking.address.own(in: .json))]
    return .html(try portal.render(page, with: "ogc"))
  }

  private func frame(_ asking: Asking) -> PageFrame {
    PageFrame(
      portal, asking.request, asking.context, day: asking.question.day(asking.today),
      dayName: "datetime")
  }

  // MARK: One item

  @Sendable
  func item(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asked = OGCAsked(request)
    let schema = try await portal.collection(context)
    var (question, today) = try await asked.question(portal)
    question.id = try context.featureID
    let asking = Asking(
      request: request, context: context, asked: asked, schema: schema, question: question,
      query: try portal.map.query(question, of: schema), today: today)
    let crs = try asked.crs("crs")
    var found: FeatureVersion?
    _ = try await portal.map.eachItem(asking.query, after: nil, limit: 1, in: asking.scope) {
      version throws(Problem) in
      found = version
      return true
    }
    guard let found else { throw WebError.notFound }
    if format == .html { return try html(found, asking) }
    let tag = portal.tag(
      found, of: schema, context, portal.tag(request, context, question))
    if let same = portal.unchanged(request, tag, of: schema) { return same }
    try await portal.map.count(
      found.feature.geometry.map { [$0] } ?? [], of: schema.id, to: context.visitor.actor)
    return try json(found, asking, crs, tag)
  }

  private func json(
    _ found: FeatureVersion, _ asking: Asking, _ crs: OfferedCRS, _ tag: String
  ) throws -> Response {
    var writer = try ItemsWriter(asking.schema, in: crs)
    var links = asking.address.ownLinks(.json, json: "application/geo+json")
    links.append(
      OGCLink(
        relation: "collection", type: "application/json",
        address: asking.address.collection(asking.schema.id),
        title: asking.schema.title[asking.asked.asked.language]))
    do throws(GeometryError) {
      try writer.write(
        found,
        [
          "links": .array(links.map(\.json)), "type": .string("Feature"),
          "recorded": .integer(Int64(asking.question.asOf.recorded.value)),
        ])
    } catch {
      throw Self.unplaced
    }
    var response = Response.bytes(writer.bytes, type: "application/geo+json")
    response.headers[.eTag] = tag
    response.headers[.cacheControl] = Portal.keeping(asking.schema)
    Self.name(crs, on: &response)
    return response
  }

  private func html(_ found: FeatureVersion, _ asking: Asking) throws -> Response {
    let schema = asking.schema
    let words = portal.catalogues[asking.asked.asked.language]
    var page = OGCPage(frame(asking), heading: found.feature.id, code: schema.id.text)
    page.addCrumbs(to: schema, asking.address, words)
    page.facts =
      schema.attributes.map {
        .init($0.title[words.language], (found.feature.attributes[$0.name] ?? .null).shown)
      }
      + [
        .init(words.text("validity"), found.validity.shown),
        .init(words.text("recorded"), found.recordedFrom.description),
      ]
    page.links = [
      .init("GeoJSON", asking.address.own(in: .json)),
      .init(
        words.text("place_catalogue"),
        "/catalogue/\(schema.id)/features/" + Asked.escaped(found.feature.id)),
    ]
    return .html(try portal.render(page, with: "ogc"))
  }
}

extension AttributeValue {
  /// As it stands in a table.
  fileprivate var shown: String {
    switch self {
    case .null: "–"
    case .text(let text): text
    case .integer(let number): String(number)
    case .decimal(let number): number.description
    case .boolean(let claim): claim ? "✓" : "✗"
    case .date(let day): day.description
    }
  }

  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .decimal: true
    default: false
    }
  }
}

extension Validity {
  fileprivate var shown: String { "\(from) – \(until?.description ?? "")" }
}
