import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// The catalogue: the tree of themes, the datasets searched and by theme, and each one's record.
struct CatalogueRoutes: Sendable {
  /// More than any title has; a longer question is a mistake.
  static let longestSearch = 100

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("catalogue", use: page)
    router.get("catalogue/{id}", use: dataset)
    router.get("api/v1/catalogue", use: catalogue)
    router.get("api/v1/catalogue/{id}", use: record)
    router.get("api/v1/catalogue/{id}/metadata.xml", use: metadata)
  }

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let (listing, today) = try await listing(asked, context)
    let frame = PageFrame(
      portal, request, context, at: .catalogue, day: (listing.asOf.validOn, today))
    let view = CatalogueView(
      frame, listing, search: asked.text("search"), theme: asked.text("theme"),
      CatalogueWords(portal, asked.language), address: CatalogueAddress(asked))
    return .html(try portal.render(view, with: "catalogue"))
  }

  @Sendable
  func dataset(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let (record, today) = try await record(asked, context)
    let frame = PageFrame(
      portal, request, context, at: .catalogue, day: (record.asOf.validOn, today))
    let words = CatalogueWords(portal, asked.language)
    let titles = try await portal.map.schemas(in: context.visitor.scope)
    let scope = context.visitor.scope
    // Files of a form are a job's, and jobs are of accounts.
    let hasAny = record.item.summary.commit != .none && !context.visitor.isPublicReader
    var download =
      hasAny ? DownloadForm(record, words, region: portal.map.region, in: scope) : nil
    if context.visitor.isSignedIn {
      download?.requestAction = "/catalogue/\(record.schema.id)/request"
    }
    let shown = DatasetView.Shown(
      record: record, names: try await PersonNames(portal, words.messages),
      broken: try await portal.map.brokenReferences(of: record.schema.id.text, in: scope),
      download: download,
      mayEdit: context.visitor.principal.may(.submit))
    let view = DatasetView(frame, shown, words, among: titles, address: CatalogueAddress(asked))
    return .html(try portal.render(view, with: "dataset"))
  }

  @Sendable
  func catalogue(_ request: Request, context: WebContext) async throws -> Response {
    .json(try await listing(Asked(request), context).listing.json)
  }

  @Sendable
  func record(_ request: Request, context: WebContext) async throws -> Response {
    .json(try await record(Asked(request), context).record.json)
  }

  /// As ISO 19115-3.
  @Sendable
  func metadata(_ request: Request, context: WebContext) async throws -> Response {
    let record = try await record(Asked(request), context).record
    return .bytes(Array(MetadataDocument(record).text.utf8), type: "application/xml")
  }

  private func listing(
    _ asked: Asked, _ context: WebContext
  ) async throws -> (listing: CatalogueListing, today: LegalDate) {
    let search = asked.text("search")
    guard (search?.count ?? 0) <= Self.longestSearch else {
      throw WebError.fieldInvalid(name: "search")
    }
    let (asOf, today) = try await portal.state(asked)
    let listing = try await portal.map.listing(
      CatalogueQuestion(search: search, theme: asked.text("theme")), asOf: asOf,
      in: context.visitor.scope)
    return (listing, today)
  }

  private func record(
    _ asked: Asked, _ context: WebContext
  ) async throws -> (record: DatasetRecord, today: LegalDate) {
    let (asOf, today) = try await portal.state(asked)
    let record = try await portal.map.record(
      of: try context.parameters.require("id"), asOf: asOf, in: context.visitor.scope)
    return (record, today)
  }
}

extension Portal {
  /// The state a request asks for by `validOn` and `recorded`, today's last by default, and today.
  func state(_ asked: Asked) async throws -> (asOf: AsOf, today: LegalDate) {
    let today = try await map.today()
    let recorded = try asked.commit("recorded") ?? today.recorded
    guard recorded <= today.recorded else { throw WebError.fieldInvalid(name: "recorded") }
    let asOf = AsOf(validOn: try asked.day("validOn") ?? today.validOn, recorded: recorded)
    return (asOf, today.validOn)
  }
}
