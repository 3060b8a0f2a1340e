public import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow

extension Applicants {
  /// 查阅告知: one time an office, or somebody acting for the applicant, looked at what is theirs.
  public struct Reading: Hashable, Sendable {
    public let on: LegalDate
    /// The agency, or the offices held; never an officer's name.
    public let by: LocalizedText
    /// Ids of documents, numbers of certificates, or the parcel that the case made.
    public let what: [String]
    /// The code of what it was for, where it was said.
    public let purpose: String?
    /// How many features were read or taken away together, the land perhaps among them.
    ///
    /// Nil where the entry names what was looked at.
    public var among: Int64?
  }

  /// Who looked at the papers of an applicant's own case and at the land it put on the map, as the
  /// log has it, newest first; at most `limit` of each.
  ///
  /// An entry names no more than some of what was read together, and a file of a dataset none: those
  /// are told as the number the land may have been among, once a day and office.
  ///
  /// - Errors: `case-unknown` for any other case; unverified before somebody vouches for the name.
  public func readings(
    of number: String, limit: Int = 50, for principal: Principal
  ) async throws(Problem) -> [Reading] {
    let (known, mandate) = try await owned(number, for: principal)
    guard mandate == nil else { return [] }
    try requireVerified(principal)
    let number = known.state.opening.number
    var entries = try await reads(naming: number, limit).filter {
      $0.body["case"]?.string == number
    }
    var together: [(entry: LogEntry, among: Int64)] = []
    for run in known.state.effectRuns where run.effect.kind == .datasetChange {
      guard let dataset = run.result?["dataset"]?.string, let id = run.result?["id"]?.string else {
        continue
      }
      entries += try await reads(naming: id, limit).filter {
        $0.body["dataset"]?.string == dataset
          && $0.body["features"]?.array?.contains(.string(id)) == true
      }
      together += try await readTogether(dataset, but: id, since: run.on)
    }
    let land = Set(known.state.effectRuns.compactMap { $0.result?["id"]?.string })
    var readings: [(number: Int64, reading: Reading)] = []
    for entry in entries where entry.actor != principal.actor {
      guard let day = Self.day(of: entry) else { continue }
      let names = (entry.body["papers"] ?? entry.body["features"])?.array?.compactMap(\.string)
      let isLand = entry.body["features"] != nil
      readings.append(
        (
          entry.number,
          Reading(
            on: day, by: try await office(of: entry.actor),
            what: (names ?? []).filter { !isLand || land.contains($0) },
            purpose: entry.body["purpose"]?.string)
        ))
    }
    readings += try await gathered(together, but: principal.actor).prefix(limit)
    return readings.sorted { $0.number > $1.number }.map(\.reading)
  }

  private static func day(of entry: LogEntry) -> LegalDate? {
    Timestamp(entry.body["since"]?.string ?? entry.at)?.day(secondsEast: Clock.secondsEast)
  }

  /// Entries of reads and files of a dataset that name fewer features than there were, and not this
  /// one; no older than the land.
  private func readTogether(
    _ dataset: String, but feature: String, since day: LegalDate
  ) async throws(Problem) -> [(entry: LogEntry, among: Int64)] {
    var found: [(entry: LogEntry, among: Int64)] = []
    for kind in ["read", "export"] {
      let query = LogSearch(kind: kind, dataset: dataset).query
      let entries = try await map.asked { store throws(StoreError) in
        try await store.logEntries(query, before: nil, limit: Self.mostTogether).entries
      }
      for entry in entries {
        guard let among = entry.among(dataset), Self.day(of: entry).map({ $0 >= day }) == true,
          entry.body["features"]?.array?.contains(.string(feature)) != true
        else { continue }
        found.append((entry, among))
      }
    }
    return found
  }

  /// So many entries of a dataset are looked through.
  private static let mostTogether = 1_000

  /// One reading a day, office and purpose, with the most that were read at once; newest first.
  private func gathered(
    _ together: [(entry: LogEntry, among: Int64)], but own: Actor
  ) async throws(Problem) -> [(number: Int64, reading: Reading)] {
    struct Key: Hashable {
      let day: LegalDate
      let office: LocalizedText
      let purpose: String?
    }
    var offices: [Actor: LocalizedText] = [:]
    var most: [Key: (number: Int64, among: Int64)] = [:]
    for (entry, among) in together where entry.actor != own {
      guard let day = Self.day(of: entry) else { continue }
      let office: LocalizedText
      if let known = offices[entry.actor] {
        office = known
      } else {
        office = try await self.office(of: entry.actor)
        offices[entry.actor] = office
      }
      let key = Key(day: day, office: office, purpose: entry.body["purpose"]?.string)
      let known = most[key] ?? (0, 0)
      most[key] = (max(known.number, entry.number), max(known.among, among))
    }
    return most.sorted { $0.value.number > $1.value.number }.map { key, value in
      (
        value.number,
        Reading(
          on: key.day, by: key.office, what: [], purpose: key.purpose, among: value.among)
      )
    }
  }

  private func reads(naming text: String, _ limit: Int) async throws(Problem) -> [LogEntry] {
    let query = LogSearch(kind: "read", feature: text).query
    return try await map.asked { store throws(StoreError) in
      try await store.logEntries(query, before: nil, limit: limit).entries
    }
  }

  /// What an account is of, as strangers are told it.
  private func office(of actor: Actor) async throws(Problem) -> LocalizedText {
    guard let account = try await accounts.find(actor.id) else {
      return LocalizedText(
        zh: "系统管理人员", en: "the installation's operator", ug: "سىستېما باشقۇرغۇچى")
    }
    // An agent is somebody the applicant named.
    if account.applicant != nil {
      return LocalizedText(zh: account.name, en: account.name, ug: account.name)
    }
    let titles = account.roles.compactMap { map.offices.role($0)?.title }
    guard account.agency == nil, !titles.isEmpty else {
      let agency = account.agency ?? "—"
      return LocalizedText(zh: agency, en: agency, ug: agency)
    }
    return LocalizedText(
      zh: titles.map(\.zh).joined(separator: "、"), en: titles.map(\.en).joined(separator: ", "),
      ug: titles.map { $0[.ug] }.joined(separator: "، "))
  }
}
