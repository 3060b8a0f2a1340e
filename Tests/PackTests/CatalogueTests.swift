import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

/// What the catalogue says of every dataset of the packs.
@Suite struct CatalogueTests {
  @Test func `every dataset says what it is, how often it is renewed and which law asks for it`()
    throws
  {
    let library = try PackLibraryTests.load()
    #expect(library.schemas.count >= 16)
    for schema in library.schemas {
      let entry = try #require(schema.entry, "\(schema.id)")
      #expect(entry.summary.zh.hasSuffix("。") && entry.summary.en.hasSuffix("."), "\(schema.id)")
      // Only what is for trying rests on no law.
      #expect(entry.basis.isEmpty == (schema.theme == "trial"), "\(schema.id)")
      for basis in entry.basis {
        #expect(library.law(basis.law)?.article(citedAs: basis.article) != nil, "\(schema.id)")
      }
    }
  }

  static let registers = [
    // The names everything shares.
    "land-patches", "parcels", "real-estate-units", "permanent-basic-farmland",
    "farmland-reserve", "ecological-red-line", "nature-reserve-core",
    "urban-development-boundary", "mining-rights", "hazard-sites", "hazard-zones",
    "land-conversions", "change-patches", "restoration-projects", "spatial-plans",
    "detailed-plan-blocks", "survey-marks", "reference-stations", "map-sheets", "counties",
    "townships", "villages", "polygons",
    // The registers of the systems beyond them.
    "prefectures", "control-zones", "planned-land-use", "quota-projects", "key-projects",
    "planning-permits", "temporary-land", "supplementary-farmland", "land-supply-parcels",
    "idle-land-sites", "land-reserve", "land-price-zones", "land-price-points", "mineral-blocks",
    "green-mines", "exploration-projects", "hazard-monitoring-points", "natural-resource-units",
    "state-asset-patches", "forest-patches", "grassland-patches", "wetland-patches",
    "water-bodies", "surface-substrate", "ecosystem-function-areas", "legacy-mine-sites",
    "land-consolidation-projects", "red-line-stakes", "enforcement-sites", "imagery-coverage",
    "geographical-names", "buildings", "disputed-boundaries", "joint-survey-projects",
  ]

  @Test func `every register of the mission has a dataset`() throws {
    let library = try PackLibraryTests.load()
    for name in Self.registers {
      let id = try #require(DatasetID(name))
      #expect(library.schema(id) != nil, "\(name)")
    }
  }

  @Test func `what is personal or secret is classed above its dataset`() throws {
    let library = try PackLibraryTests.load()
    func classification(_ dataset: String, _ attribute: String) throws -> Classification {
      let schema = try #require(DatasetID(dataset).flatMap(library.schema))
      return try #require(schema.attributes.first { $0.name == attribute }).classification
    }
    #expect(try classification("hazard-monitoring-points", "monitor_phone") == .restricted)
    #expect(try classification("hazard-monitoring-points", "monitor_name") == .restricted)
    #expect(try classification("survey-marks", "coordinates") == .confidential)
    #expect(try classification("reference-stations", "coordinates") == .confidential)
    #expect(try classification("mineral-blocks", "ore_quantity") == .confidential)
    let disputed = try #require(DatasetID("disputed-boundaries").flatMap(library.schema))
    #expect(disputed.classification == .restricted)
  }

  @Test func `a coded attribute is text, and long enough for every code`() throws {
    let library = try PackLibraryTests.load()
    for schema in library.schemas {
      for attribute in schema.attributes {
        guard let codes = attribute.codes else { continue }
        #expect(attribute.type == .text, "\(schema.id) \(attribute.name)")
        #expect(library.codeTables[codes] != nil)
        if let length = attribute.limits.length, let table = library.codeTables[codes] {
          #expect(table.rows.allSatisfy { $0.code.count <= length }, "\(schema.id)")
        }
      }
    }
  }

  @Test func `every Chinese character of a title has a reading`() throws {
    let library = try PackLibraryTests.load()
    #expect(library.pinyin["永"] == ["yong"])
    #expect(library.pinyin["重"]?.contains("chong") == true)
    var examined = 0
    for schema in library.schemas {
      for character in schema.title.zh {
        guard let scalar = character.unicodeScalars.first, scalar.value >= 0x4E00 else { continue }
        examined += 1
        let isPunctuation = scalar.value >= 0xFF00
        #expect(isPunctuation || library.pinyin[character] != nil, "\(character)")
      }
    }
    #expect(examined > 300)
  }

  @Test func `every theme has its name in three languages and is found by its id`() throws {
    let library = try PackLibraryTests.load()
    let all = library.themes.flatMap(\.all)
    #expect(Set(all.map(\.id)).count == all.count)
    #expect(all.count > library.themes.count, "a tree, not a list")
    for theme in all {
      #expect(theme.title.ug != nil, "\(theme.id)")
      #expect(library.theme(theme.id) == theme)
    }
    for schema in library.schemas { #expect(library.theme(schema.theme) != nil, "\(schema.id)") }
    #expect(library.theme("no-such-theme") == nil)
  }

  private func schema(cycle: UpdateCycle?) throws -> DatasetSchema {
    let text = LocalizedText(zh: "图斑", en: "patches")
    return DatasetSchema(
      id: try #require(DatasetID("a")), title: text, steward: text, theme: "survey",
      classification: .internal, geometry: .polygon, isCoverage: true, identifier: "number",
      attributes: [],
      entry: cycle.map { CatalogueEntry(summary: text, cycle: $0, basis: []) })
  }

  @Test(arguments: UpdateCycle.allCases)
  func `a state is stale from the day after its allowance, not on its last day`(
    cycle: UpdateCycle
  ) throws {
    let library = try PackLibraryTests.load()
    let allowance = try #require(library.cycles[cycle])
    #expect(allowance.title.ug != nil)
    let schema = try schema(cycle: cycle)
    let state = try #require(LegalDate("2024-12-31"))
    #expect(!library.isStale(schema, currentTo: state, on: state))
    #expect(!library.isStale(schema, currentTo: nil, on: state))
    guard let days = allowance.days else {
      let never = try #require(LegalDate("9999-12-31"))
      #expect(cycle == .asNeeded && !library.isStale(schema, currentTo: state, on: never))
      return
    }
    let last = try #require(state.adding(days: days))
    let next = try #require(last.adding(days: 1))
    #expect(!library.isStale(schema, currentTo: state, on: last))
    #expect(library.isStale(schema, currentTo: state, on: next))
    #expect(!library.isStale(try self.schema(cycle: nil), currentTo: state, on: next))
  }

  @Test func `a slower cycle allows more days`() throws {
    let library = try PackLibraryTests.load()
    let order: [UpdateCycle] = [.daily, .monthly, .quarterly, .yearly, .fiveYearly]
    let days = order.compactMap { library.cycles[$0]?.days }
    #expect(days.count == order.count && days == days.sorted() && Set(days).count == days.count)
  }
}
