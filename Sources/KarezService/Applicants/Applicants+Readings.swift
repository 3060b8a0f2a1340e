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
  }

  /// Who looked at the papers of an applicant's own case and at the land it put on the map, as the
  /// log has it, newest first; at most `limit` of each.
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
    for run in known.state.effectRuns where run.effect.kind == .datasetChange {
      guard let dataset = run.result?["dataset"]?.string, let id = run.result?["id"]?.string else {
        continue
      }
      entries += try await reads(naming: id, limit).filter {
        $0.body["dataset"]?.string == dataset
          && $0.body["features"]?.array?.contains(.string(id)) == true
      }
    }
    let land = Set(known.state.effectRuns.compactMap { $0.result?["id"]?.string })
    var readings: [(number: Int64, reading: Reading)] = []
    for entry in entries where entry.actor != principal.actor {
      guard
        let day = Timestamp(entry.body["since"]?.string ?? entry.at)?
          .day(secondsEast: Clock.secondsEast)
      else { continue }
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
    return readings.sorted { $0.number > $1.number }.map(\.reading)
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
