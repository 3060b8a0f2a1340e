import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What signs in the place of somebody's device.
enum SignerProgram {
  static let path = "/usr/bin/openssl"
  static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
}

/// A key as second factor: its owner signs the challenge of each sign-in with a program of theirs.
@Suite(.enabled(if: SignerProgram.isInstalled, "no openssl program to sign with"))
struct KeyTests {
  static let password = "Salt-and-water-7"

  /// A private key in a file, and what it signs.
  struct Signer {
    let algorithm: SignerKey.Algorithm
    let key: URL

    init(_ algorithm: SignerKey.Algorithm, in folder: URL) throws {
      self.algorithm = algorithm
      key = folder.appending(path: UUID().uuidString + ".pem")
      try Self.run([
        "genpkey", "-algorithm", "EC", "-pkeyopt",
        "ec_paramgen_curve:" + (algorithm == .sm2 ? "SM2" : "P-256"), "-out", key.path,
      ])
    }

    func publicKey() throws -> String {
      let file = key.appendingPathExtension("public")
      try Self.run(["pkey", "-in", key.path, "-pubout", "-out", file.path])
      return try String(contentsOf: file, encoding: .utf8)
    }

    /// The signature over a text, in base 64.
    func sign(_ text: String) throws -> String {
      let message = key.appendingPathExtension("message")
      let signature = key.appendingPathExtension("signature")
      try Data(text.utf8).write(to: message)
      let more = algorithm == .sm2 ? ["-sigopt", "distid:1234567812345678"] : []
      try Self.run(
        ["dgst", algorithm == .sm2 ? "-sm3" : "-sha256", "-sign", key.path] + more
          + ["-out", signature.path, message.path])
      return try Data(contentsOf: signature).base64EncodedString()
    }

    private static func run(_ arguments: [String]) throws {
      let outcome = try Program.run(SignerProgram.path, arguments)
      try #require(outcome.status == 0, "\(outcome.problems)")
    }
  }

  @Test(arguments: [SignerKey.Algorithm.sm2, .p256])
  func `a signature over this sign-in's challenge opens it, once, and no other does`(
    algorithm: SignerKey.Algorithm
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      try await AccountTests.withAccounts { room in
        let accounts = room.accounts
        _ = try await room.member("li")
        let signer = try Signer(algorithm, in: folder)
        try await accounts.addKey(
          try signer.publicKey(), titled: "UKey", to: "li", password: Self.password)
        #expect(try await accounts.account("li").keys.map(\.algorithm) == [algorithm.rawValue])
        let first = try await room.secondStep("li")
        #expect(first.takesKey && !first.takesCode && first.challenge.contains(" li "))
        let signature = try signer.sign(first.challenge)
        let second = try await room.secondStep("li")
        #expect(first.challenge != second.challenge)
        let other = try Signer(algorithm, in: folder)
        for wrong in [signature, try other.sign(second.challenge), "", "AAAA", "zz"] {
          await #expect(throws: Accounts.codeRefused) {
            _ = try await accounts.finish(second.ticket, signature: wrong)
          }
          room.clock.pass(seconds: 1)
          if let account = try await accounts.find("li"), account.failures == 4 {
            // The fifth would lock; a sign-in of its own begins the count anew.
            let fresh = try await room.secondStep("li")
            _ = try await accounts.finish(
              fresh.ticket, signature: try signer.sign(fresh.challenge))
          }
        }
        let token = try await accounts.finish(first.ticket, signature: signature)
        let methods = try await accounts.sessions(of: "li", asking: token).first?.methods
        #expect(methods == ["password", "key"])
        await #expect(throws: Accounts.signInOver) {
          _ = try await accounts.finish(first.ticket, signature: signature)
        }
        let late = try await room.secondStep("li")
        room.clock.pass(seconds: accounts.offices.secondFactor.withinSeconds)
        await #expect(throws: Accounts.signInOver) {
          _ = try await accounts.finish(late.ticket, signature: try signer.sign(late.challenge))
        }
      }
    }
  }

  @Test func `a key belongs to one account, and the last factor a role needs stays`()
    async throws
  {
    try await Places.withTemporaryFolder { folder in
      try await AccountTests.withAccounts { room in
        let accounts = room.accounts
        _ = try await room.member("boss", roles: ["operator"])
        _ = try await room.member("li")
        let pem = try Signer(.p256, in: folder).publicKey()
        func code(_ pem: String, _ id: String, _ password: String = Self.password) async -> String?
        {
          do {
            try await accounts.addKey(pem, titled: "UKey", to: id, password: password)
            return nil
          } catch { return error.code }
        }
        #expect(await code("x", "boss") == "key-malformed")
        #expect(await code(pem, "boss", "wrong") == "sign-in-refused")
        #expect(await code(pem, "boss") == nil)
        #expect(await code(pem, "li") == "key-taken")
        let token = try await accounts.signIn("li", password: Self.password)
        #expect(try await accounts.signedIn(token)?.mustEnrol == false)
        let id = try #require(try await accounts.account("boss").keys.first?.id)
        let kept = await #expect(throws: Problem.self) {
          try await accounts.removeFactor(id, of: "boss", password: Self.password)
        }
        #expect(kept?.code == "factor-needed")
      }
    }
  }
}
