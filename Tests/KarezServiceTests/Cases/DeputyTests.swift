import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// Officers who are away name who acts for them; nobody comes to more by it.
@Suite struct DeputyTests {
  /// A room with people: `chief` signs, `clerk` and `other` take in and review, `sys` administers.
  struct Staff {
    let room: CaseTests.Room

    func who(_ id: String) async throws -> Principal {
      try await room.map.accounts.account(id).principal(in: room.map.offices)
    }

    func order(
      _ deputy: String, _ from: String = "2025-03-01", _ through: String = "2025-03-10",
      _ procedures: [String] = []
    ) throws -> DeputyOrder {
      var order = DeputyOrder(
        deputy: deputy, from: try #require(LegalDate(from)),
        through: try #require(LegalDate(through)))
      order.procedures = procedures
      return order
    }

    func act(
      _ step: String, _ number: String, as id: String, for absent: String? = nil,
      facts: [FactID: FactValue] = [:]
    ) async throws {
      var order = Cases.Order(.make(transition: step), key: UUID().uuidString)
      order.deputyFor = absent
      order.facts = facts
      try await room.map.cases.act(order, in: number, by: try await who(id))
    }

    /// A case that stands where the chief decides, brought there by the operator.
    func reviewed() async throws -> String {
      let number = try await room.open().opening.number
      try await room.make("accept", number)
      try await room.make("review", number, facts: DeputyTests.conforms)
      try await room.map.cases.attach(
        try room.attachment("letter"), to: number, key: UUID().uuidString, by: .operator)
      return number
    }
  }

  static let conforms: [FactID: FactValue] = [
    FactID("compliance_checked"): .boolean(true), FactID("conforms"): .boolean(true),
  ]

  static func withStaff(
    _ engine: MapEngine = .folder, _ body: (Staff) async throws -> Void
  ) async throws {
    try await CaseTests.withRoom(engine) { room in
      let people: [(String, String, [String]?)] = [
        ("chief", "approver", nil), ("clerk", "submitter", nil), ("other", "submitter", nil),
        ("county", "submitter", ["653121"]), ("sys", "operator", nil), ("reader", "viewer", nil),
      ]
      for (id, role, regions) in people {
        _ = try await room.map.accounts.add(
          AccountOrder(id: id, name: id.uppercased(), roles: [role], regions: regions),
          by: .operator)
      }
      try await body(Staff(room: room))
    }
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch let problem as Problem { return problem.code } catch { return "\(error)" }
  }

  @Test(arguments: MapEngine.installed)
  func `the deputy finds the tasks of the absent, acts in two names, and it ends by itself`(
    engine: MapEngine
  ) async throws {
    try await Self.withStaff(engine) { staff in
      let map = staff.room.map
      let number = try await staff.reviewed()
      let clerk = try await staff.who("clerk")
      #expect(
        await Self.code { try await staff.act("grant", number, as: "clerk", for: "chief") }
          == "deputy-none")
      try await map.deputies.name(try staff.order("clerk"), by: try await staff.who("chief"))
      let view = try await map.cases.view(number, for: clerk)
      #expect(view.tasks.isEmpty)
      #expect(view.deputyTasks.map(\.absent).allSatisfy { $0 == "chief" })
      #expect(view.deputyTasks.map(\.task.transition).contains("grant"))
      #expect(
        try await map.cases.list(.mine, for: clerk).map(\.stored.number) == [number])
      #expect(try await map.cases.counts(Cases.Filter(), of: [.mine], for: clerk)[.mine] == 1)
      // Not in their own name, and of nobody who did not name them.
      #expect(await Self.code { try await staff.act("grant", number, as: "clerk") } != nil)
      #expect(
        await Self.code { try await staff.act("grant", number, as: "other", for: "chief") }
          == "deputy-none")

      try await staff.act("grant", number, as: "clerk", for: "chief")
      let known = try await map.cases.loaded(number, for: .operator)
      let moved = try #require(
        known.events.last { if case .moved("grant", _, _) = $0.fact { true } else { false } })
      #expect(moved.actor == "clerk" && moved.deputyFor == "chief")
      #expect(CaseEvent(moved.json) == moved)
      let acts = try await map.deputies.acts(limit: 10, for: try await staff.who("chief"))
      #expect(acts.map(\.act) == ["make:grant"] && acts.map(\.number) == [number])
      #expect(try await map.deputies.acts(limit: 10, for: try await staff.who("other")).isEmpty)

      let second = try await staff.reviewed()
      staff.room.pass(days: 9)
      #expect(
        try await map.cases.view(second, for: clerk).deputyTasks.isEmpty == false,
        "the last day is one of them")
      staff.room.pass(days: 1)
      #expect(try await map.cases.view(second, for: clerk).deputyTasks.isEmpty)
      #expect(
        await Self.code { try await staff.act("grant", second, as: "clerk", for: "chief") }
          == "deputy-none")
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `nobody signs in another's name what they did in their own, nor the other way round`()
    async throws
  {
    try await Self.withStaff { staff in
      let map = staff.room.map
      try await map.deputies.name(try staff.order("clerk"), by: try await staff.who("chief"))
      let number = try await staff.room.open().opening.number
      try await staff.act("accept", number, as: "clerk")
      try await staff.act("review", number, as: "clerk", facts: Self.conforms)
      try await map.cases.attach(
        try staff.room.attachment("letter"), to: number, key: "l", by: .operator)
      let code = await Self.code { try await staff.act("grant", number, as: "clerk", for: "chief") }
      #expect(code == "deputy-other-hat")
      let view = try await map.cases.view(number, for: try await staff.who("clerk"))
      #expect(view.deputyTasks.isEmpty, "what would be refused is not offered")

      // The other way round: the chief reviews for the clerk and then signs.
      try await map.deputies.name(try staff.order("chief"), by: try await staff.who("other"))
      let other = try await staff.room.open().opening.number
      try await staff.room.make("accept", other)
      try await staff.act("review", other, as: "chief", for: "other", facts: Self.conforms)
      try await map.cases.attach(
        try staff.room.attachment("letter"), to: other, key: "m", by: .operator)
      #expect(
        await Self.code { try await staff.act("grant", other, as: "chief") }
          == "deputy-other-hat")
    }
  }

  @Test func `a deputy comes to no office that is apart, no more land, and no permission`()
    async throws
  {
    try await Self.withStaff { staff in
      let map = staff.room.map
      let chief = try await staff.who("chief")
      let apart = await Self.code { try await map.deputies.name(try staff.order("sys"), by: chief) }
      #expect(apart == "deputy-offices-apart")
      let nothing = await Self.code {
        try await map.deputies.name(try staff.order("clerk"), by: try await staff.who("reader"))
      }
      #expect(nothing == "deputy-nothing")
      let machine = await Self.code {
        try await map.deputies.name(try staff.order("clerk"), by: .operator)
      }
      #expect(machine == "deputy-account")

      try await map.deputies.name(try staff.order("county"), by: chief)
      let shares = try await map.deputies.shares(of: try await staff.who("county"))
      #expect(shares.map(\.absent) == ["chief"] && shares.map(\.roles) == [["chief", "legal"]])
      #expect(shares.first?.regionPrefixes == ["653121"])
      #expect(try await staff.who("county").permissions.contains(.signOff) == false)
      // An account that came to an apart office meanwhile gives nothing and is given nothing.
      var account = try await map.accounts.account("county")
      account.roles = ["auditor"]
      try await map.accounts.put([account.change], "tampered", [:], by: .operator)
      #expect(try await map.deputies.shares(of: try await staff.who("county")).isEmpty)
      try await map.accounts.disable("chief", by: .operator)
      account.roles = ["submitter"]
      let again = try await map.accounts.account("county")
      var restored = again
      restored.roles = ["submitter"]
      try await map.accounts.put([restored.change], "tampered", [:], by: .operator)
      #expect(try await map.deputies.shares(of: try await staff.who("county")).isEmpty)
    }
  }

  @Test func `one at a time, of days that are not over, only of procedures that are named`()
    async throws
  {
    try await Self.withStaff { staff in
      let map = staff.room.map
      let chief = try await staff.who("chief")
      func name(
        _ deputy: String, _ from: String, _ through: String, _ procedures: [String] = []
      ) async -> String? {
        await Self.code {
          try await map.deputies.name(
            try staff.order(deputy, from, through, procedures), by: chief)
        }
      }
      let site = "administrative-procedure/site-selection"
      #expect(await name("clerk", "2025-02-01", "2025-02-28") == "deputy-days")
      #expect(await name("clerk", "2025-03-09", "2025-03-08") == "deputy-days")
      #expect(await name("chief", "2025-03-01", "2025-03-08") == "deputy-oneself")
      #expect(await name("nobody", "2025-03-01", "2025-03-08") == "account-unknown")
      #expect(await name("clerk", "2025-03-01", "2025-03-08", ["x/y"]) == "procedure-unknown")
      #expect(await name("clerk", "2025-03-01", "2025-03-08", [site]) == nil)
      #expect(await name("other", "2025-03-08", "2025-03-20") == "deputy-named-already")
      #expect(await name("other", "2025-03-08", "2025-03-20", [CaseTests.procedure]) == nil)
      #expect(await name("other", "2025-03-09", "2025-03-20", [site]) == nil)

      let number = try await staff.reviewed()
      let clerk = try await staff.who("clerk")
      #expect(try await map.cases.view(number, for: clerk).deputyTasks.isEmpty)
      #expect(try await map.cases.list(.mine, for: clerk).isEmpty)
      staff.room.pass(days: 7)
      let other = try await staff.who("other")
      #expect(try await map.cases.view(number, for: other).deputyTasks.isEmpty == false)

      let own = try await map.deputies.list(for: other)
      #expect(own.count == 2 && own.allSatisfy { $0.deputy == "other" })
      let meant = try #require(own.first { $0.procedures == [CaseTests.procedure] })
      let foreign = await Self.code { try await map.deputies.revoke(meant.id, by: clerk) }
      #expect(foreign == "deputy-unknown")
      try await map.deputies.revoke(meant.id, by: other)
      try await map.deputies.revoke(meant.id, by: chief)
      #expect(try await map.cases.view(number, for: other).deputyTasks.isEmpty)
      let kinds = try await map.logEntries(after: 0, limit: 1_000).map(\.kind)
      #expect(kinds.count { $0 == "deputy-named" } == 3)
      #expect(kinds.count { $0 == "deputy-revoked" } == 1)
    }
  }

  @Test func `what lies in both of two lands`() {
    #expect(Deputies.shared(nil, nil) == nil)
    #expect(Deputies.shared(nil, ["6531"]) == ["6531"])
    #expect(Deputies.shared(["653121"], nil) == ["653121"])
    #expect(Deputies.shared(["6531"], ["653121", "65"]) == ["6531", "653121"])
    #expect(Deputies.shared(["653121"], ["653122"]) == [])
  }

  @Test func `who supervises one county sees its deputies alone, and nobody of another to name`()
    async throws
  {
    try await Self.withStaff { staff in
      for (id, role, region) in [
        ("boss", "approver", "653121"), ("east", "submitter", "653101"),
        ("west", "submitter", "653101"),
      ] {
        _ = try await staff.room.map.accounts.add(
          AccountOrder(id: id, name: id.uppercased(), roles: [role], regions: [region]),
          by: .operator)
      }
      let deputies = staff.room.map.deputies
      try await deputies.name(try staff.order("west"), by: try await staff.who("east"))
      #expect(try await deputies.list(for: try await staff.who("boss")) == [])
      #expect(try await deputies.list(for: try await staff.who("chief")).map(\.absent) == ["east"])
      #expect(try await deputies.list(for: try await staff.who("west")).count == 1)
      let offered = try await deputies.candidates(for: try await staff.who("boss")).map(\.id)
      #expect(offered.contains("county") && !offered.contains("east"))
    }
  }
}
