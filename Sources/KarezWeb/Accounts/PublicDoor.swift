import HTTPTypes
import Hummingbird
import KarezPacks

/// Which requests are answered people who have not signed in, where the zone has a public edition.
///
/// It is decided here and nowhere else, by the route; what an answer shows is decided by the scope
/// of `Principal.publicReader` as it is for everybody, and by no handler.
enum PublicDoor {
  /// Routes that show something and do nothing, as the router names them.
  static let viewed: Set<String> = [
    "/", "/identify", "/search", "/catalogue", "/catalogue/{id}", "/catalogue/{id}/features",
    "/catalogue/{id}/features/{feature}", "/statistics", "/statistics/rows",
    "/api/v1/search", "/api/v1/catalogue", "/api/v1/catalogue/{id}",
    "/api/v1/catalogue/{id}/metadata.xml", "/api/v1/commits", "/api/v1/datasets",
    "/api/v1/datasets/{id}/features", "/api/v1/datasets/{id}/features/{feature}/history",
    "/api/v1/measure", "/api/v1/statistics",
    "/ogc", "/ogc/api", "/ogc/conformance", "/ogc/collections", "/ogc/collections/catalogue",
    "/ogc/collections/catalogue/items", "/ogc/collections/catalogue/items/{record}",
    "/ogc/collections/{id}", "/ogc/collections/{id}/items",
    "/ogc/collections/{id}/items/{feature}", "/ogc/collections/{id}/queryables",
    "/ogc/collections/{id}/schema", "/ogc/collections/{id}/tiles",
    "/ogc/collections/{id}/tiles/{tileMatrixSetId}",
    "/ogc/collections/{id}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
    "/ogc/processes", "/ogc/processes/{processId}", "/ogc/styles", "/ogc/styles/{styleId}",
    "/ogc/styles/{styleId}/metadata", "/ogc/tileMatrixSets",
    "/ogc/tileMatrixSets/{tileMatrixSetId}", "/ogc/wfs", "/ogc/wms", "/ogc/wmts",
    "/ogc/wmts/1.0.0/WMTSCapabilities.xml",
    "/ogc/wmts/1.0.0/{layer}/{style}/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}",
  ]

  /// Routes that give files of whole datasets or tables.
  static let downloaded: Set<String> = ["/api/v1/datasets/{id}/export", "/statistics/file"]

  /// The route whose answers are pages or, where one is asked for, a file of the whole.
  private static let items = "/ogc/collections/{id}/items"

  static func opens(
    _ request: Request, of route: String, in edition: PublicEdition
  ) -> Bool {
    guard [.get, .head].contains(request.method) else { return false }
    // Answers of checks are of whoever asked for them, and a statistic's area is drawn by a form.
    let asked = Asked(request)
    guard asked.text("answer") == nil, asked.text("area") == nil else { return false }
    let isFile =
      downloaded.contains(route) || (route == items && isFileAsked(request))
    return isFile ? edition == .download : viewed.contains(route)
  }

  private static func isFileAsked(_ request: Request) -> Bool {
    // An `f` there is not is told as such by the route.
    guard let format = try? OGCFormat.chosen(request, among: OGCFormat.allCases) else {
      return false
    }
    return format.file != nil
  }
}
