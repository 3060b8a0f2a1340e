import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 访问矩阵 of the platform's records, and the proof that it would notice: who sees files on their
/// way, jobs, proposals, deputies and what others asked for is decided where a record's kind is
/// known, and not in the store; so it has mutants of its own.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct RecordMatrixTests {
  @Test func `everyone sees the records their office shows them, and no other`() async throws {
    try await WritingMatrixTests.withStakes { stakes, doers, server in
      var cells = 0
      for call in RecordCall.allCases {
        let room = RecordRoom(map: server.map, stakes: stakes, call: call)
        for doer in doers where !doer.isApplicant {
          cells += 1
          let seen = try await room.seen(by: try await room.principal(doer))
          let wanted = room.wanted(doer)
          #expect(seen == wanted, "\(call), \(doer): \(seen) ≠ \(wanted)")
        }
      }
      print("access matrix of records: \(cells) cells")
      #expect(cells > 100)
    }
  }

  @Test func `a condition forgotten in any of them is noticed`() async throws {
    try await WritingMatrixTests.withStakes { stakes, doers, server in
      var all = 0
      var missed: [String] = []
      for call in RecordCall.allCases {
        let room = RecordRoom(map: server.map, stakes: stakes, call: call)
        for mutant in call.mutants {
          all += 1
          var isNoticed = false
          for doer in doers where !doer.isApplicant && !isNoticed {
            let weakened = mutant.applied(to: try await room.principal(doer))
            isNoticed = try await room.seen(by: weakened) != room.wanted(doer)
          }
          if !isNoticed { missed.append("\(call) \(mutant)") }
        }
      }
      print("record mutants: \(all - missed.count) of \(all) caught; missed: \(missed)")
      #expect(all >= 30)
      #expect(missed.isEmpty, "\(missed)")
    }
  }
}

/// A question whose answer is records, and what of who asks it has to do with.
enum RecordCall: String, CaseIterable {
  case submission, submissions, submissionsToSign
  case jobs, jobResults
  case proposal, proposals, proposalsWaiting
  case deputies
  case downloads, batches, processes, edits

  var mutants: [RecordMutant] {
    switch self {
    case .submission, .submissions:
      [.levelRaised, .levelLowered, .regionsDropped, .regionsWidened, .regionsEmptied]
    case .submissionsToSign:
      [
        .levelRaised, .levelLowered, .regionsDropped, .regionsWidened, .regionsEmptied,
        .permitted, .unpermitted,
      ]
    case .jobs: [.levelRaised, .levelLowered, .permitted, .unpermitted]
    case .jobResults: [.regionsDropped, .levelLowered]
    case .proposal, .proposals, .proposalsWaiting:
      [.levelRaised, .levelLowered, .permitted, .unpermitted]
    case .deputies: [.permitted, .unpermitted]
    case .downloads, .batches, .processes, .edits: [.asOwner]
    }
  }
}

/// 变异: one thing of who asks that a question could forget, or take for another.
enum RecordMutant: CaseIterable {
  case levelRaised, levelLowered
  case regionsDropped, regionsWidened, regionsEmptied
  case permitted, unpermitted
  case asOwner

  func applied(to who: Principal) -> Principal {
    func bounded(_ level: Classification, _ regions: [String]?) -> Scope {
      Scope(ceiling: level, regionPrefixes: regions)
    }
    let (level, regions) = (who.scope.ceiling, who.scope.regionPrefixes)
    return switch self {
    case .levelRaised: changed(who, scope: bounded(.confidential, regions))
    case .levelLowered: changed(who, scope: bounded(.public, regions))
    case .regionsDropped: changed(who, scope: bounded(level, nil))
    case .regionsWidened:
      changed(who, scope: bounded(level, regions?.map { String($0.prefix(2)) }))
    case .regionsEmptied: changed(who, scope: bounded(level, []))
    case .permitted: changed(who, permissions: Set(Permission.allCases))
    case .unpermitted: changed(who, permissions: [])
    case .asOwner: changed(who, actor: .operator, scope: .all)
    }
  }

  private func changed(
    _ who: Principal, actor: Actor? = nil, permissions: Set<Permission>? = nil,
    scope: Scope? = nil
  ) -> Principal {
    var other = Principal(
      actor: actor ?? who.actor, name: who.name, roles: who.roles,
      permissions: permissions ?? who.permissions, scope: scope ?? who.scope)
    (other.agency, other.token) = (who.agency, who.token)
    return other
  }
}

/// One question on the map of the matrix: what it answers, and what it has to.
struct RecordRoom {
  let map: OneMap
  let stakes: AccessStakes
  let call: RecordCall

  func principal(_ doer: Doer) async throws -> Principal {
    if let token = doer.person.token {
      return try #require(try await map.accounts.bearer(token))
    }
    return try await map.accounts.account(doer.id).principal(in: map.offices)
  }

  // MARK: What is answered

  /// The names of the records that are shown, in order.
  func seen(by who: Principal) async throws -> [String] {
    switch call {
    case .submission:
      try await each(files.map(\.id)) { try await map.submissions.submission($0, for: who).id }
    case .submissions: try await map.submissions.all(for: who).map(\.id).filter(isFile).sorted()
    case .submissionsToSign:
      try await map.submissions.toSign(by: who).map(\.id).filter(isFile).sorted()
    case .jobs:
      try await map.jobs(for: who).map(\.id).filter { $0.hasPrefix("references/") }.sorted()
    case .jobResults:
      try await map.jobs(for: who).filter { $0.result != nil && $0.id.hasPrefix("references/") }
        .map(\.id).sorted()
    case .proposal:
      try await each(waiting.map { $0.id }) { try await map.twoPersons.proposal($0, for: who).id }
    case .proposals:
      try await map.twoPersons.all(for: who).map(\.id).filter(isWaiting).sorted()
    case .proposalsWaiting:
      try await map.twoPersons.waiting(for: who).map(\.id).filter(isWaiting).sorted()
    case .deputies:
      try await map.deputies.list(for: who).map(\.id).filter { $0 == stakes.business.deputy }
    case .downloads, .batches, .processes, .edits: try await others(for: who)
    }
  }

  /// What somebody else asked for, each by its name.
  private func others(for who: Principal) async throws -> [String] {
    switch call {
    case .downloads:
      try await each([stakes.others.download]) { try await map.download($0, for: who).name }
    case .batches:
      try await each([stakes.others.batch]) { try await map.checkBatch($0, for: who).name }
    case .processes:
      try await each([stakes.others.process]) { try await map.processJob($0, for: who).name }
    default:
      try await each([stakes.others.edit]) { try await map.plannedEdit($0, by: who).key }
    }
  }

  /// Those of the names that are there; any other is told as one there is not.
  private func each(
    _ names: [String?], _ find: (String) async throws -> String
  ) async throws -> [String] {
    var found: [String] = []
    for name in names.compactMap(\.self) {
      do { found.append(try await find(name)) } catch let problem as Problem {
        #expect(problem.kind == .notFound, "\(call): \(problem.code)")
      }
    }
    return found.sorted()
  }

  // MARK: What has to be

  /// A file on its way: of which level, and from where.
  private struct File {
    let id: String
    let level: Classification
    let regions: [String]?
    let isToSign: Bool
  }

  private var files: [File] {
    let plain = AccessMap.levels.map {
      File(id: AccessMap.submission($0), level: $0, regions: nil, isToSign: false)
    }
    return plain
      + stakes.levels.flatMap { level in
        AccessStakes.regions.flatMap { regions in
          AccessStakes.acts.map { act in
            File(
              id: AccessStakes.submission(act, level, regions), level: level, regions: regions,
              isToSign: true)
          }
        }
      }
  }

  private func isFile(_ id: String) -> Bool { files.contains { $0.id == id } }

  /// What waits for a second person: the grant, of no level, and a request of each.
  private var waiting: [(id: String, level: Classification?)] {
    var waiting: [(id: String, level: Classification?)] = [(stakes.grant, nil)]
    for level in stakes.levels {
      if let id = stakes.releases[level] { waiting.append((id, level)) }
    }
    return waiting
  }

  private func isWaiting(_ id: String) -> Bool { waiting.contains { $0.id == id } }

  func wanted(_ doer: Doer) -> [String] {
    switch call {
    case .submission, .submissions:
      files.filter { doer.reaches($0.level) && doer.covers($0.regions) }.map(\.id).sorted()
    case .submissionsToSign:
      files.filter {
        $0.isToSign && doer.reaches($0.level) && doer.covers($0.regions) && doer.may(.signOff)
      }.map(\.id).sorted()
    case .jobs:
      (jobs(doer, AccessMap.levels, "") + jobs(doer, stakes.levels, "deed-")).sorted()
    // Only those of the map have come to anything.
    case .jobResults: doer.person.regions == nil ? jobs(doer, AccessMap.levels, "") : []
    case .proposal, .proposals, .proposalsWaiting:
      waiting.filter { isVisible($0.level, to: doer) }.map { $0.id }.sorted()
    case .deputies:
      doer.mayAny([.signOff, .manageAccounts, .readLog]) ? [stakes.business.deputy] : []
    case .downloads, .batches, .processes, .edits: []
    }
  }

  /// Of what waits, the grant of roles is of no level.
  private func isVisible(_ level: Classification?, to doer: Doer) -> Bool {
    let approving: Set<Permission> = level == nil ? [.approveGrants] : [.release]
    guard doer.mayAny(approving.union([.readLog, .manageAccounts])) else { return false }
    return level.map { doer.reaches($0) } ?? true
  }

  private func jobs(_ doer: Doer, _ levels: [Classification], _ prefix: String) -> [String] {
    guard doer.may(.manageJobs) else { return [] }
    return levels.filter(doer.reaches).map { "references/" + prefix + AccessMap.dataset($0) }
      .sorted()
  }
}
