import KarezCore
import KarezGeometry

/// A place where features of several datasets lie on one another, and what would be built there.
struct Ground: Sendable {
  /// What is planted of one dataset: the values a schema's codes allow, by attribute.
  typealias Planting = (layer: SynthLayer, values: [String: AttributeValue])

  let id: String
  let zh: String
  let en: String
  let purpose: String
  /// Whether it is looked for in the highlands.
  let isHigh: Bool
  let plantings: [Planting]

  private init(
    _ id: String, _ zh: String, _ en: String, _ purpose: String, isHigh: Bool = false,
    _ plantings: [Planting]
  ) {
    self.id = id
    self.zh = zh
    self.en = en
    self.purpose = purpose
    self.isHigh = isHigh
    self.plantings = plantings
  }

  static let all = nature + waters + towns + others

  private static let nature = [
    Ground(
      "park-core", "国家公园核心保护区", "In the core of a national park", "transport/road",
      [
        park("core"), plan("ecological-protection"), (.wetlandPatches, wetland("national")),
      ]),
    Ground(
      "park-general", "国家公园一般控制区", "In the general zone of a national park", "industrial",
      [park("general"), plan("ecological-control"), (.grasslandPatches, grass("basic"))]),
    Ground(
      "reserve-general", "自然保护区一般控制区", "In the general zone of a nature reserve",
      "agriculture/forest-tending",
      [
        (
          .natureReserves,
          [
            "reserve_kind": .text("nature-reserve"), "reserve_level": .text("provincial"),
            "reserve_zone": .text("general"),
          ]
        ),
        (.forestPatches, ["land_class": .text("0301"), "forest_kind": .text("protection")]),
      ]),
    Ground(
      "steep-valley", "高原水土流失区", "Eroded ground on the plateau", "mining/open-pit",
      isHigh: true,
      [
        (
          .ecosystemSensitiveAreas,
          ["sensitivity_kind": .text("erosion"), "importance": .text("extreme")]
        ),
        (.wetlandPatches, wetland("general")), mineral("key-exploration", "copper"),
      ]),
    Ground(
      "steppe", "草原上的限制开采区", "A restricted mining area on the steppe", "mining/open-pit",
      [
        (.grasslandPatches, grass("other")), mineral("restricted", "coal"),
        plan("mineral-energy"), temporaryLand,
      ]),
    Ground(
      "dunes", "沙化土地封禁保护区", "In a closed area of desertified land", "transport/road",
      [(.desertifiedLand, sand("closed")), mineral("prohibited", "gypsum")]),
    Ground(
      "sand", "沙化土地上的光伏", "Solar power on desertified land", "energy/solar",
      [(.desertifiedLand, sand("open")), mineral("national-planned", "copper")]),
  ]

  private static let waters = [
    Ground(
      "river", "河湖管理范围", "In the management area of a river", "transport/road",
      [water("river-management"), (.wetlandPatches, wetland("provincial"))]),
    Ground(
      "source", "饮用水水源一级保护区", "At a source of drinking water, class 1", "residential",
      [water("water-source-1")]),
    Ground(
      "source-around", "饮用水水源二级保护区", "At a source of drinking water, class 2",
      "industrial", [water("water-source-2")]),
    Ground(
      "source-outside", "饮用水水源准保护区", "At a source of drinking water, outer zone",
      "industrial", [water("water-source-quasi")]),
  ]

  private static let towns = [
    Ground(
      "town-road", "城市红线", "On red lines of a town", "residential",
      [line("red"), block("0701", ratio: 2.0, height: 54), plan("urban-development")]),
    Ground(
      "town-green", "城市绿线", "On green lines of a town", "commercial",
      [line("green"), block("1401", ratio: 0.1, height: 9), draft]),
    Ground(
      "heritage", "文物保护范围与紫线", "On protected heritage and a purple line", "commercial",
      [heritage("protection"), line("purple")]),
    Ground(
      "heritage-around", "文物建设控制地带", "Around protected heritage", "residential",
      [heritage("building-control"), plan("rural-development")]),
  ]

  private static let others = [
    Ground(
      "town-field", "城镇开发边界内的永久基本农田", "Permanent basic farmland in a town",
      "public-services", isHigh: true,
      [
        (
          .permanentBasicFarmland,
          [
            "land_class": .text("0102"), "location_name": .text("城镇开发边界内的永久基本农田"),
            "quality_grade": .integer(9), "designated_on": Gazetteer.day(of: 2022, 0.7),
          ]
        ),
        (.urbanDevelopmentBoundary, ["boundary_zone": .text("special")]),
      ]),
    Ground(
      "danger", "地质灾害危险区", "In a danger area of hazards", "residential",
      [
        (.hazardDangerAreas, ["announced_on": Gazetteer.day(of: 2024, 0.5)]),
        (
          .hazardSites,
          [
            "hazard_kind": .text("landslide"), "threat_grade": .text("extra-large"),
            "threatened_people": .integer(1_200), "threatened_assets": .decimal(11_000),
          ]
        ),
      ]),
    Ground(
      "fields", "农田保护区", "In a farmland-protection zone", "industrial",
      [plan("farmland-protection"), mineral("key-mining", "iron")]),
    Ground(
      "town-works", "城市黄线", "On yellow lines of a town", "residential", [line("yellow")]),
    Ground("town-water", "城市蓝线", "On blue lines of a town", "commercial", [line("blue")]),
  ]

  // MARK: Plantings

  private static func park(_ zone: String) -> Planting {
    (
      .natureReserves,
      [
        "reserve_kind": .text("national-park"), "reserve_level": .text("national"),
        "reserve_zone": .text(zone),
      ]
    )
  }

  private static func plan(_ zone: String) -> Planting {
    (.planZones, ["zone_kind": .text(zone)])
  }

  private static func grass(_ protection: String) -> [String: AttributeValue] {
    ["land_class": .text("0401"), "grassland_protection": .text(protection)]
  }

  private static func wetland(_ level: String) -> [String: AttributeValue] {
    ["land_class": .text("1106"), "wetland_level": .text(level)]
  }

  private static func sand(_ zone: String) -> [String: AttributeValue] {
    [
      "degradation_kind": .text("sand"), "degradation_grade": .text("heavy"),
      "sand_zone": .text(zone),
    ]
  }

  private static func water(_ zone: String) -> Planting {
    (.riverManagementLines, ["water_zone": .text(zone)])
  }

  private static func line(_ kind: String) -> Planting {
    (.cityControlLines, ["line_kind": .text(kind)])
  }

  private static func heritage(_ zone: String) -> Planting {
    (.heritageControlLines, ["heritage_zone": .text(zone)])
  }

  private static func mineral(_ zone: String, _ mineral: String) -> Planting {
    (.mineralControlZones, ["mineral_zone": .text(zone), "mineral": .text(mineral)])
  }

  private static func block(_ use: String, ratio: Double, height: Double) -> Planting {
    (
      .detailedPlanBlocks,
      [
        "land_sea_use": .text(use), "plot_ratio_from": .decimal(ratio / 2),
        "plot_ratio_to": .decimal(ratio), "density_to": .decimal(30),
        "height_to": .decimal(height), "green_from": .decimal(35),
      ]
    )
  }

  private static let draft: Planting = (
    .spatialPlans,
    [
      "plan_level": .text("county"), "plan_kind": .text("detailed"),
      "plan_state": .text("notice"),
    ]
  )

  private static let temporaryLand: Planting = (
    .temporaryLand,
    [
      "approval_number": .text("演示临〔2022〕1号"), "approved_on": Gazetteer.day(of: 2022, 0.25),
      "expires_on": Gazetteer.day(of: 2024, 0.25),
    ]
  )
}
