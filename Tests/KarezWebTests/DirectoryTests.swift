import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// What the provider runs on.
enum ProviderProgram {
  static let python = Places.repository.appending(path: ".venv/bin/python").path
  static let folder = Places.repository.appending(path: "Tests/Directory")
  static let isInstalled = (try? Program.run(python, ["-c", "import canaille"]).status) == 0
}

/// Signing in by a directory, against a whole provider that the test starts (`Tests/Directory`).
@Suite(
  .serialized, .enabled(if: WebServerTests.hasBrowserFiles),
  .enabled(
    if: ProviderProgram.isInstalled, "the provider was not installed: run make setup"))
struct DirectoryTests {
  /// The provider of one test, and where it leads browsers back.
  struct Provider: Sendable {
    let port: Int
    let back: Int

    var issuer: String { "http://127.0.0.1:\(port)" }

    /// Runs it as long as the body does.
    static func running(_ body: (Provider) async throws -> Void) async throws {
      let (port, back) = try freePorts()
      let arguments = [
        ProviderProgram.folder.appending(path: "provider.py").path, String(port),
        "http://127.0.0.1:\(back)\(DirectoryRoutes.backPath)",
      ]
      _ = try await Program.serving(ProviderProgram.python, arguments, until: "ready") { _ in
        try await body(Provider(port: port, back: back))
      }
    }

    /// Two ports nobody listens on; the portal has to be where the provider was told.
    private static func freePorts() throws -> (Int, Int) {
      let outcome = try Program.run(
        ProviderProgram.python,
        [
          "-c",
          "import socket\na=[socket.socket() for _ in '12']\n"
            + "[s.bind(('127.0.0.1',0)) for s in a]\nprint(*[s.getsockname()[1] for s in a])",
        ])
      let ports = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      try #require(ports.count == 2)
      return (ports[0], ports[1])
    }

    func settings(_ client: String) -> Data {
      Data(
        JSONValue.object([
          "issuer": .string(issuer), "clientID": .string(client),
          "clientSecret": .string("of this run only"),
          "title": .object(["zh": .string("统一认证"), "en": .string("Directory")]),
        ]).canonicalText.utf8)
    }

    /// What a browser gets that signs in there.
    ///
    /// It runs on a thread of its own: the portal it asks lives in this very process.
    func visit(_ base: String) async throws -> JSONValue {
      let arguments = [
        ProviderProgram.folder.appending(path: "browser.py").path,
        "\(base)\(DirectoryRoutes.path)?next=/catalogue", "li.na", "Provider-pass-1",
      ]
      let outcome = try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Result { try Program.run(ProviderProgram.python, arguments) })
        }
      }
      try #require(outcome.status == 0, "\(outcome.problems)")
      return try JSONValue(parsing: outcome.output)
    }
  }

  @Test
  func `whom the directory confirms gets in where an account is theirs, once, and no one else`()
    async throws
  {
    try await Provider.running { provider in
      for client in ["karez", "karez-ec"] { try await Self.trial(of: provider, as: client) }
    }
  }

  static func trial(of provider: Provider, as client: String) async throws {
    try await WebServerTests.withServer(
      port: provider.back,
      prepare: { map in
        let file = map.data.appending(path: "oidc.json")
        try provider.settings(client).write(to: file)
        #expect(throws: Problem.self, "open to others") {
          _ = try DirectorySettings.read(in: map.data)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        _ = try await map.accounts.add(
          AccountOrder(id: "li", name: "李娜", roles: ["viewer"]), by: .operator)
      },
      { client, map in
        let door = try await client.get("/sign-in?lang=en").body
        #expect(door.contains("href=\"/sign-in/directory?next=") && door.contains("Directory"))
        let stranger = try await provider.visit(client.base)
        #expect(stranger["status"]?.integer == 403)
        #expect(stranger["cookies"]?["karez-session"] == nil)
        #expect(try await map.accounts.all().count == 1, "no account is ever made")
        let linked = try await map.twoPersons.restore(
          .directory(subject: "li.na", issuer: provider.issuer), of: "li", because: "",
          by: .operator)
        guard case .done = linked else {
          Issue.record("nobody is there who could agree")
          return
        }
        let known = try await provider.visit(client.base)
        #expect(known["status"]?.integer == 200)
        let page = known["page"]?.string ?? ""
        #expect(page.contains("content=\"0; url=/catalogue\""))
        let token = try #require(known["cookies"]?["karez-session"]?.string)
        #expect(try await map.accounts.signedIn(token)?.principal.actor.id == "li")
        let methods = try await map.accounts.sessions(of: "li", asking: token).first?.methods
        #expect(methods == ["directory"])
        let asked = known["trail"]?.array?.compactMap(\.string).first { $0.contains("challenge") }
        #expect(asked?.contains("code_challenge_method=S256") == true)
        #expect(known["again"]?.integer == 403, "what was begun is over")
        #expect(known["elsewhere"]?.integer == 403, "another browser began nothing")
        try await map.accounts.disable("li", by: .operator)
        let ended = try await provider.visit(client.base)
        #expect(ended["status"]?.integer == 403)
      })
  }
}
