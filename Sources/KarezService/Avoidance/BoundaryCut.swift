import KarezCore
import KarezGeometry

/// A boundary less the ground of a line.
///
/// The smallest change that leaves the line: nothing is given up but the line's ground, a strip
/// along it that is told apart, and splinters nobody could use.
///
/// Not Sendable: it belongs to the task that made it.
struct BoundaryCut {
  /// What stays, in parts of more than the sliver tolerance; empty where nothing does.
  let rest: PlaneRegion
  /// The rest of the boundary: the ground, the strip, the splinters.
  let givenUp: PlaneRegion
  /// The ground itself.
  let occupied: Area
  /// Of the parts that stay, the largest first.
  let parts: [Area]
  /// Parts left that are below the tolerance, and therefore given up too.
  let slivers: Noise

  /// Leaves the ground, and keeps clear of it by so many metres; by nothing where it is 0.
  init(
    _ boundary: PlaneRegion, leaving ground: PlaneRegion, clearance: Double, tolerance: Area?,
    _ growth: RegionGrowth
  ) throws(GeometryError) {
    let own = try ground.intersection(boundary)
    let cut = clearance > 0 ? try growth.grown(own, by: clearance) : own
    var kept: [PlaneRegion] = []
    var slivers = Noise()
    for part in try boundary.subtracting(cut).parts() {
      let area = part.area
      if area.squareMetres < max(tolerance?.squareMetres ?? 0, Self.nothing) {
        slivers.features += 1
        slivers.areaM2 += area.squareMetres
      } else {
        kept.append(part)
      }
    }
    let none = try boundary.subtracting(boundary)
    rest = try PlaneRegion.united(kept) ?? none
    givenUp = kept.isEmpty ? boundary : try boundary.subtracting(rest)
    occupied = own.area
    parts = kept.map(\.area)
    self.slivers = slivers
  }

  /// What would print as 0.00 m² is no land.
  private static let nothing = 0.005

  /// What is given up beyond the ground and the splinters.
  var strip: Area {
    .squareMetres(max(0, givenUp.area.squareMetres - occupied.squareMetres - slivers.areaM2))
  }
}
