import KarezCatalog
public import KarezCore
import KarezGeometry
import KarezPacks
import KarezRules
import KarezStore

/// `karez adjust`: polygons scaled to the control figures that the gate holds their sums to.
///
/// Which attribute names the control feature, whose figure it is and how far off a sum may be
/// stands in the dataset's profile, in its closure rule. What is farther off is a gap, an overlap
/// or a wrong code, and is told instead of being scaled away.
struct AdjustJob {
  private static let pageLength = 1_000

  let map: OneMap
  let order: AdjustOrder
  let actor: Actor
  let scope: Scope

  func run(
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) -> AdjustReport {
    let schema = try await map.schema(of: order.dataset, in: scope)
    let (rule, test) = try closure(of: schema)
    let state = AsOf(validOn: order.day, recorded: try await map.today().recorded)
    let figures = try await figures(test, state)
    var groups: [String: [AdjustReport.Patch]] = [:]
    let take = { (feature: Feature, areaM2: Double?) in
      guard let areaM2 else { return }
      let name = Self.name(feature.attributes[test.attribute], digits: test.digits)
      groups[name, default: []].append(AdjustReport.Patch(id: feature.id, measuredM2: areaM2))
    }
    if order.file == nil {
      try await scan(schema.id, state) { take($0.feature, $0.statutoryArea?.squareMetres) }
    } else {
      try await read(schema, take, progress: progress)
    }
    return AdjustReport(
      schema: schema, rule: rule, test: test, day: order.day,
      groups: groups.map { name, patches in
        AdjustReport.Group(name, patches, figure: figures[name], allowance: test.allowance)
      })
  }

  private func closure(
    of schema: DatasetSchema
  ) throws(Problem) -> (rule: String, test: ClosureTest) {
    let rules = map.packs.profiles.filter { $0.dataset == schema.id }.flatMap(\.checks)
      .compactMap { check -> (rule: String, test: ClosureTest)? in
        guard case .closure(let test) = check.test, check.condition == nil else { return nil }
        return (check.id, test)
      }
    if let rule = rules.first(where: { $0.rule == order.rule }) { return rule }
    if order.rule == nil, rules.count == 1, let rule = rules.first { return rule }
    let known = rules.map(\.rule).joined(separator: ", ")
    throw Wording(
      "closure-rule-unclear", "须指明一条面积闭合规则", "one closure rule has to be named",
      do: known.isEmpty ? "该数据集的质检规则中没有，请在规则包中补充" : "用 --rule 指明：\(known)",
      known.isEmpty ? "its profile has none; add one to a pack" : "choose by --rule: \(known)"
    ).problem(.usage, at: schema.id.text)
  }

  private static func name(_ value: AttributeValue?, digits: Int?) -> String {
    guard case .text(let text)? = value else { return "" }
    return digits.map { String(text.prefix($0)) } ?? text
  }

  /// Control figures in square metres, by the id of their feature.
  private func figures(_ test: ClosureTest, _ state: AsOf) async throws(Problem) -> [String: Double]
  {
    var figures: [String: Double] = [:]
    try await scan(test.dataset, state) { version in
      figures[version.feature.id] = test.figure(of: version)
    }
    guard figures.isEmpty else { return figures }
    throw Wording(
      "control-missing", "\(state.validOn) 没有控制面积",
      "there are no control figures on \(state.validOn)",
      do: "先汇交该数据集", "submit that dataset first"
    ).problem(.notFound, at: test.dataset.text)
  }

  private func scan(
    _ dataset: DatasetID, _ state: AsOf, _ body: (FeatureVersion) -> Void
  ) async throws(Problem) {
    let query = FeatureQuery(dataset: dataset, asOf: state)
    var cursor: FeatureCursor?
    repeat {
      if Task.isCancelled { throw .gate(.cancelled, of: dataset.text) }
      let after = cursor
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(query, after: after, limit: Self.pageLength, in: scope)
      }
      for version in page.versions { body(version) }
      cursor = page.next
    } while cursor != nil
  }

  /// The polygons of a file, through a draft that is thrown away.
  private func read(
    _ schema: DatasetSchema, _ take: (Feature, Double?) -> Void,
    progress: @escaping @Sendable (ImportProgress) -> Void
  ) async throws(Problem) {
    guard let file = order.file else { return }
    var intake = ImportOrder(dataset: order.dataset, file: file, validFrom: order.day)
    intake.crs = order.crs
    let work = FileImport(
      order: intake, dataset: schema.id, schema: schema, map: map, actor: actor, scope: scope)
    let (draft, _) = try await work.openDraft()
    do throws(Problem) {
      let filling = try DraftFilling(
        intake, schema: schema, map: map, draft: draft, into: work.emptyReport)
      try await filling.fill { _ in
        progress(ImportProgress(phase: .reading, done: filling.rows, total: nil))
      }
      try await scan(draft, take)
    } catch {
      try? await map.store.discard(draft)
      throw error
    }
    try? await map.store.discard(draft)
  }

  private func scan(
    _ draft: DraftID, _ take: (Feature, Double?) -> Void
  ) async throws(Problem) {
    var last: Int64 = 0
    while true {
      let after = last
      let rows = try await map.asked { store throws(StoreError) in
        try await store.rows(of: draft, after: after, limit: Self.pageLength)
      }
      for row in rows {
        guard case .polygons(let polygons)? = row.feature.geometry else { continue }
        take(row.feature, polygons.statutoryArea().squareMetres)
      }
      last = rows.last?.row ?? last
      if rows.count < Self.pageLength { return }
    }
  }
}

extension OneMap {
  /// 平差: the polygons of a dataset, or of a file for it, adjusted to their control figures.
  public func adjusted(
    _ order: AdjustOrder, by actor: Actor, in scope: Scope,
    progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) async throws(Problem) -> AdjustReport {
    try await AdjustJob(map: self, order: order, actor: actor, scope: scope).run(
      progress: progress)
  }
}
