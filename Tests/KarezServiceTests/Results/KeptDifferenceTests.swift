import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Differences that are worked out once and shown from what was kept.
@Suite struct KeptDifferenceTests {
  private static func prepared(_ fixture: TimeFixture) async throws -> DiffOrder {
    let schema = try await EditTests.prepared(fixture)
    _ = try await EditTests.split(
      fixture, schema,
      [EditTests.part(nil, .init(0, 0, 1, 2)), EditTests.part(nil, .init(1, 0, 4, 2))])
    return DiffOrder(
      dataset: "parcels", from: try TimeFixture.day("2024-06-01"),
      to: try TimeFixture.day("2025-06-01"))
  }

  @Test func `what is kept says what was worked out, with shapes for the map`() async throws {
    try await TimeFixture.with { fixture in
      let order = try await Self.prepared(fixture)
      #expect(try await fixture.map.keptDifference(order, in: .all) == nil)
      let state = try await fixture.map.keptDifference(order, isAgain: false, by: .operator)
      guard case .kept(let kept) = state else {
        Issue.record("a small state needs no job")
        return
      }
      let report = try await fixture.map.difference(order, in: .all)
      #expect(kept.ledger == report.ledger && kept.attribute == report.attribute)
      #expect(kept.from == report.from && kept.to == report.to)
      #expect(kept.counts.map(\.count) == report.counts.map(\.count))
      #expect(kept.changes.map(\.json) == report.changes.map(\.json))
      let shapes = try #require(kept.shapes["patches"]?.array)
      #expect(shapes.count == 3 && shapes.allSatisfy { $0["geometry"] != nil })
      #expect(try await fixture.map.keptDifference(order, in: .all) != nil)
      let other = Scope(ceiling: .confidential, regionPrefixes: ["653125"])
      #expect(try await fixture.map.keptDifference(order, in: other) == nil)
    }
  }

  @Test func `a job keeps the same as whoever waits for it`() async throws {
    try await TimeFixture.with { fixture in
      var order = try await Self.prepared(fixture)
      order.recorded = try await fixture.map.today().recorded
      order.recordedTo = order.recorded
      _ = try await fixture.map.jobs.repeated(
        KeptDifference.handler, of: order.name(in: .all), after: nil,
        subject: order.subject(in: .all), by: .operator)
      while try await fixture.map.jobs.runOne(worker: "test") {}
      let kept = try #require(try await fixture.map.keptDifference(order, in: .all))
      let report = try await fixture.map.difference(order, in: .all)
      #expect(kept.ledger == report.ledger && kept.total == report.changes.count)
    }
  }

  @Test func `a job that failed is shown, and begun anew only when asked`() async throws {
    try await TimeFixture.with { fixture in
      var order = try await Self.prepared(fixture)
      order.recorded = try await fixture.map.today().recorded
      order.recordedTo = order.recorded
      var subject = order.subject(in: .all)
      if case .object(var members) = subject {
        members["scope"] = .string("other")
        subject = .object(members)
      }
      _ = try await fixture.map.jobs.repeated(
        KeptDifference.handler, of: order.name(in: .all), after: nil, subject: subject,
        by: .operator)
      while try await fixture.map.jobs.runOne(worker: "test") {}
      let state = try await fixture.map.keptDifference(order, isAgain: false, by: .operator)
      guard case .job(let job) = state else {
        Issue.record("the failure is passed over")
        return
      }
      #expect(job.state == .failed && job.problem?["code"]?.string == "scope-changed")
      let again = try await fixture.map.keptDifference(order, isAgain: true, by: .operator)
      guard case .kept = again else {
        Issue.record("not begun anew")
        return
      }
    }
  }

  @Test func `an area of a ledger is read as it was written`() throws {
    for units: Int64 in [0, 1, 9_999, 10_000, 123_456_789_012, -50_001] {
      #expect(LedgerUnits.units(LedgerUnits.text(units)) == units)
    }
    for text in ["", "1", "1.5", "1.00000", "x.0000", "1 000.0000"] {
      #expect(LedgerUnits.units(text) == nil, "\(text)")
    }
  }
}
