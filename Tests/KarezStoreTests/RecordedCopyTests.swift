import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

/// A copy of what is recorded is one of the states there were, whatever is recorded meanwhile.
@Suite struct RecordedCopyTests {
  static func commit(_ number: Int, into store: SQLiteStore) async throws {
    let rows = try (0..<20).map { index in
      DraftRow(row: Int64(index + 1), feature: try Fixture.feature("f\(index)", number + index))
    }
    try await store.importing(
      rows, into: try Fixture.dataset("land-patches"), .changes, from: Fixture.day(1),
      key: "commit \(number)")
  }

  @Test func `a copy made between commits holds whole commits and verifies`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder.appending(path: "map"), clock: Fixture.clock)
      let dataset = try Fixture.dataset("land-patches")
      try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
      try await Self.commit(1, into: store)
      let copies = try await withThrowingTaskGroup(of: RecordedState?.self) { group in
        group.addTask {
          for number in 2...12 { try await Self.commit(number, into: store) }
          return nil
        }
        for copy in 0..<4 {
          let place = folder.appending(path: "copy-\(copy)")
          group.addTask {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let source = try #require(store.backupSource)
            return try await source.copyRecorded(to: place.appending(path: "karez.gpkg")) { _, _ in
            }
          }
        }
        var states: [RecordedState] = []
        for try await case let state? in group { states.append(state) }
        return states
      }
      #expect(copies.count == 4)
      for copy in 0..<4 {
        let copied = try SQLiteStore(
          folder: folder.appending(path: "copy-\(copy)"), clock: Fixture.clock)
        let state = try await copied.recordedState()
        #expect(copies.contains(state))
        #expect(try await copied.verifyLog { _ in }.faults == [])
        let theirs = try await copied.contents(
          of: dataset, on: Fixture.day(2), at: state.commit)
        let ours = try await store.contents(of: dataset, on: Fixture.day(2), at: state.commit)
        #expect(theirs == ours)
      }
    }
  }

  @Test func `a map in which nothing was recorded has a state to compare`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      let state = try await store.recordedState()
      #expect(state.commit == .none)
      #expect(state.logEntries == 0)
    }
  }
}
