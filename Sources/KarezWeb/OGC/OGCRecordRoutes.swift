import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// OGC API Records: the catalogue as `/ogc/collections/catalogue`, its records the datasets the
/// reader may see.
///
/// A record is as the dataset stands in the state asked for: `datetime` is the valid day, or the
/// last of some days, and who has no state by then is not there.
struct OGCRecordRoutes: Sendable {
  static let conformance = [
    "autodiscovery", "html", "json", "record-collection", "record-core",
    "record-core-query-parameters", "records-api", "searchable-catalog",
  ].map { "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/" + $0 }

  /// Words of `q`, with commas between.
  private static let mostTerms = 8

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("ogc/collections/catalogue", use: catalogue)
    router.get("ogc/collections/catalogue/items", use: records)
    router.get("ogc/collections/catalogue/items/{record}", use: record)
  }

  /// A question on its way to its answer.
  private struct Asking {
    let request: Request
    let context: WebContext
    let asked: OGCAsked
    let asOf: AsOf
    let isDated: Bool
    let today: LegalDate
    let words: MessageCatalogue

    var address: OGCAddresses { OGCAddresses(request, context) }
  }

  private func asking(_ request: Request, _ context: WebContext) async throws -> Asking {
    let asked = OGCAsked(request)
    let (question, today) = try await asked.question(portal)
    var day = question.asOf.validOn
    if let span = question.span { day = span.last ?? today }
    return Asking(
      request: request, context: context, asked: asked,
      asOf: AsOf(validOn: day, recorded: question.asOf.recorded),
      isDated: asked.asked.text("datetime") != nil, today: today,
      words: portal.catalogues[asked.asked.language])
  }

  // MARK: The catalogue

  @Sendable
  func catalogue(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asking = try await asking(request, context)
    let (address, words) = (asking.address, asking.words)
    guard format == .html else {
      return .json(
        Self.collection(address, words, own: address.ownLinks(format, json: CatalogueRecord.type)),
        type: CatalogueRecord.type)
    }
    var page = OGCPage(
      PageFrame(portal, request, context), heading: words.text("ogc_catalogue"),
      code: CatalogueRecord.id)
    page.addCrumbs(to: nil, address, words)
    page.intro = words.text("ogc_catalogue_intro")
    let items = address("/collections/" + CatalogueRecord.id + "/items")
    page.links = [
      OGCPage.Link(words.text("ogc_records"), items + "?f=html"),
      OGCPage.Link("GeoJSON", items + "?f=json"),
      OGCPage.Link(words.text("place_catalogue"), "/catalogue"),
    ]
    return .html(try portal.render(page, with: "ogc"))
  }

  /// As it stands in the list of collections, too.
  static func collection(
    _ address: OGCAddresses, _ words: MessageCatalogue, own: [OGCLink] = []
  ) -> JSONValue {
    let place = address("/collections/" + CatalogueRecord.id)
    let own =
      own.isEmpty
      ? [
        OGCLink(
          relation: "self", type: CatalogueRecord.type, address: place,
          title: words.text("ogc_catalogue"))
      ] : own
    let items = [("application/geo+json", OGCFormat.json), ("text/html", .html)].map { type, form in
      OGCLink(
        relation: "items", type: type, address: place + "/items?f=" + form.rawValue,
        title: words.text("ogc_records"))
    }
    return .object([
      "id": .string(CatalogueRecord.id), "type": .string("Collection"),
      "itemType": .string("record"), "title": .string(words.text("ogc_catalogue")),
      "description": .string(words.text("ogc_catalogue_intro")),
      "conformsTo": .array([.string(CatalogueRecord.recordClass)]),
      "crs": .array([.string(OfferedCRS.crs84.uri)]),
      "links": .array((own + items).map(\.json)),
    ])
  }

  // MARK: Records

  @Sendable
  func records(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asking = try await asking(request, context)
    let found = try await found(asking)
    let limit = try asking.asked.asked.limit(
      standard: OGCAsked.standardLimit, maximum: OGCAsked.maximumLimit)
    let offset = Int(asking.asked.asked.text("offset") ?? "") ?? 0
    let page = found.dropFirst(offset).prefix(limit)
    let end = offset + page.count
    let next =
      end < found.count
      ? asking.address.base + asking.asked.asked.address(setting: "offset", to: String(end)) : nil
    return format == .html
      ? try html(Array(page), asking, next) : json(Array(page), of: found.count, asking, next)
  }

  private func json(
    _ records: [CatalogueRecord], of matched: Int, _ asking: Asking, _ next: String?
  ) -> Response {
    let type = "application/geo+json"
    var links = asking.address.ownLinks(.json, json: type)
    links.append(
      OGCLink(
        relation: "collection", type: CatalogueRecord.type,
        address: asking.address("/collections/" + CatalogueRecord.id),
        title: asking.words.text("ogc_catalogue")))
    if let next {
      links.append(
        OGCLink(
          relation: "next", type: type, address: next, title: asking.words.text("ogc_next")))
    }
    return .json(
      .object([
        "type": .string("FeatureCollection"), "features": .array(records.map { $0.json() }),
        "numberMatched": .integer(Int64(matched)),
        "numberReturned": .integer(Int64(records.count)), "links": .array(links.map(\.json)),
        "recorded": .integer(Int64(asking.asOf.recorded.value)),
        "validOn": .string(asking.asOf.validOn.description),
      ]), type: type)
  }

  private func html(
    _ records: [CatalogueRecord], _ asking: Asking, _ next: String?
  ) throws -> Response {
    let words = asking.words
    var page = OGCPage(frame(asking), heading: words.text("ogc_records"))
    page.addCrumbs(to: nil, asking.address, words)
    page.crumbs.append(
      OGCPage.Link(
        words.text("ogc_catalogue"), asking.address("/collections/" + CatalogueRecord.id)))
    page.columns = [words.text("ogc_records"), words.text("steward"), words.text("features")]
    page.rows = records.map { record in
      .init([
        .init(record.title, record.place, code: record.id),
        .init(record.item.summary.schema.steward[words.language]),
        .init(FigureText.count(record.item.summary.features), isNumber: true),
      ])
    }
    page.links = [.init("GeoJSON", asking.address.own(in: .json))]
    page.nextAddress = next
    return .html(try portal.render(page, with: "ogc"))
  }

  private func frame(_ asking: Asking) -> PageFrame {
    PageFrame(
      portal, asking.request, asking.context, day: (asking.asOf.validOn, asking.today),
      dayName: "datetime")
  }

  @Sendable
  func record(_ request: Request, context: WebContext) async throws -> Response {
    let format = try OGCFormat.chosen(request)
    let asking = try await asking(request, context)
    let name = try context.parameters.require("record").removingPercentEncoding ?? ""
    let items = try await portal.map.listing(
      CatalogueQuestion(), asOf: asking.asOf, in: context.visitor.scope
    ).items
    guard let item = items.first(where: { $0.summary.schema.id.text == name }) else {
      throw WebError.notFound
    }
    let record = self.record(item, asking)
    guard format == .html else {
      return .json(
        record.json(own: asking.address.ownLinks(.json, json: "application/geo+json")),
        type: "application/geo+json")
    }
    let words = asking.words
    var page = OGCPage(frame(asking), heading: record.title, code: record.id)
    page.addCrumbs(to: nil, asking.address, words)
    page.crumbs.append(
      OGCPage.Link(
        words.text("ogc_catalogue"), asking.address("/collections/" + CatalogueRecord.id)))
    let schema = item.summary.schema
    page.intro = schema.entry?.summary[words.language]
    page.facts = [
      .init(words.text("steward"), schema.steward[words.language]),
      .init(words.text("features"), FigureText.count(item.summary.features)),
      .init(words.text("geometry"), words.text("geometry_" + schema.geometry.rawValue)),
    ]
    page.links = [
      .init("GeoJSON", asking.address.own(in: .json)),
      .init(words.text("ogc_items"), asking.address.collection(schema.id, "/items?f=html")),
      .init(words.text("place_catalogue"), "/catalogue/\(schema.id)"),
    ]
    return .html(try portal.render(page, with: "ogc"))
  }

  // MARK: Finding

  private func record(_ item: CatalogueItem, _ asking: Asking) -> CatalogueRecord {
    CatalogueRecord(
      item: item, address: asking.address, words: asking.words,
      themes: portal.map.packs.themes.lazy.compactMap { $0.path(to: item.summary.schema.theme) }
        .first ?? [])
  }

  /// All that is asked for, in the order of the catalogue or of the search.
  private func found(_ asking: Asking) async throws -> [CatalogueRecord] {
    let box = try asking.asked.box()
    let types = asking.asked.names("type")
    let ids = asking.asked.names("ids")
    // No dataset is known by a name of somebody else's.
    guard asking.asked.asked.text("externalIds") == nil,
      types?.contains(CatalogueRecord.kind) ?? true
    else { return [] }
    return try await items(asking).filter { item in
      (!asking.isDated || item.summary.currentTo != nil)
        && ids?.contains(item.summary.schema.id.text) ?? true
    }
    .map { record($0, asking) }
    .filter { record in box.map { record.meets($0) } ?? true }
  }

  /// What any of the terms of `q` finds, each once.
  private func items(_ asking: Asking) async throws -> [CatalogueItem] {
    let scope = asking.context.visitor.scope
    guard let text = asking.asked.asked.text("q") else {
      return try await portal.map.listing(CatalogueQuestion(), asOf: asking.asOf, in: scope).items
    }
    let terms = text.split(separator: ",").map(String.init)
    guard terms.count <= Self.mostTerms, text.count <= CatalogueRoutes.longestSearch else {
      throw WebError.fieldInvalid(name: "q")
    }
    var found: [CatalogueItem] = []
    for term in terms {
      let some = try await portal.map.listing(
        CatalogueQuestion(search: term), asOf: asking.asOf, in: scope
      ).items
      found += some.filter { item in
        !found.contains { $0.summary.schema.id == item.summary.schema.id }
      }
    }
    return found
  }
}
