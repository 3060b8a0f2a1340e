import KarezCore
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Small edits: split, merge, end, correct, and taking a commit back.
@Suite struct EditTests {
  typealias Box = SurveyFixture.Box

  static let parcels = DatasetID("parcels")
  static let why = EditReason(reason: "分宗", caseNumber: "2025-17")
  static let code = "653101001001JC00007"

  /// Two parcels that border one another, and one far away.
  static func prepared(_ fixture: TimeFixture) async throws -> DatasetSchema {
    let dataset = try #require(parcels)
    let features = try [
      (code, Box(0, 0, 4, 2)), ("653101001001GB00012", Box(4, 0, 8, 2)),
      ("653101001002JC00044", Box(40, 0, 44, 2)),
    ].map { code, box in
      Feature(
        id: code, geometry: .polygons(try box.geometry),
        attributes: [
          "parcel_code": .text(code), "use": .text("住宅"), "recorded_area": .decimal(1),
        ])
    }
    try await fixture.record(features, ending: [], .state, from: "2024-01-01", in: dataset)
    return try await fixture.map.schema(of: dataset.text, in: .all)
  }

  static func part(_ id: String?, _ box: Box) throws -> PartFile.Part {
    PartFile.Part(
      feature: Feature(
        id: id ?? "row", geometry: .polygons(try box.geometry),
        attributes: id.map { ["parcel_code": .text($0)] } ?? [:]),
      isNamed: id != nil)
  }

  static func split(
    _ fixture: TimeFixture, _ schema: DatasetSchema, _ parts: [PartFile.Part],
    codes: [String] = [], on day: String = "2025-03-01", _ why: EditReason = EditTests.why
  ) async throws -> ReshapeOutcome {
    try await fixture.map.split(
      schema, code, into: parts, codes: codes, on: try TimeFixture.day(day), why, by: .operator,
      in: .all)
  }

  @Test func `a split gives new codes, closes the area and keeps the chain`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      let outcome = try await Self.split(
        fixture, schema, [Self.part(nil, Box(0, 0, 1, 2)), Self.part(nil, Box(1, 0, 4, 2))])
      // The greatest of the sub-district is 12, whatever its kind.
      #expect(outcome.children == ["653101001001JC00013", "653101001001JC00014"])
      #expect(abs(outcome.closure.sumM2 - outcome.closure.wholeM2) < 1e-3)
      #expect(outcome.closure.isClosed)
      let history = try await fixture.map.history(of: Self.code, in: "parcels", .all)
      #expect(history.children == outcome.children && history.parents == [])
      #expect(history.entries.last?.version.version.validity.until?.description == "2025-03-01")
      #expect(history.entries.last?.commit?.caseNumber == "2025-17")
      let child = try await fixture.map.history(of: outcome.children[0], in: "parcels", .all)
      #expect(child.parents == [Self.code])
      let attributes = child.entries.last?.version.version.feature.attributes
      #expect(attributes?["use"] == .text("住宅"))
      #expect(attributes?["parcel_code"] == .text(outcome.children[0]))
      #expect(attributes?["recorded_area"] == .decimal(outcome.closure.levelledM2[0]))
      let report = try await fixture.diff("2025-02-28", "2025-03-01", in: schema.id)
      #expect(report.changes.first { $0.id == Self.code }?.kind == .split)
      #expect(report.changes.allSatisfy { $0.witness == .lineage })
      #expect(report.ledger.total.from == report.ledger.total.to)
    }
  }

  @Test func `parts that are not the whole are refused, and nothing is recorded`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      let cases: [([Box], String)] = [
        ([Box(0, 0, 1, 2)], "split-shape"),
        ([Box(0, 0, 1, 2), Box(1, 0, 3, 2)], "area-not-closed"),
        ([Box(0, 0, 2, 2), Box(1, 0, 4, 2)], "area-not-closed"),
        ([Box(0, 0, 1, 2), Box(1, 0, 5, 2)], "area-not-closed"),
        // Of the same size, and elsewhere.
        ([Box(0, 0, 2, 2), Box(4, 0, 6, 2)], "area-not-closed"),
      ]
      for (boxes, expected) in cases {
        let parts = try boxes.map { try Self.part(nil, $0) }
        await #expect(
          "\(boxes)",
          performing: {
            try await Self.split(fixture, schema, parts)
          }, throws: { ($0 as? Problem)?.code == expected })
      }
      #expect(try await fixture.map.today().recorded.value == 1)
    }
  }

  @Test func `a code that was ever given is given to nobody else`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      let parts = [try Self.part(nil, Box(0, 0, 1, 2)), try Self.part(nil, Box(1, 0, 4, 2))]
      for codes in [
        [Self.code, "653101001001JC00099"], ["653101001001GB00012", "653101001001JC00099"],
      ] {
        await #expect(
          performing: {
            try await Self.split(fixture, schema, parts, codes: codes)
          }, throws: { ($0 as? Problem)?.code == "code-used" })
      }
      let outcome = try await Self.split(fixture, schema, parts)
      let merged = try await fixture.map.merge(
        MergeOrder(
          dataset: "parcels", ids: outcome.children, day: try TimeFixture.day("2025-04-01"),
          why: Self.why), by: .operator, in: .all)
      // Together again it is the old land, under a new code.
      #expect(merged.children == ["653101001001JC00015"])
      #expect(merged.closure.isClosed)
      let old = try await fixture.map.version(
        of: Self.code, in: schema.id, on: try TimeFixture.day("2025-01-01"), .all)
      let new = try await fixture.map.version(
        of: merged.children[0], in: schema.id, on: try TimeFixture.day("2025-05-01"), .all)
      let difference =
        (old.statutoryArea?.squareMetres ?? 0) - (new.statutoryArea?.squareMetres ?? 1)
      #expect(abs(difference) < 1e-3)
    }
  }

  @Test func `what does not border is not merged`() async throws {
    try await TimeFixture.with { fixture in
      _ = try await Self.prepared(fixture)
      let far = MergeOrder(
        dataset: "parcels", ids: [Self.code, "653101001002JC00044"],
        day: try TimeFixture.day("2025-04-01"), why: Self.why)
      await #expect(
        performing: {
          try await fixture.map.merge(far, by: .operator, in: .all)
        }, throws: { ($0 as? Problem)?.code == "merge-apart" })
      var near = MergeOrder(
        dataset: "parcels", ids: [Self.code, "653101001001GB00012"],
        day: try TimeFixture.day("2025-04-01"), why: Self.why)
      near.model = "653101001001GB00012"
      let outcome = try await fixture.map.merge(near, by: .operator, in: .all)
      #expect(outcome.children == ["653101001001GB00013"])
    }
  }

  @Test func `features whose common border differs in the last digits merge`() async throws {
    try await TimeFixture.with { fixture in
      let dataset = try #require(Self.parcels)
      let east = 76.00400000000001
      let features = try [
        (Self.code, 76.0, east.nextUp.nextUp), ("653101001001GB00012", east, 76.008),
      ].map { code, west, east in
        let corners = [(west, 39.0), (east, 39), (east, 39.002), (west, 39.002), (west, 39)]
        let ring = try Ring(corners.map { Position(x: $0.0, y: $0.1) })
        return Feature(
          id: code, geometry: .polygons(MultiPolygon([Polygon(shell: ring)])),
          attributes: ["parcel_code": .text(code), "recorded_area": .decimal(1)])
      }
      try await fixture.record(features, ending: [], .state, from: "2024-01-01", in: dataset)
      let order = MergeOrder(
        dataset: dataset.text, ids: features.map(\.id), day: try TimeFixture.day("2025-04-01"),
        why: Self.why)
      let outcome = try await fixture.map.merge(order, by: .operator, in: .all)
      #expect(outcome.closure.isClosed)
      let whole = try await fixture.map.version(
        of: try #require(outcome.children.first), in: dataset, on: order.day, .all)
      #expect(whole.feature.geometry?.polygons?.polygons.count == 1)
    }
  }

  @Test func `an edit that rests on an older commit is a conflict`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      var order = CorrectionOrder(
        dataset: "parcels", id: Self.code, from: try TimeFixture.day("2024-06-01"),
        why: EditReason(reason: "更正用途", expected: CommitNumber(1)))
      order.values = ["use": "商业", "location_name": ""]
      #expect(
        try await fixture.map.correct(order, by: .operator, in: .all).commit?.value == 2)
      let parts = [try Self.part(nil, Box(0, 0, 1, 2)), try Self.part(nil, Box(1, 0, 4, 2))]
      await #expect(
        performing: {
          try await Self.split(
            fixture, schema, parts, EditReason(reason: "分宗", expected: CommitNumber(1)))
        }, throws: { ($0 as? Problem)?.code == "commit-conflict" })
      await #expect(
        performing: {
          try await Self.split(fixture, schema, parts, EditReason(reason: ""))
        }, throws: { ($0 as? Problem)?.code == "reason-missing" })
      let before = try await fixture.map.version(
        of: Self.code, in: schema.id, on: try TimeFixture.day("2024-05-01"), .all)
      #expect(before.feature.attributes["use"] == .text("住宅"))
    }
  }

  @Test func `a commit taken back leaves what was before it, on all days`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      let before = try await fixture.map.asked { store throws(StoreError) in
        try await store.contentDigest(of: schema.id, at: CommitNumber(1) ?? .none, in: .all)
      }
      let outcome = try await Self.split(
        fixture, schema, [Self.part(nil, Box(0, 0, 1, 2)), Self.part(nil, Box(1, 0, 4, 2))])
      let split = try #require(outcome.receipt.commit)
      let back = try await fixture.map.revert(
        split, of: "parcels", EditReason(reason: "误分"), by: .operator, in: .all)
      #expect(back.conflicts.isEmpty && back.receipt.commit?.value == 3)
      let after = try await fixture.map.asked { store throws(StoreError) in
        try await store.contentDigest(of: schema.id, at: CommitNumber(3) ?? .none, in: .all)
      }
      #expect(after == before)
      let history = try await fixture.map.history(of: Self.code, in: "parcels", .all)
      #expect(history.children == [] && history.successions.count == 1)
      // And taking that back splits it again, chain and codes with it.
      let again = try await fixture.map.revert(
        try #require(back.receipt.commit), of: "parcels", EditReason(reason: "确应分"),
        by: .operator, in: .all)
      #expect(again.conflicts.isEmpty)
      let whole = try await fixture.map.history(of: Self.code, in: "parcels", .all)
      #expect(whole.children == outcome.children)
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what is brought back goes through the gate, and a reason may let it pass`()
    async throws
  {
    try await TimeFixture.with { fixture in
      // Recorded before there was a gate: a kind of right no table has.
      let id = "653101001003GB00001"
      let feature = Feature(
        id: id, geometry: .polygons(try Box(60, 0, 64, 2).geometry),
        attributes: ["parcel_code": .text(id), "right_kind": .text("Q9")])
      let dataset = try #require(Self.parcels)
      try await fixture.record([feature], ending: [], .state, from: "2024-01-01", in: dataset)
      let order = EndOrder(
        dataset: "parcels", ids: [id], day: try TimeFixture.day("2025-05-01"), why: Self.why)
      let ended = try #require(try await fixture.map.end(order, by: .operator, in: .all).commit)
      func back(_ accepted: [String]) async throws -> RevertOutcome {
        try await fixture.map.revert(
          ended, of: "parcels", EditReason(reason: "误终止", accepted: accepted), by: .operator,
          in: .all)
      }
      await #expect(
        performing: { _ = try await back([]) },
        throws: {
          let problem = $0 as? Problem
          return problem?.code == "edit-refused" && problem?.place == id
        })
      await #expect(
        performing: { _ = try await back(["no-such-rule"]) },
        throws: { ($0 as? Problem)?.code == "gate-rule-unknown" })
      #expect(try await fixture.map.today().recorded == ended)
      #expect(try await back(["code-unknown"]).receipt.commit != nil)
      let again = try await fixture.map.version(
        of: id, in: dataset, on: try TimeFixture.day("2025-06-01"), .all)
      #expect(again.feature == feature)
    }
  }

  @Test func `a commit whose features were changed since is not taken back`() async throws {
    try await TimeFixture.with { fixture in
      let schema = try await Self.prepared(fixture)
      let outcome = try await Self.split(
        fixture, schema, [Self.part(nil, Box(0, 0, 1, 2)), Self.part(nil, Box(1, 0, 4, 2))])
      let order = EndOrder(
        dataset: "parcels", ids: [outcome.children[1]], day: try TimeFixture.day("2025-05-01"),
        why: Self.why)
      #expect(try await fixture.map.end(order, by: .operator, in: .all).ended == 1)
      let refused = try await fixture.map.revert(
        try #require(outcome.receipt.commit), of: "parcels", Self.why, by: .operator, in: .all)
      #expect(refused.receipt.commit == nil)
      #expect(refused.conflicts.map(\.id) == [outcome.children[1]])
      #expect(refused.conflicts.first?.changedBy.value == 3)
      #expect(refused.conflicts.first?.place?.count == 4)
      #expect(try await fixture.map.today().recorded.value == 3)
    }
  }

  /// Days on four points: every pair of validities.
  @Test func `days without others are those that no other has`() throws {
    var days: [Validity] = []
    for from in 0..<4 {
      for until in [nil] + (from + 1..<4).map({ $0 as Int? }) {
        let first = try #require(LegalDate(year: 2020 + from, month: 1, day: 1))
        let last = until.flatMap { LegalDate(year: 2020 + $0, month: 1, day: 1) }
        days.append(try #require(Validity(from: first, until: last)))
      }
    }
    for one in days {
      for first in days {
        for second in days {
          let rest = FeatureTimeline.days(of: [one], without: [first, second])
          for year in 2019..<2026 {
            let day = try #require(LegalDate(year: year, month: 6, day: 1))
            let isLeft = one.contains(day) && !first.contains(day) && !second.contains(day)
            #expect(rest.filter { $0.contains(day) }.count == (isLeft ? 1 : 0))
          }
        }
      }
    }
  }
}
