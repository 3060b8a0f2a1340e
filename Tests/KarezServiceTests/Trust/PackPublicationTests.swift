import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezStore

/// 规则包发布: a map uses the packs two people agreed to, and no others.
@Suite struct PackPublicationTests {
  struct Room {
    let folder: URL
    let server: String?

    var data: URL { folder.appending(path: "karez-data") }
    var installation: Installation { Installation(home: folder, programs: Program.folder) }

    func initialise() async throws -> OneMap {
      try await OneMap.initialise(
        data: data, server: server, installation: installation, by: .operator)
    }

    func open() async throws -> OneMap {
      try await OneMap.open(data: data, server: server, installation: installation)
    }

    func desk() async throws -> PackDesk {
      try await PackDesk.open(data: data, server: server, installation: installation)
    }

    /// Changes a file of the packs.
    func change(_ name: String, _ body: (String) -> String) throws {
      let file = folder.appending(path: "Packs/" + name)
      let text = try String(contentsOf: file, encoding: .utf8)
      try Data(body(text).utf8).write(to: file)
    }

    func staff(_ map: OneMap) async throws -> (author: Principal, security: Principal) {
      (
        try await ExchangeFixture.member("wang", "approver", of: map),
        try await ExchangeFixture.member("sec", "security", of: map)
      )
    }
  }

  static func with(
    _ engine: MapEngine = .folder, _ body: (Room) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        try FileManager.default.copyItem(
          at: Places.repository.appending(path: "Packs"), to: folder.appending(path: "Packs"))
        try await body(Room(folder: folder, server: server))
      }
    }
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    await SubmissionTests.code(body)
  }

  @Test(arguments: MapEngine.installed)
  func `changed packs are not used until a second person agreed to them`(
    engine: MapEngine
  ) async throws {
    try await Self.with(engine) { room in
      let map = try await room.initialise()
      #expect(map.publication.number == 1 && map.publication.second == nil)
      let first = try await map.logEntries(after: 0, limit: 5).first
      #expect(first?.kind == "packs-published" && first?.body["bootstrap"] == .boolean(true))
      let staff = try await room.staff(map)
      try room.change("three-lines/README.zh.md") { $0 + "\n改\n" }
      for open in [room.open, room.initialise] {
        let refused = await #expect(throws: Problem.self) { _ = try await open() }
        #expect(refused?.code == "packs-unpublished" && refused?.place == "three-lines")
      }
      let desk = try await room.desk()
      #expect(desk.differences.map(\.name) == ["three-lines"])
      #expect(desk.differences.map(\.kind) == [.changed])
      guard case .proposed(let proposal) = try await desk.propose(because: "修订", by: staff.author)
      else {
        Issue.record("it does not wait")
        return
      }
      #expect(desk.twoPersons.words(proposal).zh.contains("three-lines (changed)"))
      let both = Principal(
        actor: staff.author.actor, name: nil, roles: [], permissions: [.signOff, .publishPacks],
        scope: .all)
      for (who, code) in [(staff.author, "not-permitted"), (both, "second-person")] {
        #expect(
          await Self.code {
            _ = try await desk.twoPersons.approve(proposal.id, because: "", by: who)
          }
            == code)
      }
      _ = try await desk.twoPersons.approve(proposal.id, because: "", by: staff.security)
      let later = try await room.open()
      #expect(later.publication.number == 2 && later.publication.by == "wang")
      #expect(later.publication.second == "sec" && later.publication.proposal == proposal.id)
      #expect(try await room.desk().publications().map(\.number) == [2, 1], "the old one stays")
      // Whoever opened the map before goes on by packs that are no more in force, and is stopped.
      let boundary = try ReadBoundary(drawn: [SurveyFixture.Box(0, 0, 1, 1).geometry])
      let request = CheckRequest(
        boundary: boundary, purpose: nil, documents: [],
        validOn: try TimeFixture.day("2025-03-01"))
      #expect(
        await Self.code { _ = try await map.answer(request, in: .all) } == "packs-replaced")
      let answer = try await later.check(request, by: .operator, in: .all)
      #expect(answer.json["publication"]?["number"]?.integer == 2)
      #expect(
        answer.json["publication"]?["sm3"]?.string == later.publication.contents.sm3)
      let read = try await later.answer(id: answer.id, in: .all)
      #expect(read.publication == answer.publication)
      #expect(try await later.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `agreement is to what lies on disk then, and to nothing that does not load`()
    async throws
  {
    try await Self.with { room in
      let staff = try await room.staff(try await room.initialise())
      try room.change("three-lines/README.zh.md") { $0 + "\n改\n" }
      let desk = try await room.desk()
      guard case .proposed(let proposal) = try await desk.propose(because: "修订", by: staff.author)
      else {
        Issue.record("it does not wait")
        return
      }
      try room.change("three-lines/README.zh.md") { $0 + "\n又改\n" }
      #expect(
        await Self.code {
          _ = try await desk.twoPersons.approve(proposal.id, because: "", by: staff.security)
        } == "proposal-outdated")
      try room.change("web.yaml") { $0.replacing("version:", with: "versoin:") }
      #expect(
        await Self.code {
          _ = try await room.desk().propose(because: "修订", by: staff.author)
        } == "pack-value")
    }
  }

  @Test func `who may publish is judged by what was published, not by what lies on disk`()
    async throws
  {
    try await Self.with { room in
      let map = try await room.initialise()
      let staff = try await room.staff(map)
      // Whoever may write the files gives their own role the right, and asks nobody any more.
      try room.change("offices.yaml") {
        $0.replacing(
          "may: [ view, sign-off, release ]", with: "may: [ view, sign-off, publish-packs ]")
      }
      try room.change("two-persons.yaml") {
        $0.replacing("approve: [ publish-packs ]", with: "approve: [ sign-off ]")
      }
      #expect(await Self.code { _ = try await room.open() } == "packs-unpublished")
      let desk = try await room.desk()
      let author = try await desk.accounts.account("wang").principal(in: desk.accounts.offices)
      #expect(!author.may(.publishPacks))
      guard case .proposed(let proposal) = try await desk.propose(because: "x", by: staff.author)
      else {
        Issue.record("it does not wait")
        return
      }
      let other = Principal(
        actor: Actor(id: "li"), name: nil, roles: [], permissions: [.signOff], scope: .all)
      let refusal = await Self.code {
        _ = try await desk.twoPersons.approve(proposal.id, because: "", by: other)
      }
      #expect(refusal == "proposal-unknown")
      guard case .proposed = try await desk.propose(because: "x", by: .operator) else {
        Issue.record("the machine publishes alone")
        return
      }
    }
  }

  @Test func `until somebody could agree, whoever is at the machine publishes alone, in the log`()
    async throws
  {
    try await Self.with { room in
      _ = try await room.initialise()
      try room.change("glossary.csv") { $0 + "" }
      #expect(
        await Self.code { _ = try await room.desk().propose(because: "x", by: .operator) }
          == "packs-published-already")
      try room.change("three-lines/README.zh.md") { $0 + "\n改\n" }
      guard
        case .published(let second) = try await room.desk().propose(
          because: "升级", by: .operator)
      else {
        Issue.record("it waits")
        return
      }
      #expect(second.number == 2 && second.second == nil)
      let map = try await room.open()
      let entry = try #require(try await map.logEntries(after: 0, limit: 1_000).last)
      #expect(entry.kind == "packs-published" && entry.body["bootstrap"] == .boolean(false))
    }
  }

  @Test func `a publication that was taken away or forged is found, and not made anew`()
    async throws
  {
    try await Self.with { room in
      let map = try await room.initialise()
      let store = try #require(map.store as? RelationalStore)
      func tamper(_ statement: String) async throws {
        try await store.writing("tamper") { session in try session.script(statement) }
      }
      try await tamper(
        "UPDATE karez_record SET body = replace(body, 'karez init', 'x') WHERE kind = 'pack-publication'"
      )
      #expect(await Self.code { _ = try await room.open() } == "integrity-broken")
      let faults = try await store.verifyLog { _ in }.faults.map(\.kind)
      #expect(faults.contains("row-altered") && faults.contains("code-altered"))
      try await tamper("DELETE FROM karez_record WHERE kind = 'pack-publication'")
      #expect(await Self.code { _ = try await room.open() } == "packs-never-published")
      #expect(await Self.code { _ = try await room.initialise() } == "integrity-broken")
      #expect(try await store.verifyLog { _ in }.faults.map(\.kind).contains("row-missing"))
    }
  }
}
