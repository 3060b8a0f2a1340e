import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Accesses are counted by agency and never by person.
@Suite struct AccessStatisticsTests {
  static func principal(agency: String?) -> Principal {
    Principal(
      actor: Actor(id: "somebody"), name: "somebody", roles: [], permissions: [.view],
      scope: .all, agency: agency)
  }

  static let auditor = Principal(
    actor: Actor(id: "auditor"), name: "auditor", roles: [], permissions: [.view, .readLog],
    scope: .all)

  /// Accounts without passwords: as many of each agency.
  static func fill(_ map: OneMap, _ agencies: [String?: Int]) async throws {
    for (agency, count) in agencies {
      for number in 0..<count {
        let id = "a" + String(abs(agency?.hashValue ?? 1) % 1_000_000) + "-\(number)"
        let account = Account(
          AccountOrder(id: id, name: id, roles: ["viewer"], agency: agency), password: "",
          at: map.clock.now())
        try await map.store.put(
          RecordBatch([account.change], entry: .init(kind: "test", body: [:])), by: .operator)
      }
    }
  }

  static func statistics(_ map: OneMap, by principal: Principal = auditor) async throws
    -> AccessStatistics
  {
    let today = try #require(map.clock.now().day(secondsEast: Clock.secondsEast))
    return try await map.accessStatistics(from: today, through: today, by: principal)
  }

  @Test(arguments: MapEngine.allCases)
  func `what is counted adds up, and is kept`(engine: MapEngine) async throws {
    try await TimeFixture.with(engine) { fixture in
      let map = fixture.map
      try await Self.fill(map, ["一局": 3, "二局": 1, "三局": 1])
      for _ in 0..<2 {
        for (agency, times) in [("一局", 5), ("二局", 2), ("三局", 1)] {
          for _ in 0..<times {
            map.countAccess(
              to: "land-patches", by: .tiles, of: Self.principal(agency: agency))
          }
        }
        map.countAccess(to: "counties", by: .page, of: .operator)
        await map.flushReads { Issue.record("\($0)") }
      }
      let found = try await Self.statistics(map)
      let lines = found.rows.map { "\($0.group) \($0.dataset) \($0.channel) \($0.count)" }
      #expect(
        lines == [
          "agency(\"一局\") land-patches tiles 10", "machine counties page 2",
        ])
      #expect(found.withheld == 6, "two accounts are too few even together")
      try await Self.fill(map, ["四局": 1])
      let enough = try await Self.statistics(map)
      #expect(enough.withheld == 0)
      #expect(enough.rows.contains { $0.group == .small && $0.count == 6 })
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `nothing that is kept names a person`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      map.countAccess(to: "land-patches", by: .features, of: Self.principal(agency: "一局"))
      map.countAccess(to: "land-patches", by: .features, of: Self.principal(agency: nil))
      await map.flushReads { Issue.record("\($0)") }
      let page = try await map.store.records(
        RecordQuery(OneMap.accessKind), after: nil, limit: 10)
      #expect(page.records.count == 2)
      for record in page.records {
        #expect(record.owner == nil)
        #expect(!(record.key + record.body.canonicalText).contains("somebody"))
      }
      let entries = try await map.logEntries(after: 0, limit: 1_000)
      #expect(!entries.contains { $0.body.canonicalText.contains("一局") })
    }
  }

  @Test func `who may not read the log sees no statistics, and what is out of scope is not there`()
    async throws
  {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      try await Self.fill(map, ["一局": 3])
      for dataset in ["land-patches", "counties", "no-such-dataset"] {
        map.countAccess(to: dataset, by: .page, of: Self.principal(agency: "一局"))
      }
      await map.flushReads { Issue.record("\($0)") }
      await #expect(throws: Problem.self) {
        try await Self.statistics(map, by: Self.principal(agency: "一局"))
      }
      let whole = try await Self.statistics(map)
      #expect(Set(whole.rows.map(\.dataset)) == ["land-patches", "counties"])
      let bound = Principal(
        actor: Actor(id: "bound"), name: "bound", roles: [], permissions: [.readLog],
        scope: Scope(ceiling: .public, regionPrefixes: nil))
      let less = try await Self.statistics(map, by: bound)
      #expect(Set(less.rows.map(\.dataset)) == ["counties"])
    }
  }

  @Test func `counts are kept as long as the packs say`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      let old = PlatformRecord(
        kind: OneMap.accessKind, key: "2001-01/unstated", state: "counted",
        body: .object(["counties": .object(["page": .integer(1)])]))
      try await map.store.put(RecordBatch([.write(old)]), by: .operator)
      map.countAccess(to: "counties", by: .page, of: .operator)
      await map.flushReads { Issue.record("\($0)") }
      try await map.sweepAccesses()
      let page = try await map.store.records(
        RecordQuery(OneMap.accessKind), after: nil, limit: 10)
      #expect(page.records.count == 1 && page.records.first?.key.hasPrefix("2001") == false)
      let first = try #require(LegalDate("2001-01-01"))
      let today = try #require(map.clock.now().day(secondsEast: Clock.secondsEast))
      await #expect(throws: Problem.self) {
        try await map.accessStatistics(from: first, through: today, by: Self.auditor)
      }
    }
  }

  @Test func `an account is of the agency somebody who looks after accounts says`() async throws {
    try await TimeFixture.with { fixture in
      let accounts = fixture.map.accounts
      try await Self.fill(fixture.map, [nil: 1])
      let id = try #require(try await accounts.all().first?.id)
      try await accounts.assign(id, to: "一局", by: .operator)
      #expect(try await accounts.account(id).agency == "一局")
      for wrong in ["", String(repeating: "局", count: 61), "一\u{0}局"] {
        await #expect(throws: Problem.self) {
          try await accounts.assign(id, to: wrong, by: .operator)
        }
      }
      await #expect(throws: Problem.self) {
        try await accounts.assign(id, to: "二局", by: Self.auditor)
      }
      try await accounts.assign(id, to: nil, by: .operator)
      #expect(try await accounts.account(id).agency == nil)
    }
  }

  @Test func `a server says what it lacks`() async throws {
    try await TimeFixture.with { fixture in
      let whole = await fixture.map.readiness()
      #expect(whole.isReady && whole.lastCommit == 0)
      #expect(whole.json["status"]?.string == "ready")
      let bare = Installation(home: Places.repository, programs: fixture.folder)
      let map = try await OneMap.open(
        data: fixture.folder.appending(path: "karez-data"), installation: bare)
      let lacking = await map.readiness()
      #expect(lacking.isReady, "what is there is still served")
      let parts = lacking.json["missing"]?.array?.compactMap { $0["part"]?.string }
      #expect(parts == ["reader"])
    }
  }
}
