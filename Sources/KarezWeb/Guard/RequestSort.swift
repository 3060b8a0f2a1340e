import HTTPTypes

/// What a request is, by what it costs to answer.
enum RequestSort: String, CaseIterable, Hashable, Sendable {
  /// Files of the portal and what machines ask to see whether the server is there.
  case free
  case page
  /// Many rows at once.
  case rows
  case edit
  case upload
  /// Two states of a dataset compared.
  case comparison
  case check
  case export
  /// One tile of the map.
  case tile
  /// A try to get in.
  case signIn

  /// By method and route; a route that is not here is a page.
  private static let known: [String: RequestSort] = [
    "GET /assets/{name}": .free, "GET /favicon.ico": .free, "GET /healthz": .free,
    "GET /readyz": .free, "GET /metrics": .free, "GET /scope": .free,
    "GET /api/v1/openapi.json": .free,
    "GET /search": .rows, "GET /api/v1/search": .rows,
    "GET /api/v1/datasets/{id}/features": .rows, "GET /differences/shapes": .rows,
    "GET /ogc/collections/{id}/items": .rows, "GET /identify": .rows,
    "GET /api/v1/datasets/{id}/units": .comparison,
    "GET /print/sheet.pdf": .export, "GET /print/preview.png": .comparison,
    "GET /statistics/file": .rows, "GET /ledger/file": .rows,
    "GET /ledger/accounts/{kind}/{region}/{year}/{part}/file": .rows,
    "GET /api/v1/datasets/{id}/diff": .comparison,
    "GET /api/v1/datasets/{id}/increment": .comparison, "GET /differences": .comparison,
    "GET /answers/{file}": .rows, "GET /downloads/{name}/file": .rows,
    "GET /api/v1/datasets/{id}/export": .export, "POST /catalogue/{id}/download": .export,
    "GET /ogc/collections/{id}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": .tile,
    "GET /ogc/wms": .tile, "GET /ogc/wmts": .tile, "GET /ogc/wfs": .rows,
    "GET /ogc/wmts/1.0.0/{layer}/{style}/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}": .tile,
    "POST /checks": .check, "POST /api/v1/checks": .check, "POST /checks/again": .check,
    "POST /checks/compare": .check, "GET /checks/avoid": .check, "POST /checks/avoid": .check,
    "GET /checks/avoid/file": .check, "GET /api/v1/checks/avoid": .check,
    "POST /checks/batch": .upload, "POST /api/v1/checks/batch": .upload,
    "GET /checks/batch/{name}/file": .rows, "GET /checks/batch/{name}/shapes": .rows,
    "GET /checks/compare": .rows, "GET /api/v1/checks/compare": .rows,
    "POST /answers/{file}/bundle": .export, "POST /cases/{number}/bundle": .export,
    "POST /cases/{number}/letter": .edit, "POST /api/v1/cases/{number}/letter": .edit,
    "GET /cases/{number}/papers/{order}": .rows,
    "GET /cases/{number}/letter": .rows, "GET /api/v1/cases/{number}/letter": .rows,
    "POST /catalogue/{id}/features/{feature}": .edit, "POST /catalogue/{id}/revert": .edit,
    "POST /edits/{key}": .edit, "POST /ogc/collections/{id}/items": .edit,
    "PUT /ogc/collections/{id}/items/{feature}": .edit,
    "PATCH /ogc/collections/{id}/items/{feature}": .edit,
    "DELETE /ogc/collections/{id}/items/{feature}": .edit,
    "POST /ogc/processes/{processId}/execution": .check,
    "GET /ogc/jobs/{jobId}/results": .rows, "POST /submissions": .upload,
    "POST /submissions/{id}/{act}": .upload, "POST /api/v1/cases": .upload,
    "POST /api/v1/cases/{number}/documents": .upload, "POST /cases": .upload,
    "POST /cases/{number}/documents": .upload, "POST /api/v1/cases/{number}/acts": .edit,
    "POST /cases/{number}": .edit, "POST /cases/together": .edit,
    "POST /cases/{number}/fees/{order}": .edit,
    "GET /api/v1/cases": .rows, "GET /cases": .rows, "GET /cases/supervision": .rows,
    "POST /cases/deputies": .edit, "POST /cases/deputies/revoke": .edit,
    "POST /api/v1/deputies": .edit, "POST /api/v1/deputies/{id}/revocation": .edit,
    "GET /projects": .rows, "GET /api/v1/projects": .rows,
    "GET /api/v1/cases/{number}/documents/{document}": .rows,
    "GET /cases/{number}/documents/{document}": .rows, "POST /sign-in": .signIn,
    "GET /register": .rows, "GET /register.csv": .rows, "GET /api/v1/register": .rows,
    "POST /join": .signIn, "POST /join/confirm": .signIn, "GET /my": .rows,
    "POST /my/name": .edit, "POST /my/drafts": .edit, "POST /my/mandates": .edit,
    "POST /my/drafts/{draft}": .upload, "PUT /api/v1/my/drafts/{draft}": .edit,
    "POST /my/cases/{number}": .edit, "POST /my/cases/{number}/documents": .upload,
    "GET /my/cases/{number}/documents/{document}": .rows,
    "GET /my/cases/{number}/papers/{order}": .rows, "GET /my/ground": .rows,
    "POST /track": .signIn, "POST /api/v1/track": .signIn,
    "POST /api/v1/cases/{number}/tracking-code": .edit,
    "POST /sign-in/second": .signIn, "GET /sign-in/directory": .signIn,
    "GET /sign-in/directory/back": .signIn,
  ]

  /// The routes that are not pages, as the router names them.
  static var routes: [String] { known.keys.sorted() }

  init(_ method: HTTPRequest.Method, _ route: String) {
    let asked = method == .head ? HTTPRequest.Method.get : method
    self = Self.known[asked.rawValue + " " + route] ?? .page
  }
}
