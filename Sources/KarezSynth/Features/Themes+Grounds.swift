import KarezCore
import KarezGeometry
import KarezPacks

/// Grounds: what laws protect or plans set out, where nothing else of the demonstration lies.
extension Themes {
  /// - Units: metres; a ground is large enough for a project, and small beside a village.
  private static let radius = 320.0

  /// Places for the grounds, away from the sites and from other spots; one that finds no room is
  /// left out.
  func grounds(away spots: [Spot], _ sites: [Site]) -> [(ground: Ground, spot: Spot)] {
    var placement = Placement(country, self)
    for spot in spots { placement.keep(spot) }
    var found: [(ground: Ground, spot: Spot)] = []
    for ground in Ground.all {
      let kept = placement.spots.count
      placement.fill(1, use: .ground, from: found.count * 10_000, radius: { _ in Self.radius }) {
        (!ground.isHigh || country.terrain.isHigh($0)) && isClear($0, of: sites)
      }
      if placement.spots.count > kept, let spot = placement.spots.last {
        found.append((ground, spot))
      }
    }
    return found
  }

  private func isClear(_ place: LatticePoint, of sites: [Site]) -> Bool {
    guard let box = BoundingBox(around: [place.position])?.widened(byMetres: 2 * Self.radius)
    else { return false }
    return sites.allSatisfy { !$0.window.box.meets(box) }
  }

  /// The features of the grounds, numbered dataset by dataset.
  func features(of grounds: [(ground: Ground, spot: Spot)]) -> [SynthFeature] {
    var numbers: [SynthLayer: Int] = [:]
    var features: [SynthFeature] = []
    for (index, (ground, spot)) in grounds.enumerated() {
      for (position, planting) in ground.plantings.enumerated() {
        let ring = country.shapes.star(
          around: spot.centre, radius: spot.radius, corners: 24,
          key: 4_000 + 10 * index + position)
        guard let polygon = [ring].polygon else { continue }
        numbers[planting.layer, default: 0] += 1
        let place = Place(
          spot: spot, polygon: polygon, title: ground.zh, plan: index + 1,
          number: numbers[planting.layer] ?? 0)
        features.append(feature(planting, at: place))
        // A zone is a zone of a plan.
        guard planting.layer == .planZones else { continue }
        features.append(feature((.spatialPlans, Self.plan), at: place))
      }
    }
    return features
  }

  private static let plan: [String: AttributeValue] = [
    "plan_level": .text("county"), "plan_kind": .text("master"), "plan_state": .text("approved"),
  ]

  private struct Place {
    let spot: Spot
    let polygon: Polygon
    let title: String
    let plan: Int
    let number: Int
  }

  private func feature(_ planting: Ground.Planting, at place: Place) -> SynthFeature {
    let layer = planting.layer
    let county = country.region.counties[place.spot.county]
    let plan = AttributeValue.text(county.code + "-" + Gazetteer.padded(place.plan, 3))
    let values = layer.fields.map { field -> AttributeValue in
      if let given = planting.values[field.name] { return given }
      switch field.name {
      case "identifier": return country.gazetteer.identifier(layer, county.code, place.number)
      case "plan_number": return plan
      case "block_number": return .text(county.code + "-A" + Gazetteer.padded(place.number, 2))
      case "site_code": return .text(county.code + "09" + Gazetteer.padded(place.number, 4))
      case "county_code": return .text(county.code)
      case "location_code": return .text(county.code + Gazetteer.padded(0, 13))
      case "county_name", "location_name": return .text(county.name.zh)
      case "recorded_area": return place.polygon.area.recorded
      default: return .text(place.title)
      }
    }
    return SynthFeature(
      layer: layer, values: values,
      geometry: layer.geometry == .point
        ? .points([place.spot.centre.position]) : .polygons(place.polygon.multi))
  }

  /// A site in the middle of each ground.
  func sites(
    on grounds: [(ground: Ground, spot: Spot)], by planner: SitePlanner
  ) -> [Site] {
    grounds.compactMap { ground, spot in
      planner.window(around: spot.centre, length: 120, width: 80).map {
        Site(id: ground.id, zh: ground.zh, en: ground.en, purpose: ground.purpose, window: $0)
      }
    }
  }
}
