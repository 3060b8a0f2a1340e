import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Two submissions for the same ground at once.
@Suite(.serialized) struct SameGroundTests {
  typealias Room = SubmissionTests.Room

  @Test(arguments: MapEngine.installed)
  func `whoever comes second is told of the first and where, and cannot sign on a stale base`(
    engine: MapEngine
  ) async throws {
    try await SubmissionTests.withRoom(engine) { room in
      let li = try await room.member("li", "submitter")
      let zhao = try await room.member("zhao", "submitter")
      let wang = try await room.member("wang", "approver")
      func submit(_ name: String, _ codes: [String], shift: Double, by who: Principal)
        async throws -> Submission
      {
        let path = try room.file(name, codes, shift: shift)
        let handed = try await room.submissions.submit(
          try room.order(path, mode: .changes), by: who)
        try await room.work()
        return try #require(try await room.submissions.find(handed.id))
      }
      let first = try await submit("a.geojson", ["653101001"], shift: 0, by: li)
      let second = try await submit("b.geojson", ["653101001"], shift: 0.004, by: zhao)
      let elsewhere = try await submit("c.geojson", ["653125001"], shift: 3, by: zhao)
      #expect(first.verdict?.rivals == [] && elsewhere.verdict?.rivals == [])
      let rival = try #require(second.verdict?.rivals.first)
      #expect(rival.id == first.id && rival.submitter == "li" && rival.state == .toSign)
      #expect(zip(rival.place, [100.004, 30, 100.01, 30.01]).allSatisfy { abs($0 - $1) < 1e-9 })
      #expect(rival.line(in: .en).contains("submission \(first.id) by li is to-sign"))
      _ = try await room.submissions.sign(first.id, report: nil, by: wang)
      try await room.work()
      #expect(try await room.state(first.id) == .committed)
      do throws(Problem) {
        _ = try await room.submissions.sign(second.id, report: nil, by: wang)
        Issue.record("signed on a stale base")
      } catch {
        let problem = error
        #expect(problem.code == "commit-conflict" && problem.kind == .conflict)
        #expect(problem.what.en.contains("submission \(first.id) is of the same ground"))
        #expect(problem.position?.count == 2)
      }
      _ = try await room.submissions.examineAgain(second.id, by: zhao)
      try await room.work()
      _ = try await room.submissions.sign(second.id, report: nil, by: wang)
      try await room.work()
      #expect(try await room.state(second.id) == .committed)
    }
  }

  @Test(arguments: MapEngine.installed)
  func `of two signed at once, and committed by two processes at once, one is recorded`(
    engine: MapEngine
  ) async throws {
    try await SubmissionTests.withRoom(engine) { room in
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let other = try await Room(room.folder, room.server, room.clock)
      for round in 0..<4 {
        var ids: [String] = []
        for shift in [0.001, 0.002] {
          let path = try room.file(
            "\(round)-\(shift).geojson", ["653101001"], shift: shift + Double(round) * 0.003)
          ids.append(
            try await room.submissions.submit(try room.order(path, mode: .changes), by: li).id)
        }
        try await room.work()
        for id in ids { _ = try await room.submissions.sign(id, report: nil, by: wang) }
        room.clock.pass(seconds: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (number, process) in [room, other].enumerated() {
            group.addTask {
              while try await process.map.jobs.runOne(worker: "worker-\(number)") {}
            }
          }
          try await group.waitForAll()
        }
        try await room.work()
        var states: [String: Submission] = [:]
        for id in ids { states[id] = try await room.submissions.find(id) }
        let committed = states.values.filter { $0.state == .committed }
        let conflicted = states.values.filter { $0.state == .conflicted }
        #expect(committed.count == 1 && conflicted.count == 1, "\(states.mapValues(\.state))")
        let told = try #require(conflicted.first?.problem?["message"]?["en"]?.string)
        #expect(told.contains(committed.first?.id ?? "?"))
        if let id = conflicted.first?.id {
          _ = try await room.submissions.withdraw(id, by: li)
        }
        #expect(try await room.map.commits(of: "townships", in: .all).count == round + 1)
      }
    }
  }

  @Test func `a county hands in its package, and it is signed and recorded as any other`()
    async throws
  {
    try await TimeFixture.with(.folder) { county in
      try await SubmissionTests.withRoom(.folder) { room in
        let li = try await room.member("li", "submitter", regions: ["653101"])
        let wang = try await room.member("wang", "approver")
        let patches = IncrementTests.base
        try await county.record(patches, .state, from: "2024-01-01")
        try await TimeFixture(on: room.map, in: room.folder)
          .record(patches, .state, from: "2024-01-01")
        try await IncrementTests.work(county)
        var making = IncrementOrder(
          dataset: TimeFixture.patches.text, since: try #require(CommitNumber(1)))
        making.regions = ["653101"]
        let package = try await county.map.increment(making, in: .all)
        let path = room.folder.appending(path: "county.jsonl").path
        try county.map.write(package, to: path)
        var order = SubmissionOrder(
          dataset: TimeFixture.patches.text, path: path, name: "county.jsonl",
          validFrom: try TimeFixture.day("2026-01-01"), reason: "增量更新")
        order.mode = .versions
        let handed = try await room.submissions.submit(order, by: li)
        try await room.work()
        let examined = try #require(try await room.submissions.find(handed.id))
        #expect(examined.state == .toSign, "\(String(describing: examined.problem))")
        _ = try await room.submissions.sign(handed.id, report: examined.verdict?.sm3, by: wang)
        try await room.work()
        #expect(try await room.state(handed.id) == .committed)
        let scope = Scope(ceiling: .confidential, regionPrefixes: ["653101"])
        let digest = try await room.map.store.contentDigest(
          of: TimeFixture.patches, at: room.map.today().recorded, in: scope)
        #expect(digest == package.result?.sm3)
        let history = try await room.map.history(of: "a", in: "land-patches", .all)
        #expect(history.children == ["a1", "a2"])
      }
    }
  }
}
