import Foundation
import KarezCore
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Kills the program in the middle of every step of a submission, and looks at what is left.
///
/// `KAREZ_CRASHES` says how often; `make crash` kills a thousand times in submissions, and as often in
/// writes of other kinds.
@Suite(.serialized) struct CrashTests {
  static let asked = ProcessInfo.processInfo.environment["KAREZ_CRASHES"].flatMap { Int($0) }
  static let kills = asked ?? 12
  static let mixedKills = asked ?? 4
  static let password = "Salt-and-water-7"

  /// Kills of one map: it grows with each of them, and what is examined after each with it.
  struct Part: Sendable, CustomTestStringConvertible {
    let number: Int
    let kills: Int
    var testDescription: String { "map \(number + 1): \(kills) kills" }

    static func all(_ kills: Int) -> [Part] {
      stride(from: 0, to: kills, by: 100).map {
        Part(number: $0 / 100, kills: min(100, kills - $0))
      }
    }
  }

  /// The steps that are done by a program of their own, in order.
  enum Step: String, CaseIterable {
    case submit
    case examine
    case sign
    case commit
  }

  struct Room {
    let inner: SubmissionTests.Room
    /// What the program is installed in.
    let home: URL
    let data: String

    func arguments(_ step: Step, _ id: String, _ file: String) -> [String] {
      let place = ["--data", data]
      switch step {
      case .submit:
        return [
          "submit", "townships", file, "--as", "li", "--reason", "crash", "--valid-from",
          "2025-01-01", "--json",
        ] + place
      case .examine, .commit: return ["jobs", "run", "--once"] + place
      case .sign: return ["sign", id, "--as", "wang", "--json"] + place
      }
    }

    /// Runs a step and kills it after so long; true where it ended by itself, and well.
    func run(
      _ step: Step, _ id: String, _ file: String, killedAfter delay: Double?
    ) throws -> (isAcknowledged: Bool, seconds: Double) {
      try run(arguments(step, id, file), killedAfter: delay)
    }

    func run(
      _ arguments: [String], killedAfter delay: Double?
    ) throws -> (isAcknowledged: Bool, seconds: Double) {
      let process = Process()
      process.executableURL = Program.path(of: "karez")
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging([
        "KAREZ_HOME": home.path, "KAREZ_PASSWORD": CrashTests.password,
      ]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      let began = Date()
      try process.run()
      if let delay {
        usleep(UInt32(delay * 1_000_000))
        kill(process.processIdentifier, SIGKILL)
      }
      process.waitUntilExit()
      let isAcknowledged = process.terminationReason == .exit && process.terminationStatus == 0
      return (isAcknowledged, Date().timeIntervalSince(began))
    }

    /// How long it takes the program to answer from what was left.
    func secondsUntilReady() throws -> Double {
      let began = Date()
      let found = try run(["datasets", "--data", data, "--json"], killedAfter: nil)
      #expect(found.isAcknowledged, "the map does not open")
      return Date().timeIntervalSince(began)
    }

    /// A worker that does not wait for the leases of the dead.
    func finish() async throws {
      let map = inner.map
      let later = WallClock { WallClock.system.now().adding(seconds: 3_600) }
      let jobs = Jobs(
        store: map.store, clock: later, handlers: Array(map.jobs.handlers.values))
      while try await jobs.runOne(worker: "after") {}
    }

    func newest() async throws -> Submission? {
      try await inner.submissions.all(for: .operator, limit: 1).first
    }

    /// What must hold whenever the program was killed.
    func examine() async throws {
      let map = inner.map
      #expect(try await map.verifyLog { _ in }.faults == [])
      let all = try await inner.submissions.all(for: .operator, limit: 1_000)
      let committed = all.filter { $0.state == .committed }
      let commits = try await map.commits(of: "townships", in: .all)
      #expect(
        commits.compactMap(\.caseNumber).sorted() == committed.map(\.id).sorted(),
        "a commit without its submission, or a submission recorded without its commit")
      for submission in all {
        let kept = inner.submissions.blobs.path(of: submission.source.kept)
        #expect(
          try FileFingerprint.sm3(ofFileAt: kept) == submission.source.sm3,
          "\(submission.id): its file is whole")
        if let verdict = submission.verdict {
          #expect(inner.submissions.report(on: submission) != nil, "\(verdict.sm3)")
        }
      }
      guard let last = commits.last?.caseNumber,
        let submission = all.first(where: { $0.id == last })
      else { return }
      let found = try await inner.townships()
      #expect(found.count == submission.verdict?.examined, "all rows or none")
    }
  }

  /// An office whose approvers sign by their password alone: a code is good for one time, and a
  /// program that is killed a thousand times would wait half a minute for each.
  private static func lay(out home: URL) throws {
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let packs = home.appending(path: "Packs")
    try FileManager.default.copyItem(at: Places.repository.appending(path: "Packs"), to: packs)
    let offices = packs.appending(path: "offices.yaml")
    let text = try String(contentsOf: offices, encoding: .utf8)
    let simpler = text.replacing("secondFactor: [ \"approver\", ", with: "secondFactor: [ ")
    try #require(simpler != text)
    try Data(simpler.utf8).write(to: offices)
  }

  static func withRoom(_ body: (Room) async throws -> Void) async throws {
    try await Places.withTemporaryFolder { folder in
      let home = folder.appending(path: "home")
      try lay(out: home)
      let installation = Installation(home: home, programs: Program.folder)
      let data = folder.appending(path: "data")
      let map = try await OneMap.initialise(
        data: data, installation: installation, by: .operator)
      for (id, role) in [("li", "submitter"), ("wang", "approver")] {
        let secret = try await map.accounts.add(
          AccountOrder(id: id, name: id, roles: [role]), by: .operator)
        try await map.accounts.changePassword(of: id, from: secret, to: password, keeping: nil)
      }
      let inner = SubmissionTests.Room(map: map, folder: folder, clock: HandClock())
      try await body(Room(inner: inner, home: home, data: data.path))
    }
  }

  @Test(arguments: Part.all(CrashTests.kills))
  func `killed at any moment, a submission is not there, or goes on where it stood`(
    part: Part
  ) async throws {
    try await Self.withRoom { room in
      var random = SplitMix64(seed: 20_251_128 + UInt64(part.number))
      var lengths: [Step: Double] = [:]
      var killed = 0
      var round = 0
      while killed < part.kills {
        round += 1
        let codes = (0...round % 5).map { "65310100\($0)" }
        let file = try room.inner.file(
          "\(round).geojson", codes, shift: Double(round % 7) * 0.0005)
        var id = ""
        for step in Step.allCases {
          // The first way is left alone, to see how long each step takes.
          let length = lengths[step]
          let delay = length.map { Double.random(in: 0..<$0, using: &random) }
          let before = try await room.newest()?.id
          let outcome = try room.run(step, id, file, killedAfter: delay)
          if length == nil {
            try #require(outcome.isAcknowledged, "\(step) fails without being killed")
            lengths[step] = outcome.seconds
          }
          if delay != nil, !outcome.isAcknowledged { killed += 1 }
          try await room.examine()
          let newest = try await room.newest()
          if step == .submit, newest?.id == before {
            #expect(!outcome.isAcknowledged, "acknowledged and not there")
            break
          }
          let submission = try #require(newest)
          id = submission.id
          try await Self.goOn(submission, after: step, outcome.isAcknowledged, in: room)
        }
      }
      print("crash: \(killed) kills in \(round) submissions, nothing lost, nothing half-done")
    }
  }

  /// Writes of other kinds, each one commit, in the order they can be made in.
  enum Write: CaseIterable {
    case state
    case correction
    case end
    case reversal

    func arguments(_ round: Int, _ room: Room, last: CommitNumber) throws -> [String] {
      let day = try #require(LegalDate("2025-01-01")?.adding(days: round)).description
      let place = ["--data", room.data, "--json"]
      switch self {
      case .state:
        let codes = (0...round % 5 + 1).map { "65310100\($0)" }
        let file = try room.inner.file(
          "\(round).geojson", codes, shift: Double(round % 7) * 0.0005)
        return ["import", "townships", file, "--valid-from", day] + place
      case .correction:
        return [
          "correct", "townships", "653101000", "--from", day, "--set", "name=乡\(round)",
          "--reason", "crash",
        ] + place
      case .end:
        return ["end", "townships", "653101001", "--on", day, "--reason", "crash"] + place
      case .reversal:
        return ["revert", "townships", "\(last)", "--reason", "crash"] + place
      }
    }
  }

  @Test(arguments: Part.all(CrashTests.mixedKills))
  func `killed in the middle of any write, a commit is whole or not there`(
    part: Part
  ) async throws {
    try await Self.withRoom { room in
      var random = SplitMix64(seed: 20_261_129 + UInt64(part.number))
      var lengths: [Write: Double] = [:]
      var ready: [Double] = []
      var killed = 0
      var round = 0
      while killed < part.kills {
        for write in Write.allCases where killed < part.kills {
          round += 1
          var isDone = false
          var kills = 0
          while !isDone {
            let before = try await room.inner.map.commits(of: "townships", in: .all)
            let arguments = try write.arguments(
              round, room, last: before.last?.commit ?? CommitNumber.none)
            // A write that was killed twice is let through, so that the next has something to do.
            let length = kills < 2 ? lengths[write] : nil
            let delay = length.map { Double.random(in: 0..<$0, using: &random) }
            let outcome = try room.run(arguments, killedAfter: delay)
            if delay == nil {
              try #require(outcome.isAcknowledged, "\(write) fails without being killed")
              lengths[write] = outcome.seconds
            } else if !outcome.isAcknowledged {
              killed += 1
              kills += 1
              if Self.asked != nil { ready.append(try room.secondsUntilReady()) }
            }
            try await room.examine()
            let after = try await room.inner.map.commits(of: "townships", in: .all)
            #expect(Array(after.prefix(before.count)) == before, "what was recorded is there")
            let added = after.count - before.count
            #expect(added == 1 || (added == 0 && !outcome.isAcknowledged), "\(write): \(added)")
            isDone = added > 0
          }
        }
      }
      print("crash: \(killed) kills in \(round) writes, nothing lost, nothing half-done")
      guard !ready.isEmpty else { return }
      ready.sort()
      let late = ready[min(ready.count - 1, ready.count * 99 / 100)]
      let most = ready[ready.count - 1]
      print("crash: the program answers after \(late) s (99 of 100), \(most) s at most")
    }
  }

  /// Brings the submission to where the step was to lead, whoever was killed on the way.
  static func goOn(
    _ submission: Submission, after step: Step, _ isAcknowledged: Bool, in room: Room
  ) async throws {
    switch step {
    case .submit: #expect(submission.state == .submitted)
    case .examine:
      #expect(!isAcknowledged || submission.state == .toSign)
      try await room.finish()
      #expect(try await room.newest()?.state == .toSign)
    case .sign:
      #expect(!isAcknowledged || submission.state == .signed)
      if submission.state == .toSign {
        let wang = try await room.inner.map.accounts.account("wang")
        _ = try await room.inner.submissions.sign(
          submission.id, report: nil, by: wang.principal(in: room.inner.map.offices))
      }
    case .commit:
      #expect(!isAcknowledged || submission.state == .committed)
      try await room.finish()
      #expect(try await room.newest()?.state == .committed)
      try await room.examine()
    }
  }
}
