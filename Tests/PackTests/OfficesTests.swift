import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

/// Roles and account rules, as data.
@Suite struct OfficesTests {
  static let text = """
    # 岗位与账户: 试验.
    version: "1.0.0"
    accounts:
      shortestPassword: "10 1"
      kindsOfCharacters: "3 1"
      failuresBeforeLock: "5 1"
      lock: "30 min"
      idle: "60 min"
      longest: "8 h"
      certainty: unconfirmed
      source: { zh: "试验", en: "trial" }
    submissions:
      signWithin: "3 d"
    roles:
      - id: "viewer"
        title: { zh: "查阅员", en: "Viewer" }
        may: [ view ]
        ceiling: internal
      - id: "approver"
        title: { zh: "审核员", en: "Approver" }
        may: [ view, sign-off ]
        ceiling: restricted
        apart: [ "viewer" ]

    """

  static func load(_ text: String) async throws -> Offices {
    try await Places.withTemporaryFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: "offices.yaml"))
      return try Offices.load(from: folder.path)
    }
  }

  @Test func `roles and figures are read with their units`() async throws {
    let offices = try await Self.load(Self.text)
    #expect(offices.roles.map(\.id) == ["viewer", "approver"])
    #expect(offices.role("approver")?.permissions == [.view, .signOff])
    #expect(offices.policy.lockSeconds == 1_800 && offices.policy.longestSeconds == 28_800)
    #expect(offices.signWithinSeconds == 3 * 86_400)
    #expect(offices.conflict(among: ["viewer", "approver"]) != nil, "whichever of them says so")
    #expect(offices.conflict(among: ["approver", "viewer"]) != nil)
    #expect(offices.conflict(among: ["viewer"]) == nil && offices.role("none") == nil)
  }

  @Test(arguments: [
    ("may: [ view ]", "may: [ rule ]"), ("\"30 min\"", "\"30\""), ("\"30 min\"", "\"0 min\""),
    ("\"5 1\"", "\"5 m2\""), ("\"8 h\"", "\"-8 h\""), ("ceiling: internal", "ceiling: secret"),
    ("[ \"viewer\" ]", "[ \"king\" ]"), ("version: \"1.0.0\"", "version: \"x\""),
    ("  longest: \"8 h\"\n", ""), ("id: \"approver\"", "id: \"viewer\""),
    ("submissions:", "submission:"),
    ("    ceiling: internal\n", "    ceiling: internal\n    x: true\n"),
  ])
  func `what is missing, unknown or without a unit is refused`(good: String, bad: String) async {
    let text = Self.text.replacing(good, with: bad, maxReplacements: 1)
    await #expect(throws: (any Error).self, "\(bad)") { try await Self.load(text) }
  }

  @Test func `the offices that come with the product load, and separate who must be apart`()
    throws
  {
    let offices = try Offices.load(from: Places.repository.appending(path: "Packs").path)
    let granted = offices.roles.reduce(into: Set<String>()) { granted, role in
      granted.formUnion(role.permissions.map(\.rawValue))
    }
    #expect(granted.count > 4)
    #expect(offices.conflict(among: ["operator", "auditor"]) != nil)
    #expect(offices.conflict(among: ["submitter", "approver"]) == nil, "but never for one file")
  }
}
