import HTTPTypes
import Hummingbird
import KarezCore
import KarezGeometry
import KarezReport
import KarezService
import KarezStore

extension Portal {
  /// The datasets a map is made of, as the visitor may know them: those with places in which
  /// anything was ever recorded, the lowest first.
  func layersServed(in scope: Scope) async throws -> [DatasetSummary] {
    let catalogue = try await map.catalogue(asOf: nil, in: scope)
      .filter { $0.schema.geometry != .none && $0.commit != .none }
    let byDataset = Dictionary(catalogue.map { ($0.schema.id, $0) }) { first, _ in first }
    return LayerLegend.order(catalogue.map(\.schema)).compactMap { byDataset[$0.id] }
  }

  /// The datasets of names; what is hidden is as what never was.
  func servedSchemas(_ names: [String], in scope: Scope) async throws -> [DatasetSchema] {
    let schemas = try await map.schemas(in: scope)
    return try names.map { name in
      guard let schema = schemas.first(where: { $0.id.text == name && $0.geometry != .none })
      else { throw ClassicFault.noLayer(String(name.prefix(64))) }
      return schema
    }
  }

  /// A picture as an answer; what the reader has already is not sent again.
  func picture(
    _ order: PictureOrder, _ request: Request, _ context: WebContext
  ) async throws -> Response {
    let scope = context.visitor.scope
    // Before any work is done, and by the name the program gave.
    _ = try await servedSchemas(order.layers, in: scope)
    let known = request.headers[.ifNoneMatch].map(TileRoutes.tags) ?? []
    let picture = try await work.run { try await map.picture(order, known: known, in: scope) }
    // People look at what is drawn; a program takes it away, and with it the land of the picture.
    if context.visitor.principal.token != nil, picture.png != nil {
      for (dataset, ground) in picture.grounds {
        try await map.count([ground], of: dataset, to: context.visitor.actor)
      }
    }
    let headers: HTTPFields = [
      .contentType: WMSRoutes.png, .eTag: "\"" + picture.tag + "\"",
      .cacheControl: Keeping.of(isPublic: picture.isPublic),
    ]
    guard let png = picture.png else { return Response(status: .notModified, headers: headers) }
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: png)))
  }
}
