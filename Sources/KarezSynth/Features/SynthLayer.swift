public import KarezCore
import KarezStore

/// One dataset of the demonstration prefecture, with the attributes its schema names.
public enum SynthLayer: String, CaseIterable, Hashable, Sendable {
  case counties
  case townships
  case villages
  case landPatches = "land-patches"
  case permanentBasicFarmland = "permanent-basic-farmland"
  case farmlandReserve = "farmland-reserve"
  case ecologicalRedLine = "ecological-red-line"
  case natureReserveCore = "nature-reserve-core"
  case urbanDevelopmentBoundary = "urban-development-boundary"
  case parcels
  case realEstateUnits = "real-estate-units"
  case miningRights = "mining-rights"
  case hazardZones = "hazard-zones"
  case hazardSites = "hazard-sites"
  case landConversions = "land-conversions"
  case oilGasPipelines = "oil-gas-pipelines"
  case pipelineFacilities = "pipeline-facilities"
  case natureReserves = "nature-reserves"
  case forestPatches = "forest-patches"
  case grasslandPatches = "grassland-patches"
  case wetlandPatches = "wetland-patches"
  case desertifiedLand = "desertified-land"
  case ecosystemSensitiveAreas = "ecosystem-sensitive-areas"
  case riverManagementLines = "river-management-lines"
  case heritageControlLines = "heritage-control-lines"
  case spatialPlans = "spatial-plans"
  case cityControlLines = "city-control-lines"
  case planZones = "plan-zones"
  case detailedPlanBlocks = "detailed-plan-blocks"
  case mineralControlZones = "mineral-control-zones"
  case hazardDangerAreas = "hazard-danger-areas"
  case temporaryLand = "temporary-land"

  /// What every dataset counts by itself; stands in identifiers, so that no two datasets share one.
  var number: Int { Self.allCases.firstIndex(of: self).map { $0 + 1 } ?? 0 }

  public var geometry: GeometryKind {
    switch self {
    case .hazardSites: .point
    case .oilGasPipelines: .line
    default: .polygon
    }
  }

  public var fields: [(name: String, type: AttributeType)] {
    switch self {
    case .counties: Self.texts("county_code", "name", "name_ug", "name_en")
    case .townships: Self.texts("township_code", "name", "county_code")
    case .villages: Self.texts("village_code", "name", "township_code", "county_code")
    case .landPatches:
      Self.texts(
        "identifier", "land_class", "ownership", "owner_code", "owner_name", "location_code",
        "location_name") + Self.area + [("data_year", .integer)]
    case .permanentBasicFarmland: Self.farmland + [("designated_on", .date)]
    case .farmlandReserve: Self.farmland
    case .ecologicalRedLine: Self.line("red_line_kind") + Self.area
    case .natureReserveCore: Self.line("reserve_level") + Self.area
    case .urbanDevelopmentBoundary: Self.line("boundary_zone") + Self.area
    case .parcels:
      Self.texts("parcel_code", "location_name", "right_kind", "right_nature", "use") + Self.area
        + [("registered_on", .date)]
    case .realEstateUnits:
      Self.texts("unit_code", "parcel_code", "fixture_kind", "location_name", "use")
        + [("floor_area", .decimal)]
    case .miningRights:
      Self.texts("licence_number", "name", "right_kind", "mineral", "mining_method")
        + [
          ("elevation_from", .decimal), ("elevation_to", .decimal), ("granted_on", .date),
          ("expires_on", .date),
        ] + Self.texts("county_code", "county_name") + Self.area
    case .hazardZones:
      Self.texts("identifier", "susceptibility", "hazard_kind", "county_code", "county_name")
        + Self.area
    case .hazardSites:
      Self.texts("site_code", "name", "hazard_kind", "threat_grade")
        + [("threatened_people", .integer), ("threatened_assets", .decimal)]
        + Self.texts("location_name", "county_code", "county_name")
    case .landConversions:
      Self.texts("identifier", "approval_number", "project_name", "conversion_kind", "approver")
        + [("approved_on", .date)] + Self.texts("purpose") + Self.area
        + Self.texts("county_code", "county_name")
    case .oilGasPipelines:
      Self.texts(
        "identifier", "name", "medium", "section_kind", "operator_name", "county_code",
        "county_name")
    case .pipelineFacilities:
      Self.texts(
        "identifier", "name", "facility_kind", "operator_name", "county_code", "county_name")
        + Self.area
    default: groundFields
    }
  }

  private static func texts(_ names: String...) -> [(name: String, type: AttributeType)] {
    names.map { ($0, .text) }
  }

  private static let area: [(name: String, type: AttributeType)] = [("recorded_area", .decimal)]

  private static let farmland =
    texts("identifier", "land_class", "location_code", "location_name")
    + [("quality_grade", AttributeType.integer)] + area

  private static func line(_ kind: String) -> [(name: String, type: AttributeType)] {
    texts("identifier", "name", kind, "county_code", "county_name")
  }

  /// The layer as the GeoPackage writer takes it; the dataset's id names file and table.
  var table: GeoPackageLayer {
    GeoPackageLayer(
      name: rawValue, title: rawValue, geometry: geometry,
      fields: fields.map { GeoPackageLayer.Field(name: $0.name, type: $0.type) },
      isIndexed: false)
  }
}
