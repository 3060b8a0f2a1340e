public import KarezCore
import KarezPacks
import KarezStore
public import KarezWorkflow

/// 公开台账: applications and decisions as everybody may see them; no applicant, no document.
public struct CaseRegister: Sendable {
  /// 台账条目: one application.
  public struct Row: Sendable {
    public let number: String
    public let procedure: String
    public let title: LocalizedText
    /// Administrative code, of the township at most.
    public let region: String
    public let receivedOn: LegalDate
    public let stages: [LocalizedText]
    public let isOver: Bool
    /// Nil until it was decided.
    public let outcome: LocalizedText?
    public let decidedOn: LegalDate?
  }

  /// What of the register is wanted.
  public struct Filter: Hashable, Sendable {
    public var procedure: String?
    /// Six digits.
    public var county: String?

    public init(procedure: String? = nil, county: String? = nil) {
      self.procedure = procedure
      self.county = county
    }
  }

  public let rows: [Row]
  /// The number after which the next page begins; nil at the end.
  public let next: String?

  /// An administrative code without what is finer than a township.
  static func shown(_ region: String) -> String { String(region.prefix(9)) }
}

extension PublicCases {
  /// Numbers of one procedure, which follow one another in the store.
  private struct Lane {
    let procedure: String
    let beginning: String
  }

  /// Procedures whose cases stand in the register: by their newest version.
  public func registered() -> [WorkflowDefinition] {
    var seen: Set<String> = []
    return map.packs.procedures.filter {
      seen.insert($0.id).inserted && $0.service?.isRegistered == true
    }
  }

  /// A page of the register, the newest number of the last county first.
  ///
  /// Each procedure's numbers are read from where the page before ended, so that a page costs as
  /// much at the end of a million as at the beginning.
  public func register(
    _ filter: CaseRegister.Filter, after last: String? = nil, limit: Int
  ) async throws(Problem) -> CaseRegister {
    var heads: [CaseHead] = []
    for lane in lanes(filter) where heads.count <= limit {
      var query = CaseQuery(
        numberPrefix: lane.beginning, procedure: lane.procedure, order: .numberDescending)
      query.after = last.map { CaseQuery.Place(due: nil, number: $0) }
      let (asked, left) = (query, limit + 1 - heads.count)
      heads += try await map.asked { store throws(StoreError) in
        try await store.cases(asked, after: nil, limit: left, in: .all)
      }
    }
    let shown = heads.prefix(limit)
    return CaseRegister(
      rows: shown.map { row($0.stored) },
      next: heads.count > limit ? shown.last?.stored.number : nil)
  }

  private func lanes(_ filter: CaseRegister.Filter) -> [Lane] {
    let open = registered().map(\.id).filter { filter.procedure == nil || $0 == filter.procedure }
    var lanes: [Lane] = []
    for id in open {
      let prefixes = Set(map.packs.procedures.filter { $0.id == id }.map(\.numbering.prefix))
      lanes += prefixes.map { Lane(procedure: id, beginning: $0 + (filter.county ?? "")) }
    }
    return lanes.sorted { ($0.beginning, $0.procedure) > ($1.beginning, $1.procedure) }
  }

  private func row(_ stored: StoredCase) -> CaseRegister.Row {
    let definition =
      map.packs.procedure(stored.procedure, version: stored.procedureVersion)
      ?? map.packs.procedures.first { $0.id == stored.procedure }
    let outcome = definition?.service?.outcome(of: stored.states)
    let decided = (definition?.service?.decidedBy ?? []).lazy.compactMap { clock in
      stored.terms.first { $0.clock == clock }
    }.first
    let name = LocalizedText(zh: stored.procedure, en: stored.procedure)
    return CaseRegister.Row(
      number: stored.number, procedure: stored.procedure, title: definition?.title ?? name,
      region: CaseRegister.shown(stored.region), receivedOn: stored.openedOn,
      stages: stored.states.compactMap { definition?.state($0)?.title }, isOver: stored.isOver,
      outcome: outcome?.title, decidedOn: outcome == nil ? nil : decided?.endedOn)
  }
}

extension CaseRegister {
  public var json: JSONValue {
    .object(["rows": .array(rows.map(\.json)), "next": .optional(next)])
  }
}

extension CaseRegister.Row {
  var json: JSONValue {
    .object([
      "number": .string(number), "procedure": .string(procedure), "title": title.json,
      "region": .string(region), "receivedOn": .string(receivedOn.description),
      "stages": .array(stages.map(\.json)), "over": .boolean(isOver),
      "outcome": outcome?.json ?? .null, "decidedOn": .optional(decidedOn?.description),
    ])
  }
}
