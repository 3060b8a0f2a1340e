import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// A file's way into a dataset, with real files, the real reader and the real gate.
@Suite(.serialized) struct SubmissionTests {
  struct Room: Sendable {
    let map: OneMap
    let folder: URL
    let clock: HandClock
    var server: String?

    var submissions: Submissions { map.submissions }

    func member(
      _ id: String, _ roles: String..., regions: [String]? = nil
    ) async throws -> Principal {
      let order = AccountOrder(
        id: id, name: "张\(id)", roles: roles, regions: regions, ceiling: .restricted)
      _ = try await map.accounts.add(order, by: .operator)
      return try await map.accounts.account(id).principal(in: map.offices)
    }

    /// A file of squares, each with the code of the township it stands for.
    func file(_ name: String, _ codes: [String], shift: Double = 0) throws -> String {
      let features = codes.enumerated().map { index, code in
        let (x, y) = (100 + Double(index) * 0.02 + shift, 30.0)
        let ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
        return JSONValue.object([
          "type": .string("Feature"),
          "properties": .object([
            "township_code": .string(code), "name": .string("乡\(code)"),
            "county_code": .string(String(code.prefix(6))),
          ]),
          "geometry": .object([
            "type": .string("Polygon"),
            "coordinates": .array([.array(ring.map { .array($0.map(JSONValue.number)) })]),
          ]),
        ])
      }
      let path = folder.appending(path: name).path
      let collection = JSONValue.object([
        "type": .string("FeatureCollection"), "features": .array(features),
      ])
      try Data(collection.canonicalText.utf8).write(to: URL(filePath: path))
      return path
    }

    func order(_ path: String, mode: CommitMode = .state) throws -> SubmissionOrder {
      var order = SubmissionOrder(
        dataset: "townships", path: path, name: URL(filePath: path).lastPathComponent,
        validFrom: try #require(LegalDate("2025-01-01")), reason: "年度更新")
      order.mode = mode
      return order
    }

    /// Does everything that is due a moment later; no two things happen at the same time.
    func work() async throws {
      clock.pass(seconds: 1)
      while try await map.jobs.runOne(worker: "test") {}
    }

    func state(_ id: String) async throws -> Submission.State? {
      try await submissions.find(id)?.state
    }

    func townships() async throws -> [String] {
      let dataset = try #require(DatasetID("townships"))
      let found = try await map.features(
        FeatureQuery(dataset: dataset, asOf: try await map.today()), limit: 100, in: .all)
      return found.features.map(\.feature.id).sorted()
    }
  }

  static let one = ["653101001", "653101002", "653125001"]

  static func withRoom(
    _ engine: MapEngine = .folder, _ body: (Room) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let installation = Installation(home: Places.repository, programs: Program.folder)
        let data = folder.appending(path: "data")
        _ = try await OneMap.initialise(
          data: data, server: server, installation: installation, by: .operator)
        let room = try await Room(folder, server, HandClock())
        try await body(room)
        #expect(try await room.map.verifyLog { _ in }.faults == [])
      }
    }
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch { return (error as? Problem)?.code }
  }

  @Test func `a file is handed in, examined, signed by a second person, and recorded`()
    async throws
  {
    try await Self.withRoom { room in
      let li = try await room.member("li", "submitter", "approver")
      let wang = try await room.member("wang", "approver")
      let viewer = try await room.member("zhao", "viewer")
      try await room.map.accounts.follow("townships", true, by: viewer)
      let handed = try await room.submissions.submit(
        try room.order(try room.file("a.geojson", Self.one)), by: li)
      #expect(handed.state == .submitted && handed.id.hasSuffix("-0001"))
      #expect(try await room.townships().isEmpty)
      try await room.work()
      let examined = try #require(try await room.submissions.find(handed.id))
      #expect(examined.state == .toSign && examined.verdict?.examined == 3)
      #expect(room.submissions.report(on: examined)?["examined"] == .integer(3))
      #expect(try await room.submissions.toSign(by: wang).map(\.id) == [handed.id])
      #expect(try await room.submissions.toSign(by: li).isEmpty, "not one's own")
      #expect(
        await Self.code { _ = try await room.submissions.sign(handed.id, report: nil, by: li) }
          == "second-person")
      #expect(
        await Self.code { _ = try await room.submissions.sign(handed.id, report: nil, by: viewer) }
          == "not-permitted")
      #expect(
        await Self.code { _ = try await room.submissions.sign(handed.id, report: "x", by: wang) }
          == "report-changed")
      let signed = try await room.submissions.sign(
        handed.id, report: examined.verdict?.sm3, by: wang)
      #expect(signed.state == .signed)
      #expect(try await room.townships().isEmpty)
      try await room.work()
      let committed = try #require(try await room.submissions.find(handed.id))
      #expect(committed.state == .committed && committed.receipt?.inserted == 3)
      #expect(try await room.townships() == Self.one)
      let record = try #require(try await room.map.commits(of: "townships", in: .all).last)
      #expect(record.actor.id == "wang" && record.caseNumber == handed.id)
      #expect(record.lineage.source == "a.geojson" && record.reason == "年度更新")
      let admission = try #require(record.admission)
      #expect(admission.submittedBy == "li" && admission.signedBy == "wang")
      #expect(admission.report == examined.verdict?.sm3)
      #expect(admission.profiles.contains { $0.id == "every-dataset" })
      for person in [li, viewer] {
        let notices = try await room.submissions.notices(for: person)
        #expect(notices.first?.state == .committed, "\(person.actor.id)")
      }
      let kinds = try await room.map.logEntries(after: 0, limit: 500).map(\.kind)
        .filter { $0.hasPrefix("submission-") }
      #expect(
        kinds == [
          "submission-submitted", "submission-examined", "submission-signed",
          "submission-committed",
        ])
    }
  }

  @Test func `errors send it back, and a corrected file takes its place`() async throws {
    try await Self.withRoom { room in
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let bad = try room.file("bad.geojson", ["653101001", "653101001"])
      let handed = try await room.submissions.submit(try room.order(bad), by: li)
      try await room.work()
      let refused = try #require(try await room.submissions.find(handed.id))
      #expect(refused.state == .toCorrect)
      #expect(refused.verdict?.blocking.contains("identifier-duplicate") == true)
      #expect(
        await Self.code { _ = try await room.submissions.sign(handed.id, report: nil, by: wang) }
          == "submission-state")
      let empty = room.folder.appending(path: "empty.geojson").path
      try Data().write(to: URL(filePath: empty))
      _ = try await room.submissions.correct(handed.id, with: try room.order(empty), by: li)
      try await room.work()
      let unread = try #require(try await room.submissions.find(handed.id))
      #expect(unread.state == .toCorrect && unread.problem != nil && unread.round == 2)
      let good = try room.file("good.geojson", Self.one)
      _ = try await room.submissions.correct(handed.id, with: try room.order(good), by: li)
      try await room.work()
      _ = try await room.submissions.sign(handed.id, report: nil, by: wang)
      try await room.work()
      #expect(try await room.state(handed.id) == .committed)
      #expect(try await room.townships() == Self.one)
    }
  }

  @Test func `of two for the same ground the second conflicts, and may be examined again`()
    async throws
  {
    try await Self.withRoom { room in
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let one = try await room.submissions.submit(
        try room.order(try room.file("a.geojson", Self.one)), by: li)
      let other = try await room.submissions.submit(
        try room.order(try room.file("b.geojson", Self.one, shift: 0.001)), by: li)
      #expect(one.id != other.id)
      try await room.work()
      for id in [one.id, other.id] {
        _ = try await room.submissions.sign(id, report: nil, by: wang)
      }
      try await room.work()
      #expect(try await room.state(one.id) == .committed)
      let conflicted = try #require(try await room.submissions.find(other.id))
      #expect(conflicted.state == .conflicted)
      #expect(conflicted.problem?["code"] == .string("commit-conflict"))
      #expect(try await room.map.commits(of: "townships", in: .all).count == 1)
      _ = try await room.submissions.examineAgain(other.id, by: li)
      try await room.work()
      #expect(try await room.state(other.id) == .toSign, "the signature does not carry over")
      _ = try await room.submissions.sign(other.id, report: nil, by: wang)
      try await room.work()
      #expect(try await room.state(other.id) == .committed)
      #expect(try await room.map.commits(of: "townships", in: .all).count == 2)
    }
  }

  @Test func `a kept file that was altered is not recorded`() async throws {
    try await Self.withRoom { room in
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let handed = try await room.submissions.submit(
        try room.order(try room.file("a.geojson", Self.one)), by: li)
      try await room.work()
      let signed = try await room.submissions.sign(handed.id, report: nil, by: wang)
      let kept = room.submissions.blobs.path(of: signed.source.kept)
      let other = try room.file("b.geojson", Self.one, shift: 0.001)
      try FileManager.default.removeItem(atPath: kept)
      try FileManager.default.copyItem(atPath: other, toPath: kept)
      try await room.work()
      let stalled = try #require(try await room.submissions.find(handed.id))
      #expect(stalled.state == .stalled && stalled.problem?["code"] == .string("blob-altered"))
      #expect(try await room.townships().isEmpty)
    }
  }

  @Test func `who is bound to regions changes those and no others`() async throws {
    try await Self.withRoom { room in
      let all = try await room.member("li", "submitter")
      let county = try await room.member("ma", "submitter", regions: ["653101"])
      let wang = try await room.member("wang", "approver")
      let elsewhere = try await room.member("wu", "approver", regions: ["653125"])
      let there = try await room.member("xu", "approver", regions: ["6531"])
      let first = try await room.submissions.submit(
        try room.order(try room.file("a.geojson", Self.one)), by: all)
      try await room.work()
      #expect(
        await Self.code {
          _ = try await room.submissions.sign(first.id, report: nil, by: elsewhere)
        } == "submission-unknown", "it concerns everywhere")
      _ = try await room.submissions.sign(first.id, report: nil, by: wang)
      try await room.work()
      let file = try room.file("b.geojson", ["653101001"], shift: 0.001)
      #expect(
        await Self.code {
          _ = try await room.submissions.submit(try room.order(file), by: county)
        } == "region-mode")
      let outside = try room.file("c.geojson", ["653101001", "653125001"], shift: 0.001)
      let refused = try await room.submissions.submit(
        try room.order(outside, mode: .changes), by: county)
      let own = try await room.submissions.submit(try room.order(file, mode: .changes), by: county)
      try await room.work()
      let found = try #require(try await room.submissions.find(refused.id))
      #expect(found.state == .toCorrect && found.problem?["code"] == .string("row-outside"))
      #expect(
        await Self.code { _ = try await room.submissions.sign(own.id, report: nil, by: elsewhere) }
          == "submission-unknown")
      _ = try await room.submissions.sign(own.id, report: nil, by: there)
      try await room.work()
      #expect(try await room.state(own.id) == .committed)
    }
  }

  @Test func `what is withdrawn is over, and its job does nothing`() async throws {
    try await Self.withRoom { room in
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "submitter", "approver")
      let handed = try await room.submissions.submit(
        try room.order(try room.file("a.geojson", Self.one)), by: li)
      let refused = await Self.code {
        _ = try await room.submissions.withdraw(handed.id, by: wang)
      }
      #expect(refused == "not-permitted")
      _ = try await room.submissions.withdraw(handed.id, by: li)
      try await room.work()
      #expect(try await room.state(handed.id) == .withdrawn)
      let order = try room.order(try room.file("b.geojson", Self.one))
      let corrected = await Self.code {
        _ = try await room.submissions.correct(handed.id, with: order, by: li)
      }
      #expect(corrected == "submission-state")
      let again = await Self.code {
        _ = try await room.submissions.examineAgain(handed.id, by: li)
      }
      #expect(again == "submission-state")
      let twice = await Self.code { _ = try await room.submissions.withdraw(handed.id, by: li) }
      #expect(twice == "submission-state")
      #expect(try await room.townships().isEmpty)
    }
  }
}

extension SubmissionTests.Room {
  /// One more process on the same map.
  init(_ folder: URL, _ server: String?, _ clock: HandClock) async throws {
    self.folder = folder
    self.server = server
    self.clock = clock
    map = try await OneMap.open(
      data: folder.appending(path: "data"), server: server,
      installation: Installation(home: Places.repository, programs: Program.folder),
      clock: clock.clock)
  }
}
