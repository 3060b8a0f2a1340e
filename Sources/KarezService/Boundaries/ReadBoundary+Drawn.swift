import KarezCore
import KarezGeometry
import KarezPacks

extension ReadBoundary {
  /// A boundary drawn on the map: GeoJSON in longitude and latitude of EPSG:4490.
  init(geoJSON: JSONValue, region: Region?) throws(Problem) {
    let document: BoundaryDocument
    do throws(GeometryError) {
      document = try BoundaryDocument(
        reading: Array(geoJSON.canonicalText.utf8),
        options: BoundaryDocument.Options(crs: .cgcs2000, extent: region?.box))
    } catch {
      throw .geometry(error, of: "boundary")
    }
    try self.init(
      drawn: document.parcels.map(\.geometry),
      warnings: document.doubts.map(BoundaryWarningWording.warning))
  }

  /// Shapes already in EPSG:4490.
  init(drawn shapes: [MultiPolygon], warnings: [BoundaryWarning] = []) throws(Problem) {
    var parcels: [Parcel] = []
    for (index, shape) in shapes.enumerated() {
      do throws(GeometryError) {
        _ = try CoordinateConverter(from: .cgcs2000).degrees(of: shape)
        if let fault = try shape.validityFault() { throw .invalid(fault) }
      } catch {
        throw .geometry(error, of: "boundary: \(index + 1)")
      }
      parcels.append(
        Parcel(
          id: String(index + 1), name: "", geometry: shape, statutoryArea: shape.statutoryArea(),
          planarArea: nil, warnings: []))
    }
    guard !parcels.isEmpty else { throw .geometry(.noGeometry, of: "boundary") }
    try BoundaryLimits.check(parcels, in: "boundary")
    self.init(
      parcels: parcels, crs: CoordinateReferenceSystem.cgcs2000.description,
      crsReason: LocalizedText(zh: "在地图上绘制", en: "drawn on the map"), warnings: warnings)
  }
}
