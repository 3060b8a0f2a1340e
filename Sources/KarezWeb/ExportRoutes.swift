import Foundation
import HTTPTypes
import Hummingbird
import KarezCore
import KarezService
import KarezStore
import KarezWriting

/// `/api/v1/datasets/{id}/export`: one state of a dataset as a file.
///
/// The file is written whole before its first byte leaves, under the visitor's own scope, and has
/// no name any more when it is sent: whatever happens to the connection, nothing stays.
struct ExportRoutes: Sendable {
  /// Most features of a download.
  static let mostFeatures = 300_000

  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("api/v1/datasets/{id}/export", use: export)
  }

  @Sendable
  func export(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    var order = ExportOrder(dataset: try context.parameters.require("id"), path: "")
    order.format = try format(asked)
    try Self.fill(&order, asked)
    return try await file(order, for: context.visitor)
  }

  /// Writes the file and sends it.
  func file(_ order: ExportOrder, for visitor: Visitor) async throws -> Response {
    let schemas = try await portal.map.schemas(in: visitor.scope)
    guard let format = order.format, schemas.contains(where: { $0.id.text == order.dataset })
    else { throw WebError.notFound }
    return try await portal.work.run { try await write(order, as: format, for: visitor) }
  }

  private func write(
    _ order: ExportOrder, as format: OutputFormat, for visitor: Visitor
  ) async throws -> Response {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "karez-export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    var order = order
    order.path = folder.appending(path: "export." + format.ending).path
    order.mostFeatures = Self.mostFeatures
    let outcome = try await portal.map.exportFile(
      order, by: visitor.actor, in: visitor.scope, progress: { _ in })
    return try Self.response(order.path, outcome)
  }

  private func format(_ asked: Asked) throws(WebError) -> OutputFormat {
    guard let format = asked.text("format").flatMap(OutputFormat.init) else {
      throw .fieldInvalid(name: "format")
    }
    return format
  }

  private static func fill(_ order: inout ExportOrder, _ asked: Asked) throws(WebError) {
    order.validOn = try asked.day("validOn")
    order.recorded = try asked.commit("recorded")
    order.crs = asked.text("crs")
    order.layer = asked.text("layer")
    order.region = asked.text("region")
    if let name = asked.text("encoding") {
      guard let encoding = WritingOptions.Encoding(rawValue: name) else {
        throw .fieldInvalid(name: "encoding")
      }
      order.encoding = encoding
    }
  }

  // MARK: The file on its way

  private static func response(_ path: String, _ outcome: ExportOutcome) throws -> Response {
    let name = "\(outcome.dataset)-\(outcome.asOf.validOn).\(outcome.format.ending)"
    var response = try Response.file(
      URL(filePath: path), named: name, type: outcome.format.mediaType)
    set("Karez-Recorded", String(outcome.asOf.recorded.value), on: &response)
    set("Karez-SM3", outcome.sm3, on: &response)
    for (name, value) in notes(outcome) { set(name, value, on: &response) }
    return response
  }

  /// What is to be told of the file, as codes, and the fields' names in it.
  private static func notes(_ outcome: ExportOutcome) -> [(String, String)] {
    var codes: [String] = []
    var fields: [String] = []
    for note in outcome.notes {
      if case .fieldRenamed(let field, let name) = note {
        fields.append(Asked.escaped(field) + "=" + Asked.escaped(name))
      } else {
        codes.append(OutputNoteWording.code(of: note))
      }
    }
    return (codes.isEmpty ? [] : [("Karez-Notes", codes.joined(separator: ", "))])
      + (fields.isEmpty ? [] : [("Karez-Fields", fields.joined(separator: ", "))])
  }

  private static func set(_ name: String, _ value: String, on response: inout Response) {
    guard let field = HTTPField.Name(name) else { return }
    response.headers[field] = value
  }
}

extension Response {
  /// A file as it is sent to be kept; it may lose its name once this has returned.
  static func file(_ place: URL, named name: String, type: String) throws -> Response {
    let file = try FileHandle(forReadingFrom: place)
    let size = Int(try file.seekToEnd())
    try file.seek(toOffset: 0)
    return Response(
      status: .ok,
      headers: [
        .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"",
      ],
      body: ResponseBody(contentLength: size) { writer in
        while let piece = try file.read(upToCount: 1 << 18), !piece.isEmpty {
          try await writer.write(ByteBuffer(bytes: piece))
        }
        try await writer.finish(nil)
      })
  }
}

extension OutputFormat {
  var mediaType: String {
    switch self {
    case .geopackage: "application/geopackage+sqlite3"
    case .geojson: "application/geo+json"
    case .csv: "text/csv; charset=utf-8; header=present"
    case .parquet: "application/vnd.apache.parquet"
    case .shapefile, .fileGDB: "application/zip"
    case .gml: "application/gml+xml"
    case .kml: "application/vnd.google-earth.kml+xml"
    case .dxf: "image/vnd.dxf"
    case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case .vct, .boundaryText: "application/octet-stream"
    }
  }
}
