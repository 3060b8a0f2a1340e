public import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore

/// Which changes of a dataset go into a package.
public struct IncrementOrder: Hashable, Sendable {
  public let dataset: String
  /// The base: a commit whose state the receiver has, too.
  public let since: CommitNumber
  /// The result; the last commit if nil.
  public var through: CommitNumber?
  /// Prefixes of the regions it is held to; none is the whole dataset.
  public var regions: [String] = []

  public init(dataset: String, since: CommitNumber) {
    self.dataset = dataset
    self.since = since
  }
}

extension OneMap {
  /// 制作增量包: the changes between two recorded states of a dataset, on all days.
  public func increment(
    _ order: IncrementOrder, in scope: Scope
  ) async throws(Problem) -> IncrementPackage {
    let schema = try await schema(of: order.dataset, in: scope)
    let last = try await today().recorded
    let through = min(order.through ?? last, last)
    guard order.since <= through else {
      throw Wording(
        "increment-empty", "基准提交晚于结果提交", "the base comes after the result",
        do: "更正 --since 与 --through", "mend --since and --through"
      ).problem(.usage, at: "--since")
    }
    let narrow = try scope.narrowed(to: order.regions, of: schema)
    return try await IncrementMaking(
      map: self, schema: schema, since: order.since, through: through, scope: narrow
    ).package()
  }

  /// Writes a package into a file, whole or not at all; what is returned is its SM3.
  @discardableResult
  public func write(_ package: IncrementPackage, to path: String) throws(Problem) -> String {
    let text = package.text
    try OutputFile.write(text, to: path)
    return SM3.digest(text).description
  }
}

/// Makes a package from what is recorded.
struct IncrementMaking {
  let map: OneMap
  let schema: DatasetSchema
  let since: CommitNumber
  let through: CommitNumber
  let scope: Scope

  func package() async throws(Problem) -> IncrementPackage {
    // Refused to whoever may not see all attributes: the package would say less than is recorded.
    let (first, last) = try await map.asked { store throws(StoreError) in
      (
        try await store.contentDigest(of: schema.id, at: since, in: scope),
        try await store.contentDigest(of: schema.id, at: through, in: scope)
      )
    }
    let ids = try await map.touched(by: through, after: since, of: schema.id, in: scope)
    var changes: [IncrementPackage.Change] = []
    for start in stride(from: 0, to: ids.count, by: 1_000) {
      let some = Array(ids[start..<min(start + 1_000, ids.count)])
      for timeline in try await map.histories(of: some, in: schema.id, scope) {
        let change = IncrementPackage.Change(
          timeline.id, from: timeline.recorded(at: since), to: timeline.recorded(at: through))
        guard let change else { continue }
        changes.append(change)
      }
    }
    changes.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    let (new, withdrawn) = try await successions()
    return IncrementPackage(
      dataset: schema.id, regions: scope.regionPrefixes, base: .init(commit: since, sm3: first),
      result: .init(commit: through, sm3: last), changes: changes,
      ground: try await ground(of: changes), successions: new, withdrawn: withdrawn)
  }

  /// What was recorded between the two states, and what was taken back.
  private func successions() async throws(Problem) -> (new: [Succession], withdrawn: [Succession]) {
    let whole = scope.everywhere
    let (seen, all) = try await map.asked { store throws(StoreError) in
      let query = SuccessionQuery.recorded(after: since, through: through)
      return (
        try await store.successions(of: schema.id, query, in: scope),
        try await store.successions(of: schema.id, query, in: whole)
      )
    }
    var new: [Succession] = []
    var withdrawn: [Succession] = []
    for succession in seen {
      guard all.contains(succession),
        let stated = Succession(
          succession.kind, of: succession.parents, into: succession.children,
          on: succession.validOn)
      else {
        throw Wording(
          "increment-crosses", "沿革涉及所选地区以外的要素", "a succession concerns features elsewhere",
          do: "一并选择所涉地区", "take in those regions, too"
        ).problem(at: (succession.parents + succession.children).joined(separator: ", "))
      }
      let was = succession.isRecorded(at: since)
      let isNow = succession.isRecorded(at: through)
      if isNow, !was { new.append(stated) }
      if was, !isNow { withdrawn.append(stated) }
    }
    return (new, withdrawn)
  }

  /// The features around the new land that stay as they are.
  func ground(
    of changes: [IncrementPackage.Change]
  ) async throws(Problem) -> [IncrementPackage.Neighbour] {
    guard schema.isCoverage, schema.geometry == .polygon else { return [] }
    let own = Set(changes.map(\.id))
    var ground: Set<IncrementPackage.Neighbour> = []
    for row in changes.lazy.flatMap(\.rows) {
      guard let box = row.content?.geometry?.boundingBox else { continue }
      let state = AsOf(validOn: row.validity.from, recorded: through)
      for version in try await map.features(of: schema.id, asOf: state, in: box, scope)
      where !own.contains(version.feature.id) {
        guard let geometry = version.feature.geometry else { continue }
        ground.insert(.init(id: version.feature.id, sm3: geometry.sm3))
      }
    }
    return ground.sorted { ($0.id, $0.sm3) < ($1.id, $1.sm3) }
  }
}

extension FeatureTimeline {
  /// Refuses what the maker may not see all of: the package would say less than is recorded.
  func checkWhole(at commit: CommitNumber?) throws(Problem) {
    for version in recorded(at: commit)
    where version.version.feature.contentSM3 != version.contentSM3 {
      throw Wording(
        "increment-classified", "要素含有您无权读取的字段",
        "the feature has attributes you may not read",
        do: "由有权读取全部字段的人制作", "have it made by someone who may read them all"
      ).problem(.forbidden, at: id)
    }
  }
}

extension Geometry {
  /// SM3 of its WKB.
  var sm3: String { SM3.digest(wkb()).description }
}

extension OneMap {
  /// All features of a state whose boxes meet a window.
  func features(
    of dataset: DatasetID, asOf: AsOf, in window: BoundingBox, _ scope: Scope
  ) async throws(Problem) -> [FeatureVersion] {
    try await asked { store throws(StoreError) in
      let query = FeatureQuery(dataset: dataset, asOf: asOf, window: window)
      var all: [FeatureVersion] = []
      var cursor: FeatureCursor?
      repeat {
        let page = try await store.features(query, after: cursor, limit: 2_000, in: scope)
        all += page.versions
        cursor = page.next
      } while cursor != nil
      return all
    }
  }
}
