import KarezCatalog
import KarezCore
import KarezGeometry
import KarezRules
import KarezStore

/// Takes the rows of a package into a draft, and tells what has changed here since its base.
///
/// What is here already as the package says is left out; so a package may come twice. Not
/// Sendable: it belongs to the task that imports.
final class IncrementFilling: DraftSource {
  private let package: IncrementPackage
  private let schema: DatasetSchema
  private let map: OneMap
  private let draft: DraftID
  private let scope: Scope
  private let state: AsOf

  private(set) var found: GateReport
  private(set) var rows = 0
  private(set) var successions: [Succession] = []
  private(set) var withdrawn: Set<Int64> = []
  /// Whether the dataset is in the package's base state.
  private(set) var isAtBase = false
  private var commits: [CommitNumber: CommitRecord] = [:]
  private let measure = OverlapMeasure(plane: .statutory)

  let warnings: [BoundaryWarning] = []
  let crs: CoordinateReferenceSystem? = nil

  init(
    _ package: IncrementPackage, schema: DatasetSchema, map: OneMap, draft: DraftID, at state: AsOf,
    in scope: Scope, into found: GateReport
  ) {
    self.package = package
    self.schema = schema
    self.map = map
    self.draft = draft
    self.state = state
    self.scope = package.regions.map { scope.held(to: .regions($0)) } ?? scope
    self.found = found
  }

  let isPlaced = true

  func fill(onRows: (DraftBatch) async throws(GateError) -> Void) async throws(Problem) {
    for record in try await map.commits(of: schema.id.text, in: scope) {
      commits[record.commit] = record
    }
    try await compareStates()
    for start in stride(from: 0, to: package.changes.count, by: 500) {
      let some = package.changes[start..<min(start + 500, package.changes.count)]
      let known = try await map.histories(of: some.map(\.id), in: schema.id, scope)
      let timelines = Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) })
      var batch: [DraftRow] = []
      for change in some {
        for row in try compared(change, timelines[change.id]) {
          batch.append(try draftRow(row, of: change))
          if let shape = row.content?.geometry?.polygons {
            try await compareGround(shape, from: row.validity.from, change.id, rows)
          }
        }
      }
      try await map.asked { store throws(StoreError) in try await store.append(batch, to: draft) }
      do throws(GateError) {
        try await onRows(DraftBatch(rows: batch))
      } catch {
        throw .gate(error, of: schema.id.text)
      }
    }
    try await fillSuccessions()
  }

  private func compareStates() async throws(Problem) {
    let sm3 = try await map.asked { store throws(StoreError) in
      try await store.contentDigest(of: schema.id, at: state.recorded, in: scope)
    }
    isAtBase = sm3 == package.base.sm3
    guard !isAtBase else { return }
    found.note(
      GateFinding(
        .baseOther,
        what: LocalizedText(
          zh: "本库现状 \(sm3.prefix(8)) 与增量包的基准 \(package.base.sm3.prefix(8)) 不同",
          en: "this state \(sm3.prefix(8)) is not the package's base \(package.base.sm3.prefix(8))"),
        remedy: LocalizedText(
          zh: "逐个要素核对，不一致的另行列出", en: "compared feature by feature; see what differs")))
  }

  /// The rows that are still wanted; and a finding where the feature is not as the base says.
  private func compared(
    _ change: IncrementPackage.Change, _ timeline: FeatureTimeline?
  ) throws(Problem) -> [IncrementPackage.Row] {
    let now = IncrementPackage.Change.joined(timeline?.recorded(at: nil) ?? [])
    if now == change.result { return [] }
    if now != change.base { found.note(finding(change, now, timeline)) }
    return change.rows
  }

  private func draftRow(
    _ row: IncrementPackage.Row, of change: IncrementPackage.Change
  ) throws(Problem) -> DraftRow {
    rows += 1
    guard let content = row.content else {
      return DraftRow(
        row: Int64(rows), feature: Feature(id: change.id, geometry: nil, attributes: [:]),
        ends: true, validity: row.validity)
    }
    let known = Dictionary(uniqueKeysWithValues: schema.attributes.map { ($0.name, $0.type) })
    let isKept = content.attributes.allSatisfy { name, value in
      known[name].map { $0 == value.type } ?? schema.isOpen
    }
    guard isKept, change.result.contains(where: { $0.sm3 == content.contentSM3 }) else {
      throw Wording(
        "increment-content", "要素内容与增量包所列摘要或数据集结构不符",
        "the feature is not what the package's digest says, or not of this dataset's schema",
        do: "核对双方规则包版本，请制作方重新制作", "compare the packs of both sides, have it made again"
      ).problem(at: change.id)
    }
    return DraftRow(row: Int64(rows), feature: content, validity: row.validity)
  }

  private func fillSuccessions() async throws(Problem) {
    let ids = (package.successions + package.withdrawn).flatMap { $0.parents + $0.children }
    let known = try await map.successions(
      of: schema.id, Set(ids).sorted(), at: state.recorded, in: scope.everywhere)
    successions = package.successions.filter { new in !known.contains { $0.says(new) } }
    withdrawn = Set(
      package.withdrawn.flatMap { old in known.filter { $0.says(old) }.map(\.number) })
  }

  // MARK: Conflicts

  private func finding(
    _ change: IncrementPackage.Change, _ now: [IncrementPackage.Version],
    _ timeline: FeatureTimeline?
  ) -> GateFinding {
    let by = timeline.map { who($0.changedBy) }
    let (base, current) = (Self.text(of: change.base), Self.text(of: now))
    let box = timeline?.recorded(at: nil).last?.version.feature.geometry?.boundingBox
    return GateFinding(
      .baseChanged, row: Int64(rows + 1), feature: change.id,
      place: box.map { Position(x: ($0.minX + $0.maxX) / 2, y: ($0.minY + $0.maxY) / 2) },
      what: LocalizedText(
        zh: "自基准以来已变化\(by.map { "（\($0.zh)）" } ?? "")：基准为 \(base.zh)，现为 \(current.zh)",
        en:
          "changed since the base\(by.map { " (\($0.en))" } ?? ""): it was \(base.en), now \(current.en)"
      ), remedy: Self.remedy)
  }

  /// Tells of features on the ground of a row that the base did not show there.
  private func compareGround(
    _ shape: MultiPolygon, from day: LegalDate, _ id: String, _ row: Int
  ) async throws(Problem) {
    guard schema.isCoverage, let box = shape.boundingBox else { return }
    let here = try await map.features(
      of: schema.id, asOf: AsOf(validOn: day, recorded: state.recorded), in: box,
      scope.everywhere)
    for version in here where !ids.contains(version.feature.id) {
      guard let land = version.feature.geometry?.polygons,
        !ground.contains(.init(id: version.feature.id, sm3: Geometry.polygons(land).sm3))
      else { continue }
      // What GEOS cannot measure the gate tells of, too.
      let area = (try? measure.common(shape, land).area) ?? 0
      guard area > tolerance else { continue }
      let by = who(version.recordedFrom)
      let size = DecimalText.fixed(area, decimals: 2)
      var finding = GateFinding(
        .groundChanged, row: Int64(row), feature: id,
        place: Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2),
        what: LocalizedText(
          zh: "其地块 \(size) 平方米自基准以来已属 \(version.feature.id)（\(by.zh)）",
          en: "\(size) m² of its ground are \(version.feature.id)'s since the base (\(by.en))"),
        remedy: Self.remedy)
      finding.others = [version.feature.id]
      finding.areaM2 = area
      found.note(finding)
    }
  }

  private lazy var ids = Set(package.changes.map(\.id))
  private lazy var ground = Set(package.ground)
  private var tolerance: Double {
    found.rules.tolerance?.area.squareMetres ?? CoverageLimits.noiseM2
  }

  private func who(_ commit: CommitNumber) -> LocalizedText {
    guard let record = commits[commit] else {
      return LocalizedText(zh: "第 \(commit) 次提交", en: "commit \(commit)")
    }
    let by = "\(record.actor.id), \(record.recordedAt)"
    return LocalizedText(zh: "第 \(commit) 次提交，\(by)", en: "commit \(commit), \(by)")
  }

  /// Days and digests, short: `2020-01-01… 3f9a01bc`.
  private static func text(of versions: [IncrementPackage.Version]) -> LocalizedText {
    guard !versions.isEmpty else { return LocalizedText(zh: "不存在", en: "not there") }
    let text = versions.map { version in
      let days = version.validity
      return "\(days.from)…\(days.until?.description ?? "") \(version.sm3.prefix(8))"
    }.joined(separator: ", ")
    return LocalizedText(zh: text, en: text)
  }

  private static let remedy = LocalizedText(
    zh: "以现状为基准重新制作增量包；确须覆盖的，用 --accept 放行并说明理由",
    en:
      "make the package anew on the present state; to overrule it, --accept the rule with a reason")
}

extension RecordedSuccession {
  /// Whether it is of the same features, in the same way, on the same day.
  func says(_ other: Succession) -> Bool {
    kind == other.kind && parents == other.parents && children == other.children
      && validOn == other.validOn
  }
}
