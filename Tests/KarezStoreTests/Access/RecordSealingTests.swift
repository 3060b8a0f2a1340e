import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezStore

/// 校验码分类: every kind of record says whether it carries codes, and those that do are not
/// believed without.
@Suite struct RecordSealingTests {
  static let sealed = RecordSealing.kinds.keys.sorted().filter { RecordKind.named($0).isSealed }

  /// Kinds that are made anywhere in the sources, as the engine keeps them.
  private static func kindsInSources() throws -> Set<String> {
    let all = FileManager.default.enumerator(
      at: Places.repository.appending(path: "Sources"), includingPropertiesForKeys: nil)
    let files = (all?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    let made = /\.(witnessed|transient)\(\s*("([^"\\]+)")?/
    var kinds: Set<String> = []
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: made) {
        // A name that is worked out elsewhere could not be looked up here.
        let name = try #require(match.output.3, "\(file.lastPathComponent): a nameless kind")
        kinds.insert((match.output.1 == "transient" ? "transient/" : "") + name)
      }
    }
    return kinds
  }

  @Test func `every kind there is says whether it carries codes, and why`() throws {
    let made = try Self.kindsInSources()
    try #require(made.count > 20, "the sources were not found")
    #expect(made.subtracting(RecordSealing.kinds.keys).sorted() == [], "say so in RecordSealing")
    #expect(Set(RecordSealing.kinds.keys).subtracting(made).sorted() == [], "no such kind is made")
    for (kind, sealing) in RecordSealing.kinds {
      switch sealing {
      case .sealed(let why), .open(let why): #expect(!why.isEmpty, "\(kind)")
      }
    }
    #expect(RecordSealing.firstNames.isSubset(of: Self.sealed))
    #expect(RecordSealing.begunNames.isSubset(of: Self.sealed))
    #expect(RecordKind.witnessed("something-new").isSealed, "what says nothing carries codes")
  }

  private static func change(_ store: RelationalStore, _ statement: String) async throws {
    try await store.writing("tamper") { session in try session.script(statement) }
  }

  private static func insert(
    _ kind: String, _ key: String, _ store: RelationalStore
  ) async throws {
    try await change(
      store,
      """
      INSERT INTO karez_record (kind, "key", version, state, owner, body)
      VALUES ('\(kind)', '\(key)', 1, 'active', 'li', '{}')
      """)
  }

  @Test(arguments: StoreEngine.all)
  func `a row of any kind that gives a right is refused at use, and named`(
    engine: StoreEngine
  ) async throws {
    try await IntegrityTests.withSealed(engine) { sealed, bare, _ in
      let kinds = Self.sealed + ["something-new"]
      for kind in kinds {
        try await Self.insert(kind, "forged", bare)
        // A code of another record does not serve.
        try await Self.change(
          bare,
          """
          INSERT INTO karez_seal (subject, key_id, code) SELECT 'record/\(kind)/forged', key_id, code
          FROM karez_seal WHERE subject = 'record/account/li'
          """)
      }
      for fault in ["code-altered", "code-missing"] {
        for kind in kinds {
          let broken = StoreError.integrityBroken(subject: "record/\(kind)/forged")
          await #expect(throws: broken) { try await sealed.record(.named(kind), "forged") }
          await #expect(throws: broken) {
            let query = RecordQuery(.named(kind), keyPrefix: "forged")
            return try await sealed.records(query, after: nil, limit: 5)
          }
        }
        let faults = try await sealed.verifyLog { _ in }.faults.filter { $0.kind == fault }
        let named = Set(faults.map(\.what))
        #expect(named == Set(kinds.map { "record/\($0)/forged" }))
        try await Self.change(bare, "DELETE FROM karez_seal WHERE subject LIKE '%/forged'")
      }
      // What gives nobody anything is taken as it is; the log tells of it.
      try await Self.insert("indicator-figures", "forged", bare)
      #expect(try await sealed.record(.named("indicator-figures"), "forged")?.version == 1)
    }
  }

  // MARK: Maps from before

  /// A map as the program before left it: accounts carry codes, tokens and sign-ins do not.
  private static func withFormer(
    _ engine: StoreEngine,
    _ body: (_ bare: RelationalStore, _ folder: URL) async throws -> Void
  ) async throws {
    try await engine.withPlace { place in
      let bare = try await engine.open(place)
      let sealed = try await bare.sealed(inFolder: place.folder)
      for name in ["account", "service-token"] {
        let record = PlatformRecord(
          kind: .witnessed(name), key: "li", state: "active", owner: "li", body: .object([:]))
        try await sealed.put(
          RecordBatch([.write(record)], entry: .init(kind: "made", body: [:])), by: .operator)
      }
      for name in ["sign-in", "job"] {
        let record = PlatformRecord(
          kind: .transient(name), key: "li", state: "open", body: .object([:]))
        try await sealed.put(RecordBatch([.write(record)]), by: .operator)
      }
      try await Self.forget(bare)
      try FileManager.default.removeItem(at: SealGeneration.file(in: place.folder))
      try await body(bare, place.folder)
    }
  }

  /// Takes away all that the database says of the generation.
  private static func forget(_ bare: RelationalStore) async throws {
    try await change(
      bare,
      """
      DELETE FROM karez_meta WHERE "key" = 'seal-generation';
      DELETE FROM karez_seal WHERE subject = 'setting/seal-generation'
        OR subject LIKE 'record/service-token/%' OR subject LIKE 'record/transient/%'
      """)
  }

  @Test(arguments: StoreEngine.all)
  func `rows from before get their codes by the operator's act, once`(
    engine: StoreEngine
  ) async throws {
    try await Self.withFormer(engine) { bare, folder in
      await #expect(throws: StoreError.sealsOutdated) { try await bare.sealed(inFolder: folder) }
      let sealed = try await bare.sealed(inFolder: folder, isRenewing: true)
      #expect(try await sealed.record(.witnessed("service-token"), "li")?.version == 1)
      #expect(try await sealed.record(.transient("job"), "li")?.version == 1)
      #expect(try await sealed.record(.transient("sign-in"), "li") == nil, "begun again instead")
      #expect(try await sealed.verifyLog { _ in }.faults == [])
      // From now on nothing is given a code but by being written, whatever the database says.
      try await Self.insert("service-token", "forged", bare)
      let broken = StoreError.integrityBroken(subject: "record/service-token/forged")
      for isForgotten in [false, true] {
        if isForgotten {
          try await Self.change(
            bare,
            """
            DELETE FROM karez_meta WHERE "key" = 'seal-generation';
            DELETE FROM karez_seal WHERE subject = 'setting/seal-generation'
            """)
        }
        let again = try await bare.sealed(inFolder: folder, isRenewing: true)
        await #expect(throws: broken) {
          try await again.record(.witnessed("service-token"), "forged")
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `another machine takes the map's word, and one that was taken away is noticed`(
    engine: StoreEngine
  ) async throws {
    try await Self.withFormer(engine) { bare, folder in
      _ = try await bare.sealed(inFolder: folder, isRenewing: true)
      let file = SealGeneration.file(in: folder)
      try FileManager.default.removeItem(at: file)
      try await Self.insert("service-token", "forged", bare)
      let second = try await bare.sealed(inFolder: folder)
      #expect(FileManager.default.fileExists(atPath: file.path))
      await #expect(throws: StoreError.self) {
        try await second.record(.witnessed("service-token"), "forged")
      }
      try FileManager.default.removeItem(at: file)
      let broken = StoreError.integrityBroken(subject: "setting/seal-generation")
      try await Self.change(bare, "DELETE FROM karez_meta WHERE \"key\" = 'seal-generation'")
      await #expect(throws: broken) { try await bare.sealed(inFolder: folder, isRenewing: true) }
      // With every statement and code gone the log still tells.
      try await Self.forget(bare)
      await #expect(throws: broken) { try await bare.sealed(inFolder: folder, isRenewing: true) }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a row that was put in before the codes came does not get one`(
    engine: StoreEngine
  ) async throws {
    for kind in ["service-token", "account"] {
      try await Self.withFormer(engine) { bare, folder in
        try await Self.insert(kind, "forged", bare)
        await #expect(throws: StoreError.corrupt(what: "row-unrecorded record \(kind) forged")) {
          try await bare.sealed(inFolder: folder, isRenewing: true)
        }
        await #expect(throws: StoreError.sealsOutdated) {
          try await bare.sealed(inFolder: folder)
        }
      }
    }
    // A session has always had one.
    try await Self.withFormer(engine) { bare, folder in
      try await Self.insert("transient/session", "forged", bare)
      let broken = StoreError.integrityBroken(subject: "record/transient/session/forged")
      await #expect(throws: broken) { try await bare.sealed(inFolder: folder, isRenewing: true) }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `the statement beside the key is of that key, and nobody else writes it`(
    engine: StoreEngine
  ) async throws {
    try await IntegrityTests.withSealed(engine) { _, bare, folder in
      let file = SealGeneration.file(in: folder)
      let stated = try Data(contentsOf: file)
      func opening() async throws { _ = try await bare.sealed(inFolder: folder) }
      try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
      await #expect(throws: StoreError.self) { try await opening() }
      for text in ["2 " + String(repeating: "0", count: 64) + "\n", "3 x\n", ""] {
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        await #expect(throws: StoreError.self) { try await opening() }
      }
      try stated.write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      try await opening()
    }
  }
}
