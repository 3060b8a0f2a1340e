import Foundation
import KarezCore
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// Cases over a real store of both engines, with a clock set by hand.
@Suite struct CaseTests {
  static let procedure = "administrative-procedure/construction-land-permit"
  static let needed = ["application", "boundary", "project-approval", "land-contract"]

  struct Room {
    let map: OneMap
    let clock: HandClock
    let folder: URL

    func file(_ name: String, _ text: String = "%PDF-1.7 test") throws -> String {
      let place = folder.appending(path: name)
      try text.write(to: place, atomically: true, encoding: .utf8)
      return place.path
    }

    func attachment(_ document: String) throws -> Cases.Attachment {
      let paper = CasePaper(of: document)
      return Cases.Attachment(
        document: document, path: try file(paper.name, paper.text), name: paper.name)
    }

    func open(
      _ documents: [String] = needed, key: String = UUID().uuidString, region: String = "653101",
      by principal: Principal = .operator
    ) async throws -> CaseView {
      var order = Cases.OpeningOrder(
        procedure: procedure, region: region, applicant: "a-1", key: key)
      order.documents = try documents.map { try attachment($0) }
      return try await map.cases.open(order, by: principal)
    }

    @discardableResult
    func make(
      _ step: String, _ number: String, expecting: Int? = nil, key: String = UUID().uuidString,
      facts: [FactID: FactValue] = [:]
    ) async throws -> CaseView {
      var order = Cases.Order(.make(transition: step), key: key)
      order.expecting = expecting
      order.facts = facts
      return try await map.cases.act(order, in: number, by: .operator)
    }

    func pass(days: Int) { clock.pass(seconds: days * 86_400) }

    func code(_ body: () async throws -> Void) async -> String? {
      do {
        try await body()
        return nil
      } catch let problem as Problem {
        return problem.code
      } catch {
        return "\(error)"
      }
    }
  }

  /// The clock begins on Saturday, 1 March 2025, at four in the afternoon of Beijing.
  static func withRoom(
    _ engine: MapEngine = .folder, _ body: (Room) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let data = folder.appending(path: "karez-data")
        let installation = Installation(home: Places.repository, programs: Program.folder)
        _ = try await OneMap.initialise(
          data: data, server: server, installation: installation, by: .operator)
        let clock = HandClock()
        let map = try await OneMap.open(
          data: data, server: server, installation: installation, clock: clock.clock)
        try await body(Room(map: map, clock: clock, folder: folder))
      }
    }
  }

  @Test(arguments: MapEngine.installed)
  func `a case goes from receipt to certificate, and its clocks explain themselves`(
    engine: MapEngine
  ) async throws {
    try await Self.withRoom(engine) { room in
      let opened = try await room.open()
      let number = opened.opening.number
      #expect(number == "YD653101202500001")
      #expect(opened.states.map(\.id) == ["received"])
      let notice = try #require(opened.clocks.first { $0.id == "notice" })
      #expect(notice.due.day.description == "2025-03-07")
      #expect(notice.explanation.first?.zh.contains("第三十二条") == true)
      #expect(notice.explanation.contains { $0.zh == "2025-03-01 开始，当日不计入" })
      room.pass(days: 2)
      let accepted = try await room.make("accept", number)
      let decision = try #require(accepted.clocks.first { $0.id == "decision" })
      #expect(decision.due.day.description == "2025-03-31")
      #expect(decision.due.promised?.description == "2025-03-17")
      let facts: [FactID: FactValue] = [
        FactID("compliance_checked"): .boolean(true), FactID("conforms"): .boolean(true),
      ]
      try await room.make("review", number, facts: facts)
      let letter = try room.attachment("letter")
      try await room.map.cases.attach(letter, to: number, key: "letter", by: .operator)
      try await room.make("grant", number)
      let issued = try await room.make("issue", number)
      #expect(issued.isOver && issued.states.map(\.id) == ["issued"])
      #expect(try await room.map.verifyLog { _ in }.faults == [])
      #expect(try await room.map.cases.list(.open, for: .operator).isEmpty)
      #expect(try await room.map.cases.list(.all, for: .operator).count == 1)
    }
  }

  @Test func `asked for twice, a case is opened once, and numbers have no gap`() async throws {
    try await Self.withRoom { room in
      let first = try await room.open(key: "same")
      let again = try await room.open(key: "same")
      #expect(first.opening.number == again.opening.number)
      let numbers = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<6 { group.addTask { try await room.open().opening.number } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(numbers.sorted() == (2...7).map { "YD65310120250000\($0)" })
      #expect(try await room.open(region: "653121").opening.number == "YD653121202500001")
    }
  }

  @Test func `two officers who act at once: nothing is lost and nothing half done`() async throws {
    try await Self.withRoom { room in
      let opened = try await room.open()
      let number = opened.opening.number
      let codes = await withTaskGroup(of: String?.self) { group in
        for step in ["accept", "tell-what-is-missing"] {
          group.addTask {
            await room.code {
              try await room.make(step, number, expecting: opened.version)
            }
          }
        }
        return await group.reduce(into: [String?]()) { $0.append($1) }
      }
      #expect(codes.count { $0 == nil } == 1)
      let refused = codes.compactMap { $0 }.first
      #expect(refused == "record-conflict" || refused == "case-stale-version")
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `the same order under one key is carried out once`() async throws {
    try await Self.withRoom { room in
      let opened = try await room.open()
      let number = opened.opening.number
      let first = try await room.make("accept", number, expecting: opened.version, key: "k")
      let code = await room.code {
        try await room.make("accept", number, expecting: opened.version, key: "k")
      }
      // Whoever names what they saw is told that it is done already.
      #expect(code == "case-stale-version")
      #expect(try await room.map.cases.view(number, for: .operator).version == first.version)
    }
  }

  @Test func `a timer fires once, the day after, also after a worker died over it`() async throws {
    try await Self.withRoom { room in
      let number = try await room.open(["application"]).opening.number
      func stands() async throws -> [String] {
        try await room.map.cases.view(number, for: .operator).states.map(\.id)
      }
      // Friday the 7th is the last day; Saturday begins at four in the afternoon of UTC.
      room.pass(days: 6)
      while try await room.map.jobs.runOne(worker: "a") {}
      #expect(try await stands() == ["received"])
      room.pass(days: 1)
      // A worker that took the job and died: its lease runs out, and another does the work.
      let jobs = room.map.jobs
      var dying = Jobs(
        store: room.map.store, clock: room.clock.clock,
        handlers: [DyingHandler(name: CaseTimerHandler.name)])
      dying.jitter = { 0 }
      _ = try? await dying.runOne(worker: "dead")
      #expect(try await stands() == ["received"])
      room.pass(days: 1)
      while try await jobs.runOne(worker: "b") {}
      #expect(try await stands() == ["accepted"])
      let view = try await room.map.cases.view(number, for: .operator)
      // 自收到申请材料之日起即为受理: twenty days from 1 March.
      let decision = try #require(view.clocks.first { $0.id == "decision" })
      #expect(decision.due.day.description == "2025-03-28")
      room.pass(days: 3)
      while try await jobs.runOne(worker: "c") {}
      #expect(try await room.map.cases.view(number, for: .operator).version == view.version)
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  /// A worker that holds a job and is never heard of again.
  struct DyingHandler: JobHandler {
    let name: String

    func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
      throw Problem(
        .unavailable, code: "dead", place: "", what: LocalizedText(zh: "停", en: "dead"),
        remedy: LocalizedText(zh: "等", en: "wait"))
    }
  }

  @Test func `lists show what is due, to whom it concerns and whose region it is`() async throws {
    try await Self.withRoom { room in
      let number = try await room.open().opening.number
      _ = try await room.open(region: "653121")
      let cases = room.map.cases
      #expect(try await cases.list(.mine, for: .operator).count == 2)
      #expect(try await cases.list(.dueSoon, for: .operator).count == 2)
      #expect(try await cases.list(.overdue, for: .operator).isEmpty)
      room.pass(days: 9)
      #expect(try await cases.list(.overdue, for: .operator).map(\.stored.number).first == number)
      let county = Principal(
        actor: Actor(id: "li"), name: nil, roles: [], permissions: [.view],
        scope: Scope(ceiling: .internal, regionPrefixes: ["653121"]))
      #expect(try await cases.list(.open, for: county).map(\.stored.region) == ["653121"])
      // Who acts in no role has nothing to do.
      #expect(try await cases.list(.mine, for: county).isEmpty)
      #expect(await room.code { _ = try await cases.view(number, for: county) } == "case-unknown")
      #expect(
        await room.code {
          _ = try await cases.act(.init(.tick, key: "t"), in: number, by: county)
        } == "case-unknown")
    }
  }

  @Test func `bad input is refused with its code, and nothing happens`() async throws {
    try await Self.withRoom { room in
      let cases = room.map.cases
      let number = try await room.open().opening.number
      let version = try await cases.view(number, for: .operator).version
      func attach(_ name: String, _ text: String) async throws {
        let attachment = Cases.Attachment(
          document: "boundary", path: try room.file(name, text), name: name)
        try await cases.attach(attachment, to: number, key: UUID().uuidString, by: .operator)
      }
      #expect(await room.code { try await attach("a.exe", "MZ") } == "attachment-sort")
      #expect(await room.code { try await attach("a.pdf", "MZ") } == "attachment-sort")
      #expect(await room.code { try await attach("a.html", "<script>") } == "attachment-sort")
      #expect(await room.code { try await attach("empty.txt", "") } == "attachment-size")
      let large = room.folder.appending(path: "large.pdf")
      try Data("%PDF-".utf8).write(to: large)
      truncate(large.path, 2 << 30)
      let huge = Cases.Attachment(document: "boundary", path: large.path, name: "large.pdf")
      #expect(
        await room.code { try await cases.attach(huge, to: number, key: "h", by: .operator) }
          == "attachment-size")
      #expect(await room.code { try await room.make("fly", number) } == "case-transition-unknown")
      #expect(
        await room.code { try await room.make("grant", number) } == "case-transition-not-allowed")
      #expect(await room.code { _ = try await room.open([]) } == "case-document-missing")
      #expect(await room.code { _ = try await room.open(region: "喀什") } == "region-wrong")
      #expect(await room.code { try await room.make("accept", "none") } == "case-unknown")
      #expect(await room.code { _ = try await room.open(by: .nobody) } == "case-wrong-role")
      #expect(try await cases.view(number, for: .operator).version == version)
      #expect(try await cases.list(.all, for: .operator).count == 1)
    }
  }
}
