import Foundation
import KarezCore
import KarezPacks
import KarezRules
import TestSupport
import Testing

@Suite struct PackLibraryTests {
  static let folder = Places.repository.appending(path: "Packs").path
  static let day = LegalDate(year: 2025, month: 11, day: 1)

  /// Read once: what is in the packs does not change while the tests run.
  private static let loaded = Result<PackLibrary, RulePackError> { () throws(RulePackError) in
    try PackLibrary.load(from: folder)
  }

  static func load() throws -> PackLibrary {
    do throws(RulePackError) {
      return try loaded.get()
    } catch {
      if case .refused(let faults) = error {
        for fault in faults { Issue.record("\(fault.place): \(fault.fact)") }
      }
      throw error
    }
  }

  @Test func `the packs load without a fault`() throws {
    let library = try Self.load()
    #expect(library.packs.count >= 6)
    #expect(library.packs.allSatisfy { $0.sm3.count == 64 })
  }

  @Test(arguments: [
    "land-patches", "parcels", "real-estate-units", "permanent-basic-farmland",
    "farmland-reserve", "ecological-red-line", "nature-reserve-core",
    "urban-development-boundary", "mining-rights", "hazard-sites", "hazard-zones",
    "land-conversions", "oil-gas-pipelines", "pipeline-facilities", "counties", "townships",
    "villages", "polygons",
  ])
  func `every dataset of the demo has a schema`(name: String) throws {
    let id = try #require(DatasetID(name))
    let schema = try #require(try Self.load().schema(id))
    #expect(schema.attributes.contains { $0.name == schema.identifier })
    #expect(schema.title.ug != nil)
  }

  @Test func `land classes know their level and their group`() throws {
    let day = try #require(Self.day)
    let table = try #require(try Self.load().codeTables["land-classes"])
    #expect(table.row("0303", on: day)?.columns["level_1"] == "00")
    #expect(table.row("0103", on: day)?.name.zh == "旱地")
    #expect(table.codes(where: "level_1", is: "01", on: day) == ["01", "0101", "0102", "0103"])
    #expect(table.codes(where: "use_group", is: "unused", on: day).contains("0404"))
    #expect(table.codes(where: "use_group", is: "construction", on: day).contains("1201"))
    let leaves = table.rows.filter { $0.columns["leaf"] == "yes" }
    #expect(leaves.allSatisfy { $0.columns["use_group"]?.isEmpty == false })
    #expect(Set(table.rows.compactMap { $0.columns["level_1"] }).count == 13)
  }
}
