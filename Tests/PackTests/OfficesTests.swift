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
    zone: "business"
    zones:
      - id: "business"
        title: { zh: "业务区", en: "Business" }
        shortestPassword: "10 1"
        kindsOfCharacters: "3 1"
        refuseCommon: false
        passwordLasts: "90 d"
        failuresBeforeLock: "5 1"
        lock: "30 min"
        idle: "60 min"
        longest: "8 h"
        secondFactor: [ "approver" ]
        certainty: unconfirmed
        source: { zh: "试验", en: "trial" }
    secondFactor:
      recoveryCodes: "10 1"
      within: "5 min"
    tokens:
      may: [ view ]
      longest: "365 d"
      most: "2 1"
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
      try Data("# 常见口令\nPassword1\n".utf8)
        .write(to: folder.appending(path: "common-passwords.txt"))
      return try Offices.load(from: folder.path)
    }
  }

  @Test func `what a role keeps from its holders is named, and is there to be kept`() async throws {
    let text = Self.text.replacing(
      "    ceiling: internal\n",
      with:
        "    ceiling: internal\n    withholds: [ \"owner\", \"parcels/price\", \"castles/moat\" ]\n"
    )
    let offices = try await Self.load(text)
    #expect(offices.role("viewer")?.withholds == ["owner", "parcels/price", "castles/moat"])
    #expect(offices.role("approver")?.withholds == [])
    let library = try PackLibrary.load(from: Places.repository.appending(path: "Packs").path)
    let schema = try #require(library.schemas.first)
    let attribute = try #require(schema.attributes.first?.name)
    let told = try await Self.load(
      text.replacing("\"owner\", \"parcels/price\"", with: "\"\(schema.id)/\(attribute)\""))
    #expect(
      told.faults(beside: library.schemas).map(\.fact) == [
        .notOneOf(
          key: "withholds", text: "castles/moat", allowed: ["attribute", "dataset/attribute"])
      ])
  }

  @Test func `roles and figures are read with their units`() async throws {
    let offices = try await Self.load(Self.text)
    #expect(offices.roles.map(\.id) == ["viewer", "approver"])
    #expect(offices.role("approver")?.permissions == [.view, .signOff])
    #expect(offices.policy.lockSeconds == 1_800 && offices.policy.longestSeconds == 28_800)
    #expect(offices.policy.passwordSeconds == 90 * 86_400 && offices.policy.common.isEmpty)
    #expect(offices.needsSecondFactor(["viewer", "approver"]))
    #expect(!offices.needsSecondFactor(["viewer"]) && !offices.needsSecondFactor([]))
    #expect(offices.tokens.permissions == [.view] && offices.tokens.most == 2)
    #expect(offices.standing(in: "public") == nil)
    #expect(!offices.zone.takesApplicants, "closed where the packs say nothing")
    let open = Self.text.replacing("    certainty:", with: "    registration: true\n    certainty:")
    #expect(try await Self.load(open).zone.takesApplicants)
    #expect(offices.zone.publicEdition == nil, "nobody looks without signing in")
    for edition in PublicEdition.allCases {
      let text = Self.text.replacing(
        "    certainty:", with: "    publicEdition: \(edition)\n    certainty:")
      #expect(try await Self.load(text).zone.publicEdition == edition)
    }
    let wrong = Self.text.replacing("    certainty:", with: "    publicEdition: x\n    certainty:")
    await #expect(throws: (any Error).self) { try await Self.load(wrong) }
    #expect(offices.signWithinSeconds == 3 * 86_400)
    #expect(offices.conflict(among: ["viewer", "approver"]) != nil, "whichever of them says so")
    #expect(offices.conflict(among: ["approver", "viewer"]) != nil)
    #expect(offices.conflict(among: ["viewer"]) == nil && offices.role("none") == nil)
  }

  @Test(arguments: [
    ("may: [ view ]", "may: [ rule ]"), ("\"30 min\"", "\"30\""), ("\"30 min\"", "\"0 min\""),
    ("\"5 1\"", "\"5 m2\""), ("\"8 h\"", "\"-8 h\""), ("ceiling: internal", "ceiling: secret"),
    ("[ \"viewer\" ]", "[ \"king\" ]"), ("version: \"1.0.0\"", "version: \"x\""),
    ("    longest: \"8 h\"\n", ""), ("id: \"approver\"", "id: \"viewer\""),
    ("submissions:", "submission:"), ("zone: \"business\"", "zone: \"public\""),
    ("[ \"approver\" ]", "[ \"king\" ]"), ("may: [ view ]\n  longest", "may: [ x ]\n  longest"),
    ("\"90 d\"", "\"90\""), ("    certainty: unconfirmed\n", ""),
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
    #expect(offices.zone.publicEdition == nil)
    #expect(offices.standing(in: "public")?.zone.publicEdition == .view)
    #expect(offices.standing(in: "classified")?.zone.publicEdition == nil)
    #expect(offices.conflict(among: ["operator", "auditor"]) != nil)
    #expect(offices.conflict(among: ["operator", "security"]) != nil)
    #expect(offices.conflict(among: ["security", "auditor"]) != nil)
    #expect(offices.zones.map(\.id) == ["public", "internal", "classified"])
    #expect(offices.zones.allSatisfy { $0.certainty == .unconfirmed }, "no figure is the law's own")
    #expect(offices.policy.common.count > 2_900 && offices.policy.common.contains("password1"))
    #expect(offices.conflict(among: ["submitter", "approver"]) == nil, "but never for one file")
  }

  @Test func `whoever signs or agrees to what another proposed needs two factors in every zone`()
    throws
  {
    let packs = Places.repository.appending(path: "Packs").path
    let offices = try Offices.load(from: packs)
    let datasets = Set(try PackLibrary.load(from: packs).schemas.map(\.id.text))
    let acts = try TwoPersonActs.load(from: packs, datasets: datasets)
    let agreeing = acts.acts.reduce(into: Set([Permission.signOff])) { $0.formUnion($1.approve) }
    let signing = offices.roles.filter { !$0.permissions.isDisjoint(with: agreeing) }
    #expect(signing.count > 1 && offices.zones.count == 3)
    for zone in offices.zones {
      let standing = try #require(offices.standing(in: zone.id))
      for role in signing {
        #expect(standing.needsSecondFactor([role.id]), "\(role.id) in \(zone.id)")
      }
    }
  }
}
