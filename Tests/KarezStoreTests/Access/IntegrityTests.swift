import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezStore

/// 完整性: permissions and labels that were changed past the program are not believed, and
/// verification says which.
@Suite struct IntegrityTests {
  static let account = RecordKind.witnessed("account")

  /// A sealed map with an account, and the same map past its codes.
  static func withSealed(
    _ engine: StoreEngine,
    _ body: (_ sealed: RelationalStore, _ bare: RelationalStore, _ folder: URL) async throws -> Void
  ) async throws {
    try await engine.withPlace { place in
      let bare = try await engine.open(place)
      _ = try await AccessMatrixTests.prepared(bare)
      let sealed = try await bare.sealed(inFolder: place.folder)
      let record = PlatformRecord(
        kind: account, key: "li", state: "active",
        body: .object(["roles": .array([.string("viewer")])]))
      try await sealed.put(
        RecordBatch([.write(record)], entry: .init(kind: "account-added", body: [:])),
        by: .operator)
      try await body(sealed, bare, place.folder)
    }
  }

  private static func change(_ store: RelationalStore, _ statement: String) async throws {
    try await store.writing("tamper") { session in try session.script(statement) }
  }

  private static func faults(_ store: RelationalStore) async throws -> Set<String> {
    Set(try await store.verifyLog { _ in }.faults.map { "\($0.kind) \($0.what)" })
  }

  @Test(arguments: StoreEngine.all)
  func `an account that was given another role by hand is not believed`(
    engine: StoreEngine
  ) async throws {
    try await Self.withSealed(engine) { sealed, bare, _ in
      #expect(try await sealed.record(Self.account, "li")?.version == 1)
      #expect(try await Self.faults(sealed) == [])
      try await Self.change(
        bare, "UPDATE karez_record SET body = replace(body, 'viewer', 'operator')")
      let broken = StoreError.integrityBroken(subject: "record/account/li")
      await #expect(throws: broken) { try await sealed.record(Self.account, "li") }
      await #expect(throws: broken) {
        try await sealed.records(RecordQuery(Self.account), after: nil, limit: 5)
      }
      #expect(try await Self.faults(sealed).contains("code-altered record/account/li"))
      try await Self.change(
        bare, "UPDATE karez_record SET body = replace(body, 'operator', 'viewer')")
      #expect(try await sealed.record(Self.account, "li")?.version == 1)
      #expect(try await Self.faults(sealed) == [])
    }
  }

  @Test(arguments: StoreEngine.all)
  func `an account or a session that was put in by hand is not believed`(
    engine: StoreEngine
  ) async throws {
    try await Self.withSealed(engine) { sealed, bare, _ in
      for kind in ["account", "transient/session"] {
        try await Self.change(
          bare,
          """
          INSERT INTO karez_record (kind, "key", version, state, body)
          VALUES ('\(kind)', 'forged', 1, 'active', '{}')
          """)
        // A code of another record does not serve.
        try await Self.change(
          bare,
          """
          INSERT INTO karez_seal (subject, key_id, code) SELECT 'record/\(kind)/forged', key_id, code
          FROM karez_seal WHERE subject = 'record/account/li'
          """)
        let subject = "record/\(kind)/forged"
        await #expect(throws: StoreError.integrityBroken(subject: subject)) {
          try await sealed.record(.named(kind), "forged")
        }
        #expect(try await Self.faults(sealed).contains("code-altered \(subject)"))
        try await Self.change(bare, "DELETE FROM karez_seal WHERE subject = '\(subject)'")
        #expect(try await Self.faults(sealed).contains("code-missing \(subject)"))
        await #expect(throws: StoreError.integrityBroken(subject: subject)) {
          try await sealed.record(.named(kind), "forged")
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a dataset that was put on another level by hand is not shown`(
    engine: StoreEngine
  ) async throws {
    try await Self.withSealed(engine) { sealed, bare, folder in
      let dataset = try AccessModel.dataset(.confidential)
      try await Self.change(
        bare,
        """
        UPDATE karez_dataset SET classification = 'public',
          definition = replace(definition, '"classification":"confidential"',
            '"classification":"public"') WHERE id = 'land-confidential'
        """)
      let broken = StoreError.integrityBroken(subject: "dataset/land-confidential")
      // Another process, which has not seen the definition before.
      let other = try await bare.sealed(inFolder: folder)
      let scope = Scope(ceiling: .public)
      let asOf = AsOf(validOn: Fixture.day(3), recorded: try .number(12))
      for store in [sealed, other] {
        await #expect(throws: broken) {
          try await store.summary(of: dataset, asOf: asOf, in: scope)
        }
        await #expect(throws: broken) { try await store.schemas(in: scope) }
      }
      #expect(try await Self.faults(sealed).contains("code-altered dataset/land-confidential"))
    }
  }

  @Test(arguments: StoreEngine.all)
  func `an answer's scope and the map's zone cannot be changed by hand`(
    engine: StoreEngine
  ) async throws {
    try await Self.withSealed(engine) { sealed, bare, folder in
      // Answers kept before the codes came were given theirs then.
      #expect(try await sealed.answer(id: "answer-0", in: .all) == "{}")
      try await Self.change(
        bare,
        """
        UPDATE karez_answer_scope SET scope = (SELECT scope FROM karez_answer_scope
          WHERE id = 'answer-2') WHERE id = 'answer-0'
        """)
      await #expect(throws: StoreError.integrityBroken(subject: "answer/answer-0")) {
        try await sealed.answer(id: "answer-0", in: Scope(ceiling: .public))
      }
      let faults = try await Self.faults(sealed)
      #expect(faults.contains("code-altered answer/answer-0"))
      #expect(faults.contains("row-altered scope of answer answer-0"))
      try await sealed.keep(zone: .internal, by: .operator)
      #expect(try await sealed.statedZone() == .internal)
      await #expect(throws: StoreError.self) {
        try await sealed.keep(zone: .classified, by: .operator)
      }
      for statement in [
        "UPDATE karez_meta SET value = 'classified' WHERE \"key\" = 'zone'",
        "DELETE FROM karez_meta WHERE \"key\" = 'zone'",
      ] {
        try await Self.change(bare, statement)
        let again = try await bare.sealed(inFolder: folder)
        await #expect(throws: StoreError.integrityBroken(subject: "setting/zone")) {
          try await again.statedZone()
        }
      }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a map is not opened with another key, without its key, or with one others may read`(
    engine: StoreEngine
  ) async throws {
    try await Self.withSealed(engine) { _, bare, folder in
      let file = FileIntegrityKey.file(in: folder)
      let manager = FileManager.default
      let mode = try manager.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let key = try Data(contentsOf: file)
      func opening() async throws { _ = try await bare.sealed(inFolder: folder) }
      try await opening()
      try manager.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
      await #expect(throws: FileIntegrityKey.unusable("others may read it")) { try await opening() }
      try Data("00\n".utf8).write(to: file)
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      await #expect(throws: FileIntegrityKey.unusable("it holds no key")) { try await opening() }
      try Data((String(repeating: "0", count: 64) + "\n").utf8).write(to: file)
      await #expect(throws: StoreError.self) { try await opening() }
      try manager.removeItem(at: file)
      await #expect(throws: StoreError.self) { try await opening() }
      // Whoever takes the statement away as well does not get a new key made.
      try key.write(to: file)
      try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      try await Self.change(bare, "DELETE FROM karez_meta WHERE \"key\" = 'integrity-key'")
      await #expect(throws: StoreError.self) { try await opening() }
    }
  }

  @Test(arguments: StoreEngine.all)
  func `a process that stopped while it sealed a map is followed by one that goes on`(
    engine: StoreEngine
  ) async throws {
    try await engine.withPlace { place in
      let bare = try await engine.open(place)
      try await AccessModel.prepare(bare)
      let fresh = FileIntegrityKey.freshFile(in: place.folder)
      let made = try FileIntegrityKey.make(fresh)
      let first = try await bare.sealed(inFolder: place.folder)
      #expect(first.integrity?.keyID == made.keyID)
      // As if the file had not got its name yet.
      try FileManager.default.moveItem(at: FileIntegrityKey.file(in: place.folder), to: fresh)
      let second = try await bare.sealed(inFolder: place.folder)
      #expect(second.integrity?.keyID == made.keyID)
      #expect(!FileManager.default.fileExists(atPath: fresh.path))
      #expect(try await second.verifyLog { _ in }.faults == [])
    }
  }
}
