import KarezCore
import KarezGeometry

/// The parcels of a boundary as one area of land.
struct BoundaryOutline {
  let geometry: MultiPolygon
  let warnings: [BoundaryWarning]

  /// Parcels side by side stay as they are; parcels that overlap are counted once, and it is said.
  init(_ boundary: ReadBoundary) throws(Problem) {
    let parcels = boundary.parcels
    if parcels.count == 1 {
      geometry = parcels[0].geometry
      warnings = []
      return
    }
    do throws(GeometryError) {
      let whole = try PlaneRegion.union(of: parcels.map(\.geometry))
      let sum = parcels.reduce(0) { $0 + $1.statutoryArea.squareMetres }
      let overlap = max(0, sum - whole.area.squareMetres)
      geometry = whole.multiPolygon()
      warnings = overlap > 0.01 ? [BoundaryWarningWording.overlap(.squareMetres(overlap))] : []
    } catch {
      throw .geometry(error, of: "boundary")
    }
  }
}
