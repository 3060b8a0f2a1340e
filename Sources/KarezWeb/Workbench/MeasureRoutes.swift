import Hummingbird
import KarezCore
import KarezGeometry
import KarezService

/// `/api/v1/measure`: length and area of a line drawn on the map.
struct MeasureRoutes: Sendable {
  let portal: Portal

  func add(to router: Router<WebContext>) {
    router.get("api/v1/measure", use: measure)
  }

  /// `line=lon,lat,lon,lat,…` in degrees; `closed=true` for the land it encloses.
  @Sendable
  func measure(_ request: Request, context: WebContext) async throws -> Response {
    let asked = Asked(request)
    let isClosed = asked.text("closed") == "true"
    let measured = try DrawnMeasure(try Self.line(asked, isClosed: isClosed), isClosed: isClosed)
    return .json(measured.json)
  }

  private static func line(_ asked: Asked, isClosed: Bool) throws(WebError) -> [Position] {
    let parts = (asked.text("line") ?? "").split(
      separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }
    guard numbers.count == parts.count, numbers.count.isMultiple(of: 2),
      numbers.count >= (isClosed ? 6 : 4), numbers.allSatisfy(\.isFinite)
    else { throw .fieldInvalid(name: "line") }
    return stride(from: 0, to: numbers.count, by: 2).map {
      Position(x: numbers[$0], y: numbers[$0 + 1])
    }
  }
}
