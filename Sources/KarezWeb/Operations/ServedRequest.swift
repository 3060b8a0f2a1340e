import HTTPTypes
import Hummingbird
import KarezCore
import KarezService

/// What of a request counts in the statistics: which datasets were asked for, and by what.
struct ServedRequest {
  let datasets: [String]
  let channel: ServedChannel

  /// Nil where the request is about no dataset.
  init?(_ request: Request, _ context: WebContext) {
    let route = context.route
    guard let channel = Self.channel(of: route) else { return nil }
    if let name = context.parameters.get("id") ?? context.parameters.get("layer") {
      datasets = [name]
    } else {
      datasets = Self.named(in: Asked(request))
    }
    guard !datasets.isEmpty else { return nil }
    self.channel = channel
  }

  /// By the pattern of the route.
  static func channel(of route: String) -> ServedChannel? {
    let parts = route.split(separator: "/").map(String.init)
    switch parts.first {
    case "wms": return .image
    case "wmts": return .tiles
    case "wfs": return .features
    case "catalogue" where parts.count > 1:
      return parts.last == "download" ? .download : .page
    case "ogc" where parts.count > 2, "api" where parts.count > 3:
      if parts.contains("tiles") { return parts.count > 5 ? .tiles : .metadata }
      if parts.contains("items") || parts.contains("features") { return .features }
      if parts.contains("map") { return .image }
      let isFile = ["export", "increment", "diff", "units"].contains { parts.last == $0 }
      return isFile ? .download : .metadata
    default: return nil
    }
  }

  /// The layers or types that a request of the older services names; of one, at most so many.
  private static func named(in asked: Asked) -> [String] {
    let keys: Set = ["layers", "layer", "typenames", "typename"]
    let lists = asked.parameters.filter { keys.contains($0.name.lowercased()) }.map(\.value)
    let names = lists.flatMap { $0.split(whereSeparator: { ",;() ".contains($0) }) }
    return Array(
      Set(names.prefix(mostNamed).map { String($0.split(separator: ":").last ?? $0) })
    ).sorted()
  }

  private static let mostNamed = 32
}
