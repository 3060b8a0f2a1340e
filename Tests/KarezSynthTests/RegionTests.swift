import Foundation
import KarezPacks
import TestSupport
import Testing

@Suite struct RegionTests {
  static let folder = Places.repository.appending(path: "Packs/regions")

  /// Every region pack of the repository.
  static let packs: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.count == 6 }.sorted()
  }()

  @Test(arguments: packs)
  func `a region pack of the repository loads and is whole`(adcode: String) throws {
    let region = try Region(folder: Self.folder.appending(path: adcode).path)
    #expect(region.adcode == adcode)
    #expect(!region.counties.isEmpty && !region.zones.isEmpty)
    for county in region.counties {
      #expect(county.code.hasPrefix(adcode.prefix(4)))
      #expect(region.townships.contains { $0.county == county.code }, "\(county.code)")
    }
    for township in region.townships {
      #expect(township.code.count == 9 && township.code.hasPrefix(township.county))
    }
    for share in region.classShares {
      for (band, name) in zip(share.bands, ["oasis", "margin", "wild"]) where band > 0 {
        for terrain in ["low", "high"] {
          #expect(
            region.classCodes.contains {
              $0.landClass == share.landClass && [name, "any"].contains($0.band)
                && [terrain, "any"].contains($0.terrain)
            } || terrain == "high" || share.landClass == "06",
            "\(share.landClass) has no code in \(name)")
        }
      }
    }
  }

  @Test func `there is a region pack to examine`() {
    #expect(!Self.packs.isEmpty)
  }

  @Test func `a key nobody asked for is refused with its line`() async throws {
    try await Places.withTemporaryFolder { folder in
      try MadeUpRegion.write(to: folder)
      let file = folder.appending(path: "region.yaml")
      let text = try String(contentsOf: file, encoding: .utf8)
      try (text + "weather: \"fine\"\n").write(to: file, atomically: true, encoding: .utf8)
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(
        throws: RegionError.refused([
          PackFault(PackOrigin(file: "region.yaml", line: line), .keyUnknown("weather"))
        ])
      ) { try Region(folder: folder.path) }
    }
  }

  @Test func `a township of an unknown county is refused with its line`() async throws {
    try await Places.withTemporaryFolder { folder in
      try MadeUpRegion.write(to: folder)
      let file = folder.appending(path: "codes/townships.csv")
      let text = try String(contentsOf: file, encoding: .utf8)
      let line = text.split(separator: "\n").count + 1
      try (text + "990199100,990199,无处镇,town,1\n")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(
        throws: RegionError.unknown(file: "codes/townships.csv", line: line, text: "990199")
      ) { try Region(folder: folder.path) }
    }
  }
}
