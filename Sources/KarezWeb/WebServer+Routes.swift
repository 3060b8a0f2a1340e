import HTTPTypes
import Hummingbird
import KarezCore
import KarezService

extension WebServer {
  /// Method and path of every route there is, such as `GET /catalogue/{id}`; what the access matrix
  /// has to have.
  static func routes(map: OneMap) throws(Problem) -> [String] {
    let portal = try Portal(map: map, limits: map.webLimits())
    return try router(portal).routes.filter { $0.method != .head }.map { route in
      let path = route.path.description
      return route.method.rawValue + " " + (path.hasPrefix("/") ? path : "/" + path)
    }
  }
}
