import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// 年度模拟: many cases with a clock that moves, against a calculation of every due date that was
/// written in another language by someone who had not read this one.
@Suite struct YearTests {
  /// How many cases; `make year` asks for twenty thousand.
  static let count =
    ProcessInfo.processInfo.environment["KAREZ_YEAR"].flatMap { Int($0) } ?? 220

  /// `server` runs the year on PostgreSQL.
  static let engine: MapEngine =
    ProcessInfo.processInfo.environment["KAREZ_YEAR_ENGINE"] == "server" ? .server : .folder

  /// The judge needs nothing but Python itself.
  static let python = [
    Places.repository.appending(path: ".venv/bin/python").path, "/usr/bin/python3",
  ].first { FileManager.default.isExecutableFile(atPath: $0) }

  static let judge = Places.repository.appending(path: "Tests/Year/judge.py")

  @Test(.enabled(if: python != nil, "no Python here"))
  func `every due date of a year is the one an independent calculation gives`() async throws {
    try await CaseTests.withRoom(Self.engine) { room in
      var year = try YearSimulation(room, seed: 2_025)
      try await year.run(Self.count)
      let counts = year.counts
      // All that may happen did, or the comparison would show little.
      #expect(counts.opened == Self.count)
      #expect(counts.over * 2 > Self.count)
      #expect(counts.pauses > 0 && counts.extensions > 0 && counts.rivals > 0)
      #expect(counts.fired > 0)
      #expect(counts.overdrawn > 0 && counts.balanced > 365)
      try await Self.requireTimersOnce(year.numbers, room)
      try await Self.requireSameAgain(year.ended, room)
      let file = room.folder.appending(path: "year.jsonl")
      try year.lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
      let verdict = try Self.judged(file)
      #expect(verdict.status == 0, "\(verdict.text.prefix(4_000))")
      print(
        "year on \(Self.engine.rawValue): \(counts.opened) cases, \(year.ended.count) replayed, "
          + "some of them sealed, accounts whole on \(counts.balanced) days, "
          + "\(year.lines.count) states judged: \(verdict.text)")
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  /// Of each beginning of a clock, what is due at its end happened once at most.
  static func requireTimersOnce(_ numbers: [String], _ room: CaseTests.Room) async throws {
    var fired = 0
    for number in numbers {
      let known = try await room.map.cases.loaded(number, for: .operator)
      let definition = try room.map.cases.workflow(of: known.state).definition
      var begun: [String: Int] = [:]
      var seen: Set<String> = []
      for event in known.events {
        switch event.fact {
        case .clockStarted(let clock, _, _, _): begun[clock] = event.position
        case .moved(let id, _, _):
          guard case .due(let clock)? = definition.transition(id)?.trigger else { continue }
          fired += 1
          let isFirst = seen.insert("\(id) \(begun[clock] ?? 0)").inserted
          #expect(isFirst && event.actor == "workflow", "\(number): \(id) fired twice")
        default: break
        }
      }
    }
    #expect(fired > 0)
  }

  /// So many are sealed with the packs and the data they rest on, and replayed of the file alone.
  static let wholeBundles = 8

  /// Every decision comes out the same.
  ///
  /// Its steps are judged again by the procedure of the time, its files by their digests, and its
  /// check is asked again; sealing does so of the file alone and refuses what differs.
  static func requireSameAgain(_ numbers: [String], _ room: CaseTests.Room) async throws {
    let key = PrivateKey()
    let every = max(1, numbers.count / wholeBundles)
    for (place, number) in numbers.enumerated() {
      if place % every == 0 {
        _ = try await room.map.seal(case: number, by: key, for: .operator)
      } else {
        let differences = try await Self.differences(number, room, key)
        #expect(differences == [], "\(number)")
      }
    }
  }

  private static func differences(
    _ number: String, _ room: CaseTests.Room, _ key: PrivateKey
  ) async throws -> [String] {
    let map = room.map
    let known = try await map.cases.loaded(number, for: .operator)
    let day = max(try map.cases.today, known.state.lastDay)
    let state = try CaseBundle.state(known.events, by: map.packs, on: day, at: number)
    let events = JSONValue.array(known.events.map(\.json))
    var parts = [
      CaseBundle.eventsName: Array(events.canonicalText.utf8),
      CaseBundle.stateName: Array(state.canonicalText.utf8),
    ]
    for sm3 in CaseBundle.files(known.events) {
      guard let bytes = map.cases.content(sm3) else { return ["file \(sm3)"] }
      parts[CaseBundle.filesName + sm3] = bytes
    }
    let head = SealedBundle.Head(
      kind: CaseBundle.kind, subject: number, sealedAt: room.clock.now.description,
      engine: Engine.version)
    let bundle = try SealedBundle(
      reading: try SealedBundle.sealed(head, parts, by: key).bytes(), keys: [key.publicKey])
    var lines = try BundleReplay(bundle: bundle).caseDifferences(by: map.packs)
    guard let id = known.state.run(of: .complianceCheck)?.result?["answer"]?.string else {
      return lines
    }
    let answer = try await map.answer(id: id, in: .all)
    let request = try SealedRequest(json: SealedRequest.json(of: answer)).request
    let check = Check(request: request, packs: map.packs, store: map.store, scope: .all)
    var again = try await check.answer(id: id, at: answer.answeredAt)
    again.publication = answer.publication
    if again.json.canonicalText != answer.json.canonicalText { lines.append("answer \(id)") }
    return lines
  }

  static func judged(_ file: URL) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [judge.path, "--packs", Places.repository.appending(path: "Packs").path]
    process.arguments?.append(file.path)
    let said = file.appendingPathExtension("said")
    try Data().write(to: said)
    let handle = try FileHandle(forWritingTo: said)
    defer { try? handle.close() }
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOf: said, encoding: .utf8))
  }
}
