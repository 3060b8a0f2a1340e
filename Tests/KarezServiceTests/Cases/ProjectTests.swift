import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A project through its chain: what is done, what runs, what is missing, and the days of the whole.
@Suite struct ProjectTests {
  static let code = "2025-653101-48-01-000001"
  static let site = "administrative-procedure/site-selection"
  static let land = "administrative-procedure/construction-land-permit"

  static func open(
    _ procedure: String, in room: CaseTests.Room, region: String = "653101"
  ) async throws -> String {
    var order = Cases.OpeningOrder(
      procedure: procedure, region: region, applicant: "a-1", key: UUID().uuidString)
    order.project = code
    let definition = try room.map.cases.procedure(procedure)
    order.documents = try definition.documents.filter { $0.id != "letter" }
      .map { try room.attachment($0.id) }
    return try await room.map.cases.open(order, by: .operator).opening.number
  }

  static func standings(_ view: ProjectView) -> [String: ProjectProgress.Standing] {
    Dictionary(uniqueKeysWithValues: view.lines.map { ($0.step.id, $0.standing) })
  }

  @Test(arguments: MapEngine.installed)
  func `a project tells what is done, what runs and what is missing, and counts a day once`(
    engine: MapEngine
  ) async throws {
    try await CaseTests.withRoom(engine) { room in
      let projects = room.map.projects
      do {
        _ = try await projects.project(Self.code, for: .operator)
        Issue.record("there is none yet")
      } catch let problem as Problem { #expect(problem.code == "project-unknown") }

      let number = try await Self.open(Self.land, in: room)
      let granted = try await projects.project(Self.code, for: .operator)
      // Of two chains that have the procedure, the one that lacks fewer.
      #expect(granted.chain?.id == "grant" && granted.isOfForm)
      var standings = Self.standings(granted)
      #expect(standings["land-permit"] == .running && standings["works-permit"] == .waiting)
      #expect(standings["conversion"] == .mayBe && standings["registration"] == .waiting)
      // The contract and the approval were brought, so both were given.
      #expect(standings["land-contract"] == .done && standings["project-approval"] == .done)
      let works = try #require(granted.lines.first { $0.step.id == "works-permit" })
      #expect(works.lacks == [.notDecided(step: "land-permit")])

      let allocated = try await projects.project(
        Self.code, along: "allocation", for: .operator)
      standings = Self.standings(allocated)
      #expect(standings["site-selection"] == .ready)

      room.pass(days: 2)
      try await room.make("accept", number)
      let other = try await Self.open(Self.site, in: room)
      try await room.make("accept", other)
      let both = try await projects.project(Self.code, for: .operator)
      #expect(both.chain?.id == "allocation", "a site is selected for allocated land alone")
      room.pass(days: 7)
      let later = try await projects.project(Self.code, for: .operator)
      let whole = try #require(later.whole)
      // From Monday, 3 March: five working days, though two cases ran in them.
      #expect(whole.usage.used == 5 && whole.limit.term.length == 120)
      #expect(whole.usage.left == 115 && whole.promised.left == 25)
      #expect(whole.explanation.count == 3)
      #expect(whole.explanation.contains { $0.zh.contains(number) && $0.zh.contains("2025-03-03") })
      let json = later.json(room.map.packs.procedures)
      #expect(json["whole"]?["usedWorkingDays"] == .integer(5))
      #expect(json["steps"]?.array?.count == later.lines.count)
    }
  }

  @Test func `whoever reaches one region sees the project as far as its cases lie there`()
    async throws
  {
    try await CaseTests.withRoom { room in
      _ = try await Self.open(Self.land, in: room)
      let number = try await Self.open(Self.site, in: room, region: "653121")
      let reader = Principal(
        actor: Actor(id: "li"), name: "李", roles: [], permissions: [.view],
        scope: Scope(ceiling: .internal, regionPrefixes: ["653121"]))
      let view = try await room.map.projects.project(Self.code, for: reader)
      #expect(view.lines.flatMap(\.cases).map(\.number) == [number])
      let stranger = Principal(
        actor: Actor(id: "li"), name: "李", roles: [], permissions: [.view],
        scope: Scope(ceiling: .internal, regionPrefixes: ["6542"]))
      await #expect(throws: Problem.self) {
        try await room.map.projects.project(Self.code, for: stranger)
      }
    }
  }
}

/// Files no case refers to go once they are old enough, and no others.
@Suite struct CaseFileSweepTests {
  @Test func `what no case refers to is found, and goes only where it is told to`() async throws {
    try await CaseTests.withRoom { room in
      _ = try await room.open()
      let cases = room.map.cases
      let folder = room.map.data.appending(path: "case-files")
      func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
      }
      let referenced = try names()
      #expect(referenced.count >= 3)
      let stray = try cases.keep(Array("%PDF-1.7 nobody's".utf8), named: "stray.pdf")
      func age(days: Int) throws {
        let date = Date(
          timeIntervalSince1970: Double(room.clock.now.millisecondsSince1970) / 1_000
            - Double(days) * 86_400)
        for name in try names() {
          try FileManager.default.setAttributes(
            [.modificationDate: date], ofItemAtPath: folder.appending(path: name).path)
        }
      }
      try age(days: 29)
      #expect(try await cases.sweepFiles(isApplied: true, by: .operator).files.isEmpty)
      try age(days: 31)
      let found = try await cases.sweepFiles(isApplied: false, by: .operator)
      #expect(found.files.map(\.sm3) == [stray.sm3] && !found.isApplied)
      #expect(try names() == referenced.union([stray.sm3]))
      let swept = try await cases.sweepFiles(isApplied: true, by: .operator)
      #expect(swept.files.map(\.sm3) == [stray.sm3])
      #expect(try names() == referenced)
      #expect(try await cases.sweepFiles(isApplied: true, by: .operator).files.isEmpty)
      #expect(
        try await room.map.logEntries(after: 0, limit: 1_000).contains {
          $0.kind == "case-files-swept"
        })
      let reader = Principal(
        actor: Actor(id: "li"), name: "李", roles: [], permissions: [.view], scope: .all)
      await #expect(throws: Problem.self) {
        try await cases.sweepFiles(isApplied: false, by: reader)
      }
    }
  }
}
