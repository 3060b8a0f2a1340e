import Foundation
import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Edits that are prepared, shown and sent, instead of being recorded at once.
@Suite(.serialized) struct PlannedEditTests {
  typealias Box = SurveyFixture.Box
  typealias Room = SubmissionTests.Room

  private static let why = EditReason(reason: "分宗")

  /// A file of boxes.
  private static func file(_ boxes: [Box], in folder: URL) throws -> FileArgument {
    let features = try boxes.map { box in
      JSONValue.object([
        "type": .string("Feature"), "properties": .object([:]),
        "geometry": try box.geometry.geoJSON,
      ])
    }
    let path = folder.appending(path: "parts.geojson").path
    try OutputFile.write(
      JSONValue.object([
        "type": .string("FeatureCollection"), "features": .array(features),
      ]).canonicalText, to: path)
    return FileArgument(path)
  }

  private static func split(_ room: Room) throws -> EditRequest {
    .split(
      SplitOrder(
        dataset: "parcels", id: EditTests.code,
        file: try file([Box(0, 0, 1, 2), Box(1, 0, 4, 2)], in: room.folder),
        day: try TimeFixture.day("2025-03-01"), why: why))
  }

  /// Brings a prepared edit through the gate and the second signature.
  private static func pass(
    _ key: String, in room: Room, by sender: Principal, _ signer: Principal
  ) async throws -> Submission {
    guard case .submission(let id) = try await room.map.send(key, by: sender) else {
      Issue.record("recorded without a second person")
      throw CancellationError()
    }
    try await room.work()
    let examined = try #require(try await room.submissions.find(id))
    #expect(examined.state == .toSign, "\(examined.verdict?.blocking ?? [])")
    _ = try await room.submissions.sign(id, report: examined.verdict?.sm3, by: signer)
    try await room.work()
    return try #require(try await room.submissions.find(id))
  }

  @Test func `an officer's split is shown, handed in, signed by another, and taken back`()
    async throws
  {
    try await SubmissionTests.withRoom { room in
      let fixture = TimeFixture(on: room.map, in: room.folder)
      _ = try await EditTests.prepared(fixture)
      let li = try await room.member("li", "submitter")
      let wang = try await room.member("wang", "approver")
      let key = try await room.map.plan(try Self.split(room), by: li)
      let planned = try await room.map.plannedEdit(key, by: li)
      #expect(planned.rows.count == 3 && planned.isClosed && planned.successions.count == 1)
      #expect(planned.rows.filter { $0.after == nil }.map(\.id) == [EditTests.code])
      let before = try await room.map.history(of: EditTests.code, in: "parcels", .all)
      #expect(before.entries.count == 1, "nothing is recorded yet")
      #expect(
        await SubmissionTests.code { _ = try await room.map.plannedEdit(key, by: wang) }
          == "edit-unknown")
      let split = try await Self.pass(key, in: room, by: li, wang)
      #expect(split.state == .committed && split.receipt?.inserted == 2)
      let after = try await room.map.history(of: EditTests.code, in: "parcels", .all)
      #expect(after.children == ["653101001001JC00013", "653101001001JC00014"])
      let commit = try #require(split.receipt?.commit)
      let reversal = ReversalOrder(dataset: "parcels", commit: commit, why: Self.why)
      let back = try await room.map.plan(.revert(reversal), by: li)
      #expect(try await room.map.plannedEdit(back, by: li).isClosed)
      let taken = try await Self.pass(back, in: room, by: li, wang)
      #expect(taken.state == .committed)
      let end = try await room.map.history(of: EditTests.code, in: "parcels", .all)
      #expect(end.children == [] && end.entries.last?.version.version.validity.until == nil)
      #expect(
        await SubmissionTests.code {
          _ = try await room.map.plan(.revert(reversal), by: li)
        } == "reversal-overtaken")
    }
  }

  @Test func `whoever is at the machine corrects at once, through the gate`() async throws {
    try await TimeFixture.with { fixture in
      _ = try await EditTests.prepared(fixture)
      var order = CorrectionOrder(
        dataset: "parcels", id: EditTests.code, from: try TimeFixture.day("2024-06-01"),
        why: Self.why)
      order.values = ["use": "商业"]
      let key = try await fixture.map.plan(.correct(order), by: .operator)
      let row = try #require(try await fixture.map.plannedEdit(key, by: .operator).rows.first)
      #expect(row.before?.feature.attributes["use"] == .text("住宅"))
      #expect(row.after?.attributes["use"] == .text("商业"))
      guard case .recorded(let commit?) = try await fixture.map.send(key, by: .operator) else {
        Issue.record("not recorded")
        return
      }
      let history = try await fixture.map.history(of: EditTests.code, in: "parcels", .all)
      let last = try #require(history.entries.last { $0.version.recordedUntil == nil })
      #expect(last.version.version.recordedFrom == commit)
      #expect(last.version.version.feature.attributes["use"] == .text("商业"))
      #expect(last.version.version.validity.from.description == "2024-06-01")
      #expect(
        await SubmissionTests.code {
          _ = try await fixture.map.plan(.correct(order), by: .operator)
        }
          == "edit-nothing")
    }
  }

  @Test func `an end up to the feature's next change leaves what comes after`() async throws {
    try await TimeFixture.with { fixture in
      _ = try await EditTests.prepared(fixture)
      let dataset = try #require(EditTests.parcels)
      var later = CorrectionOrder(
        dataset: "parcels", id: EditTests.code, from: try TimeFixture.day("2025-01-01"),
        why: Self.why)
      later.values = ["use": "商业"]
      _ = try await fixture.map.correct(later, by: .operator, in: .all)
      var order = CorrectionOrder(
        dataset: "parcels", id: EditTests.code, from: try TimeFixture.day("2024-06-01"),
        why: Self.why)
      order.values = ["use": "工业"]
      let edit = try await fixture.map.correction(order, in: .all)
      let package = try await edit.package(of: fixture.map, in: .all)
      let days = package.changes.flatMap(\.rows).map(\.validity)
      #expect(days.map(\.until?.description) == ["2025-01-01"])
      // What the verb records is what the package says.
      _ = try await fixture.map.correct(order, by: .operator, in: .all)
      let recorded = try await fixture.map.histories(of: [EditTests.code], in: dataset, .all)
      let joined = IncrementPackage.Change.joined(
        try #require(recorded.first).recorded(at: nil))
      #expect(joined == package.changes.first?.result)
    }
  }

  @Test func `who may not submit prepares nothing`() async throws {
    try await SubmissionTests.withRoom { room in
      _ = try await EditTests.prepared(TimeFixture(on: room.map, in: room.folder))
      let zhao = try await room.member("zhao", "viewer")
      #expect(
        await SubmissionTests.code { _ = try await room.map.plan(try Self.split(room), by: zhao) }
          == "not-permitted")
    }
  }
}
