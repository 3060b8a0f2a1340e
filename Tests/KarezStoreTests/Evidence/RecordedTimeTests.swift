import Foundation
import KarezCore
import KarezStore
import Synchronization
import TestSupport
import Testing

/// Recorded time comes from the log, and writes stop when nobody vouches for it.
@Suite struct RecordedTimeTests {
  /// A clock that is set by hand.
  final class Dial: Sendable {
    private let text = Mutex("2025-03-01T08:00:00.000Z")

    func set(_ time: String) { text.withLock { $0 = time } }
    var told: @Sendable () -> String { { self.text.withLock(\.self) } }
  }

  /// A clock that nobody sets, but a test.
  final class Uptime: Sendable {
    private let told = Mutex<Int64>(0)

    var seconds: Int64 {
      get { told.withLock(\.self) }
      set { told.withLock { $0 = newValue } }
    }
  }

  /// A witness that has as many entries as it is told to.
  final class Witness: Sendable {
    private let covered = Mutex<Int64?>(0)

    var size: Int64? {
      get { covered.withLock(\.self) }
      set { covered.withLock { $0 = newValue } }
    }

    var reach: EvidenceWatch.Reach? { size.map { EvidenceWatch.Reach(size: $0, leaf: nil) } }
  }

  @Test(arguments: StoreEngine.all)
  func `a clock that steps back is told of once, and time stands still`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let dial = Dial()
      let store = try await engine.open(place, clock: dial.told)
      let note = JSONValue.object([:])
      try await store.record(kind: "note", body: note, by: .operator)
      dial.set("2025-03-01T07:59:59.950Z")
      try await store.record(kind: "small", body: note, by: .operator)
      dial.set("2025-02-28T08:00:00.000Z")
      try await store.record(kind: "late", body: note, by: .operator)
      try await store.keepAnswer(id: "a", digest: "sm3:00", json: "{}", by: .operator, in: .all)
      try await store.put(
        RecordContractTests.batch(.write(RecordContractTests.record("r"))), by: .operator)
      dial.set("2025-03-01T08:00:01.000Z")
      try await store.record(kind: "again", body: note, by: .operator)
      let entries = try await store.logEntries(after: 0, limit: 100)
      #expect(entries.count { $0.kind == "clock-stepped-back" } == 1)
      #expect(entries.map(\.kind).prefix(4) == ["note", "small", "clock-stepped-back", "late"])
      #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.at <= $1.at })
      #expect(entries.dropLast().allSatisfy { $0.at == "2025-03-01T08:00:00.000Z" })
      #expect(entries.last?.at == "2025-03-01T08:00:01.000Z")
      let step = try #require(entries.first { $0.kind == "clock-stepped-back" })
      #expect(step.body["clock"]?.string == "2025-02-28T08:00:00.000Z")
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `writes stop when no checkpoint was possible for too long, reads go on`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let dial = Dial()
      let store = try await engine.open(place, clock: dial.told)
      let witness = Witness()
      let watch = EvidenceWatch(limitSeconds: 60) { witness.reach }
      store.watch(watch)
      try await Witnessed.fill(store, rounds: 1)
      dial.set("2025-03-01T08:01:00.000Z")
      try await store.keepAnswer(
        id: "in-time", digest: "sm3:00", json: "{}", by: .operator, in: .all)
      dial.set("2025-03-01T08:01:00.001Z")
      let overdue = StoreError.evidenceOverdue(since: "2025-03-01T08:00:00.000Z")
      await #expect(throws: overdue) {
        try await store.keepAnswer(
          id: "late", digest: "sm3:00", json: "{}", by: .operator, in: .all)
      }
      await #expect(throws: overdue) {
        try await store.put(
          RecordContractTests.batch(.write(RecordContractTests.record("late"))), by: .operator)
      }
      let dataset = try #require(Witnessed.dataset)
      await #expect(throws: overdue) {
        try await store.importing(
          [DraftRow(row: 1, feature: Fixture.feature("late", 1))], into: dataset, .changes,
          from: Fixture.day(0), key: "late")
      }
      #expect(try await store.answer(id: "in-time", in: .all) == "{}")
      try await store.record(kind: "read", body: .object([:]), by: .operator)
      // Nobody can tell what the witness has: what was known before counts.
      witness.size = nil
      await #expect(throws: overdue) {
        try await store.keepAnswer(
          id: "late", digest: "sm3:00", json: "{}", by: .operator, in: .all)
      }
      let entries = try await store.logEntries(after: 0, limit: 100)
      witness.size = Int64(entries.count)
      try await store.keepAnswer(id: "late", digest: "sm3:00", json: "{}", by: .operator, in: .all)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a clock that is held back does not put the end off`(engine: StoreEngine) async throws {
    try await engine.withPlace { place in
      let dial = Dial()
      let store = try await engine.open(place, clock: dial.told)
      let uptime = Uptime()
      store.watch(
        EvidenceWatch(limitSeconds: 60, seconds: { uptime.seconds }, covered: { nil }))
      func keep(_ id: String) async throws {
        try await store.keepAnswer(id: id, digest: "sm3:00", json: "{}", by: .operator, in: .all)
      }
      try await keep("first")
      try await keep("second")
      uptime.seconds = 60
      try await keep("in time")
      uptime.seconds = 61
      let overdue = StoreError.evidenceOverdue(since: "2025-03-01T08:00:00.000Z")
      await #expect(throws: overdue) { try await keep("late") }
      // Reads and what only adds evidence go on.
      #expect(try await store.answer(id: "first", in: .all) == "{}")
      try await store.record(kind: "read", body: .object([:]), by: .operator)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `writes stop where the log is cut below what is vouched for, or says something else`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let store = try await engine.open(place, clock: Dial().told)
      try await Witnessed.fill(store, rounds: 1)
      let leaves = try await store.logLeaves(after: 0, limit: 1_000)
      let size = Int64(leaves.count)
      func keep(_ id: String, under reach: EvidenceWatch.Reach) async throws {
        let watch = EvidenceWatch(limitSeconds: 60) { nil }
        watch.note(reach)
        store.watch(watch)
        try await store.keepAnswer(id: id, digest: "sm3:00", json: "{}", by: .operator, in: .all)
      }
      try await keep("whole", under: .init(size: size, leaf: leaves.last))
      // As after a cut by three, or where just that entry was taken away.
      await #expect(throws: StoreError.witnessedOtherwise(entry: size + 3)) {
        try await keep("cut", under: .init(size: size + 3, leaf: leaves.last))
      }
      await #expect(throws: StoreError.witnessedOtherwise(entry: size)) {
        try await keep("other", under: .init(size: size, leaf: leaves.first))
      }
      #expect(try await store.answer(id: "whole", in: .all) == "{}")
      #expect(try await store.answer(id: "other", in: .all) == nil)
    }
  }
}
