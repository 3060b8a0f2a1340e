import Foundation
import KarezCore
import KarezPacks
import KarezWorkflow
import TestSupport
import Testing

/// The chains of projects as they are shipped, and what a chain is refused for.
@Suite struct ProjectChainsTests {
  static let folder = Places.repository.appending(path: "Packs").path
  static let library = try? PackLibrary.load(from: folder)

  static func text() throws -> String {
    try String(contentsOfFile: folder + "/" + PackLibrary.chainsFile, encoding: .utf8)
  }

  @Test func `every procedure stands in a chain or is told to be apart`() throws {
    let library = try #require(Self.library)
    let chains = try library.projectChains(from: Self.folder)
    #expect(
      chains.chains.map(\.id) == ["allocation", "grant", "mining", "stock", "farmland"])
    let used = Set(chains.apart + chains.chains.flatMap(\.steps).compactMap(\.procedure))
    #expect(used == Set(library.procedures.map(\.id)))
    #expect(chains.limit.term.length == 120 && chains.limit.promised == 30)
    #expect(chains.isCode("2025-653101-48-01-000001"))
    #expect(!chains.isCode("P1") && !chains.isCode("2025-653101-48-01-000001 "))
    for chain in chains.chains where chain.isCounted {
      #expect(chain.step("registration") != nil, "\(chain.id) ends with the register")
      #expect(chain.steps.allSatisfy { $0.stage != nil })
    }
    #expect(chains.chain("mining")?.isCounted == false)
  }

  @Test func `a project follows the chain that has most of its procedures and lacks least`() throws
  {
    let chains = try #require(Self.library).projectChains(from: Self.folder)
    func followed(_ names: String...) -> String? {
      chains.followed(by: Set(names.map { "administrative-procedure/" + $0 }))?.id
    }
    #expect(followed("site-selection", "construction-land-permit") == "allocation")
    #expect(followed("construction-land-permit") == "grant")
    #expect(followed("mining-right-setup", "conversion-expropriation") == "mining")
    #expect(followed("reconsideration") == nil)
  }

  struct Change: CustomTestStringConvertible, Sendable {
    let old: String
    let new: String
    let fact: PackFault.What
    var testDescription: String { "\(new) → \(fact)" }
  }

  static let changes: [Change] = [
    Change(
      old: "procedure: \"administrative-procedure/site-selection\"",
      new: "procedure: \"administrative-procedure/site\"",
      fact: .chain(.procedureUnknown("administrative-procedure/site"))),
    Change(
      old: "\"administrative-procedure/information-disclosure\", ", new: "",
      fact: .chain(.procedureInNone("administrative-procedure/information-disclosure"))),
    Change(
      old: "stage: \"works\"", new: "stage: \"work\"",
      fact: .chain(.stageUnknown("work", step: "works-permit"))),
    Change(old: "of: \"land-permit\"", new: "of: \"permit\"", fact: .chain(.notBefore("permit"))),
    Change(
      old: "decision: [ \"issue\" ], within: \"validity\"",
      new: "decision: [ \"issue\" ], within: \"forever\"",
      fact: .procedure(.unknownClock("forever", place: "site-selection"))),
    Change(
      old: "fills: \"land-title\"", new: "fills: \"title\"",
      fact: .procedure(.unknownDocument("title", place: "land-permit"))),
    Change(
      old: "{ of: \"site-selection\", decision: [ \"issue\" ]",
      new: "{ of: \"site-selection\", decision: [ \"approve\" ]",
      fact: .procedure(.unknownStep("approve", place: "site-selection"))),
    Change(
      old: "promised: \"30\"", new: "promised: \"130\"",
      fact: .procedure(
        .promiseTooLong(clock: "administrative-procedure/project/whole", promised: 130, term: 120)
      )),
    Change(
      old: "pattern: \"[0-9]{4}", new: "pattern: \"[0-9{4}",
      fact: .chain(.patternWrong("[0-9{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}"))),
    Change(
      old: "      - id: \"exploration-right\"\n",
      new: "      - id: \"exploration-right\"\n        stage: \"works\"\n",
      fact: .chain(.notCounted(step: "exploration-right"))),
  ]

  @Test(arguments: changes)
  func `a chain that names what is not there is refused with its place`(change: Change) throws {
    let library = try #require(Self.library)
    let text = try Self.text()
    let changed = text.replacing(change.old, with: change.new, maxReplacements: 1)
    try #require(changed != text, "\(change.old) is not there")
    let error = try #require(throws: RulePackError.self) {
      try library.projectChains(reading: Array(changed.utf8))
    }
    guard case .refused(let faults) = error else { throw error }
    #expect(faults.contains { $0.fact == change.fact }, "\(faults)")
  }

  @Test func `how long stray files are kept is data, and says how sure it is`() throws {
    let retention = try Retention.load(from: Self.folder)
    #expect(retention.caseFileSeconds == 30 * 86_400 && retention.certainty == .unconfirmed)
    #expect(throws: RulePackError.self) { try Retention.read(Array("version: \"1.0.0\"\n".utf8)) }
  }

  @Test func `the usual step leads to what was applied for, never back or away`() throws {
    let library = try #require(Self.library)
    func usual(_ procedure: String, at state: String) throws -> String? {
      let definition = try #require(
        library.procedures.first { $0.id == "administrative-procedure/" + procedure })
      let steps = definition.transitions.filter { step in
        if case .person = step.trigger { step.marking(after: [state]) != nil } else { false }
      }
      return definition.usualStep(of: steps.map(\.id), from: [state])
    }
    #expect(try usual("construction-land-permit", at: "received") == "accept")
    #expect(try usual("construction-land-permit", at: "accepted") == "review")
    #expect(try usual("construction-land-permit", at: "reviewed") == "grant")
    #expect(try usual("construction-land-permit", at: "granted") == "issue")
    #expect(try usual("construction-land-permit", at: "to-complete") == "complete")
    #expect(try usual("conversion-expropriation", at: "under-review") == "pass")
    #expect(try usual("conversion-expropriation", at: "at-province") == "record-approval")
    // Nothing that may be made from there leads to it.
    #expect(try usual("construction-land-permit", at: "refused") == nil)
  }
}
