import Foundation
public import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

/// 代理: officers who are away name who acts in cases for them.
public struct Deputies: Sendable {
  let map: OneMap

  // MARK: Naming

  /// Names a deputy for whoever asks.
  ///
  /// - Errors: forbidden for a program, and where the two may not hold together what each holds;
  ///   conflict where somebody is named already for one of the days.
  @discardableResult
  public func name(
    _ order: DeputyOrder, by principal: Principal
  ) async throws(Problem) -> Deputy {
    try principal.requireInPerson()
    let today = try map.cases.now().day
    guard principal.name != nil else { throw Self.needsAccount }
    guard !Self.caseRoles(of: principal).isEmpty else { throw Self.nothingToGive }
    guard order.from <= order.through, order.through >= today else { throw Self.daysWrong }
    guard order.reason.utf8.count <= Self.longestReason else { throw Self.reasonTooLong }
    for id in order.procedures.sorted()
    where !map.packs.procedures.contains(where: { $0.id == id }) {
      throw Cases.procedureUnknown(id)
    }
    guard order.deputy != principal.actor.id else { throw Self.oneself }
    let other = try await map.accounts.account(order.deputy)
    guard other.isActive else { throw Self.notActive(order.deputy) }
    try refuseConflict(principal, other.principal(in: map.offices))
    let deputy = Deputy(order, by: principal.actor.id, id: UUID().uuidString.lowercased())
    for known in try await all() where known.absent == deputy.absent && known.revokedOn == nil {
      if known.meets(deputy) { throw Self.namedAlready(known) }
    }
    // Until the day after the last, so that lists of what is in force stay short.
    let record = PlatformRecord(
      kind: Deputy.kind, key: deputy.id, state: Deputy.named,
      due: deputy.through.description, owner: deputy.deputy, body: .object(deputy.members))
    try await put(record, "deputy-named", deputy, by: principal)
    return deputy
  }

  /// Ends it before its last day: by either of the two, or by who manages accounts.
  public func revoke(_ id: String, by principal: Principal) async throws(Problem) {
    let record = try await map.asked { store throws(StoreError) in
      try await store.record(Deputy.kind, id)
    }
    guard let record, let deputy = Deputy(record) else { throw Self.unknown(id) }
    let isTheirs = [deputy.absent, deputy.deputy].contains(principal.actor.id)
    guard isTheirs || principal.may(.manageAccounts) else { throw Self.unknown(id) }
    guard deputy.revokedOn == nil else { return }
    var members = deputy.members
    members["revokedOn"] = .string(try map.cases.now().day.description)
    let next = record.next(
      state: Deputy.revoked, due: nil, owner: record.owner, body: .object(members))
    try await put(next, "deputy-revoked", deputy, by: principal)
  }

  private func put(
    _ record: PlatformRecord, _ kind: String, _ deputy: Deputy, by principal: Principal
  ) async throws(Problem) {
    let said: [String: JSONValue] = [
      "deputy": .string(deputy.id), "absent": .string(deputy.absent),
      "by": .string(deputy.deputy), "from": .string(deputy.from.description),
      "through": .string(deputy.through.description), "procedures": .texts(deputy.procedures),
    ]
    try await map.accounts.put([.write(record)], kind, said, by: principal.actor)
  }

  // MARK: Finding

  /// Whom somebody could name: accounts of the same land that do something in cases and may hold
  /// what they hold.
  public func candidates(for principal: Principal) async throws(Problem) -> [Account] {
    try await map.accounts.all().filter { account in
      guard account.isActive, account.id != principal.actor.id else { return false }
      let other = account.principal(in: map.offices)
      return !Self.caseRoles(of: other).isEmpty && conflict(principal, other) == nil
        && Self.meet(principal, other)
    }
  }

  /// Whether there is land that both reach.
  private static func meet(_ one: Principal, _ other: Principal) -> Bool {
    shared(one.scope.regionPrefixes, other.scope.regionPrefixes) != []
  }

  /// Those somebody is one of, and those of the same land for whoever supervises; in force or to
  /// come first.
  public func list(for principal: Principal) async throws(Problem) -> [Deputy] {
    let id = principal.actor.id
    let today = try map.cases.now().day
    var theirs: Set<String> = []
    if Self.supervises(principal) {
      // A reason is somebody's illness as often as not: no matter of another county.
      theirs = Set(
        try await map.accounts.all()
          .filter { Self.meet(principal, $0.principal(in: map.offices)) }.map(\.id))
    }
    return try await all()
      .filter {
        $0.absent == id || $0.deputy == id || theirs.contains($0.absent)
          || theirs.contains($0.deputy)
      }
      .sorted { left, right in
        let (a, b) = (left.isOver(on: today), right.isOver(on: today))
        return a == b ? (left.from, left.id) > (right.from, right.id) : !a
      }
  }

  /// What deputies did, newest first, in the regions a reader reaches.
  public func acts(
    limit: Int, for principal: Principal
  ) async throws(Problem) -> [DeputyAct] {
    let seesAll = Self.supervises(principal)
    let id = principal.actor.id
    let scope = principal.scope
    return try await map.asked { store throws(StoreError) in
      var found: [DeputyAct] = []
      var last: PlatformRecord?
      repeat {
        let page = try await store.records(
          RecordQuery(DeputyAct.kind, order: .keyDescending), after: last, limit: 200)
        found += page.records.compactMap { DeputyAct($0.body) }.filter { act in
          let isSeen = scope.regionPrefixes.map { $0.contains { act.region.hasPrefix($0) } }
          return (isSeen ?? true) && (seesAll || act.absent == id || act.deputy == id)
        }
        last = page.next
      } while last != nil && found.count < limit
      return Array(found.prefix(limit))
    }
  }

  /// Whoever signs, manages accounts or reads the log sees who acted for whom.
  public static func supervises(_ principal: Principal) -> Bool {
    !principal.permissions.isDisjoint(with: [.signOff, .manageAccounts, .readLog])
  }

  private func all() async throws(Problem) -> [Deputy] {
    try await records(RecordQuery(Deputy.kind)).compactMap { Deputy($0) }
  }

  private func records(_ query: RecordQuery) async throws(Problem) -> [PlatformRecord] {
    try await map.asked { store throws(StoreError) in
      var found: [PlatformRecord] = []
      var last: PlatformRecord?
      repeat {
        let page = try await store.records(query, after: last, limit: 500)
        found += page.records
        last = page.next
      } while last != nil
      return found
    }
  }

  // MARK: Standing in

  /// What somebody may do for others today; nothing for a program, and nothing that comes to them
  /// through somebody who is a deputy.
  ///
  /// Looked at anew each time: whoever lost an office, or was disabled, has nothing to give.
  public func shares(of principal: Principal) async throws(Problem) -> [DeputyShare] {
    guard principal.token == nil, principal.name != nil else { return [] }
    let today = try map.cases.now().day
    let query = RecordQuery(Deputy.kind, states: [Deputy.named], owner: principal.actor.id)
    var shares: [DeputyShare] = []
    for record in try await records(query) {
      guard let deputy = Deputy(record), deputy.isInForce(on: today) else { continue }
      let account = try await map.accounts.find(deputy.absent)
      guard let account, account.isActive else { continue }
      let absent = account.principal(in: map.offices)
      guard conflict(principal, absent) == nil else { continue }
      let roles = Self.caseRoles(of: absent)
      guard !roles.isEmpty else { continue }
      shares.append(
        DeputyShare(
          absent: deputy.absent, roles: roles, deputy: deputy,
          regionPrefixes: Self.shared(
            principal.scope.regionPrefixes, absent.scope.regionPrefixes)))
    }
    return shares.sorted { ($0.absent, $0.deputy.id) < ($1.absent, $1.deputy.id) }
  }

  static func caseRoles(of principal: Principal) -> Set<String> {
    principal.roles.reduce(into: []) { $0.formUnion($1.cases) }
  }

  /// Beginnings that lie in both; nil for everywhere.
  static func shared(_ left: [String]?, _ right: [String]?) -> [String]? {
    guard let left else { return right }
    guard let right else { return left }
    var both: Set<String> = []
    for one in left {
      for other in right {
        if one.hasPrefix(other) { both.insert(one) }
        if other.hasPrefix(one) { both.insert(other) }
      }
    }
    return both.sorted()
  }

  /// Two offices that nobody holds together and the two would through one of them.
  private func conflict(_ one: Principal, _ other: Principal) -> (String, String)? {
    map.offices.conflict(among: one.roles.map(\.id) + other.roles.map(\.id))
  }

  private func refuseConflict(_ one: Principal, _ other: Principal) throws(Problem) {
    guard let (left, right) = conflict(one, other) else { return }
    throw Wording(
      "deputy-offices-apart", "岗位 \(left) 与 \(right) 不得由一人兼任，代理也不行",
      "nobody holds \(left) and \(right) together, nor as a deputy",
      do: "另指定代理人", "name somebody else"
    ).problem(.forbidden, at: other.actor.id)
  }

  private static let longestReason = 400
}

extension Deputy {
  func isOver(on day: LegalDate) -> Bool { revokedOn != nil || through < day }
}

extension OneMap {
  /// 代理.
  public var deputies: Deputies { Deputies(map: self) }
}
