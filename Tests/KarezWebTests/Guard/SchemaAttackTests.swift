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

  /// A server on the matrix's map, and people who have signed in, of each role.
  static func withPeople(
    _ body: (Client, [AccessMap.Person]) async throws -> Void
  ) async throws {
    var people: [AccessMap.Person] = []
    var limits = try WebServerTests.generous()
    // What is asked here at once is more than anybody's browser asks.
    limits.work.mostWaiting = 1_000
    try await WebServerTests.withServer(limits: limits) { map in
      try await AccessMap.prepare(map)
      people = try await AccessMap.people(map, ceilings: [.confidential])
        .filter { $0.regions == nil }
    } _: { client, map in
      try await body(client, people)
      #expect(try await map.verifyLog { _ in }.faults == [], "nothing was harmed")
    }
  }

  /// The older services read over parameters they do not know, as their standards want it.
  private static let settings = """
    [[operations]]
    include-path-regex = "^/ogc/(wms|wmts|wfs)"

    [operations.checks]
    negative_data_rejection.enabled = false
    """

  @Test(arguments: ["/api/v1/openapi.json", "/ogc/api"])
  func `nothing the description allows breaks the server, nothing else is taken`(
    description: String
  ) async throws {
    try await Self.withPeople { client, everyone in
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
              // A schema cannot say that a ring has to be closed, or a commit to be there.
              "--exclude-checks", "positive_data_acceptance",
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

  /// Addresses with every parameter there is; a star stands where a part of the path is tried.
  static let injectable: [(address: String, form: String?)] = [
    ("/api/v1/catalogue?search=a&theme=survey&validOn=2025-06-01&recorded=1&lang=en", nil),
    ("/api/v1/catalogue/matrix-public*?validOn=2025-06-01&recorded=1", nil),
    ("/api/v1/commits?dataset=matrix-public&before=9&limit=5", nil),
    ("/api/v1/datasets?validOn=2025-06-01&recorded=1&purpose=audit", nil),
    (
      "/api/v1/datasets/matrix-public*/features?bbox=99,29,101,31&limit=5&minimumAreaM2=1"
        + "&validOn=2025-06-01&recorded=1", nil
    ),
    ("/api/v1/datasets/matrix-public/features/canary_public_653101_id*/history", nil),
    (
      "/api/v1/datasets/matrix-public/export?format=csv&crs=EPSG:4490&region=653101&layer=a"
        + "&encoding=utf-8", nil
    ),
    (
      "/api/v1/datasets/matrix-public/diff?from=2023-06-01&to=2025-06-01&by=name"
        + "&units=matrix-public&regionDigits=6&limit=5", nil
    ),
    ("/api/v1/datasets/matrix-public/increment?since=1&through=9&region=653101", nil),
    ("/api/v1/datasets/matrix-public/units?from=2023-06-01&to=2025-06-01", nil),
    (
      "/ogc/collections/matrix-public*/items?bbox=99,29,101,31&limit=5&datetime=2025-06-01"
        + "&filter=name%3D%27a%27&sortby=name&properties=name&recorded=1", nil
    ),
    ("/ogc/collections/matrix-public/items/canary_public_653101_id*", nil),
    ("/api/v1/submissions/20250101-0000*", nil), ("/answers/none*", nil),
    ("/catalogue?search=a&theme=survey&lang=en&validOn=2025-06-01", nil),
    ("/catalogue/matrix-public/features/canary_public_653101_id*?tab=history", nil),
    ("/log?kind=commit&actor=a&dataset=matrix-public&feature=a&day=2025-06-01&before=9", nil),
    ("/log/parcel/canary_public_653101_id*?before=9", nil),
    ("/differences?dataset=matrix-public&from=2023-06-01&to=2025-06-01&by=name", nil),
    (
      "/api/v1/statistics?dataset=matrix-public&by=name&level=county&validOn=2025-06-01"
        + "&recorded=1", nil
    ),
    ("/statistics/rows?dataset=matrix-public&by=name&region=653101&class=a&after=b", nil),
    ("/print?layers=matrix-public&region=653101&title=a&scale=10000&grid=none", nil),
    ("/checks?after=a", nil), ("/checks/compare?answers=none", nil),
    ("/checks/avoid?answer=none", nil), ("/checks/batch/none*?verdict=conforms&from=1", nil),
    ("/downloads/none*", nil), ("/edits/none*", nil), ("/submissions/new?dataset=a", nil),
    ("/sign-in?next=a", "account=a&password=b&next=c"),
    ("/sign-in/second", "ticket=a&code=b&signature=c&next=d"),
    ("/desk/read", "formKey=a&notice=b"), ("/jobs/cancel", "formKey=a&job=b"),
    ("/accounts/roles", "formKey=a&account=b&regions=c&reason=d"),
  ]

  @Test(
    .enabled(if: AttackPrograms.isLong, "make attack runs it"),
    .enabled(if: AttackPrograms.isInstalled(AttackPrograms.sqlmap), "sqlmap is not installed"))
  func `no parameter reaches the database as anything but a value`() async throws {
    try await Self.withPeople { client, everyone in
      let person = try #require(everyone.first { $0.role.id == "operator" })
      for (address, form) in Self.injectable {
        try await Places.withTemporaryFolder { folder in
          let outcome = try await AttackTests.run(
            AttackPrograms.sqlmap,
            [
              "-u", client.base + address, "--batch", "--level", "3", "--risk", "2", "--dbms",
              "SQLite", "--cookie", "karez-session=\(person.cookie)", "--skip", "karez-session",
              "--output-dir", folder.path, "--disable-coloring", "--flush-session", "--threads",
              "4", "--timeout", "60", "--technique", "BEUSQ", "--ignore-code", "*",
            ] + (form.map { ["--data", $0] } ?? []), in: folder)
          let text = outcome.output
          #expect(
            text.contains("do not appear to be injectable")
              || text.contains("does not seem to be injectable"),
            "\(address): \(text.suffix(1_500))")
          #expect(!text.contains("is vulnerable") && !text.contains("identified the following"))
          print("sqlmap: \(address): \(form ?? "")")
        }
      }
    }
  }
}
