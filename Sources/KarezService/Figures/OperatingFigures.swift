import Foundation
public import KarezCore
import KarezCrypto
import KarezStore

/// 运行指标: what an operator watches of the map; names no dataset, no person, no place.
public struct OperatingFigures: Sendable {
  /// How many jobs of one kind are in one state.
  public struct JobCount: Hashable, Sendable {
    public let handler: String
    public let state: Job.State
    public let count: Int
  }

  public let publication: Int
  public let lastCommit: Int
  public let lastCommitAt: Timestamp?
  /// Nil where the engine does not tell.
  public let storeBytes: Int64?
  public let entries: Int64
  public let jobs: [JobCount]
  /// The nightly verification that ended last.
  public let verifiedAt: Timestamp?
  public let faults: Int?
  /// How many entries the newest checkpoint covers; nil without a witness in reach.
  public let covered: Int64?
  public let coveredAt: Timestamp?
  public let tiles: TileFinds
  public let tileBytes: Int
}

extension OneMap {
  /// Jobs that are looked at for the figures; a map that has more has other worries.
  private static let mostJobs = 5_000

  /// How the map stands; for operators only, who are told apart by where they ask from.
  public func operatingFigures() async throws(Problem) -> OperatingFigures {
    let all = try await jobs.list(Job.State.allCases, limit: Self.mostJobs)
    let verified = all.filter { $0.handler == VerifyHandler.name && $0.state == .done }
      .max { ($0.endedAt ?? $0.createdAt) < ($1.endedAt ?? $1.createdAt) }
    let witness = (store as? RelationalStore)?.witness
    let newest = witness.flatMap { try? $0.folder.newest() }
    let last = try await asked { store throws(StoreError) in
      try await store.commits(CommitQuery(limit: 1), in: .all).last
    }
    let entries = try await asked { store throws(StoreError) in
      try await store.logEntries(LogQuery(), before: nil, limit: 1).entries.first?.number ?? 0
    }
    let bytes = try await asked { store throws(StoreError) in
      try await (store as? RelationalStore)?.databaseBytes()
    }
    return OperatingFigures(
      publication: publication.number, lastCommit: last?.commit.value ?? 0,
      lastCommitAt: last.flatMap { Timestamp($0.recordedAt) }, storeBytes: bytes,
      entries: entries, jobs: Self.counts(of: all), verifiedAt: verified?.endedAt,
      faults: verified?.result?["faultCount"]?.integer.map { Int(clamping: $0) },
      covered: newest?.size, coveredAt: newest.flatMap { Timestamp($0.at) },
      tiles: tiles.found, tileBytes: tiles.bytes)
  }

  private static func counts(of jobs: [Job]) -> [OperatingFigures.JobCount] {
    let grouped = Dictionary(grouping: jobs) { [$0.handler, $0.state.rawValue] }
    return grouped.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, jobs in
      jobs.first.map {
        OperatingFigures.JobCount(handler: $0.handler, state: $0.state, count: jobs.count)
      }
    }
  }

  /// Whether somebody knows a secret of which only digests are kept, in a time that tells nothing.
  public static func isKnown(_ secret: String, by digests: [String]) -> Bool {
    let digest = SM3.digest(Array(secret.utf8)).description
    return digests.reduce(false) { $1.lowercased() == digest || $0 }
  }
}
