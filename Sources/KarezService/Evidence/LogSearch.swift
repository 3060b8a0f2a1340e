public import KarezCore
import KarezPacks
public import KarezStore

/// What somebody looks for in the log.
public struct LogSearch: Hashable, Sendable {
  public var kind: String?
  public var actor: String?
  public var dataset: String?
  public var feature: String?
  /// A legal day.
  public var day: LegalDate?

  public init(
    kind: String? = nil, actor: String? = nil, dataset: String? = nil, feature: String? = nil,
    day: LegalDate? = nil
  ) {
    self.kind = kind
    self.actor = actor
    self.dataset = dataset
    self.feature = feature
    self.day = day
  }

  /// As the store looks for it.
  var query: LogQuery {
    var query = LogQuery(kind: kind, actor: actor, dataset: dataset, feature: feature)
    guard let day else { return query }
    let start = Self.start(of: day)
    query.from = start.description
    query.until = start.adding(milliseconds: 86_400_000).description
    return query
  }

  /// The moment a legal day begins at.
  static func start(of day: LegalDate) -> Timestamp {
    Timestamp(millisecondsSince1970: Int64(day.daysSince1970) * 86_400_000)
      .adding(seconds: -Clock.secondsEast)
  }
}

/// One time somebody looked at a feature.
public struct FeatureReading: Hashable, Sendable {
  public let number: Int64
  public let at: String
  public let actor: Actor
  public let purpose: String?
}

/// How the evidence stands.
public struct EvidenceStanding: Hashable, Sendable {
  /// The nightly verification, where one has ended.
  public let verifiedAt: String?
  public let faults: Int?
  /// The newest checkpoint in the witness folder; nil without one.
  public let covered: Int64?
  public let coveredAt: String?
  public let hasWitness: Bool
}

extension OneMap {
  /// Entries that match, newest first, before an entry; for whoever may read the log.
  ///
  /// Who reads it for some regions or up to some level sees that there is an entry, and of what is
  /// out of their reach nothing more.
  public func searchLog(
    _ search: LogSearch, before number: Int64?, limit: Int, by principal: Principal
  ) async throws(Problem) -> LogPage {
    try principal.require(.readLog)
    let scope = principal.scope
    let isWhole =
      scope.regionPrefixes == nil && scope.attributeCeiling == Classification.allCases.max()
    guard !isWhole else { return try await searchLog(search, before: number, limit: limit) }
    let known = Set(try await schemas(in: scope).map(\.id.text))
    let isHidden = search.dataset.map { !known.contains($0) } ?? false
    let isUnseen =
      if let feature = search.feature { try await !isSeen(feature, in: scope) } else { false }
    guard !isHidden, !isUnseen else { return LogPage(entries: [], next: nil) }
    let page = try await searchLog(search, before: number, limit: limit)
    let cases = try await casesSeen(among: page.entries, by: principal)
    return LogPage(
      entries: page.entries.map { entry in
        LogEntry(
          number: entry.number, at: entry.at, actor: entry.actor, kind: entry.kind,
          body: Self.told(entry.body, of: known, cases, in: scope), previous: entry.previous,
          sm3: entry.sm3)
      }, next: page.next)
  }

  /// Numbers of the cases that entries speak of and that are there for the reader.
  private func casesSeen(
    among entries: [LogEntry], by principal: Principal
  ) async throws(Problem) -> Set<String> {
    var seen: Set<String> = []
    let scope = principal.caseScope
    for number in Set(entries.compactMap({ $0.body["case"]?.string })) {
      let isSeen = try await asked { store throws(StoreError) in
        try await store.caseHead(number, in: scope) != nil
      }
      if isSeen { seen.insert(number) }
    }
    return seen
  }

  /// What an entry says to somebody who does not reach everything.
  private static func told(
    _ body: JSONValue, of known: Set<String>, _ cases: Set<String>, in scope: Scope
  ) -> JSONValue {
    let withheld = JSONValue.object(["withheld": .boolean(true)])
    // A commit says of which file it is; what it tells is of its dataset.
    if body["dataset"] == nil, let number = body["case"]?.string, !cases.contains(number) {
      return withheld
    }
    guard case .object(var members) = body else { return body }
    // What an edition has not got is above whoever does not reach everything, as often as not.
    members["leftOut"] = nil
    // Which accounts and answers somebody looked at is of every county.
    for key in ["accounts", "answers"] where scope.regionPrefixes != nil {
      if let pieces = members[key]?.array { members[key] = .integer(Int64(pieces.count)) }
    }
    guard let dataset = body["dataset"]?.string else { return .object(members) }
    guard known.contains(dataset) else { return withheld }
    guard scope.regionPrefixes != nil, let features = body["features"]?.array else {
      return .object(members)
    }
    members["features"] = .integer(Int64(features.count))
    return .object(members)
  }

  private func searchLog(
    _ search: LogSearch, before number: Int64?, limit: Int
  ) async throws(Problem) -> LogPage {
    try await asked { store throws(StoreError) in
      try await store.logEntries(search.query, before: number, limit: limit)
    }
  }

  /// Who looked at a feature, newest first, as far as the entries name it.
  ///
  /// - Errors: `Problem` of kind notFound where nothing the reader may see has, or had, that name.
  public func readings(
    of feature: String, before number: Int64?, limit: Int, by principal: Principal
  ) async throws(Problem) -> (readings: [FeatureReading], next: Int64?) {
    try principal.require(.view)
    let page = try await searchLog(
      LogSearch(kind: "read", feature: feature), before: number, limit: limit)
    var isVisible: [String: Bool] = [:]
    var readings: [FeatureReading] = []
    for entry in page.entries {
      guard entry.body["features"]?.array?.contains(.string(feature)) == true,
        let name = entry.body["dataset"]?.string, let dataset = DatasetID(name)
      else { continue }
      if isVisible[name] == nil {
        isVisible[name] = try await isSeen(feature, of: dataset, in: principal.scope)
      }
      guard isVisible[name] == true else { continue }
      readings.append(
        FeatureReading(
          number: entry.number, at: entry.body["since"]?.string ?? entry.at, actor: entry.actor,
          purpose: entry.body["purpose"]?.string))
    }
    if readings.isEmpty, try await !isSeen(feature, in: principal.scope) {
      throw Wording(
        "feature-unknown", "没有这个要素", "there is no such feature", do: "检查标识码",
        "check the identifier"
      ).problem(.notFound, at: "")
    }
    // More of what is hidden is nothing more.
    return (readings, readings.isEmpty ? nil : page.next)
  }

  /// Whether some dataset in scope has, or had, a feature of that name.
  private func isSeen(_ feature: String, in scope: Scope) async throws(Problem) -> Bool {
    for schema in try await schemas(in: scope) {
      if try await isSeen(feature, of: schema.id, in: scope) { return true }
    }
    return false
  }

  /// Whether the reader may see that the feature ever was.
  private func isSeen(
    _ feature: String, of dataset: DatasetID, in scope: Scope
  ) async throws(Problem) -> Bool {
    do throws(StoreError) {
      let query = VersionQuery(dataset: dataset, .features([feature]))
      return try await !store.versions(query, after: nil, limit: 1, in: scope).versions.isEmpty
    } catch {
      if case .noSuchDataset = error { return false }
      throw .store(error)
    }
  }

  /// How the evidence stands, for whoever may read the log.
  public func evidenceStanding(
    for principal: Principal
  ) async throws(Problem) -> EvidenceStanding {
    try principal.require(.readLog)
    let job = try await jobs.list([.done], limit: 500)
      .filter { $0.handler == VerifyHandler.name }
      .max { ($0.endedAt ?? $0.createdAt) < ($1.endedAt ?? $1.createdAt) }
    let witness = (store as? RelationalStore)?.witness
    let newest = witness.flatMap { try? $0.folder.newest() }
    return EvidenceStanding(
      verifiedAt: job?.endedAt?.description,
      faults: job?.result?["faultCount"]?.integer.map { Int(clamping: $0) },
      covered: newest?.size, coveredAt: newest?.at, hasWitness: witness != nil)
  }
}
