import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore

/// `/ogc`: landing page, conformance, description, collections, and what each is like.
struct OGCRoutes: Sendable {
  let portal: Portal
  /// The description as it lies in the portal's folder.
  private let description: JSONValue

  init(portal: Portal) throws(Problem) {
    self.portal = portal
    let name = ApiContract.ogcFile
    let file = portal.map.installation.portal.appending(path: name)
    guard let data = FileManager.default.contents(atPath: file.path),
      let document = try? JSONValue(parsing: Array(data))
    else { throw Assets.missing(name) }
    description = document
  }

  func add(to router: Router<WebContext>) {
    router.get("ogc", use: landing)
    router.get("ogc/conformance", use: conformance)
    router.get("ogc/api", use: api)
    router.get("ogc/collections", use: collections)
    router.get("ogc/collections/{id}", use: collection)
    router.get("ogc/collections/{id}/queryables", use: queryables)
    router.get("ogc/collections/{id}/schema", use: schema)
  }

  @Sendable
  func landing(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[Asked(request).language]
    func link(_ relation: String, _ path: String, _ key: String, _ type: String) -> OGCLink {
      OGCLink(relation: relation, type: type, address: address(path), title: words.text(key))
    }
    let openAPI = "application/vnd.oai.openapi+json;version=3.0"
    let links = [
      link("service-desc", "/api", "ogc_api", openAPI),
      link("conformance", "/conformance", "ogc_conformance", "application/json"),
      link(OGCAddresses.conformance, "/conformance", "ogc_conformance", "application/json"),
      link("data", "/collections", "ogc_collections", "application/json"),
      link(OGCAddresses.data, "/collections", "ogc_collections", "application/json"),
      link(
        OGCAddresses.tilingSchemes, "/tileMatrixSets", "ogc_tiling_schemes", "application/json"),
      link(OGCAddresses.processes, "/processes", "ogc_processes", "application/json"),
      link(OGCAddresses.jobs, "/jobs", "ogc_jobs", "application/json"),
      link(
        OGCAddresses.catalogue, "/collections/catalogue", "ogc_catalogue", CatalogueRecord.type),
    ]
    guard format == .html else {
      return .json(
        .object([
          "title": .string(words.text("ogc_title")),
          "description": .string(words.text("ogc_intro")),
          "links": .array((address.ownLinks(format) + links).map(\.json)),
        ]))
    }
    var page = OGCPage(PageFrame(portal, request, context), heading: words.text("ogc_title"))
    page.intro = words.text("ogc_intro")
    page.links = [3, 8, 6, 7, 1, 0].map { OGCPage.Link(links[$0].title, links[$0].address) }
    return .html(try portal.render(page, with: "ogc"))
  }

  @Sendable
  func conformance(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    guard format == .html else {
      return .json(
        .object(["conformsTo": .array(OGCConformance.classes.map(JSONValue.string))]))
    }
    let words = portal.catalogues[Asked(request).language]
    var page = OGCPage(
      PageFrame(portal, request, context), heading: words.text("ogc_conformance"))
    page.columns = [words.text("ogc_class")]
    page.rows = OGCConformance.classes.map { .init([.init($0)]) }
    return .html(try portal.render(page, with: "ogc"))
  }

  @Sendable
  func api(_ request: Request, context: WebContext) async throws -> Response {
    guard case .object(var members) = description else { throw WebError.notFound }
    members["servers"] = .array([
      .object(["url": .string(OGCAddresses(request, context).base + "/")])
    ])
    return .json(.object(members), type: "application/vnd.oai.openapi+json;version=3.0")
  }

  // MARK: Collections

  @Sendable
  func collections(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asked = OGCAsked(request)
    let (question, today) = try await asked.question(portal)
    let summaries = try await portal.map.catalogue(
      asOf: question.asOf, in: context.visitor.scope)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[asked.asked.language]
    guard format == .html else {
      return .json(
        .object([
          "links": .array(address.ownLinks(format).map(\.json)),
          "collections": .array(
            summaries.map {
              Self.json($0, address, words, crs: [.string("#/crs")], own: [])
            } + [OGCRecordRoutes.collection(address, words)]),
          "crs": .array(OfferedCRS.all.map { .string($0.uri) }),
        ]))
    }
    var page = OGCPage(
      PageFrame(portal, request, context, day: question.day(today), dayName: "datetime"),
      heading: words.text("ogc_collections"))
    page.columns = [words.text("ogc_collections"), words.text("geometry"), words.text("features")]
    page.rows = summaries.map { summary in
      let schema = summary.schema
      return .init([
        .init(schema.title[words.language], address.collection(schema.id), code: schema.id.text),
        .init(words.text("geometry_" + schema.geometry.rawValue)),
        .init(FigureText.count(summary.features), isNumber: true),
      ])
    }
    page.links = [
      OGCPage.Link(
        words.text("ogc_catalogue"), address("/collections/" + CatalogueRecord.id + "?f=html"))
    ]
    return .html(try portal.render(page, with: "ogc"))
  }

  @Sendable
  func collection(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asked = OGCAsked(request)
    let (question, today) = try await asked.question(portal)
    let found = try await portal.collection(context)
    let summary = try await portal.map.catalogue(
      of: found.id, asOf: question.asOf, in: context.visitor.scope)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[asked.asked.language]
    guard format == .html else {
      return portal.tagged(
        request, context, question, of: found,
        Self.json(
          summary, address, words, crs: OfferedCRS.all.map { .string($0.uri) },
          own: address.ownLinks(format)))
    }
    var page = OGCPage(
      PageFrame(portal, request, context, day: question.day(today), dayName: "datetime"),
      heading: found.title[words.language], code: found.id.text)
    page.intro = found.entry?.summary[words.language]
    page.addCrumbs(to: nil, address, words)
    page.facts = [
      .init(words.text("steward"), found.steward[words.language]),
      .init(words.text("features"), FigureText.count(summary.features)),
      .init(words.text("geometry"), words.text("geometry_" + found.geometry.rawValue)),
    ]
    if let box = summary.extent {
      let sides = [box.minX, box.minY, box.maxX, box.maxY].map {
        DecimalText.fixed($0, decimals: 4)
      }
      page.facts.append(
        .init(words.text("extent"), "\(sides[0])–\(sides[2])°E, \(sides[1])–\(sides[3])°N"))
    }
    page.links = Self.links(found, address, words).filter {
      $0.type == "text/html" || $0.relation == "items"
    }
    .map { OGCPage.Link($0.title, $0.address) }
    return .html(try portal.render(page, with: "ogc"))
  }

  static func json(
    _ summary: DatasetSummary, _ address: OGCAddresses, _ words: MessageCatalogue,
    crs: [JSONValue], own: [OGCLink]
  ) -> JSONValue {
    let schema = summary.schema
    let own =
      own.isEmpty
      ? [
        OGCLink(
          relation: "self", type: "application/json", address: address.collection(schema.id),
          title: "JSON")
      ] : own
    var members: [String: JSONValue] = [
      "id": .string(schema.id.text), "title": .string(schema.title[words.language]),
      "itemType": .string("feature"), "crs": .array(crs),
      "storageCrs": .string(OfferedCRS.cgcs2000.uri),
      "links": .array((own + links(schema, address, words)).map(\.json)),
    ]
    if let entry = schema.entry { members["description"] = .string(entry.summary[words.language]) }
    if let box = summary.extent {
      let sides = [box.minX, box.minY, box.maxX, box.maxY].map(JSONValue.number)
      members["extent"] = .object([
        "spatial": .object([
          "bbox": .array([.array(sides)]), "crs": .string(OfferedCRS.crs84.uri),
        ])
      ])
    }
    return .object(members)
  }

  private static func links(
    _ schema: DatasetSchema, _ address: OGCAddresses, _ words: MessageCatalogue
  ) -> [OGCLink] {
    let items = address.collection(schema.id, "/items")
    let forms: [(OGCFormat, String, String)] = [
      (.json, "application/geo+json", "GeoJSON"), (.html, "text/html", "HTML"),
      (.csv, "text/csv", "CSV"), (.parquet, OGCFormat.parquet.type, "GeoParquet"),
      (.geopackage, OGCFormat.geopackage.type, "GeoPackage"),
    ]
    return forms.map { form, type, name in
      OGCLink(
        relation: "items", type: type, address: items + "?f=" + form.rawValue,
        title: words.text("ogc_items") + " · " + name)
    }
      + [
        ("/queryables", OGCAddresses.queryables, "ogc_queryables"),
        ("/schema", OGCAddresses.schema, "ogc_schema"),
      ].flatMap { path, relation, key in
        [(OGCFormat.json, "application/schema+json"), (.html, "text/html")].map { form, type in
          OGCLink(
            relation: relation, type: type,
            address: address.collection(schema.id, path) + "?f=" + form.rawValue,
            title: words.text(key))
        }
      }
      + (schema.geometry == .none
        ? []
        : [
          OGCLink(
            relation: OGCAddresses.tilesets, type: "application/json",
            address: address.collection(schema.id, "/tiles"), title: words.text("ogc_tiles"))
        ])
  }

  // MARK: What a collection is like

  @Sendable
  func queryables(_ request: Request, context: WebContext) async throws -> Response {
    try await described(request, context, "ogc_queryables", OGCSchemas.queryables)
  }

  @Sendable
  func schema(_ request: Request, context: WebContext) async throws -> Response {
    try await described(request, context, "ogc_schema", OGCSchemas.schema)
  }

  private func described(
    _ request: Request, _ context: WebContext, _ key: String,
    _ document: (DatasetSchema, String, Language) -> JSONValue
  ) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asked = OGCAsked(request)
    let found = try await portal.collection(context)
    let address = OGCAddresses(request, context)
    let words = portal.catalogues[asked.asked.language]
    guard format == .html else {
      let own = address.base + request.uri.path
      return .json(
        document(found, own, words.language), type: "application/schema+json")
    }
    var page = OGCPage(
      PageFrame(portal, request, context),
      heading: found.title[words.language] + " · " + words.text(key), code: found.id.text)
    page.addCrumbs(to: found, address, words)
    page.columns = ["attribute", "attribute_type", "unit"].map { words.text($0) }
    let catalogue = CatalogueWords(portal, words.language)
    page.rows = Queryable.all(of: found).map { queryable in
      let type =
        switch queryable.kind {
        case .geometry: catalogue.geometry(found.geometry)
        case .value(_, let type):
          queryable.attribute.map(catalogue.type) ?? words.text("type_" + type.rawValue)
        }
      return .init([
        .init(queryable.title[words.language], code: queryable.name), .init(type),
        .init(queryable.attribute.flatMap(catalogue.unit) ?? ""),
      ])
    }
    return .html(try portal.render(page, with: "ogc"))
  }
}

extension Portal {
  /// The collection an address names, as the visitor may know it.
  func collection(_ context: WebContext) async throws -> DatasetSchema {
    let name = try context.parameters.require("id")
    let schemas = try await map.schemas(in: context.visitor.scope)
    guard let schema = schemas.first(where: { $0.id.text == name }) else {
      throw WebError.notFound
    }
    return schema
  }

  /// What tells whether an answer is still the one a program has.
  func tag(
    _ request: Request, _ context: WebContext, _ question: ItemsQuestion
  ) -> String {
    let parts = [
      request.uri.string, Asked(request).language.rawValue, request.headers[.accept] ?? "",
      request.head.authority ?? "", question.asOf.validOn.description,
      question.asOf.recorded.description,
    ]
    return "\"" + map.tag(of: parts, in: context.visitor.scope) + "\""
  }

  /// Only what everyone may know may be kept by a browser, and asked about before it is shown.
  static func keeping(_ schema: DatasetSchema) -> String {
    let isPublic =
      schema.classification == .public
      && schema.attributes.allSatisfy { $0.classification == .public }
    return Keeping.of(isPublic: isPublic)
  }

  /// A 304 where the program has the answer already; nil where it has to be made.
  func unchanged(
    _ request: Request, _ tag: String, of schema: DatasetSchema
  ) -> Response? {
    let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",").map {
      $0.drop { $0 == " " }
    }
    guard known.contains(where: { $0 == tag || $0 == "W/" + tag }) else { return nil }
    return Response(
      status: .notModified, headers: [.eTag: tag, .cacheControl: Self.keeping(schema)])
  }

  func tagged(
    _ request: Request, _ context: WebContext, _ question: ItemsQuestion,
    of schema: DatasetSchema, _ json: JSONValue
  ) -> Response {
    let tag = tag(request, context, question)
    if let same = unchanged(request, tag, of: schema) { return same }
    var response = Response.json(json)
    response.headers[.eTag] = tag
    response.headers[.cacheControl] = Self.keeping(schema)
    return response
  }
}
