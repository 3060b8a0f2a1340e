import KarezCore
import KarezGeometry
import KarezPacks

/// 矿业权 and 地质灾害: what lies in the ground.
extension Themes {
  private func text(_ county: Int) -> (code: String, name: String) {
    (country.region.counties[county].code, country.region.counties[county].name.zh)
  }

  private func polygon(_ spot: Spot, corners: Int, key: Int) -> Polygon? {
    [country.shapes.star(around: spot.centre, radius: spot.radius, corners: corners, key: key)]
      .polygon
  }

  /// The right at a spot; the first two minerals are strategic ones.
  func miningRight(_ spot: Spot, number: Int) -> SynthFeature? {
    guard let polygon = polygon(spot, corners: 12, key: 1_000 + number) else { return nil }
    let minerals = [
      ("copper", "铜矿"), ("lithium", "锂矿"), ("limestone", "石灰岩矿"), ("gypsum", "石膏矿"),
      ("iron", "铁矿"), ("sand-gravel", "砂石矿"), ("coal", "煤矿"), ("lead", "铅矿"),
    ]
    let (mineral, title) = minerals[(number - 1) % minerals.count]
    let county = text(spot.county)
    let isMining = number == 1 || country.chance.unit(.mining, number, 5) < 0.7
    let low = 900 + 10 * Double(country.chance.pick(120, .mining, number, 6))
    let high = low + 50 + 10 * Double(country.chance.pick(60, .mining, number, 7))
    let granted = 2012 + country.chance.pick(12, .mining, number, 8)
    let part = country.chance.unit(.mining, number, 9)
    return SynthFeature(
      layer: .miningRights,
      values: [
        .text((isMining ? "C" : "T") + county.code + Gazetteer.padded(number, 16)),
        .text(county.name + Gazetteer.padded(number, 3) + "号" + title),
        .text(isMining ? "mining" : "exploration"), .text(mineral),
        isMining
          ? .text(["open-pit", "underground", "mixed"][country.chance.pick(3, .mining, number, 4)])
          : .null,
        isMining ? .decimal(low) : .null, isMining ? .decimal(high) : .null,
        Gazetteer.day(of: granted, part), Gazetteer.day(of: granted + 18, part),
        .text(county.code), .text(county.name), polygon.area.recorded,
      ],
      geometry: .polygons(polygon.multi))
  }

  /// 易发区 around a hazard site.
  func hazardZone(_ spot: Spot, number: Int) -> SynthFeature? {
    guard let polygon = polygon(spot, corners: 36, key: 2_000 + number) else { return nil }
    let county = text(spot.county)
    let grades = ["high", "medium", "low"]
    return SynthFeature(
      layer: .hazardZones,
      values: [
        country.gazetteer.identifier(.hazardZones, county.code, number),
        .text(number == 1 ? "high" : grades[country.chance.pick(3, .hazard, number, 4)]),
        .text(hazardKind(number)), .text(county.code), .text(county.name),
        polygon.area.recorded,
      ],
      geometry: .polygons(polygon.multi))
  }

  func hazardSite(_ spot: Spot, number: Int) -> SynthFeature {
    let county = text(spot.county)
    // Small threats are common, large ones rare; the assets stay below the people's grade.
    let grade = country.chance.unit(.hazard, number, 5)
    let code = grade < 0.75 ? "small" : grade < 0.95 ? "medium" : "large"
    let people = ["small": 5...60, "medium": 120...400, "large": 520...900][code] ?? 1...1
    let count =
      people.lowerBound + country.chance.pick(people.count, .hazard, number, 6)
    return SynthFeature(
      layer: .hazardSites,
      values: [
        .text(county.code + "01" + Gazetteer.padded(number, 4)),
        .text(county.name + Gazetteer.padded(number, 3) + "号隐患点"), .text(hazardKind(number)),
        .text(code), .integer(Int64(count)), .decimal(Double(count) * 4),
        .text(county.name), .text(county.code), .text(county.name),
      ],
      geometry: .points([spot.centre.position]))
  }

  func pipeline(_ route: PipelineRoute, number: Int) -> SynthFeature {
    let county = text(route.county)
    let media = ["natural-gas", "crude-oil", "refined-oil"]
    return SynthFeature(
      layer: .oilGasPipelines,
      values: [
        country.gazetteer.identifier(.oilGasPipelines, county.code, number),
        .text(county.name + Gazetteer.padded(number, 2) + "号管线"),
        .text(media[number % media.count]), .text(route.section), .text("演示管道企业"),
        .text(county.code), .text(county.name),
      ],
      geometry: .lines([route.points.map(\.position)]))
  }

  /// A station with a rough edge, some thirty metres wide.
  func pipelineFacility(
    at place: LatticePoint, in county: Int, number: Int
  ) -> SynthFeature? {
    let ring = country.shapes.star(around: place, radius: 20, corners: 9, key: 3_000 + number)
    guard let polygon = [ring].polygon else { return nil }
    let kinds = ["valve-chamber", "gas-transmission-station", "pigging-station"]
    let county = text(county)
    return SynthFeature(
      layer: .pipelineFacilities,
      values: [
        country.gazetteer.identifier(.pipelineFacilities, county.code, number),
        .text(county.name + Gazetteer.padded(number, 2) + "号站"),
        .text(kinds[number % kinds.count]), .text("演示管道企业"), .text(county.code),
        .text(county.name), polygon.area.recorded,
      ],
      geometry: .polygons(polygon.multi))
  }

  private func hazardKind(_ number: Int) -> String {
    let kinds = ["debris-flow", "landslide", "rockfall"]
    return kinds[country.chance.pick(kinds.count, .hazard, number, 7)]
  }
}
