import HTTPTypes
import Hummingbird
import KarezCore
import KarezWriting

/// The forms a resource under `/ogc` comes in.
enum OGCFormat: String, CaseIterable, Hashable {
  case json
  case html
  case csv
  case parquet
  case geopackage = "gpkg"

  /// Of all resources but items, which have files as well.
  static let pages: [OGCFormat] = [.json, .html]

  var type: String {
    switch self {
    case .json: "application/json"
    case .html: "text/html"
    case .csv: "text/csv"
    case .parquet: "application/vnd.apache.parquet"
    case .geopackage: "application/geopackage+sqlite3"
    }
  }

  /// The file a whole answer is written as; nil for what comes page by page.
  var file: OutputFormat? {
    switch self {
    case .json, .html: nil
    case .csv: .csv
    case .parquet: .parquet
    case .geopackage: .geopackage
    }
  }

  /// Whether media types of `Accept` ask for it.
  private func isAsked(by range: Substring) -> Bool {
    switch self {
    case .json:
      ["*/*", "application/*", "application/json"].contains(range) || range.hasSuffix("+json")
        || range.hasPrefix("application/vnd.oai.openapi")
    default: range == type[...]
    }
  }

  /// By `f`, else by `Accept`, else JSON.
  ///
  /// - Errors: `fieldInvalid` for an `f` the resource does not come in.
  static func chosen(
    _ request: Request, among forms: [OGCFormat] = pages
  ) throws(WebError) -> OGCFormat {
    if let name = Asked(request).text("f") {
      guard let form = OGCFormat(rawValue: name), forms.contains(form) else {
        throw .fieldInvalid(name: "f")
      }
      return form
    }
    for range in ranges(request.headers[.accept] ?? "") {
      if let form = forms.first(where: { $0.isAsked(by: range) }) { return form }
    }
    return .json
  }

  /// Media ranges of `Accept`, the most wanted first.
  private static func ranges(_ accept: String) -> [Substring] {
    var found: [(range: Substring, quality: Double, place: Int)] = []
    for part in accept.lowercased().split(separator: ",") {
      let words = part.filter { $0 != " " }.split(separator: ";")
      guard let range = words.first else { continue }
      let stated = words.first { $0.hasPrefix("q=") }
      let quality = stated.flatMap { Double($0.dropFirst(2)) } ?? 1
      if quality > 0 { found.append((range, quality, found.count)) }
    }
    found.sort { $0.quality == $1.quality ? $0.place < $1.place : $0.quality > $1.quality }
    return found.map(\.range)
  }

  /// Whether a page is asked for under `/ogc`, where programs ask for the same addresses.
  static func isPageAsked(_ request: Request) -> Bool {
    let path = request.uri.path
    guard path == "/ogc" || path.hasPrefix("/ogc/") else { return false }
    return (try? chosen(request)) == .html
  }
}
