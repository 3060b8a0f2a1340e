import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// How far bundles have come, as officers see it.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct ExchangePageTests {
  static let here = PrivateKey()
  static let there = PrivateKey()

  static func partner(_ id: String, _ key: PrivateKey) -> ExchangePartner {
    ExchangePartner(
      id: id, title: "地区 & 局", zone: .internal, signingKeys: [key.publicKey],
      envelopeKey: key.publicKey)
  }

  /// Two bundles of another map, of which the second comes first.
  static func bundles(in folder: URL) async throws -> [URL] {
    let map = try await OneMap.initialise(
      data: folder.appending(path: "there"),
      installation: Installation(home: Places.repository, programs: Program.folder),
      by: .operator)
    _ = try await map.exchange.introduce(partner("here", here), because: "", by: .operator)
    var files: [URL] = []
    for (index, squares) in [[("653101001", 76.0)], [("653101002", 76.02)]].enumerated() {
      var order = ImportOrder(
        dataset: "townships",
        file: FileArgument(try CataloguePageTests.file(folder, "\(index).geojson", squares)),
        validFrom: try #require(LegalDate("2025-01-01")))
      order.mode = .changes
      _ = try await map.importFile(order, by: .operator, in: .all) { _ in }
      files.append(folder.appending(path: "\(index).karez"))
      _ = try await map.exchange.seal(
        ExchangeOrder(partner: "here", datasets: ["townships"]), by: there, as: .operator,
        to: files[index])
    }
    return files
  }

  @Test func `a missing number is told in three languages, and by whom to have it sent again`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let files = try await Self.bundles(in: folder)
      try await WebServerTests.withServer { map in
        _ = try await map.exchange.introduce(
          Self.partner("there", Self.there), because: "", by: .operator)
        let held = try await map.exchange.receive(files[1], with: Self.here, by: .operator)
        #expect(held.map(\.bundle.state) == [.held])
      } _: { client, _ in
        for (language, words) in [
          ("zh", ["缺", "号，请对方重发", "业务区"]), ("en", ["missing; have them sent again"]),
          ("ug", ["كەسپىي رايون"]),
        ] {
          let reply = try await client.get("/exchange?lang=\(language)")
          #expect(reply.status == 200, "\(reply.body.prefix(300))")
          for word in words { #expect(reply.body.contains(word), "\(language): \(word)") }
          #expect(reply.body.contains("地区 &amp; 局") && !reply.body.contains("{{"))
        }
        let proposals = try await client.get("/proposals")
        #expect(proposals.body.contains("href=\"/exchange\""))
      }
    }
  }
}
