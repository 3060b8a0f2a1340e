public import Foundation
public import KarezCore
public import KarezPacks
public import KarezStore

/// 规则包发布台: what is published, what lies on disk, and the way from one to the other.
///
/// Opens a map whose packs on disk are not the published ones, which nothing else does; who may
/// publish is judged by what is published.
public struct PackDesk: Sendable {
  let map: OneMap
  /// What lies on disk.
  public let contents: PackContents

  public static func open(
    data: URL, server: String? = nil, installation: Installation, clock: WallClock = .system
  ) async throws(Problem) -> PackDesk {
    let (recorded, region) = try await OneMap.recorded(
      in: data, server: server, clock: clock
    ) { _ in }
    let store = try await OneMap.trusted(recorded, data: data)
    guard let publication = try await OneMap.publication(in: store) else {
      throw OneMap.neverPublished
    }
    let map = try await OneMap.assembled(
      store, under: publication, data: data, region: region, installation, clock,
      judgedBy: publication)
    return PackDesk(map: map, contents: try OneMap.packContents(installation))
  }

  /// Has writes stopped when the newest checkpoint in the folder gets too old.
  public func watch(_ witness: WitnessFolder) throws(Problem) { try map.watch(witness) }

  public var accounts: Accounts { map.accounts }
  public var twoPersons: TwoPersons { map.twoPersons }
  public var published: PackPublication { map.publication }
  /// What is otherwise on disk.
  public var differences: [PackContents.Difference] {
    contents.differences(from: published.contents)
  }

  /// All there were, the latest first.
  public func publications() async throws(Problem) -> [PackPublication] {
    try await map.asked { store throws(StoreError) in try await store.publications(limit: 500) }
  }

  public enum Outcome: Sendable {
    case published(PackPublication)
    case proposed(Proposal)
  }

  /// Proposes what lies on disk; publishes it where nobody could agree yet.
  public func propose(
    because reason: String, by principal: Principal
  ) async throws(Problem) -> Outcome {
    guard contents.sm3 != published.contents.sm3 else { throw Self.nothingNew }
    guard try await map.accounts.isHeldBack(.packPublication, by: principal) else {
      guard !reason.isEmpty else { throw TwoPersons.reasonMissing }
      return .published(try await map.publishAlone(contents, because: reason, by: principal))
    }
    let subject = PackPublishing.subject(contents, after: published)
    return .proposed(
      try await map.twoPersons.propose(
        .packPublication, subject, because: reason, by: principal))
  }

  private static let nothingNew = Wording(
    "packs-published-already", "磁盘上的规则包就是现行发布的", "the packs on disk are the published ones",
    do: "无须办理", "nothing is to be done"
  ).problem(.conflict, at: "Packs")
}

/// Publication of packs (规则包发布) as an act of two people.
struct PackPublishing: TwoPersonEffect {
  let map: OneMap
  let act = TwoPersonAct.Name.packPublication

  static func subject(_ contents: PackContents, after former: PackPublication) -> JSONValue {
    .object([
      "sm3": .string(contents.sm3), "after": .integer(Int64(former.number)),
      "changes": .object(
        Dictionary(
          contents.differences(from: former.contents).map { ($0.name, .string($0.kind.rawValue)) },
          uniquingKeysWith: { $1 })),
    ])
  }

  /// What is agreed to is what lies on disk, read and linked, and follows what is in force.
  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    let contents = try OneMap.packContents(map.installation)
    let last = try await map.asked { store throws(StoreError) in try await store.publication() }
    guard let last, subject == Self.subject(contents, after: last) else {
      throw TwoPersons.outdated(subject["sm3"]?.string.map { String($0.prefix(16)) } ?? "")
    }
    try OneMap.examinePacks(map.installation)
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? {
    let last = try await map.asked { store throws(StoreError) in try await store.publication() }
    let contents = try OneMap.packContents(map.installation)
    try map.packArchive.keep(contents, of: map.installation.packs)
    let publication = PackPublication(
      number: (last?.number ?? 0) + 1, contents,
      by: proposal.proposer, second: principal.actor.id, proposal: proposal.id,
      because: proposal.reason, at: map.clock.now(),
      rights: try OneMap.rightsTexts(map.installation))
    return TwoPersonOutcome(changes: [publication.change])
  }

  func words(_ subject: JSONValue) -> LocalizedText {
    var names: [String] = []
    if case .object(let changes)? = subject["changes"] {
      names = changes.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.string ?? ""))" }
    }
    let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? " …" : "")
    let mark = subject["sm3"]?.string.map { String($0.prefix(16)) } ?? ""
    let number = (subject["after"]?.integer ?? 0) + 1
    return LocalizedText(
      zh: "发布第 \(number) 版规则包（sm3 \(mark)）：\(shown)",
      en: "publish packs as number \(number) (sm3 \(mark)): \(shown)",
      ug: "قائىدە بولىقى \(number) (sm3 \(mark)): \(shown)")
  }
}
