import Foundation
import HTTPTypes
import Hummingbird
import KarezCore

/// The files the portal serves as they are: those listed here, read once, and no others.
struct Assets: Sendable {
  struct Asset: Sendable {
    let bytes: ByteBuffer
    let type: String
    let tag: String
  }

  /// Name in the address, and file in the portal's folder.
  static let files = [
    "applicants.css": "assets/applicants.css", "boundary.js": "assets/boundary.js",
    "tokens.css": "assets/tokens.css", "answer.css": "assets/answer.css",
    "frame.css": "assets/frame.css", "frame.js": "assets/frame.js",
    "search.js": "assets/search.js",
    "findings.js": "assets/findings.js", "catalogue.css": "assets/catalogue.css",
    "differences.js": "assets/differences.js", "edit.js": "assets/edit.js",
    "portal.css": "assets/portal.css", "workbench.css": "assets/workbench.css",
    "icon.svg": "assets/icon.svg",
    "ol.js": "vendor/ol.js", "ol.css": "vendor/ol.css", "htmx.min.js": "vendor/htmx.min.js",
    "statistics.js": "assets/statistics.js", "statistics.css": "assets/statistics.css",
    "chart.js": "assets/chart.js", "plan.js": "assets/plan.js",
    "checks.js": "assets/checks.js", "checks.css": "assets/checks.css",
    "cases.css": "assets/cases.css", "services.css": "assets/services.css",
    "print.js": "assets/print.js", "print.css": "assets/print.css",
    "echarts.min.js": "vendor/echarts.min.js", "NOTICES.md": "NOTICES.md",
    "openapi.json": "openapi.json",
  ].merging(workbench.map { ($0 + ".js", "assets/workbench/" + $0 + ".js") }) { $1 }

  /// The rooms of the map's page; `portal` is the door.
  private static let workbench = [
    "base", "bench", "bookmarks", "check", "compare", "draw", "identify", "layer", "measure",
    "order", "page", "paint", "pane", "panel", "portal", "state", "time", "tools", "tree",
  ]

  let byName: [String: Asset]
  /// Every name the scripts of the map's page are written with; their texts are among them.
  let names: Set<Substring>

  /// - Errors: `Problem` of kind unavailable that names the file missing.
  init(portal: URL) throws(Problem) {
    var byName: [String: Asset] = [:]
    for (name, path) in Self.files {
      guard let data = FileManager.default.contents(atPath: portal.appending(path: path).path)
      else { throw Self.missing(path) }
      byName[name] = Asset(
        bytes: ByteBuffer(bytes: data), type: Self.type(of: name), tag: Self.tag(of: data))
    }
    self.byName = byName
    names = Self.workbench.reduce(into: []) { names, room in
      let script = byName[room + ".js"].map { String(buffer: $0.bytes) } ?? ""
      for name in script.matches(of: /[a-z][a-z0-9_]+/) { names.insert(name.output) }
    }
  }

  static func missing(_ path: String) -> Problem {
    Problem(
      .unavailable, code: "asset-missing", place: path,
      what: LocalizedText(zh: "缺少门户文件", en: "a file of the portal is missing"),
      remedy: LocalizedText(zh: "运行 make setup", en: "run make setup"))
  }

  private static func type(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    default: "text/plain; charset=utf-8"
    }
  }

  /// FNV-1a of the content: it only has to change when the file does.
  private static func tag(of data: Data) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in data { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return "\"" + String(hash, radix: 16) + "\""
  }
}

/// `/assets/{name}`, and the description of the API.
struct AssetRoutes: Sendable {
  let assets: Assets

  func add(to router: Router<WebContext>) {
    router.get("assets/{name}", use: asset)
    router.get("api/v1/openapi.json") { request, _ in try respond(request, "openapi.json") }
    router.get("favicon.ico") { request, _ in try respond(request, "icon.svg") }
  }

  @Sendable
  func asset(_ request: Request, context: WebContext) async throws -> Response {
    try respond(request, try context.parameters.require("name"))
  }

  private func respond(_ request: Request, _ name: String) throws -> Response {
    guard let asset = assets.byName[name] else { throw WebError.notFound }
    let headers: HTTPFields = [
      .contentType: asset.type, .eTag: asset.tag, .cacheControl: "no-cache",
    ]
    if request.headers[.ifNoneMatch] == asset.tag {
      return Response(status: .notModified, headers: headers)
    }
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
  }
}
