import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore

/// Secrets of authenticators at rest: sealed, found readable in no file, and opened by their key only.
@Suite struct FactorVaultTests {
  static let readable = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

  @Test func `a sealed secret is opened for its own account, by its key, as it was`() throws {
    let vault = FactorVault([.fresh()])
    let sealed = try vault.sealed(Self.readable, of: "li")
    #expect(try vault.opened(sealed, of: "li") == Self.readable)
    #expect(!sealed.contains(Self.readable))
    #expect(try vault.sealed(Self.readable, of: "li") != sealed, "no two are alike")
    #expect(throws: Problem.self) { try vault.opened(sealed, of: "wang") }
    #expect(throws: Problem.self) { try FactorVault([.fresh()]).opened(sealed, of: "li") }
    let last = try #require(sealed.last)
    let altered = String(sealed.dropLast()) + (last == "0" ? "1" : "0")
    for text in [altered, "sealed:x", "sealed:\(vault.keys[0].id):zz"] {
      #expect(throws: Problem.self, "\(text)") { try vault.opened(text, of: "li") }
    }
    let both = FactorVault([.fresh(), vault.keys[0]])
    #expect(try both.opened(sealed, of: "li") == Self.readable)
  }

  /// An account as it was kept before there was a key.
  static func account(_ map: OneMap) -> Account {
    var account = Account(
      AccountOrder(id: "li", name: "李", roles: ["viewer"]), password: "", at: map.clock.now())
    account.factors.authenticator = Factors.Authenticator(
      secret: readable, lastStep: 0, isConfirmed: true)
    return account
  }

  static func put(_ account: Account, _ map: OneMap) async throws {
    try await map.store.put(
      RecordBatch([account.change], entry: .init(kind: "test", body: [:])), by: .operator)
  }

  @Test(arguments: MapEngine.installed)
  func `what was readable is sealed when the map is next opened; another key opens nothing`(
    engine: MapEngine
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let installation = Installation(home: Places.repository, programs: Program.folder)
        let data = folder.appending(path: "karez-data")
        func open() async throws -> OneMap {
          try await OneMap.open(data: data, server: server, installation: installation)
        }
        let map = try await OneMap.initialise(
          data: data, server: server, installation: installation, by: .operator)
        try await Self.put(Self.account(map), map)
        let store = try #require(map.store as? RelationalStore)
        // As a map is that was made before.
        try await store.writing("before") { session in
          try session.script("DELETE FROM karez_meta WHERE \"key\" = 'factor-key'")
        }
        let file = FactorVault.file(in: data)
        try FileManager.default.removeItem(at: file)
        let later = try await open()
        let kept = try await later.accounts.account("li")
        let sealed = try #require(kept.factors.authenticator?.secret)
        #expect(!FactorVault.isReadable(sealed))
        #expect(try later.accounts.secret(of: kept) == Self.readable)
        #expect(try await later.logEntries(after: 0, limit: 1_000).last?.kind == "factors-sealed")
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions]
        #expect((mode as? NSNumber)?.intValue == 0o600)
        // Another key, then the old one is no more.
        let former = try Data(contentsOf: file)
        #expect(try await later.rotateFactorKey() == 1)
        let again = try await open()
        let renewed = try await again.accounts.account("li")
        #expect(renewed.factors.authenticator?.secret != sealed)
        #expect(try again.accounts.secret(of: renewed) == Self.readable)
        try former.write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(await SubmissionTests.code { _ = try await open() } == "factor-secret")
        try FileManager.default.removeItem(at: file)
        #expect(await SubmissionTests.code { _ = try await open() } == "factor-secret")
        #expect(try await map.verifyLog { _ in }.faults == [])
      }
    }
  }

  @Test func `a rotation that was broken off is begun again`() async throws {
    try await TimeFixture.with { fixture in
      let map = fixture.map
      try await Self.put(Self.account(map), map)
      #expect(try await map.rotateFactorKey() == 1, "what is readable is sealed with the new one")
      // Both keys are in the file, nothing was sealed anew.
      let file = FactorVault.file(in: map.data)
      let text = try String(contentsOf: file, encoding: .utf8)
      let fresh = Hexadecimal.text(Secret.bytes(count: SealedText.keyBytes))
      try Data((fresh + "\n" + text).utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      let later = try await OneMap.open(
        data: map.data, installation: map.installation)
      let kept = try await later.accounts.account("li")
      #expect(try later.accounts.secret(of: kept) == Self.readable)
      #expect(try await later.rotateFactorKey() == 1)
      #expect(try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count == 1)
    }
  }
}
