import Foundation
import GRDB
import KarezCore
import KarezStore
import TestSupport
import Testing

/// A commit tells which rules let it in, who handed it in and who signed it; on every engine.
@Suite struct LineageContractTests {
  static let admission = Admission(
    profiles: [
      ProfileVersion(id: "every-dataset", version: "1.0.0"),
      ProfileVersion(id: "图斑 \"规则\"", version: "2.1.0"),
    ], report: "ab", submittedBy: "li", signedBy: "wang")

  /// One commit with an admission, one without, one with no more than profiles, in two datasets.
  static func prepared(_ store: any OneMapStore) async throws -> (DatasetID, DatasetID) {
    let open = try Fixture.dataset("open-patches")
    let closed = try Fixture.dataset("closed-patches")
    try await store.define(
      Fixture.schema(open, classification: .public), by: .operator, in: .all)
    try await store.define(
      Fixture.schema(closed, classification: .restricted), by: .operator, in: .all)
    try await store.admitting(1, into: open, admission)
    try await store.admitting(2, into: closed, nil)
    try await store.admitting(3, into: open, Admission(profiles: []))
    return (open, closed)
  }

  @Test(arguments: StoreEngine.all)
  func `a commit names its profiles and the people who answer for it`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let store = try await engine.open(place)
      let (open, closed) = try await Self.prepared(store)
      // Opened again, so that it is what was recorded and not what was remembered.
      for store in [store, try await engine.open(place)] {
        #expect(
          try await store.commits(of: open, in: .all).map(\.admission)
            == [Self.admission, Admission(profiles: [])])
        #expect(try await store.commits(of: closed, in: .all).map(\.admission) == [nil])
        #expect(try await store.verifyLog { _ in }.faults == [])
      }
      let body = try #require(
        try await store.logEntries(after: 0, limit: 9).first { $0.kind == "commit" }?.body)
      #expect(body["admission"]?["signedBy"]?.string == "wang")
      #expect(body["admission"]?["profiles"]?.array?.count == 2)
    }
  }

  @Test(arguments: StoreEngine.all)
  func `commits of the whole map are those of the datasets in scope, page by page`(
    engine: StoreEngine
  ) async throws {
    try await engine.withStore { store in
      let (open, closed) = try await Self.prepared(store)
      for (ceiling, expected) in [
        (Classification.public, [1, 3]), (.internal, [1, 3]), (.restricted, [1, 2, 3]),
        (.confidential, [1, 2, 3]),
      ] {
        let scope = Scope(ceiling: ceiling)
        let found = try await store.commits(CommitQuery(), in: scope)
        #expect(found.map(\.commit.value) == expected)
        #expect(found.allSatisfy { ($0.dataset == closed) == ($0.commit.value == 2) })
      }
      await #expect(throws: StoreError.noSuchDataset(closed)) {
        try await store.commits(CommitQuery(of: closed), in: Scope(ceiling: .internal))
      }
      for before in [nil, 0, 1, 2, 3, 4] as [Int?] {
        for limit in [nil, 0, 1, 2, 5] as [Int?] {
          let number = try before.map { try CommitNumber.number($0) }
          let found = try await store.commits(
            CommitQuery(before: number, limit: limit), in: .all)
          let expected = [1, 2, 3].filter { $0 < before ?? .max }.suffix(limit ?? .max)
          #expect(found.map(\.commit.value) == Array(expected), "\(before ?? -1) \(limit ?? -1)")
        }
      }
      #expect(
        try await store.commits(CommitQuery(of: open, limit: 1), in: .all).map(\.commit.value)
          == [3])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a map made before there was a register of admissions gets one, and stays whole`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let dataset = try Fixture.dataset("old-patches")
      do {
        let store = try await engine.open(place)
        try await store.define(Fixture.schema(dataset), by: .operator, in: .all)
        try await store.admitting(1, into: dataset, nil)
      }
      switch engine.kind {
      case .embedded:
        let file = try DatabaseQueue(path: place.folder.appending(path: "karez.gpkg").path)
        try await file.write { try $0.execute(sql: "DROP TABLE karez_admission") }
      case .server:
        try PostgreSQLServer.shared().sql(
          "DROP TABLE karez.karez_admission", in: place.database)
      }
      let store = try await engine.open(place)
      try await store.admitting(2, into: dataset, Self.admission)
      #expect(
        try await store.commits(of: dataset, in: .all).map(\.admission) == [nil, Self.admission])
      #expect(try await store.verifyLog { _ in }.faults == [])
    }
  }

  /// What is done to the register, and the fault that tells of it.
  static let edits: [(sql: String, kind: String)] = [
    ("UPDATE karez_admission SET signed_by = 'li' WHERE number = 1", "row-altered"),
    ("UPDATE karez_admission SET submitted_by = NULL WHERE number = 1", "row-altered"),
    ("UPDATE karez_admission SET profiles = '[]' WHERE number = 1", "row-altered"),
    ("UPDATE karez_admission SET report = 'cd' WHERE number = 1", "row-altered"),
    ("DELETE FROM karez_admission WHERE number = 1", "row-missing"),
    (
      "INSERT INTO karez_admission VALUES (2, 'closed-patches', '[]', NULL, NULL, 'wang')",
      "row-unrecorded"
    ),
  ]

  @Test(arguments: edits.indices)
  func `an admission somebody altered is found`(index: Int) async throws {
    let edit = Self.edits[index]
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(folder: folder, clock: Fixture.clock)
      _ = try await Self.prepared(store)
      #expect(try await store.verifyLog { _ in }.faults == [])
      let intruder = try DatabaseQueue(path: folder.appending(path: "karez.gpkg").path)
      try await intruder.write { try $0.execute(sql: edit.sql) }
      let faults = try await store.verifyLog { _ in }.faults
      #expect(faults.map(\.kind) == [edit.kind])
      #expect(faults.allSatisfy { $0.what.hasPrefix("admission ") })
    }
  }

  @Test func `a copy on another engine carries every admission`() async throws {
    var told: [[CommitRecord]] = []
    for engine in StoreEngine.all {
      try await Places.withTemporaryFolder { folder in
        let source = try SQLiteStore(folder: folder, clock: Fixture.clock)
        _ = try await Self.prepared(source)
        try await engine.withPlace { place in
          let target = try await engine.open(place)
          _ = try await MapCopy(from: source, to: target).run { _ in }
          told.append(try await target.commits(CommitQuery(), in: .all))
        }
        told.append(try await source.commits(CommitQuery(), in: .all))
      }
    }
    #expect(told.allSatisfy { $0 == told[0] } && told[0].count == 3)
  }
}

extension OneMapStore {
  /// Records one feature as the next commit, let in by what is given.
  fileprivate func admitting(
    _ number: Int, into dataset: DatasetID, _ admission: Admission?
  ) async throws {
    let validity = try #require(Validity(from: Fixture.day(0)))
    let plan = DraftPlan(
      dataset: dataset, mode: .changes, validity: validity, lineage: Fixture.lineage)
    let draft = try await openDraft(plan, by: .operator, in: .all)
    try await append(
      [DraftRow(row: 1, feature: try Fixture.feature("f\(number)", number))], to: draft)
    let receipt = try await commit(
      draft, CommitOrder(reason: "r", idempotencyKey: "\(number)", admission: admission),
      by: .operator, in: .all)
    #expect(receipt.commit?.value == number)
  }
}
