import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWriting
import TestSupport
import Testing

@testable import KarezService

/// 数据提供: who asks gets what an officer agreed to, on the land agreed to, and nothing above
/// their own level.
@Suite(.serialized) struct ReleaseTests {
  /// A reader of one county, and land in two.
  static func with(
    _ body: (SubmissionTests.Room, _ reader: Principal, _ officer: Principal) async throws -> Void
  ) async throws {
    try await SubmissionTests.withRoom { room in
      let fixture = TimeFixture(on: room.map, in: room.folder)
      try await fixture.record(DiffTests.row, .state, from: "2024-01-01")
      let reader = try await room.member("li", "viewer", regions: ["653101"])
      let officer = try await room.member("wang", "approver")
      try await body(room, reader, officer)
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  static func order(_ region: String?) -> ReleaseOrder {
    var order = ReleaseOrder(dataset: "land-patches", format: .geojson)
    order.region = region
    order.validOn = LegalDate("2024-06-01")
    return order
  }

  @Test func `what an officer agreed to is a download of who asked, and of nobody else`()
    async throws
  {
    try await Self.with { room, reader, officer in
      let twoPersons = room.map.twoPersons
      let asked = try await twoPersons.request(
        Self.order("653121"), because: "规划编制", by: reader)
      #expect(try await twoPersons.requests(of: reader).map(\.id) == [asked.id])
      #expect(try await twoPersons.requestsToAnswer(by: officer).map(\.id) == [asked.id])
      #expect(try await twoPersons.requestsToAnswer(by: reader).isEmpty)
      #expect(try await room.map.downloads(of: reader).isEmpty, "nothing before the answer")
      let done = try await twoPersons.approve(asked.id, because: "同意", by: officer)
      #expect(done.state == .done)
      try await room.work()
      let download = try #require(try await room.map.downloads(of: reader).first)
      let file = try #require(download.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      // The other county's patch and none of the reader's own.
      #expect(text.contains("\"d\"") && !text.contains("\"a\""), "\(text.prefix(400))")
      #expect(download.features == 1)
      #expect(try await room.map.downloads(of: officer).isEmpty)
      #expect(
        await SubmissionTests.code { _ = try await room.map.download(download.name, for: officer) }
          == "download-unknown")
      let entry = try await room.map.logEntries(after: 0, limit: 500).last { $0.kind == "export" }
      #expect(entry?.actor.id == "li")
    }
  }

  @Test func `attributes above the asker's level stay where they are`() async throws {
    try await Self.with { room, reader, officer in
      let hidden = try await room.map.schema(of: "land-patches", in: officer.scope).attributes
        .filter { $0.classification > .internal }.map(\.name)
      let asked = try await room.map.twoPersons.request(
        Self.order(nil), because: "核查", by: reader)
      _ = try await room.map.twoPersons.approve(asked.id, because: "", by: officer)
      try await room.work()
      let file = try #require(try await room.map.downloads(of: reader).first?.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.contains("\"a\"") && text.contains("\"d\""))
      for name in hidden { #expect(!text.contains("\"\(name)\""), "\(name)") }
    }
  }

  @Test func `who asked does not answer, who sees less does not, and a refusal gives nothing`()
    async throws
  {
    try await Self.with { room, reader, officer in
      let twoPersons = room.map.twoPersons
      let asked = try await twoPersons.request(
        Self.order("653121"), because: "规划编制", by: reader)
      let both = Principal(
        actor: reader.actor, name: reader.name, roles: reader.roles,
        permissions: [.view, .release], scope: .all)
      #expect(
        await SubmissionTests.code {
          _ = try await twoPersons.approve(asked.id, because: "", by: both)
        } == "second-person")
      let near = try await room.member("zhao", "approver", regions: ["653101"])
      #expect(
        await SubmissionTests.code {
          _ = try await twoPersons.approve(asked.id, because: "", by: near)
        } == "scope-too-narrow")
      _ = try await twoPersons.refuse(asked.id, because: "用途不符", by: officer)
      try await room.work()
      #expect(try await room.map.downloads(of: reader).isEmpty)
      #expect(try await twoPersons.requests(of: reader).first?.state == .refused)
      for region in ["x", "65312100000000"] {
        #expect(
          await SubmissionTests.code {
            _ = try await twoPersons.request(Self.order(region), because: "x", by: reader)
          } == "release-region")
      }
      let unknown = ReleaseOrder(dataset: "no-such", format: .csv)
      #expect(
        await SubmissionTests.code {
          _ = try await twoPersons.request(unknown, because: "x", by: reader)
        } == "dataset-unknown")
    }
  }
}
