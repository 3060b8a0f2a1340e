import KarezCore
import KarezGeometry

/// What is left of a boundary, let out into free ground until it has its old area.
///
/// One distance for all sides, found by halving: nothing is chosen by taste, and the same question
/// has the same answer. It is a proposal to look at, not the best site there is.
struct BoundaryTrade {
  enum Outcome {
    case made(region: PlaneRegion, distanceMetres: Double)
    /// Even at the farthest there is not so much free ground around.
    case tooLittle(found: Area)
  }

  /// Halvings: from 500 m down to less than a nanometre.
  private static let mostSteps = 40
  /// Areas that print the same are the same.
  private static let exact = 0.004

  let growth: RegionGrowth
  /// Ground that may be added.
  let free: PlaneRegion
  let reachMetres: Double

  func outcome(letting rest: PlaneRegion, reach target: Area) throws(GeometryError) -> Outcome {
    let widest = try growth.grown(rest, by: reachMetres, within: free)
    guard widest.area >= target else { return .tooLittle(found: widest.area) }
    var (near, far) = (0.0, reachMetres)
    var found = widest
    for _ in 0..<Self.mostSteps {
      if abs(found.area.squareMetres - target.squareMetres) <= Self.exact { break }
      let middle = (near + far) / 2
      let tried = try growth.grown(rest, by: middle, within: free)
      if tried.area >= target {
        far = middle
        found = tried
      } else {
        near = middle
      }
    }
    return .made(region: found, distanceMetres: far)
  }
}
