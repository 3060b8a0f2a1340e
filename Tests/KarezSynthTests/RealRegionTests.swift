import Foundation
import KarezCore
import KarezGeometry
import KarezPacks
import KarezSynth
import TestSupport
import Testing

/// The region pack of the repository on its real outlines, where set-up has fetched them.
@Suite(.enabled(if: OutlineTests.arePresent)) struct RealRegionTests {
  @Test func `two thousand patches tile the real counties in the plan's proportions`() async throws
  {
    let region = try Region(folder: OutlineTests.pack.path)
    try await Places.withTemporaryFolder { folder in
      let plan = SynthPlan(
        patches: 2_000, seed: 7, region: region, outlines: OutlineTests.outlines.path)
      let report = try Synth(plan).generate(to: folder.path) { _, _, _ in }
      let made = try Prefecture(folder: folder)
      #expect(made[.landPatches].count == 2_000)
      #expect(made[.townships].count == region.townships.count)
      let patches = Dictionary(grouping: made[.landPatches]) {
        String(($0.values["location_code"] ?? "").prefix(6))
      }
      #expect(made[.counties].count == region.counties.count)
      for county in made[.counties] {
        let whole = county.multi.statutoryArea().squareMetres
        let sum = SynthCountryTests.sum(patches[county.id] ?? [])
        #expect(abs(sum - whole) < 0.01, "\(county.id): \(sum - whole)")
      }
      let whole = SynthCountryTests.sum(made[.landPatches])
      let classOf = Dictionary(
        region.classCodes.map { ($0.code, $0.landClass) }, uniquingKeysWith: { first, _ in first })
      let wanted = region.classShares.reduce(0) { $0 + $1.area.squareMetres }
      for share in region.classShares {
        let found = SynthCountryTests.sum(
          made[.landPatches].filter { classOf[$0.values["land_class"] ?? ""] == share.landClass })
        let difference = found / whole - share.area.squareMetres / wanted
        #expect(abs(difference) < 0.01, "\(share.landClass): \(difference)")
      }
      #expect(report.sampleBoundary != nil)
      let corridor = (made.truth["sites"]?.array ?? []).first { $0["id"]?.string == "corridor" }
      let touched = Set(
        (corridor?["layers"]?.array ?? []).compactMap { $0["dataset"]?.string })
      let asked: Set = [
        "permanent-basic-farmland", "ecological-red-line", "mining-rights", "hazard-zones",
      ]
      #expect(asked.isSubset(of: touched), "\(touched)")
    }
  }
}
