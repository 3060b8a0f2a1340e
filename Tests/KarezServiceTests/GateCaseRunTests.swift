import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService

/// The cases of rule profiles, through the gate itself.
@Suite struct GateCaseRunTests {
  static let installation = Installation(home: Places.repository, programs: Program.folder)

  @Test func `every case of every pack comes out as written`() async throws {
    let report = try await PackReport.runCases(Self.installation, pack: nil)
    #expect(!report.isRefused, "\(report.lines(in: .en))")
    let library = try OneMap.loadPacks(Self.installation)
    try #require(library.gateCases.count > 20 && library.procedureCases.count > 20)
    let count = library.cases.count + library.gateCases.count + library.procedureCases.count
    #expect(report.json["cases"]?.integer == Int64(count))
  }

  @Test func `a case fails by a finding too many, one too few, and one where none may be`()
    async throws
  {
    let library = try OneMap.loadPacks(Self.installation)
    let sample = try #require(
      library.gateCases.first { $0.expectations.contains { $0.rule == "parcels/movement" } })
    let run = GateCaseRun(packs: library)
    #expect(try await run.outcome(of: sample).passed)
    let found = sample.expectations
    #expect(sample.outcome(of: found).passed)
    #expect(sample.outcome(of: found.dropLast()).differences.count == 1)
    let more = GateCase.Expectation("parcels/movement", row: 7, message: "…")
    #expect(sample.outcome(of: found + [more]).differences.count == 1)
    // A rule the case does not name may say what it likes.
    let other = GateCase.Expectation("mismatch", row: 1, message: "…")
    #expect(sample.outcome(of: found + [other]).passed)
    let good = try #require(library.gateCases.first { $0.silent.contains("parcels/movement") })
    #expect(!good.outcome(of: [more]).passed)
  }
}
