public import KarezCore
import KarezStore

/// 撤销: which commit of a dataset is taken back, and why.
public struct ReversalOrder: Hashable, Sendable {
  public let dataset: String
  public let commit: CommitNumber
  public let why: EditReason

  public init(dataset: String, commit: CommitNumber, why: EditReason) {
    self.dataset = dataset
    self.commit = commit
    self.why = why
  }
}

/// A small change somebody wants to make of a dataset.
public enum EditRequest: Hashable, Sendable {
  case end(EndOrder)
  case correct(CorrectionOrder)
  case split(SplitOrder)
  case merge(MergeOrder)
  case revert(ReversalOrder)
  case put(PutOrder)

  /// What messages and files call it.
  public var verb: String {
    switch self {
    case .end: "end"
    case .correct: "correct"
    case .split: "split"
    case .merge: "merge"
    case .revert: "revert"
    case .put(let order): order.verb
    }
  }

  var why: EditReason {
    switch self {
    case .end(let order): order.why
    case .correct(let order): order.why
    case .split(let order): order.why
    case .merge(let order): order.why
    case .revert(let order): order.why
    case .put(let order): order.why
    }
  }

  /// The feature, or the commit, it begins with.
  var subject: String {
    switch self {
    case .end(let order): order.ids.first ?? ""
    case .correct(let order): order.id
    case .split(let order): order.id
    case .merge(let order): order.ids.first ?? ""
    case .revert(let order): order.commit.description
    case .put(let order): order.feature.id
    }
  }
}

extension OneMap {
  /// The edit a request comes to on what is recorded now.
  ///
  /// - Errors: those of the verb; of kind conflict for a reversal of what later commits changed.
  func edit(_ request: EditRequest, in scope: Scope) async throws(Problem) -> FeatureEdit {
    switch request {
    case .end(let order): return try await ending(order, in: scope)
    case .correct(let order): return try await correction(order, in: scope)
    case .split(let order): return try await splitting(order, in: scope).edit
    case .merge(let order): return try await merging(order, in: scope).edit
    case .revert(let order):
      let (edit, conflicts) = try await reversal(
        of: order.commit, in: order.dataset, order.why, scope)
      guard conflicts.isEmpty else { throw Self.overtaken(order, by: conflicts) }
      return edit
    case .put(let order): return try await putting(order, in: scope)
    }
  }

  /// Named in a problem; all are counted.
  private static let mostNamed = 5

  private static func overtaken(
    _ order: ReversalOrder, by conflicts: [EditConflict]
  ) -> Problem {
    func list(_ language: Language) -> String {
      conflicts.prefix(mostNamed).map { $0.line(in: language) }
        .joined(separator: language == .en ? "; " : "；")
    }
    return Wording(
      "reversal-overtaken",
      "其中 \(conflicts.count) 个要素之后又有变化：\(list(.zh))",
      "\(conflicts.count) of its features were changed since: \(list(.en))",
      do: "先撤销之后的提交，或逐个更正要素", "take the later commits back first, or correct the features"
    ).problem(.conflict, at: order.dataset)
  }
}

extension FeatureEdit {
  /// The edit as a package of changes on what is recorded now, which the gate takes in like one
  /// that comes from elsewhere.
  func package(of map: OneMap, in scope: Scope) async throws(Problem) -> IncrementPackage {
    let last = try await map.today().recorded
    var rowsByID: [String: [DraftRow]] = [:]
    for row in rows { rowsByID[row.feature.id, default: []].append(row) }
    let timelines = Dictionary(
      uniqueKeysWithValues: try await map.histories(
        of: rowsByID.keys.sorted(), in: schema.id, scope
      ).map { ($0.id, $0) })
    var changes: [IncrementPackage.Change] = []
    for (id, rows) in rowsByID.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      try timelines[id]?.checkWhole(at: nil)
      let base = IncrementPackage.Change.joined(timelines[id]?.recorded(at: nil) ?? [])
      let wanted = rows.map { row in
        IncrementPackage.Row(
          validity: row.validity ?? days(after: base),
          content: row.ends ? nil : row.feature.withoutNulls)
      }
      let change = IncrementPackage.Change(id, base: base, rows: wanted)
      if change.base != change.result { changes.append(change) }
    }
    guard !changes.isEmpty || !successions.isEmpty || !withdrawnSuccessions.isEmpty else {
      throw Wording(
        "edit-nothing", "与已有内容相同，没有变化", "nothing would differ from what is recorded",
        do: "检查所填的值与日期", "check the values and the day"
      ).problem(.usage, at: schema.id.text)
    }
    let making = IncrementMaking(
      map: map, schema: schema, since: last, through: last, scope: scope)
    let sm3 = try await map.asked { store throws(StoreError) in
      try await store.contentDigest(of: schema.id, at: last, in: scope)
    }
    return IncrementPackage(
      dataset: schema.id, regions: scope.regionPrefixes, base: .init(commit: last, sm3: sm3),
      result: nil, changes: changes, ground: try await making.ground(of: changes),
      successions: successions,
      withdrawn: withdrawnSuccessions.compactMap {
        Succession($0.kind, of: $0.parents, into: $0.children, on: $0.validOn)
      })
  }

  /// The edit's days for a feature: to the day they say, or until its next recorded change.
  private func days(after base: [IncrementPackage.Version]) -> Validity {
    if validity.until != nil { return validity }
    let edges = base.flatMap { [$0.validity.from, $0.validity.until].compactMap(\.self) }
    let next = edges.filter { $0 > validity.from }.min()
    return Validity(from: validity.from, until: next) ?? validity
  }
}

extension Feature {
  fileprivate var withoutNulls: Feature {
    Feature(id: id, geometry: geometry, attributes: attributes.filter { $0.value != .null })
  }
}
