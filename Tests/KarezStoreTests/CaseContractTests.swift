import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// What every engine promises of cases.
@Suite struct CaseContractTests {
  static func stored(
    _ number: String = "T001", region: String = "653101", states: [String] = ["begin"],
    isOver: Bool = false, due: LegalDate? = nil, timer: LegalDate? = nil,
    roles: [String] = ["clerk"], applicant: String = "li"
  ) -> StoredCase {
    StoredCase(
      number: number, procedure: "test/small", procedureVersion: "1.0.0", region: region,
      project: "P1", applicant: applicant, states: states, isOver: isOver, due: due, timer: timer,
      openedOn: Fixture.day(0), tasks: roles.map { .init(transition: "go", role: $0) })
  }

  static func event(_ position: Int, _ kind: String = "moved") -> JSONValue {
    .object(["position": .integer(Int64(position)), "kind": .string(kind)])
  }

  static func append(
    _ after: StoredCase, expecting: Int = 0, _ events: Int = 1, key: String = "k",
    changes: [RecordChange] = []
  ) -> CaseAppend {
    CaseAppend(
      after: after, expecting: expecting,
      events: (1...events).map { event(expecting + $0) }, key: key, changes: changes)
  }

  @Test(arguments: StoreEngine.all)
  func `a case comes back as it was written, with its events in order`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let first = Self.stored(due: Fixture.day(5), timer: Fixture.day(6), roles: ["b", "a"])
      #expect(try await store.appendCase(Self.append(first, 3), by: Actor(id: "a"), in: .all) == 3)
      let head = try await store.caseHead("T001", in: .all)
      #expect(head?.stored == first && head?.version == 3)
      let second = Self.stored(states: ["left", "right"])
      let more = Self.append(second, expecting: 3, 2, key: "k2")
      #expect(try await store.appendCase(more, by: Actor(id: "b"), in: .all) == 5)
      let all = (1...5).map { Self.event($0) }
      #expect(try await store.caseEvents("T001", after: 0, in: .all) == all)
      #expect(try await store.caseEvents("T001", after: 4, in: .all) == [Self.event(5)])
      #expect(try await store.caseHead("T001", in: .all)?.stored == second)
      let entries = try await store.logEntries(after: 0, limit: 10)
      #expect(entries.map(\.kind) == ["case", "case"])
      #expect(entries.map(\.actor.id) == ["a", "b"])
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `cases are found by whose they are, and by nobody else's name`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      for (number, applicant) in [("T001", "a1"), ("T002", "a2"), ("T003", "a1"), ("T004", "a")] {
        _ = try await store.appendCase(
          Self.append(Self.stored(number, applicant: applicant), key: number), by: .operator,
          in: .all)
      }
      for (applicant, expected) in [
        ("a1", ["T003", "T001"]), ("a2", ["T002"]), ("a", ["T004"]), ("A1", []), ("%", []),
      ] {
        var query = CaseQuery(order: .numberDescending)
        query.applicant = applicant
        let found = try await store.cases(query, after: nil, limit: 10, in: .all)
        #expect(found.map(\.stored.number) == expected, "\(applicant)")
        #expect(try await store.caseCount(query, atMost: 10, in: .all) == expected.count)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a map made before the list of open cases had an index gets it`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      do {
        let store = try await engine.open(place)
        _ = try await store.appendCase(Self.append(Self.stored()), by: .operator, in: .all)
      }
      let index = "karez_case_open"
      let file = place.folder.appending(path: "karez.gpkg").path
      switch engine.kind {
      case .embedded:
        try await DatabaseQueue(path: file).write { try $0.execute(sql: "DROP INDEX \(index)") }
      case .server:
        try PostgreSQLServer.shared().sql("DROP INDEX karez.\(index)", in: place.database)
      }
      for _ in 0..<2 {
        let store = try await engine.open(place)
        #expect(try await store.caseHead("T001", in: .all) != nil)
      }
      switch engine.kind {
      case .embedded:
        let found = try await DatabaseQueue(path: file).read {
          try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'index'")
        }
        #expect(found.contains(index))
      case .server:
        // Dropped once more: it fails where it is not there.
        try PostgreSQLServer.shared().sql("DROP INDEX karez.\(index)", in: place.database)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `two who act at once: one is carried out, the other told`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      _ = try await store.appendCase(Self.append(Self.stored()), by: .operator, in: .all)
      let outcomes = await withTaskGroup(of: Bool.self, returning: [Bool].self) { group in
        for place in 0..<8 {
          group.addTask {
            let order = Self.append(
              Self.stored(states: ["s\(place)"]), expecting: 1, key: "key \(place)")
            do throws(StoreError) {
              _ = try await store.appendCase(order, by: .operator, in: .all)
              return true
            } catch {
              if case .recordConflict("case", "T001", 1, 2) = error { return false }
              Issue.record("\(error)")
              return false
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.count { $0 } == 1)
      #expect(try await store.caseEvents("T001", after: 0, in: .all).count == 2)
      #expect(try await store.logEntries(after: 0, limit: 10).count == 2)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `asked for twice under one key, it is done once`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let opening = Self.append(Self.stored())
      let opened = try await store.appendCase(opening, by: .operator, in: .all)
      #expect(opened == 1)
      #expect(try await store.appendCase(opening, by: .operator, in: .all) == 1)
      let more = Self.append(Self.stored(states: ["end"]), expecting: 1, 2, key: "more")
      #expect(try await store.appendCase(more, by: .operator, in: .all) == 3)
      let last = Self.append(Self.stored(states: ["end"]), expecting: 3, key: "last")
      #expect(try await store.appendCase(last, by: .operator, in: .all) == 4)
      // Also after others acted; the case is not put back to where it stood then.
      #expect(try await store.appendCase(more, by: .operator, in: .all) == 3)
      #expect(try await store.caseHead("T001", in: .all)?.version == 4)
      #expect(try await store.logEntries(after: 0, limit: 10).count == 3)
      let other = CaseAppend(
        after: Self.stored(), expecting: 1, events: [Self.event(2, "other")], key: "more")
      await #expect(throws: StoreError.self) {
        try await store.appendCase(other, by: .operator, in: .all)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `records change with the events or not at all`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      let job = PlatformRecord(
        kind: .transient("job"), key: "timer/T001", state: "queued", body: .null)
      let opening = Self.append(Self.stored(), changes: [.write(job)])
      _ = try await store.appendCase(opening, by: .operator, in: .all)
      #expect(try await store.record(.transient("job"), "timer/T001") == job)
      // The job is there already, so nothing of the second order is written.
      let refused = Self.append(
        Self.stored(states: ["end"]), expecting: 1, key: "k2", changes: [.write(job)])
      await #expect(throws: StoreError.self) {
        try await store.appendCase(refused, by: .operator, in: .all)
      }
      #expect(try await store.caseHead("T001", in: .all)?.version == 1)
      #expect(try await store.caseEvents("T001", after: 0, in: .all).count == 1)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `lists are by role, day and region, page by page`(engine: StoreEngine) async throws {
    try await engine.withStore { store in
      for place in 1...6 {
        let stored = Self.stored(
          "T00\(place)", region: place < 4 ? "653101" : "653121", isOver: place == 6,
          due: place == 5 ? nil : Fixture.day(10 - place), timer: Fixture.day(place),
          roles: place.isMultiple(of: 2) ? ["clerk"] : ["chief"])
        _ = try await store.appendCase(Self.append(stored), by: .operator, in: .all)
      }
      func numbers(_ query: CaseQuery, in scope: Scope = .all) async throws -> [String] {
        var found: [String] = []
        var last: CaseHead?
        repeat {
          let page = try await store.cases(query, after: last, limit: 2, in: scope)
          found += page.map { String($0.stored.number.suffix(1)) }
          last = page.count < 2 ? nil : page.last
        } while last != nil
        return found
      }
      #expect(try await numbers(CaseQuery()) == ["1", "2", "3", "4", "5", "6"])
      #expect(try await numbers(CaseQuery(order: .numberDescending)).first == "6")
      #expect(try await numbers(CaseQuery(order: .due)) == ["6", "4", "3", "2", "1"])
      #expect(try await numbers(CaseQuery(isOpen: true, order: .due)) == ["4", "3", "2", "1"])
      #expect(try await numbers(CaseQuery(roles: ["chief"])) == ["1", "3", "5"])
      #expect(try await numbers(CaseQuery(roles: [])) == [])
      #expect(
        try await numbers(CaseQuery(dueUntil: Fixture.day(7), order: .due)) == ["6", "4", "3"])
      #expect(try await numbers(CaseQuery(timerUntil: Fixture.day(2))) == ["1", "2"])
      #expect(try await numbers(CaseQuery(numberPrefix: "T00")).count == 6)
      #expect(try await numbers(CaseQuery(project: "P2")) == [])
      let county = Scope(ceiling: .internal, regionPrefixes: ["653121"])
      #expect(try await numbers(CaseQuery(), in: county) == ["4", "5", "6"])
      #expect(try await store.caseHead("T001", in: county) == nil)
      await #expect(
        throws: StoreError.recordConflict(kind: "case", key: "T001", expected: 1, found: 0)
      ) {
        try await store.appendCase(
          Self.append(Self.stored(), expecting: 1, key: "x"), by: .operator, in: county)
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `lists are narrowed by stage, region, day and ended term, and counted up to a bound`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      try await Self.fill(store)
      func numbers(_ change: (inout CaseQuery) -> Void) async throws -> [String] {
        var query = CaseQuery()
        change(&query)
        let found = try await store.cases(query, after: nil, limit: 10, in: .all)
        // Pages are of a list; what is counted is all of it.
        query.after = nil
        let whole = try await store.cases(query, after: nil, limit: 10, in: .all).count
        #expect(try await store.caseCount(query, atMost: 100, in: .all) == whole)
        #expect(try await store.caseCount(query, atMost: 1, in: .all) == min(1, whole))
        return found.map { String($0.stored.number.suffix(1)) }
      }
      #expect(try await numbers { $0.stage = "left" } == ["1", "2"])
      // A name that is part of another, and one that would be a pattern, find nothing.
      #expect(try await numbers { $0.stage = "lef" } == [])
      #expect(try await numbers { $0.stage = "%" } == [])
      #expect(try await numbers { $0.regionPrefix = "653121" } == ["4", "5", "6"])
      #expect(try await numbers { $0.isDueless = true } == ["3", "6"])
      #expect(
        try await numbers {
          ($0.dueFrom, $0.dueUntil, $0.order) = (Fixture.day(5), Fixture.day(8), .due)
        } == ["5", "4", "2"])
      #expect(
        try await numbers {
          $0.ended = CaseQuery.Ended(clock: "notice", since: Fixture.day(2), isLate: false)
        } == ["4", "5", "6"])
      #expect(
        try await numbers {
          $0.ended = CaseQuery.Ended(clock: "notice", since: Fixture.day(0), isLate: true)
        } == ["6"])
      #expect(
        try await numbers {
          $0.procedure = "test/other"
          $0.ended = CaseQuery.Ended(clock: "notice", since: Fixture.day(0), isLate: false)
        } == [])
      #expect(
        try await numbers {
          $0.order = .due
          $0.after = CaseQuery.Place(due: Fixture.day(5), number: "T005")
        } == ["4", "2", "1"])
    }
  }

  /// Six cases: two stand at `left` and `right`, the others at one place; of each a term of the
  /// notice ended on the day of its number less two, and took as many days.
  static func fill(_ store: any OneMapStore) async throws {
    for place in 1...6 {
      let stored = StoredCase(
        number: "T00\(place)", procedure: "test/small", procedureVersion: "1.0.0",
        region: place < 4 ? "653101001" : "653121", project: nil, applicant: "a",
        states: place < 3 ? ["left", "right"] : ["begin"], isOver: place == 6,
        due: place.isMultiple(of: 3) ? nil : Fixture.day(10 - place), timer: nil,
        openedOn: Fixture.day(0), tasks: [],
        terms: place < 3
          ? []
          : [
            .init(
              clock: "notice", endedOn: Fixture.day(place - 2), used: place, length: 5,
              isLate: place == 6)
          ])
      _ = try await store.appendCase(append(stored), by: .operator, in: .all)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `figures are of open cases and of terms that ended, as far as the scope reaches`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      try await Self.fill(store)
      func figures(
        since: Int = 0, region: String? = nil, in scope: Scope = .all
      ) async throws -> CaseFigures {
        var query = CaseFiguresQuery(
          today: Fixture.day(6), near: Fixture.day(8), since: Fixture.day(since))
        query.regionPrefix = region
        return try await store.caseFigures(query, in: scope)
      }
      let all = try await figures()
      #expect(
        all.standing.map { "\($0.county) \($0.states) \($0.count) \($0.overdue) \($0.near)" } == [
          "653101 [\"begin\"] 1 0 0", "653101 [\"left\", \"right\"] 2 0 1",
          "653121 [\"begin\"] 2 1 1",
        ])
      #expect(
        all.taken.map { "\($0.county) \($0.clock) \($0.used) \($0.count) \($0.late)" } == [
          "653101 notice 3 1 0", "653121 notice 4 1 0", "653121 notice 5 1 0",
          "653121 notice 6 1 1",
        ])
      #expect(try await figures(since: 3).taken.map(\.used) == [5, 6])
      #expect(try await figures(region: "653101").standing.count == 2)
      let county = Scope(ceiling: .internal, regionPrefixes: ["653121"])
      let own = try await figures(in: county)
      #expect(own.standing.map(\.count) == [2] && own.taken.map(\.used) == [4, 5, 6])
      let nobody = try await figures(in: Scope(ceiling: .public, regionPrefixes: []))
      #expect(nobody.standing.isEmpty && nobody.taken.isEmpty)
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `what was used of a term stands in the log, and is replaced with the case`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      func stored(_ used: Int) -> StoredCase {
        StoredCase(
          number: "T001", procedure: "test/small", procedureVersion: "1.0.0", region: "653101",
          project: nil, applicant: "a", states: ["begin"], isOver: false, due: nil, timer: nil,
          openedOn: Fixture.day(0), tasks: [],
          terms: [
            .init(
              clock: "notice", endedOn: Fixture.day(1), used: used, length: 5, isLate: false)
          ])
      }
      _ = try await store.appendCase(Self.append(stored(1)), by: .operator, in: .all)
      _ = try await store.appendCase(
        Self.append(stored(2), expecting: 1, key: "again"), by: .operator, in: .all)
      #expect(try await store.caseHead("T001", in: .all)?.stored == stored(2))
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }
}
