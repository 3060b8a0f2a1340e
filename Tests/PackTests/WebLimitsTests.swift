import Foundation
import KarezPacks
import TestSupport
import Testing

@Suite struct WebLimitsTests {
  static let file = Places.repository.appending(path: "Packs/web.yaml")

  static func load(_ text: String) async throws -> WebLimits {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "own.yaml")
      try Data(text.utf8).write(to: file)
      return try WebLimits.load(file: file.path)
    }
  }

  @Test func `the limits that come with the product leave a person room, and no more`() throws {
    let limits = try WebLimits.load(file: Self.file.path)
    #expect(limits.costs.keys.sorted() == (WebLimits.sorts + [WebLimits.megabyte]).sorted())
    // Whoever works on pages never meets a limit; whoever tries passwords soon does.
    #expect(limits.account.atOnce >= 100 && limits.account.perMinute >= 300)
    #expect(limits.signIn.perMinute <= 30)
    #expect(limits.costs.values.allSatisfy { $0 <= limits.account.atOnce })
    #expect(limits.address.perMinute > limits.account.perMinute)
    #expect(limits.connections.mostHeaderBytes <= 65_536)
    #expect(limits.work.checkWithin <= 60)
    #expect(limits.work.queryWithin == 2)
    // A sheet of A4 at 300 dots an inch can be had in one picture.
    #expect(limits.pictures.mostPixels >= 2_480 * 3_508)
    #expect(limits.pictures.mostSide >= 3_508)
    #expect(limits.features.mostReturned <= limits.features.mostSkipped)
    #expect(limits.cases.mostTogether <= 100 && limits.cases.mostAttachmentBytes <= 256 << 20)
    #expect(limits.readers == .init(addresses: ["127.0.0.1", "::1"], tokens: []))
  }

  @Test(arguments: [
    ("perMinute: \"600 1\"", "perMinute: \"600\""), ("idleFor: \"30 s\"", "idleFor: \"30\""),
    ("check: \"10 1\"", ""), ("mostWaiting: \"16 1\"", "mostWaiting: \"0 1\""),
    ("mostSide: \"4096 1\"", "mostSide: \"40960 1\""), ("mostSkipped:", "skipped:"),
    ("shutdown:", "shut:"), ("metrics:", "metric:"),
    ("addresses:", "tokens: [ \"abc\" ]\n  addresses:"),
    ("mostTogether:", "together:"), ("cases:", "case:"),
    ("most: \"4000 1\"", "most: \"9000000000 1\""),
  ])
  func `what is not a limit is refused`(was: String, becomes: String) async throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    #expect(text.contains(was))
    await #expect(throws: RulePackError.self) {
      try await Self.load(text.replacing(was, with: becomes))
    }
  }
}
