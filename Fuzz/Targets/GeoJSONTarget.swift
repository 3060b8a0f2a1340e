import KarezCore
import KarezGeometry

@testable import KarezService

/// A geometry of GeoJSON, as answers, pages and packages have it.
enum GeoJSONTarget: FuzzTarget {
  static let name = "geojson"

  static func feed(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes) else { return }
    _ = try? ReadBoundary(geoJSON: json, region: nil)
    guard let geometry = try? Geometry(geoJSON: json) else { return }
    var streamed: [UInt8] = []
    geometry.append(geoJSON: &streamed, isOriented: true)
    hold((try? JSONValue(parsing: streamed)) != nil, "what is streamed is no JSON")
    let again = try? Geometry(geoJSON: geometry.geoJSON)
    hold(again?.vertexTotal == geometry.vertexTotal, "what we write is read otherwise")
  }
}

extension Geometry {
  fileprivate var vertexTotal: Int {
    switch self {
    case .points(let positions): positions.count
    case .lines(let lines): lines.reduce(0) { $0 + $1.count }
    case .polygons(let multi): multi.vertexCount
    }
  }
}
