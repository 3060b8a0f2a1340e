import KarezCore

/// Datasets whose features are planted on `Ground`s.
extension SynthLayer {
  /// Nothing for the other datasets.
  var groundFields: [(name: String, type: AttributeType)] {
    switch self {
    case .natureReserves:
      Self.named("name", "reserve_kind", "reserve_level", "reserve_zone")
    case .forestPatches: Self.named("land_class", "forest_kind")
    case .grasslandPatches: Self.named("land_class", "grassland_protection")
    case .wetlandPatches: Self.named("name", "land_class", "wetland_level")
    case .desertifiedLand: Self.named("degradation_kind", "degradation_grade", "sand_zone")
    case .ecosystemSensitiveAreas: Self.named("name", "sensitivity_kind", "importance")
    case .riverManagementLines: Self.named("name", "water_zone")
    // The schema keeps no area of these.
    case .heritageControlLines:
      Array(Self.named("name", "heritage_zone").dropLast())
    case .cityControlLines: Self.named("line_kind")
    case .spatialPlans:
      [("plan_number", .text)]
        + Self.named("name", "plan_level", "plan_kind", "plan_state").dropFirst()
    case .planZones: Self.named("plan_number", "zone_kind")
    case .detailedPlanBlocks:
      [("block_number", .text)] + Self.named("land_sea_use").dropFirst()
        + [
          ("plot_ratio_from", .decimal), ("plot_ratio_to", .decimal), ("density_to", .decimal),
          ("height_to", .decimal), ("green_from", .decimal),
        ]
    case .mineralControlZones: Self.named("name", "mineral_zone", "mineral")
    case .hazardDangerAreas: Self.named("name") + [("announced_on", .date)]
    case .temporaryLand:
      Self.named("approval_number", "project_name")
        + [("approved_on", .date), ("expires_on", .date)]
    default: []
    }
  }

  private static func named(_ names: String...) -> [(name: String, type: AttributeType)] {
    (["identifier"] + names + ["county_code"]).map { ($0, AttributeType.text) }
      + [("recorded_area", .decimal)]
  }
}
