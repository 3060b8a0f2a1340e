import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezPacks
import KarezReport
import KarezService
import KarezStore
import KarezWriting

/// `/checks/batch`: many parcels checked at once, by a job.
struct BatchRoutes: Sendable {
  static let rowsOnPage = 100

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.post("checks/batch", use: order)
    router.get("checks/batch/{name}", use: page)
    router.post("checks/batch/{name}", use: remove)
    router.get("checks/batch/{name}/progress", use: progress)
    router.get("checks/batch/{name}/shapes", use: shapes)
    router.get("checks/batch/{name}/file", use: file)
    router.post("api/v1/checks/batch", use: orderForProgram)
    router.get("api/v1/checks/batch/{name}", use: batch)
  }

  // MARK: Asking

  @Sendable
  func order(_ request: Request, context: WebContext) async throws -> Response {
    let type = request.headers[.contentType] ?? ""
    guard let boundary = MultipartParser.boundary(ofContentType: type) else {
      throw WebError.mediaTypeUnsupported(type)
    }
    let name = try await orderForm(request, boundary, context.visitor, isKeyed: true)
    return .to("/checks/batch/\(name)")
  }

  @Sendable
  func orderForProgram(_ request: Request, context: WebContext) async throws -> Response {
    let visitor = context.visitor
    let name: String
    let type = request.headers[.contentType] ?? ""
    if let boundary = MultipartParser.boundary(ofContentType: type) {
      // A form can come from another site's page, which has no key; a program has no session.
      name = try await orderForm(request, boundary, visitor, isKeyed: visitor.isSignedIn)
    } else {
      let members = try await request.jsonMembers(
        known: ["boundary", "purpose", "validOn", "recorded", "documents", "title"])
      guard let drawn = members["boundary"] else { throw WebError.boundaryMissing }
      var fields: [String: String] = [:]
      for (key, value) in members where !["boundary", "documents"].contains(key) && value != .null {
        guard let text = value.string ?? value.integer.map({ String($0) }) else {
          throw WebError.fieldInvalid(name: key)
        }
        fields[key] = text
      }
      if let documents = members["documents"], documents != .null {
        guard let codes = documents.array, codes.allSatisfy({ $0.string != nil }) else {
          throw WebError.fieldInvalid(name: "documents")
        }
        fields["documents"] = codes.compactMap(\.string).joined(separator: ",")
      }
      let said = fields
      name = try await portal.work.check {
        let read = try portal.map.readBoundary(geoJSON: drawn)
        return try await order([("", read)], said, by: visitor)
      }
    }
    let batch = try await portal.map.checkBatch(name, for: visitor.principal)
    return .json(batch.json, .accepted)
  }

  private func orderForm(
    _ request: Request, _ boundary: String, _ visitor: Visitor, isKeyed: Bool
  ) async throws -> String {
    var upload = Upload()
    defer { upload.discard() }
    let folder = portal.map.data.appending(path: "uploads")
    try await upload.read(
      request, boundary: boundary, folder: folder, mostFiles: portal.limits.checks.mostFiles)
    _ = try Form(fields: upload.fields, by: visitor, isKeyed: isKeyed)
    let read = upload
    return try await portal.work.run {
      var boundaries: [(file: String, boundary: ReadBoundary)] = []
      if read.files.isEmpty {
        boundaries = [("", try await read.readBoundary(portal.map, by: visitor))]
      }
      for file in read.files {
        let crs = read.fields["crs"].flatMap { $0.isEmpty ? nil : $0 }
        boundaries.append(
          (
            file.name,
            try await portal.map.readBoundary(
              file: FileArgument(file.path, layer: nil), named: file.name, crs: crs)
          ))
      }
      return try await order(boundaries, read.fields, by: visitor)
    }
  }

  private func order(
    _ boundaries: [(file: String, boundary: ReadBoundary)], _ fields: [String: String],
    by visitor: Visitor
  ) async throws -> String {
    let asked = Asked(fields: fields)
    let today = try await portal.map.today().validOn
    let order = CheckBatch.Order(
      title: asked.text("title") ?? "", purpose: asked.text("purpose"),
      documents: (asked.text("documents") ?? "").split(separator: ",").map(String.init),
      validOn: try asked.day("validOn") ?? today, recorded: try asked.commit("recorded"))
    let limits = portal.limits.checks
    let parcels = try portal.map.batchParcels(of: boundaries, within: limits)
    return try await portal.map.orderBatch(
      parcels, order, within: limits, by: visitor.principal)
  }

  // MARK: Looking

  @Sendable
  func page(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let batch = try await found(context)
    let shown = BatchView.Shown(
      batch: batch, verdict: try Self.verdict(asked),
      from: asked.text("from").flatMap { Int($0) } ?? 1)
    let view = BatchView(
      PageFrame(portal, request, context, at: .map), shown, portal.map,
      portal.catalogues[asked.language])
    return .html(try portal.render(view, with: "check-batch"))
  }

  /// A verdict by its name, or `refused`; nil for all.
  private static func verdict(_ asked: Asked) throws(WebError) -> String? {
    guard let text = asked.text("verdict") else { return nil }
    guard text == BatchView.refused || Verdict(rawValue: text) != nil else {
      throw .fieldInvalid(name: "verdict")
    }
    return text
  }

  @Sendable
  func progress(_ request: Request, context: WebContext) async throws -> Response {
    let batch = try await found(context)
    guard let job = batch.job, !job.state.isOver else { return .refreshed }
    let messages = portal.catalogues[Asked(request).language]
    return .html(
      try portal.render(
        ProgressView(of: job, at: "/checks/batch/\(batch.name)/progress", messages),
        with: "submission-progress"))
  }

  /// The outlines for the map, each with its number and verdict.
  @Sendable
  func shapes(_ request: Request, context: WebContext) async throws -> Response {
    let batch = try await found(context)
    let scope = context.visitor.scope
    let outlines = try await portal.work.run {
      try await portal.map.outlines(of: batch, in: scope)
    }
    let shapes = zip(batch.rows ?? [], outlines).compactMap { row, outline -> JSONValue? in
      guard let outline else { return nil }
      return .object([
        "id": .string(String(row.number)),
        "kind": .string(row.verdict?.rawValue ?? BatchView.refused),
        "geometry": outline.geoJSON,
      ])
    }
    return .json(.object(["shapes": .array(shapes)]))
  }

  @Sendable
  func file(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    guard let format = asked.text("format").flatMap(OutputFormat.init),
      OneMap.batchFormats.contains(format)
    else { throw WebError.fieldInvalid(name: "format") }
    let batch = try await found(context)
    guard let rows = batch.rows else { throw WebError.notFound }
    let scope = context.visitor.scope
    let outlines =
      format == .geopackage
      ? try await portal.work.run { try await portal.map.outlines(of: batch, in: scope) } : []
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-batch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "checks." + format.ending)
    try await portal.map.write(
      rows, outlines: outlines, titled: BatchView.title(of: batch), to: path.path, as: format)
    return try .file(
      path, named: "karez-checks-\(batch.name).\(format.ending)", type: format.mediaType)
  }

  @Sendable
  func remove(_ request: Request, context: WebContext) async throws -> Response {
    let form = try await Form(request, by: context.visitor)
    guard try form.required("act") == "remove" else { throw WebError.fieldInvalid(name: "act") }
    try await portal.map.removeBatch(
      try context.parameters.require("name"), by: context.visitor.principal)
    return .to("/checks")
  }

  @Sendable
  func batch(_ request: Request, context: WebContext) async throws -> Response {
    .json(try await found(context).json)
  }

  private func found(_ context: WebContext) async throws -> CheckBatch {
    try await portal.map.checkBatch(
      try context.parameters.require("name"), for: context.visitor.principal)
  }
}
