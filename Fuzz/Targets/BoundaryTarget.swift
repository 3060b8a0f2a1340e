import KarezGeometry

/// A boundary in any of its four text formats: 报批坐标, a table of vertices, WKT, GeoJSON.
enum BoundaryTarget: FuzzTarget {
  static let name = "boundary"

  static func feed(_ bytes: [UInt8]) {
    let format = BoundaryDocument.format(of: bytes)
    guard let document = try? BoundaryDocument(reading: bytes) else { return }
    hold(document.format == format, "format judged twice: \(document.format)")
    hold(!document.parcels.isEmpty, "a boundary without a parcel")
    for parcel in document.parcels {
      hold(parcel.geometry.rings.allSatisfy { $0.positions.count >= 4 }, "an open ring")
    }
  }
}

extension MultiPolygon {
  fileprivate var rings: [Ring] { polygons.flatMap(\.rings) }
}
