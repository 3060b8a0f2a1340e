import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// The programs, where they are installed.
enum AttackPrograms {
  static let isLong = ProcessInfo.processInfo.environment["KAREZ_ATTACK"] == "long"
  static let schemathesis =
    Places.repository.appending(path: ".venv-attack/bin/schemathesis").path
  static let sqlmap = "/usr/bin/sqlmap"

  static func isInstalled(_ program: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: program)
  }
}

/// Attacks by programs made for it: schemathesis sends what the description allows and what it does
/// not, sqlmap tries to reach the database through every parameter.
///
/// `make attack` runs the long form, as every role; the short one is in the suite.
@Suite(
  .serialized, .enabled(if: WebServerTests.hasBrowserFiles),
  .enabled(
    if: AttackPrograms.isInstalled(AttackPrograms.schemathesis),
    "schemathesis was not installed: run make setup"))
struct SchemaAttackTests {
  typealias Client = WebServerTests.Client

  /// A server on the matrix's map.
  static func withMap(_ body: (Client, OneMap) async throws -> Void) async throws {
    var limits = try WebServerTests.generous()
    // What is asked here at once is more than anybody's browser asks.
    limits.work.mostWaiting = 1_000
    try await WebServerTests.withServer(limits: limits) {
      try await AccessMap.prepare($0)
    } _: { client, map in
      try await body(client, map)
      #expect(try await map.verifyLog { _ in }.faults == [], "nothing was harmed")
    }
  }

  /// What its checks cannot know of this server.
  ///
  /// Whoever is not signed in is led to the door, whatever else is wrong; an address may be too long
  /// to be read at all. The older services read over parameters they do not know, as their standards
  /// want it.
  private static let settings = """
    [checks]
    negative_data_rejection.expected-statuses = [
      303, 400, 401, 403, 404, 405, 406, 409, 414, 415, 422, 428, 429,
    ]

    [[operations]]
    include-path-regex = "^/ogc/(wms|wmts|wfs)"

    [operations.checks]
    negative_data_rejection.enabled = false
    """

  @Test(arguments: ["/api/v1/openapi.json", "/ogc/api"])
  func `nothing the description allows breaks the server, nothing else is taken`(
    description: String
  ) async throws {
    try await Self.withMap { client, map in
      let everyone = try await AccessMap.people(map, ceilings: [.confidential])
        .filter { $0.regions == nil }
      let people = AttackPrograms.isLong ? everyone : everyone.filter { $0.role.id == "operator" }
      #expect(!people.isEmpty)
      for person in people {
        try await Places.withTemporaryFolder { folder in
          // What it makes up for a filter is longer than HTTP's own parser takes: the long form's.
          let phases = description == "/ogc/api" ? "coverage" : "examples,coverage,fuzzing"
          let bounds =
            AttackPrograms.isLong
            ? ["--max-examples", "100", "--phases", "examples,coverage,fuzzing,stateful"]
            : [
              "--max-examples", "3", "--phases", phases, "--no-shrink",
              // How quick an answer is, is no matter of a machine that runs everything else too.
              "--max-response-time", "600",
            ]
          try Self.settings.write(
            to: folder.appending(path: "schemathesis.toml"), atomically: true, encoding: .utf8)
          let outcome = try await AttackTests.run(
            AttackPrograms.schemathesis,
            [
              "run", client.base + description, "--url", client.base,
              "--checks", "all",
              // A schema cannot say that a ring has to be closed, or a commit to be there; nor that
              // which methods are allowed hangs on who asks.
              "--exclude-checks",
              "positive_data_acceptance"
                + (description == "/ogc/api" ? ",allow_header_conformance" : ""),
              "--header", "Cookie: karez-session=\(person.cookie)", "--seed", "7",
              // Of two threads that compile at once, Python 3.11 ends one with an error of its own.
              "--workers", "1", "--request-timeout", "600", "--continue-on-failure",
              "--suppress-health-check", "all", "--warnings", "off",
            ] + bounds, in: folder)
          let end = outcome.output.split(separator: "\n").suffix(400)
          #expect(outcome.status == 0, "\(person)\n\(end.joined(separator: "\n"))")
          #expect(outcome.output.contains("passed") || outcome.output.contains("✅"))
          if AttackPrograms.isLong {
            print("schemathesis as \(person): \(outcome.output.suffix(400))")
          }
        }
      }
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test func `every parameter that is described has a value sqlmap can begin from`() throws {
    let all = try Injectable.all()
    #expect(all.count >= 150, "\(all.count)")
    #expect(all.filter { !$0.description.contains("*") } == [])
    #expect(all.filter { $0.address.contains("{") } == [])
  }

  @Test(
    .enabled(if: AttackPrograms.isLong, "make attack runs it"),
    .enabled(if: AttackPrograms.isInstalled(AttackPrograms.sqlmap), "sqlmap is not installed"))
  func `no parameter reaches the database as anything but a value`() async throws {
    try await Self.withMap { client, map in
      let business = try await AccessMap.business(map)
      let own = ["{own}": business.own, "{draft}": business.draft, "{deputy}": business.deputy]
      let all = try Injectable.all(
        own.merging(business.names(of: AccessMap.counties[0])) { $1 })
      for (number, injectable) in all.enumerated() {
        // Of its own, so that a form which ends sessions ends nobody else's.
        let cookie =
          injectable.isApplicants
          ? business.applicant.cookie
          : try await AccessMap.session(
            of: AccountOrder(
              id: "sqlmap\(number)", name: "sqlmap\(number)", roles: ["operator"],
              ceiling: .confidential), map)
        try await Self.inject(injectable, client, cookie: cookie)
        print("sqlmap: \(number + 1) of \(all.count): \(injectable)")
      }
    }
  }

  private static func inject(
    _ injectable: Injectable, _ client: Client, cookie: String
  ) async throws {
    var form = injectable.form
    if let fields = form {
      let home = try await client.get(
        "/account", headers: ["Cookie": "karez-session=\(cookie)"]
      ).body
      // Without its key a form is refused before anything of it is read.
      let key = home.firstMatch(of: /name="formKey" value="([0-9a-f]{64})"/)?.1
      form = fields + "&formKey=" + String(try #require(key, "\(injectable)"))
    }
    try await Places.withTemporaryFolder { folder in
      let outcome = try await AttackTests.run(
        AttackPrograms.sqlmap,
        [
          "-u", client.base + injectable.address, "--batch", "--level", "2", "--risk", "2",
          "--dbms", "SQLite", "--cookie", "karez-session=\(cookie)", "--skip", "karez-session",
          "--output-dir", folder.path, "--disable-coloring", "--flush-session", "--threads", "4",
          "--timeout", "60", "--technique", injectable.isCondition ? "EUSQ" : "BEUSQ",
          "--ignore-code", "*", "--drop-set-cookie",
        ] + (form.map { ["--data", $0] } ?? []), in: folder)
      let text = outcome.output
      #expect(
        text.contains("do not appear to be injectable")
          || text.contains("does not seem to be injectable"),
        "\(injectable): \(text.suffix(1_500))")
      #expect(
        !text.contains("is vulnerable") && !text.contains("identified the following"),
        "\(injectable): \(text.suffix(1_500))")
    }
  }
}
