import Foundation
import KarezCore
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// Kills the program in the middle of decisions: events, accounts and datasets agree afterwards.
extension CrashTests {
  static let decisionKills = asked.map { min($0, 200) } ?? 6

  /// What a program of its own does with a case, and is killed over.
  enum Decision: CaseIterable {
    case grant
    case work

    func arguments(_ number: String, _ data: String) -> [String] {
      switch self {
      case .grant: ["case", "act", number, "grant", "--fact", "conforms=true", "--data", data]
      case .work: ["jobs", "run", "--once", "--data", data]
      }
    }
  }

  @Test(arguments: Part.all(CrashTests.decisionKills))
  func `killed in the middle of decisions, events, accounts and changes agree`(
    part: Part
  ) async throws {
    try await EffectRoom.with(isReal: true) { room in
      let year = try room.cases.now().day.year
      try await room.issue("100000000.00", year: year)
      var random = SplitMix64(seed: 20_271_130 + UInt64(part.number))
      var lengths: [Decision: Double] = [:]
      var (killed, round) = (0, 0)
      var numbers: [String] = []
      while killed < part.kills {
        let number = try await room.open(round % 400)
        round += 1
        numbers.append(number)
        try await room.make("accept", number)
        try await Self.finish(room)
        for decision in Decision.allCases {
          let length = lengths[decision]
          let delay = length.map { Double.random(in: 0..<$0, using: &random) }
          let outcome = try Self.run(decision.arguments(number, room.map.data.path), room, delay)
          if length == nil {
            try #require(outcome.isAcknowledged, "\(decision) fails without being killed")
            lengths[decision] = outcome.seconds
          } else if !outcome.isAcknowledged {
            killed += 1
          }
          #expect(try await room.map.verifyLog { _ in }.faults == [])
        }
        try await Self.finish(room)
        try await Self.examine(number, room)
      }
      let land = try #require(DatasetID("temporary-land"))
      let all = try await room.map.commits(of: land.text, in: .all).compactMap(\.caseNumber)
      #expect(Set(all).count == all.count && Set(all).isSubset(of: numbers))
      print("crash: \(killed) kills in \(round) decisions, everything agrees")
    }
  }

  /// A worker that does not wait for the leases of the dead.
  private static func finish(_ room: EffectRoom) async throws {
    let map = room.map
    let later = WallClock { WallClock.system.now().adding(seconds: 3_600) }
    let jobs = Jobs(store: map.store, clock: later, handlers: Array(map.jobs.handlers.values))
    while try await jobs.runOne(worker: "after") {}
  }

  /// A case that was granted has its land and its posting, once each; another has neither.
  private static func examine(_ number: String, _ room: EffectRoom) async throws {
    let view = try await room.view(number)
    let (land, commits) = (try await room.land(number), try await room.commits(number))
    let postings = try await room.postings(number)
    guard view.states.map(\.id) == ["granted"] else {
      #expect(view.states.map(\.id) == ["accepted"])
      #expect(land.isEmpty && commits.isEmpty && postings.isEmpty, "\(number)")
      return
    }
    let change = try #require(try await room.effect(.datasetChange, number).result)
    let posting = try #require(try await room.effect(.accountPosting, number).result)
    #expect(land.count == 1 && commits.count == 1, "\(number)")
    #expect(commits.first.map { Int64($0.commit.value) } == change["commit"]?.integer)
    #expect(postings.map(String.init) == [posting["transaction"]?.string])
    #expect(view.tasks.first { $0.transition == "issue" }?.missing == [])
  }

  private static func run(
    _ arguments: [String], _ room: EffectRoom, _ delay: Double?
  ) throws -> (isAcknowledged: Bool, seconds: Double) {
    let process = Process()
    process.executableURL = Program.path(of: "karez")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging([
      "KAREZ_HOME": room.home.path
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
}
