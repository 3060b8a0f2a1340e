import KarezGeometry

/// A pipeline that is to be made: where it runs, and through what.
struct PipelineRoute: Sendable {
  let points: [LatticePoint]
  let county: Int
  /// Code of the kind of section.
  let section: String
}

/// Lays pipelines past the planted sites, and others away from them.
struct PipelinePlanner {
  /// How far a pipeline keeps from sites it was not planted for, in metres.
  private static let clearance = 2_500.0
  /// Half the length of a planted stretch; straight, and longer than any distance looked at.
  private static let halfLength = 2_000.0

  let planner: SitePlanner
  let themes: Themes
  let sites: [Site]

  private var country: Country { planner.country }

  /// Straight across a corridor, where it is far from every other site.
  func across(_ corridor: SitePlanner.Corridor) -> PipelineRoute? {
    let east = Double(corridor.end.x - corridor.start.x) * country.terrain.metresEast
    let north = Double(corridor.end.y - corridor.start.y) * country.terrain.metresNorth
    let length = (east * east + north * north).squareRoot()
    let others = sites.filter { $0.id != "corridor" }
    for part in stride(from: 0.3, through: 0.7, by: 0.05) {
      let centre = planner.place(on: corridor, at: part)
      guard let county = themes.county(at: centre, clear: Self.halfLength + 700),
        isClear(centre, of: others)
      else { continue }
      return route(
        around: centre, direction: (-north / length, east / length), county: county,
        section: "ordinary")
    }
    return nil
  }

  /// Beside a site that is planted with it: the window, and a pipeline two metres from its edge.
  func beside(
    _ places: [LatticePoint]
  ) -> (window: ConvexWindow, route: PipelineRoute, facility: LatticePoint)? {
    let (cosine, sine) = Shapes.direction(SitePlanner.turn)
    for centre in places {
      guard let county = themes.county(at: centre, clear: Self.halfLength + 700),
        isClear(centre, of: sites),
        let window = planner.window(around: centre, length: 300, width: 200)
      else { continue }
      let outside = planner.place(centre, east: -102 * sine, north: 102 * cosine)
      let facility = planner.place(centre, east: 160 * sine, north: -160 * cosine)
      return (
        window,
        route(
          around: outside, direction: (cosine, sine), county: county, section: "ordinary"),
        facility
      )
    }
    return nil
  }

  /// Pipelines with bends, where they like.
  func elsewhere(_ count: Int, besides sites: [Site]) -> [PipelineRoute] {
    var placement = Placement(country, themes)
    placement.fill(count, use: .pipeline, radius: { _ in 2_400 }) { isClear($0, of: sites) }
    let sections = ["river-crossing", "tunnel", "ordinary"]
    return placement.spots.enumerated().map { number, spot in
      let (east, north) = Shapes.direction(country.chance.unit(.pipeline, number, 7))
      let points = (-4...4).map { step -> LatticePoint in
        let along = Double(step) * 550
        let aside = 150 * (country.chance.unit(.pipeline, number, 20 + step) - 0.5)
        return planner.place(
          spot.centre, east: along * east - aside * north, north: along * north + aside * east)
      }
      return PipelineRoute(
        points: points, county: spot.county, section: sections[number % sections.count])
    }
  }

  private func route(
    around centre: LatticePoint, direction: (east: Double, north: Double), county: Int,
    section: String
  ) -> PipelineRoute {
    let points = [-Self.halfLength, Self.halfLength].map {
      planner.place(centre, east: $0 * direction.east, north: $0 * direction.north)
    }
    return PipelineRoute(points: points, county: county, section: section)
  }

  private func isClear(_ centre: LatticePoint, of sites: [Site]) -> Bool {
    let reach = Self.halfLength + Self.clearance
    let low = planner.place(centre, east: -reach, north: -reach).position
    let high = planner.place(centre, east: reach, north: reach).position
    guard let box = BoundingBox(around: [low, high]) else { return false }
    return sites.allSatisfy { !$0.window.comesNear(box) }
  }
}
