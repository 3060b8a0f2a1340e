import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezPacks
import KarezReport
import KarezService
import KarezStore

/// `/statistics`: how much land of each class there is in each region, on any day, in any area.
struct StatisticsRoutes: Sendable {
  static let rowsOnPage = 200

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("statistics", use: page)
    router.post("statistics", use: takeArea)
    router.get("statistics/progress", use: progress)
    router.get("statistics/rows", use: rows)
    router.get("statistics/file", use: file)
    router.get("api/v1/statistics", use: answer)
    router.post("api/v1/statistics", use: answerInArea)
  }

  /// Without a dataset it is the form that asks for one.
  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let form = try StatisticsForm(asked)
    let scope = context.visitor.scope
    let (asOf, today) = try await portal.state(asked)
    if let answer = asked.text("answer") {
      let boundary = ReadBoundary(of: try await portal.map.answer(id: answer, in: scope))
      return .to(
        form.within(try await portal.map.keepArea(boundary, in: scope).name)
          .address("/statistics"))
    }
    var outcome = StatisticsOutcome.none
    if let order = form.order {
      let isAgain = asked.text("again") == "true"
      let state = try await portal.work.run {
        try await portal.map.statistics(order, isAgain: isAgain, by: context.visitor.principal)
      }
      outcome =
        switch state {
        case .kept(let table): .kept(table)
        case .job(let job): .job(job)
        }
    }
    let shown = StatisticsView.Shown(
      form: form, outcome: outcome,
      catalogue: try await portal.map.catalogue(asOf: asOf, in: scope)
        .filter { $0.commit != .none },
      area: try form.area.map { try portal.map.area($0, in: scope) })
    let frame = PageFrame(
      portal, request, context, at: .catalogue, day: (asOf.validOn, today))
    let view = StatisticsView(frame, shown, CatalogueWords(portal, asked.language), portal.map)
    return .html(try portal.render(view, with: "statistics"))
  }

  /// Takes an area that was drawn, typed or sent as a file, and leads to statistics within it.
  @Sendable
  func takeArea(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    var upload = Upload()
    defer { upload.discard() }
    let folder = portal.map.data.appending(path: "uploads")
    try await upload.read(request, boundary: boundary, folder: folder)
    _ = try Form(fields: upload.fields, by: context.visitor)
    let form = try StatisticsForm(Asked(fields: upload.fields))
    let read = upload
    let area = try await portal.work.check {
      try await portal.map.keepArea(
        read.readBoundary(portal.map, by: context.visitor), in: context.visitor.scope)
    }
    return .to(form.within(area.name).address("/statistics"))
  }

  /// How far the job is; the whole page when it is over.
  @Sendable
  func progress(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let form = try StatisticsForm(asked)
    guard let order = form.order else { throw WebError.notFound }
    let state = try await portal.map.statistics(
      order, isAgain: false, by: context.visitor.principal)
    guard case .job(let job) = state, !job.state.isOver else { return .refreshed }
    let messages = portal.catalogues[asked.language]
    return .html(
      try portal.render(
        ProgressView(of: job, at: form.address("/statistics/progress"), messages),
        with: "submission-progress"))
  }

  /// The features behind a figure.
  @Sendable
  func rows(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let form = try StatisticsForm(asked)
    guard let order = form.order else { throw WebError.fieldInvalid(name: "dataset") }
    let scope = context.visitor.scope
    let (asOf, today) = try await portal.state(asked)
    let after = asked.text("after")
    let found = try await portal.work.run {
      try await portal.map.statisticsRows(
        order, of: form.cell, after: after, limit: Self.rowsOnPage, in: scope)
    }
    let frame = PageFrame(
      portal, request, context, at: .catalogue, day: (asOf.validOn, today))
    let schemas = try await portal.map.schemas(in: scope)
    guard let schema = schemas.first(where: { $0.id.text == order.dataset }) else {
      throw WebError.notFound
    }
    let view = StatisticsRowsView(
      frame, form, found, schema, CatalogueWords(portal, asked.language), portal.map,
      isFirst: after == nil)
    return .html(try portal.render(view, with: "statistics-rows"))
  }

  /// The table as a file, once it is there.
  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let form = try StatisticsForm(asked)
    guard let format = asked.text("format"), ["csv", "xlsx"].contains(format) else {
      throw WebError.fieldInvalid(name: "format")
    }
    guard let order = form.order else { throw WebError.fieldInvalid(name: "dataset") }
    let table = try await table(order, context)
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-statistics-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "statistics." + format)
    try await portal.map.write(table, in: context.visitor.scope, to: path.path)
    let name = "\(table.dataset)-\(table.asOf.validOn)-statistics.\(format)"
    let type =
      format == "csv"
      ? "text/csv; charset=utf-8; header=present"
      : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return try .file(path, named: name, type: type)
  }

  @Sendable
  func answer(_ request: Request, context: WebContext) async throws -> Response {
    guard let order = try StatisticsForm(Asked(request)).order else {
      throw WebError.fieldInvalid(name: "dataset")
    }
    return .json(try await table(order, context).json)
  }

  /// The same within the boundary of the body, a GeoJSON geometry in degrees of EPSG:4490.
  @Sendable
  func answerInArea(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    guard type.split(separator: ";").first?.lowercased() == "application/json" else {
      throw WebError.mediaTypeUnsupported(type)
    }
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: Upload.maximumFieldBytes)
    } catch {
      throw WebError.bodyTooLarge(limitBytes: Upload.maximumFieldBytes)
    }
    guard
      case .object(let members) = try Upload.json(Array(bytes.readableBytesView), of: "body")
    else { throw WebError.fieldInvalid(name: "body") }
    var fields: [String: String] = [:]
    for (name, value) in members where name != "boundary" {
      guard ["dataset", "by", "level", "validOn", "recorded"].contains(name),
        let text = value.string ?? value.integer.map({ String($0) })
      else { throw WebError.fieldInvalid(name: String(name.prefix(64))) }
      fields[name] = text
    }
    guard let drawn = members["boundary"] else { throw WebError.boundaryMissing }
    let form = try StatisticsForm(Asked(fields: fields))
    guard form.dataset != nil else { throw WebError.fieldInvalid(name: "dataset") }
    let area = try await portal.work.check {
      try await portal.map.keepArea(
        portal.map.readBoundary(geoJSON: drawn), in: context.visitor.scope)
    }
    guard let order = form.within(area.name).order else { throw WebError.notFound }
    return .json(try await table(order, context).json)
  }

  /// The table, if it is there at once.
  ///
  /// - Errors: busy where a job is at it; asked again later it is there.
  private func table(
    _ order: StatisticsOrder, _ context: WebContext
  ) async throws -> StatisticsTable {
    let state = try await portal.work.run {
      try await portal.map.statistics(order, isAgain: true, by: context.visitor.principal)
    }
    guard case .kept(let table) = state else {
      throw WebError.busy(afterSeconds: portal.limits.work.comeBackAfter)
    }
    return table
  }
}

/// Where the statistics that were asked for stand.
enum StatisticsOutcome {
  case none
  case kept(StatisticsTable)
  case job(Job)

  var table: StatisticsTable? {
    guard case .kept(let table) = self else { return nil }
    return table
  }

  var job: Job? {
    guard case .job(let job) = self else { return nil }
    return job
  }
}
