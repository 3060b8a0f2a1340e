import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezService

/// `karez rules check` reads whatever is used later, so that a mistake shows before.
@Suite struct RulesCheckTests {
  @Test(arguments: [
    ("exchange.yaml", "lasts:", "last:"), ("web.yaml", "atOnce:", "atOnces:"),
    ("two-persons.yaml", "propose:", "proposes:"), ("offices.yaml", "ceiling:", "ceilings:"),
    ("evidence.yaml", "writesStopAfter:", "writesStop:"),
  ])
  func `a mistake in a file beside the packs is a problem, with its place`(
    name: String, good: String, bad: String
  ) async throws {
    try await PackPublicationTests.with { room in
      #expect(try !PackReport.check(room.installation, pack: nil).isRefused)
      try room.change(name) { $0.replacing(good, with: bad, maxReplacements: 1) }
      let report = try PackReport.check(room.installation, pack: nil)
      #expect(report.isRefused)
      #expect(report.lines(in: .en).contains { $0.hasPrefix(name) }, "\(report.lines(in: .en))")
    }
  }
}
