import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

/// Which acts need a second person, as data.
@Suite struct TwoPersonActsTests {
  static let text = """
    # 双人办理: 试验.
    version: "1.0.0"
    acts:
      - id: "role-grant"
        title: { zh: "授予岗位", en: "Granting roles" }
        propose: [ manage-accounts ]
        approve: [ approve-grants ]
        lapses: "30 d"
        certainty: unconfirmed
        source: { zh: "试验", en: "trial" }
      - id: "control-line"
        title: { zh: "控制线", en: "Control line" }
        propose: [ submit ]
        approve: [ sign-off ]
        datasets: [ "lines" ]
        lapses: "30 d"
        certainty: unconfirmed
        source: { zh: "试验", en: "trial" }

    """

  static func load(_ text: String) async throws -> TwoPersonActs {
    try await Places.withTemporaryFolder { folder in
      try Data(text.utf8).write(to: folder.appending(path: "two-persons.yaml"))
      return try TwoPersonActs.load(from: folder.path, datasets: ["lines", "parcels"])
    }
  }

  @Test func `an act says who proposes, who agrees, and which datasets it is about`()
    async throws
  {
    let acts = try await Self.load(Self.text)
    #expect(acts[.roleGrant]?.approve == [.approveGrants])
    #expect(acts[.roleGrant]?.lapseSeconds == 30 * 86_400)
    #expect(acts.act(.controlLine, on: "lines") != nil)
    #expect(acts.act(.controlLine, on: "parcels") == nil)
    #expect(acts[.submission] == nil, "what is not named needs nobody else")
  }

  @Test(arguments: [
    ("\"role-grant\"", "\"role-grants\""), ("[ manage-accounts ]", "[ manage ]"),
    ("approve: [ approve-grants ]", "approve: [ ]"), ("[ \"lines\" ]", "[ \"line\" ]"),
    ("id: \"control-line\"", "id: \"role-grant\""), ("\"30 d\"", "\"30\""),
    ("certainty: unconfirmed\n", ""),
  ])
  func `what is missing, unknown or twice is refused`(good: String, bad: String) async {
    let text = Self.text.replacing(good, with: bad, maxReplacements: 1)
    await #expect(throws: (any Error).self, "\(bad)") { try await Self.load(text) }
  }

  @Test func `only a classification has a way that one person takes alone`() async throws {
    let stated = Self.text.replacing(
      "id: \"role-grant\"", with: "id: \"classification\"\n    alone: [ raise ]")
    let acts = try await Self.load(stated)
    #expect(acts[.classification]?.alone == [.raise] && acts[.controlLine]?.alone == [])
    for bad in [
      stated.replacing("[ raise ]", with: "[ lower ]"),
      stated.replacing("\"classification\"", with: "\"role-grant\""),
    ] {
      await #expect(throws: (any Error).self) { try await Self.load(bad) }
    }
  }

  @Test func `the acts that come with the product load, and name every act there is`() throws {
    let packs = Places.repository.appending(path: "Packs").path
    let datasets = Set(try PackLibrary.load(from: packs).schemas.map(\.id.text))
    let acts = try TwoPersonActs.load(from: packs, datasets: datasets)
    #expect(Set(acts.acts.map(\.name)) == Set(TwoPersonAct.Name.allCases))
    #expect(acts.act(.controlLine, on: "permanent-basic-farmland") != nil)
    #expect(acts[.classification]?.alone == [.raise], "down is always two people's")
    #expect(acts.act(.submission, on: "parcels") != nil, "every submission is signed by another")
  }
}
