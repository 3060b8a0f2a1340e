import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezStore

/// Forgeries by someone who can make every digest anew; `make forgery` tries a thousand.
@Suite struct ForgeryTests {
  static let count =
    ProcessInfo.processInfo.environment["KAREZ_FORGERIES"].flatMap { Int($0) } ?? 46
  /// What verifying all of them may take together; a thousand are what it was measured for.
  static let mostTime = Duration.seconds(120)

  @Test func `every forgery of what a checkpoint covers is found, and the entry is named`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: Fixture.clock)
      try await Witnessed.fillAll(store)
      let chain = Witnessed.chain(try await Witnessed.checkpoints(of: store))
      let original = folder.appending(path: RelationalStore.evidenceFile)
      try await store.exportEvidence(to: original, by: folder.appending(path: "way")) { _ in }
      let clean = try RelationalStore.evidence(in: original)
      #expect(try await clean.verifyLog(against: chain) { _ in }.faults == [])
      var found = 0
      var verifying = Duration.zero
      var (works, kinds): (Set<Forger.Work>, Set<String>) = ([], [])
      for seed in 0..<UInt64(Self.count) {
        let copy = folder.appending(path: "forged.gpkg")
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: original, to: copy)
        var forger = Forger(seed: seed)
        let deed = try forger.forge(copy)
        let forged = try RelationalStore.evidence(in: copy)
        works.insert(deed.work)
        kinds.insert(deed.kind)
        if seed < 46, deed.isClean {
          let unaided = try await forged.verifyLog { _ in }.faults
          #expect(unaided == [], "\(deed): the forger left a trace in the database itself")
        }
        let start = ContinuousClock.now
        let faults = try await forged.verifyLog(against: chain) { _ in }.faults
        verifying += ContinuousClock.now - start
        let isNamed = faults.contains { $0.entry == deed.entry }
        #expect(isNamed, "seed \(seed): \(deed): \(faults.prefix(5))")
        if isNamed { found += 1 }
      }
      print(
        "forgeries: \(found) of \(Self.count) found and named, of \(works.count) works on "
          + "\(kinds.count) kinds of entries; verifying took \(verifying)")
      #expect(found == Self.count)
      #expect(works == Set(Forger.Work.allCases) && kinds.count >= 5, "\(kinds)")
      // What the thousand may take says nothing of the few of the suite.
      if Self.count >= 1_000 { #expect(verifying <= Self.mostTime) }
    }
  }

  /// Kinds that the log answers for and that carry codes.
  static let kinds = RecordSealing.kinds.keys.sorted().filter {
    let kind = RecordKind.named($0)
    return kind.isSealed && kind.isWitnessed
  }

  @Test(arguments: kinds)
  func `a record that gives somebody a right and was forged is found, and not believed`(
    kind: String
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let place = folder.appending(path: "map")
      let bare = try SQLiteStore(folder: place, clock: Fixture.clock)
      let store = try await bare.sealed(inFolder: place)
      try await Witnessed.fill(store, rounds: 2)
      let record = PlatformRecord(
        kind: .witnessed(kind), key: "000001", state: "decided",
        body: .object(["by": .string("wang"), "second": .string("sec")]))
      try await store.put(
        RecordBatch([.write(record)], entry: .init(kind: "decided", body: [:])), by: .operator)
      let chain = Witnessed.chain(try await Witnessed.checkpoints(of: store))
      let copy = folder.appending(path: RelationalStore.evidenceFile)
      try await store.exportEvidence(to: copy, by: folder.appending(path: "way")) { _ in }
      var forger = Forger(.aRecord, of: kind)
      let deed = try forger.forge(copy)
      let forged = try RelationalStore.evidence(in: copy)
      #expect(try await forged.verifyLog { _ in }.faults == [], "the copy alone does not tell")
      let faults = try await forged.verifyLog(against: chain) { _ in }.faults
      #expect(faults.contains { $0.entry == deed.entry }, "\(faults.prefix(5))")
      // In the map itself the forger lacks the key of the codes, too.
      try await bare.writing("forgery") { session in
        try session.run(
          "UPDATE karez_record SET body = replace(body, 'sec', 'wang') WHERE kind = \(kind)")
      }
      await #expect(throws: StoreError.integrityBroken(subject: "record/\(kind)/000001")) {
        try await store.record(.witnessed(kind), "000001")
      }
    }
  }

  @Test func `an exported copy is verified where nothing may be written`() async throws {
    try await Places.withTemporaryFolder { folder in
      let store = try SQLiteStore(
        folder: folder.appending(path: "map"), clock: Fixture.clock)
      try await Witnessed.fill(store, rounds: 1)
      let export = folder.appending(path: "export")
      try FileManager.default.createDirectory(at: export, withIntermediateDirectories: true)
      let file = export.appending(path: RelationalStore.evidenceFile)
      try await store.exportEvidence(to: file, by: folder.appending(path: "way")) { _ in }
      let before = try Data(contentsOf: file)
      let copy = try RelationalStore.evidence(in: file)
      #expect(try await copy.verifyLog { _ in }.entries == 7)
      await #expect(throws: StoreError.self) {
        try await copy.record(kind: "note", body: .object([:]), by: .operator)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: export.path).count == 1)
      #expect(try Data(contentsOf: file) == before)
      #expect(throws: StoreError.self) {
        try RelationalStore.evidence(in: folder.appending(path: "none.gpkg"))
      }
    }
  }
}
