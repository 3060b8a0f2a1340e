public import KarezCore
import KarezPacks
import KarezStore

/// 定级: the levels of datasets and attributes, and who changes them.
///
/// What a dataset is recorded with is the stricter of its schema and of what was decided, and is
/// in force on every channel because every call reads it there. Up goes it at once, or by
/// proposal, as `Packs/two-persons.yaml` says; down only by two people.
public struct Labelling: Sendable {
  let map: OneMap

  /// What became of an order.
  public enum Outcome: Sendable {
    case inForce(LabelDecision)
    case proposed(Proposal)
  }

  /// Changes a level, or proposes to.
  ///
  /// - Errors: `Problem` of kind not found for a dataset or attribute that is none, or out of reach.
  public func change(
    _ order: LabelOrder, because reason: String, by principal: Principal
  ) async throws(Problem) -> Outcome {
    let act = map.acts[.classification]
    let isUp = try await former(of: order, for: principal) < order.level
    let isAlone =
      isUp && (act.map { $0.alone.contains(.raise) || !$0.concerns(order.dataset) } ?? true)
    guard isAlone else {
      let subject = order.subject(from: try await former(of: order, for: principal))
      return .proposed(
        try await map.twoPersons.propose(
          .classification, subject, because: reason, by: principal))
    }
    try principal.require(anyOf: (act?.propose ?? []).union(act?.approve ?? [.classify]))
    try principal.requireInPerson()
    guard !reason.isEmpty, reason.count <= 400 else { throw TwoPersons.reasonMissing }
    try await check(order, for: principal)
    let made = try await decision(
      on: order, by: principal.actor.id, second: nil, proposal: nil, because: reason)
    guard
      try await map.accounts.putUnlessConflict(
        made.outcome.changes, "dataset-classified", made.said,
        relabelling: made.outcome.relabelling, by: principal.actor)
    else { throw TwoPersons.busy }
    return .inForce(made.decision)
  }

  /// The levels there are: of one dataset or of all that this person may know the levels of.
  public func labels(
    of dataset: String? = nil, for principal: Principal
  ) async throws(Problem) -> [DatasetLabels] {
    let id = try dataset.map { name throws(Problem) in try OneMap.dataset(named: name) }
    let found = try await map.schemas(in: Self.scope(of: principal)).map(\.labels)
      .filter { id == nil || $0.dataset == id }
    if let id, found.isEmpty { throw .store(.noSuchDataset(id)) }
    return found
  }

  /// What was decided on a dataset and on the attributes in reach, the latest first.
  public func decisions(
    on dataset: String, for principal: Principal
  ) async throws(Problem) -> [LabelDecision] {
    try await decisions(on: dataset, in: Self.scope(of: principal))
  }

  func decisions(
    on dataset: String, in scope: Scope
  ) async throws(Problem) -> [LabelDecision] {
    let known = Set(try await map.schema(of: dataset, in: scope).attributes.map(\.name))
    return try await recorded(on: dataset).filter { decision in
      decision.order.attribute.map(known.contains) ?? true
    }
  }

  // MARK: Parts

  /// Whoever agrees to levels knows the levels of all datasets of the zone, and no row of them.
  static func scope(of principal: Principal) -> Scope {
    principal.may(.classify) ? .all : principal.scope
  }

  private func recorded(on dataset: String) async throws(Problem) -> [LabelDecision] {
    try await map.asked { store throws(StoreError) in
      var found: [LabelDecision] = []
      let query = RecordQuery(
        LabelDecision.kind, keyPrefix: LabelDecision.prefix(of: dataset), order: .keyDescending)
      for record in try await store.records(query, after: nil, limit: 200).records {
        found.append(try LabelDecision(record))
      }
      return found
    }
  }

  /// The level it is to be instead of.
  func former(
    of order: LabelOrder, for principal: Principal
  ) async throws(Problem) -> Classification {
    let found = try await labels(of: order.dataset, for: principal)
    guard let level = found.first.flatMap({ order.level(in: $0) }) else {
      throw Self.attributeUnknown(order)
    }
    return level
  }

  /// Refuses a level that is none, is there already, is above the zone, or below the packs.
  func check(_ order: LabelOrder, for principal: Principal) async throws(Problem) {
    guard try await former(of: order, for: principal) != order.level else {
      throw Self.unchanged(order)
    }
    let zone = map.exchange.zone
    guard order.level <= zone.ceiling else { throw Self.aboveZone(order, zone) }
    let stated = try map.packs.schema(OneMap.dataset(named: order.dataset))
      .flatMap { order.level(in: $0.labels) }
    if let stated, order.level < stated { throw Self.belowPacks(order, stated) }
  }

  typealias Made = (
    decision: LabelDecision, outcome: TwoPersonOutcome, said: [String: JSONValue]
  )

  /// A decision with what records it, on the labels as they are now.
  func decision(
    on order: LabelOrder, by actor: String, second: String?, proposal: String?,
    because reason: String
  ) async throws(Problem) -> Made {
    let labels = try await map.schema(of: order.dataset, in: .all).labels
    guard let former = order.level(in: labels) else { throw Self.attributeUnknown(order) }
    let decision = LabelDecision(
      order, instead: former, by: actor, second: second, proposal: proposal, because: reason,
      at: map.clock.now(), after: try await recorded(on: order.dataset).first)
    guard case .object(let said) = decision.json else { throw TwoPersons.busy }
    return (
      decision,
      TwoPersonOutcome(changes: [decision.change], relabelling: order.applied(to: labels)), said
    )
  }

  // MARK: Problems

  private static func place(_ order: LabelOrder) -> String {
    [order.dataset, order.attribute].compactMap { $0 }.joined(separator: "/")
  }

  private static func attributeUnknown(_ order: LabelOrder) -> Problem {
    Wording(
      "attribute-unknown", "数据集没有此字段", "the dataset has no such attribute",
      do: "用 karez classify 加数据集名查看字段", "see karez classify and the dataset"
    ).problem(.notFound, at: place(order))
  }

  private static func unchanged(_ order: LabelOrder) -> Problem {
    Wording(
      "label-unchanged", "已是 \(order.level.rawValue) 级", "it is \(order.level.rawValue) already",
      do: "无须办理", "nothing is to be done"
    ).problem(.conflict, at: place(order))
  }

  private static func aboveZone(_ order: LabelOrder, _ zone: NetworkZone) -> Problem {
    Wording(
      "label-above-zone", "\(zone.rawValue) 区不得存放 \(order.level.rawValue) 级数据",
      "zone \(zone.rawValue) may not hold what is \(order.level.rawValue)",
      do: "先定为 \(zone.ceiling.rawValue)，并把数据移出本区",
      "make it \(zone.ceiling.rawValue) now, and take the data out of this zone"
    ).problem(.refused, at: place(order))
  }

  private static func belowPacks(_ order: LabelOrder, _ stated: Classification) -> Problem {
    Wording(
      "label-below-packs", "规则包定为 \(stated.rawValue) 级，不得低于它",
      "the packs say \(stated.rawValue), and nothing goes below them",
      do: "先发布降级后的规则包", "publish packs that say a lower level first"
    ).problem(.refused, at: place(order))
  }
}

/// A change of level (定级变更) as an act of two people.
struct Reclassification: TwoPersonEffect {
  let map: OneMap
  let act = TwoPersonAct.Name.classification

  func check(_ subject: JSONValue, by principal: Principal) async throws(Problem) {
    let order = try Self.order(subject)
    guard
      try await map.labelling.former(of: order, for: principal).rawValue
        == subject["from"]?.string
    else { throw TwoPersons.outdated(order.dataset) }
    try await map.labelling.check(order, for: principal)
  }

  func outcome(
    _ proposal: Proposal, by principal: Principal
  ) async throws(Problem) -> TwoPersonOutcome? {
    try await map.labelling.decision(
      on: try Self.order(proposal.subject), by: proposal.proposer, second: principal.actor.id,
      proposal: proposal.id, because: proposal.reason
    ).outcome
  }

  /// Nobody learns from a proposal of a dataset, or of an attribute, that is out of their reach.
  func isVisible(_ subject: JSONValue, to principal: Principal) async throws(Problem) -> Bool {
    let order = try Self.order(subject)
    do throws(Problem) {
      _ = try await map.labelling.former(of: order, for: principal)
      return true
    } catch {
      guard error.kind == .notFound else { throw error }
      return false
    }
  }

  func words(_ subject: JSONValue) -> LocalizedText {
    let dataset = subject["dataset"]?.string ?? ""
    let place = [dataset, subject["attribute"]?.string].compactMap { $0 }.joined(separator: "/")
    let step = "\(subject["from"]?.string ?? "") → \(subject["to"]?.string ?? "")"
    return LocalizedText(
      zh: "\(place) 的级别由 \(step)", en: "put \(place) on another level: \(step)",
      ug: "\(place) — دەرىجە: \(step)")
  }

  private static func order(_ subject: JSONValue) throws(Problem) -> LabelOrder {
    guard let order = LabelOrder(subject) else { throw .store(.corrupt(what: "proposal")) }
    return order
  }
}

extension OneMap {
  /// 定级.
  public var labelling: Labelling { Labelling(map: self) }

  /// The packs' datasets on the levels they have here.
  func labelledSchemas() async throws(Problem) -> [DatasetSchema] {
    let recorded = Dictionary(
      try await schemas(in: .all).map { ($0.id, $0.labels) }, uniquingKeysWith: { $1 })
    return packs.schemas.map { schema in
      recorded[schema.id].map(schema.labelled(atLeast:)) ?? schema
    }
  }

  /// One of them.
  func labelledSchema(_ id: DatasetID) async throws(Problem) -> DatasetSchema? {
    try await labelledSchemas().first { $0.id == id }
  }
}
