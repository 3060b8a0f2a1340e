import KarezCore
import KarezGeometry

/// Whether the boundary lies in the land the map is of.
struct AdministrativeExtent {
  let survey: BoundarySurvey

  /// A warning for a boundary that lies partly outside every county.
  ///
  /// - Errors: `Problem` of kind refused for one that lies outside altogether.
  func warnings() async throws(Problem) -> [BoundaryWarning] {
    // A One Map without counties cannot say where its land ends.
    guard let counties = try await survey.layer(.counties) else { return [] }
    let inside = counties.features.reduce(0) { $0 + $1.areaM2 }
    guard inside > 0 else { throw refusal }
    let outside = survey.prepared.area.squareMetres - inside
    guard outside > 0.01 else { return [] }
    return [BoundaryWarningWording.partlyOutside(.squareMetres(outside))]
  }

  private var refusal: Problem {
    let box = survey.prepared.boundingBox
    return Wording(
      "boundary-outside", "边界不在本行政区域内", "the boundary lies outside the administrative area",
      do: "检查坐标系、带号与 X/Y 顺序", "check the coordinate system, the zone and the order of X and Y"
    ).problem(at: "boundary", position: box.map { [$0.minX, $0.minY] })
  }
}
