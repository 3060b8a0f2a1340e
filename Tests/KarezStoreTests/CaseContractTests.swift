import Foundation
import KarezCore
import KarezStore
import Testing

/// What every engine promises of cases.
@Suite struct CaseContractTests {
  static func stored(
    _ number: String = "T001", region: String = "653101", states: [String] = ["begin"],
    isOver: Bool = false, due: LegalDate? = nil, timer: LegalDate? = nil,
    roles: [String] = ["clerk"]
  ) -> StoredCase {
    StoredCase(
      number: number, procedure: "test/small", procedureVersion: "1.0.0", region: region,
      project: "P1", applicant: "li", states: states, isOver: isOver, due: due, timer: timer,
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
}
