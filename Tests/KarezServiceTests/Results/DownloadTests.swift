import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Files made by a job for whoever asked, and kept for a while.
@Suite(.serialized) struct DownloadTests {
  private static func order() throws -> ExportOrder {
    try #require(
      ExportOrder(
        .object([
          "dataset": .string("parcels"), "format": .string("geojson"),
          "validOn": .string("2024-06-01"),
        ]), path: ""))
  }

  @Test func `a download is made under its owner's scope, kept, and nobody else's`()
    async throws
  {
    try await SubmissionTests.withRoom { room in
      _ = try await EditTests.prepared(TimeFixture(on: room.map, in: room.folder))
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let order = try Self.order()
      let name = try await room.map.orderDownload(order, by: li)
      #expect(try await room.map.download(name, for: li).file == nil, "waits for the job")
      #expect(try await room.map.orderDownload(order, by: li) == name, "the same while it waits")
      try await room.work()
      let made = try await room.map.download(name, for: li)
      let file = try #require(made.file)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(made.features == 3 && text.contains(EditTests.code))
      let digest = try FileFingerprint.sm3(ofFileAt: file.path)
      #expect(made.sm3 == digest)
      #expect(try await room.map.orderDownload(order, by: li) == name, "the same while it is kept")
      #expect(try await room.map.downloads(of: li).map(\.name) == [name])
      #expect(try await room.map.downloads(of: wang).isEmpty)
      #expect(
        await SubmissionTests.code { _ = try await room.map.download(name, for: wang) }
          == "download-unknown")
      let log = try await room.map.logEntries(after: 0, limit: 500)
      #expect(log.last { $0.kind == "export" }?.body["sm3"]?.string == made.sm3)
    }
  }

  @Test func `a file goes when its time is over, and is made again when asked for`()
    async throws
  {
    try await SubmissionTests.withRoom { room in
      _ = try await EditTests.prepared(TimeFixture(on: room.map, in: room.folder))
      let li = try await room.member("li", "submitter")
      let name = try await room.map.orderDownload(try Self.order(), by: li)
      try await room.work()
      let shelf = room.map.results
      shelf.sweep(now: Date().addingTimeInterval(TimeInterval(ResultShelf.keptSeconds - 60)))
      #expect(try await room.map.download(name, for: li).file != nil)
      shelf.sweep(now: Date().addingTimeInterval(TimeInterval(ResultShelf.keptSeconds + 60)))
      #expect(try await room.map.download(name, for: li).file == nil)
      let again = try await room.map.orderDownload(try Self.order(), by: li)
      #expect(again != name)
      try await room.work()
      #expect(try await room.map.download(again, for: li).file != nil)
    }
  }

  @Test func `who may reach other land than when asking gets nothing`() async throws {
    try await SubmissionTests.withRoom { room in
      _ = try await EditTests.prepared(TimeFixture(on: room.map, in: room.folder))
      let li = try await room.member("li", "submitter")
      let name = try await room.map.orderDownload(try Self.order(), by: li)
      try await room.map.accounts.disable("li", by: .operator)
      try await room.work()
      let job = try #require(try await room.map.jobs.job("export/" + name))
      #expect(job.state == .failed && job.problem?["code"]?.string == "account-inactive")
      let narrow = Principal(
        actor: li.actor, name: li.name, roles: li.roles, permissions: li.permissions,
        scope: Scope(ceiling: .restricted, regionPrefixes: ["653101"]))
      #expect(
        await SubmissionTests.code { _ = try await room.map.download(name, for: narrow) }
          == "download-unknown")
    }
  }
}
