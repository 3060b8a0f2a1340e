import KarezCore
import KarezGeometry

/// How large a boundary may be before it is no project's any more.
///
/// A question costs what it touches. Without a limit one short request, a box around the world,
/// keeps the server busy for everybody. Datasets are imported, not checked, and have other limits.
enum BoundaryLimits {
  private static let parcels = 2_000
  private static let vertices = 200_000
  /// Twice the largest prefecture-level division of the country.
  private static let extent = Area.hectares(100_000_000)

  static func check(_ found: [ReadBoundary.Parcel], in file: String) throws(Problem) {
    let vertexCount = found.reduce(0) { $0 + $1.geometry.vertexCount }
    let area = found.reduce(Area.zero) { $0 + $1.statutoryArea }
    guard found.count <= parcels, vertexCount <= vertices, area <= extent else {
      throw Wording(
        "boundary-too-large",
        "边界过大：\(found.count) 个地块、\(vertexCount) 个顶点、\(DecimalText.fixed(area.hectares, decimals: 0)) 公顷",
        "too large for a project boundary: \(found.count) parcels, \(vertexCount) vertices, \(DecimalText.fixed(area.hectares, decimals: 0)) ha",
        do:
          "上限为 \(parcels) 个地块、\(vertices) 个顶点、\(DecimalText.fixed(extent.hectares, decimals: 0)) 公顷；请分次审查，或检查坐标",
        "at most \(parcels) parcels, \(vertices) vertices, \(DecimalText.fixed(extent.hectares, decimals: 0)) ha; split it, or check the coordinates"
      ).problem(at: file)
    }
  }
}
