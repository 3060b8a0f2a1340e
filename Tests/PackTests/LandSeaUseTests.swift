import Foundation
import KarezCore
import KarezPacks
import Testing

/// 用地用海分类: two editions side by side, and the way from one to the other.
@Suite struct LandSeaUseTests {
  static let day = LegalDate(year: 2025, month: 11, day: 1)

  private func table(_ id: String) throws -> CodeTable {
    try #require(try PackLibraryTests.load().codeTables[id], "\(id)")
  }

  private func counts(_ table: CodeTable) -> [Int] {
    (1...3).map { level in table.rows.count { $0.columns["level"] == String(level) } }
  }

  @Test func `the editions of 2020 and 2023 stand side by side under one family`() throws {
    let library = try PackLibraryTests.load()
    let editions = library.editions(of: "land-sea-use")
    #expect(editions.map(\.id) == ["land-sea-use-2020", "land-sea-use-2023"])
    #expect(editions.map { $0.edition?.name } == ["2020", "2023"])
    #expect(counts(editions[0]) == [24, 106, 39])
    #expect(counts(editions[1]) == [24, 111, 40])
    #expect(library.editions(of: "no-such-family").isEmpty)
  }

  @Test func `eleven codes kept their number and changed their meaning`() throws {
    let old = try table("land-sea-use-2020")
    let new = try table("land-sea-use-2023")
    let reused = Set(old.rows.filter { $0.columns["number_reused"] == "yes" }.map(\.code))
    #expect(
      reused == [
        "0204", "0601", "0602", "060102", "0903", "1207", "1311", "1312", "2202", "2302", "2303",
      ])
    for row in old.rows {
      guard let same = new.rows.first(where: { $0.code == row.code }) else {
        #expect(row.columns["code_2023"] != row.code, "\(row.code) is gone")
        continue
      }
      #expect((same.name.en != row.name.en) == reused.contains(row.code), "\(row.code)")
    }
    #expect(old.title(of: "2303")?.zh == "田间道" && new.title(of: "2303")?.zh == "田坎")
  }

  @Test func `every code of 2020 has a successor that exists, of the same level or coarser`()
    throws
  {
    let old = try table("land-sea-use-2020")
    let new = try table("land-sea-use-2023")
    for row in old.rows {
      let successor = try #require(row.columns["code_2023"])
      #expect(new.contains(successor), "\(row.code) to \(successor)")
    }
    // A successor further down says that the old class became a part of a new one.
    let deeper = old.rows.filter { ($0.columns["code_2023"]?.count ?? 0) > $0.code.count }
    #expect(deeper.map(\.code) == ["0602", "0603", "0604", "2303"])
  }

  @Test func `every class of the third survey leads to a use of 2023, or to one to subdivide`()
    throws
  {
    let day = try #require(Self.day)
    let survey = try table("land-classes")
    let use = try table("land-sea-use-2023")
    var toSubdivide: Set<String> = []
    for row in survey.rows where row.columns["leaf"] == "yes" {
      let target = try #require(row.columns["land_sea_use_2023"])
      #expect(use.contains(target), "\(row.code) to \(target)")
      if target.count == 2 { toSubdivide.insert(row.code) }
    }
    #expect(survey.row("0103", on: day)?.columns["land_sea_use_2023"] == "0103")
    #expect(survey.row("1203", on: day)?.columns["land_sea_use_2023"] == "2303")
    #expect(survey.row("0404", on: day)?.columns["land_sea_use_2023"] == "0403")
    #expect(toSubdivide.isSuperset(of: ["0204", "08H2", "0809", "1005", "1006", "1202"]))
  }

  @Test func `construction land is said of 2020 only, and of every class there`() throws {
    let old = try table("land-sea-use-2020")
    #expect(old.rows.allSatisfy { ["yes", "no"].contains($0.columns["construction"]) })
    let day = try #require(Self.day)
    #expect(old.row("0103", on: day)?.columns["construction"] == "no")
    #expect(old.row("0701", on: day)?.columns["construction"] == "yes")
    #expect(try table("land-sea-use-2023").columns == ["level"])
  }
}
