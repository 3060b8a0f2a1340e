import KarezAccounts
import KarezCore
import KarezGeometry
import Testing

@testable import KarezStore

/// One cell of the matrix: a call of the port, a dataset and a scope; what it shows, as text.
struct AccessCell {
  static let absent = "there is none"
  static let tooNarrow = "not for who sees a part"

  let call: PortCall
  let level: Classification
  let scope: Scope

  private var last: CommitNumber { .init(12) ?? .none }
  private var asked: AsOf { AsOf(validOn: Fixture.day(3), recorded: last) }

  // MARK: What the store shows

  func observed(_ store: RelationalStore) async throws -> String {
    do {
      return try await shown(store, try AccessModel.dataset(level))
    } catch StoreError.noSuchDataset {
      return Self.absent
    } catch StoreError.scopeTooNarrow {
      return Self.tooNarrow
    } catch StoreError.recordConflict(_, _, _, let found) {
      return found == 0 ? Self.absent : "conflict"
    } catch StoreError.conflict {
      // A commit that knows nothing of those before it; who may not record never comes so far.
      return "conflict"
    }
  }

  private func shown(_ store: RelationalStore, _ dataset: DatasetID) async throws -> String {
    switch call {
    case .define:
      try await store.define(AccessModel.schema(level), by: .operator, in: scope)
      return "defined"
    case .schemas:
      let schema = try await store.schemas(in: scope).first { $0.id == dataset }
      return schema.map(Self.text) ?? Self.absent
    case .summary:
      let found = try await store.summary(of: dataset, asOf: asked, in: scope)
      let west = found.extent.map { " from \(Self.rounded($0.minX))" } ?? ""
      return "\(found.features)\(west) " + Self.text(found.schema)
    case .commits:
      let own = try await store.commits(of: dataset, in: scope)
      let all = try await store.commits(CommitQuery(), in: scope).filter { $0.dataset == dataset }
      #expect(own == all)
      return own.map(Self.text).joined(separator: "; ")
    case .features: return try await features(store, dataset)
    case .differences:
      let from = AsOf(validOn: Fixture.day(0), recorded: last)
      let query = DifferenceQuery(dataset: dataset, from: from, to: asked)
      let page = try await store.differences(query, after: nil, limit: 100, in: scope)
      return page.differences.map(\.id).sorted().joined(separator: " ")
    case .versions:
      let query = VersionQuery(dataset: dataset, .written(after: .none, through: last))
      let page = try await store.versions(query, after: nil, limit: 100, in: scope)
      return page.versions.map { Self.text($0.version.feature) + $0.contentSM3 }.sorted()
        .joined(separator: "; ")
    case .successions:
      let ids = AccessModel.rows.map(\.id)
      return try await store.successions(of: dataset, .of(ids), in: scope)
        .map { "\($0.parents) \($0.children)" }.joined()
    case .uses, .greatestNumber, .contentDigest, .precedents:
      return try await identifiers(store, dataset)
    case .layers: return try await layers(store, dataset)
    case .openDraft, .commit, .answer: return try await writing(store, dataset)
    case .post, .ledgerBalances, .ledgerTransactions: return try await ledgers(store)
    case .appendCase, .caseHead, .caseEvents, .cases, .caseCount, .caseFigures:
      return try await cases(store)
    }
  }

  /// What was recorded once and is sent again; it changes nothing whoever sends it.
  static func ledgerOrder(_ region: String) throws -> LedgerOrder {
    try LedgerFixture.order(
      "matrix \(region)", .post([try LedgerFixture.making(100, in: region)]))
  }

  private func ledgers(_ store: RelationalStore) async throws -> String {
    switch call {
    case .ledgerBalances:
      return try await store.ledgerBalances(
        LedgerAccountQuery(kind: "quota"), at: LedgerFixture.always, in: scope
      ).map(\.account.name.region).joined(separator: " ")
    case .ledgerTransactions:
      return try await store.transactions(in: scope).flatMap(\.moves).map(\.to.region)
        .joined(separator: " ")
    default:
      var posted: [String] = []
      for region in AccessModel.counties {
        let order = try Self.ledgerOrder(region)
        let chart = try LedgerFixture.chart()
        do throws(StoreError) {
          _ = try await store.post(
            [order], under: chart, recording: nil, by: .operator, in: scope)
          posted.append(region)
        } catch {
          guard case .ledger(.accountUnknown, order: 0) = error else { throw error }
        }
      }
      return posted.joined(separator: " ")
    }
  }

  private func features(_ store: RelationalStore, _ dataset: DatasetID) async throws -> String {
    func find(_ query: FeatureQuery) async throws -> String {
      try await store.features(query, after: nil, limit: 100, in: scope).versions
        .map { Self.text($0.feature) }.sorted().joined(separator: "; ")
    }
    let all = FeatureQuery(dataset: dataset, asOf: asked)
    let east = BoundingBox(minX: 76.09, minY: 38, maxX: 77, maxY: 40)
    return [
      try await find(all), try await find(FeatureQuery(dataset: dataset, asOf: asked, id: "p0002")),
      try await find(FeatureQuery(dataset: dataset, asOf: asked, window: east)),
    ].joined(separator: " | ")
  }

  private func identifiers(_ store: RelationalStore, _ dataset: DatasetID) async throws -> String {
    let ids = AccessModel.rows.map(\.id)
    switch call {
    case .uses: return "\(try await store.uses(of: ids, in: dataset, scope: scope).count)"
    case .greatestNumber:
      let found = try await store.greatestNumber(
        of: dataset, beginning: "p", digits: 4, in: scope)
      return "\(found ?? 0)"
    case .contentDigest:
      return try await store.contentDigest(of: dataset, at: last, in: scope)
    default:
      return try await store.precedents(of: ids, of: dataset, asOf: asked, in: scope).keys
        .sorted().joined(separator: " ")
    }
  }

  private func layers(_ store: RelationalStore, _ dataset: DatasetID) async throws -> String {
    let found = try await store.layers(of: [dataset], asOf: asked, near: nil, in: scope)
    guard let layer = found[dataset] else { return Self.absent }
    var shown: [String] = []
    for part in layer.parts {
      for polygon in 0..<part.layer.count where part.shows(polygon) {
        let grade = part.holds("grade") ? try part.text(of: "grade", polygon) ?? "" : "-"
        shown.append(try part.layer.id(of: polygon) + " " + grade)
      }
    }
    return shown.sorted().joined(separator: "; ") + " | " + Self.text(layer.schema)
  }

  private func writing(_ store: RelationalStore, _ dataset: DatasetID) async throws -> String {
    if call == .answer {
      var readable: [String] = []
      for (place, _) in Self.answerScopes.enumerated()
      where try await store.answer(id: "answer-\(place)", in: scope) != nil {
        readable.append("\(place)")
      }
      return readable.joined(separator: " ")
    }
    let validity = try #require(Validity(from: Fixture.day(1)))
    let plan = DraftPlan(
      dataset: dataset, mode: .changes, validity: validity, lineage: Fixture.lineage)
    let draft = try await store.openDraft(plan, by: .operator, in: call == .commit ? .all : scope)
    guard call == .commit else {
      try await store.discard(draft)
      return "opened"
    }
    let order = CommitOrder(reason: "matrix", idempotencyKey: "never", expected: CommitNumber.none)
    do throws(StoreError) {
      return "\(try await store.commit(draft, order, by: .operator, in: scope))"
    } catch {
      try await store.discard(draft)
      throw error
    }
  }

  /// Cases of three counties; a writer that knows nothing of those before it is in conflict.
  private func cases(_ store: RelationalStore) async throws -> String {
    switch call {
    case .appendCase:
      return
        "\(try await store.appendCase(AccessModel.opening("653121", again: true), by: .operator, in: scope))"
    case .cases:
      return try await store.cases(CaseQuery(), after: nil, limit: 10, in: scope)
        .map(\.stored.region).joined(separator: " ")
    case .caseCount:
      return "\(try await store.caseCount(CaseQuery(), atMost: 10, in: scope))"
    case .caseFigures:
      let query = CaseFiguresQuery(
        today: Fixture.day(0), near: Fixture.day(7), since: Fixture.day(0))
      return try await store.caseFigures(query, in: scope).standing.map(\.county)
        .joined(separator: " ")
    default:
      var seen: [String] = []
      for region in AccessModel.counties {
        let number = AccessModel.number(region)
        let isSeen =
          call == .caseHead
          ? try await store.caseHead(number, in: scope) != nil
          : try await !store.caseEvents(number, after: 0, in: scope).isEmpty
        if isSeen { seen.append(region) }
      }
      return seen.joined(separator: " ")
    }
  }

  /// Scopes in which answers are kept before anyone asks for them.
  static let answerScopes: [Scope] = [
    .all, Scope(ceiling: .internal), Scope(ceiling: .public),
    Scope(ceiling: .confidential, regionPrefixes: ["653101"]),
    Scope(ceiling: .internal, regionPrefixes: ["653121", "653101"]),
    Scope(ceiling: .restricted, withheld: ["owner"]),
    Scope(ceiling: .restricted, attributeCeiling: .public),
    Scope(ceiling: .confidential, zone: .internal), Scope(ceiling: .internal, regionPrefixes: []),
  ]

  // MARK: As text

  /// An index of places keeps less than sixteen digits.
  private static func rounded(_ degrees: Double) -> Double { (degrees * 1_000).rounded() / 1_000 }

  private static func text(_ schema: DatasetSchema) -> String {
    schema.attributes.map(\.name).joined(separator: ",")
  }

  static func text(_ feature: Feature) -> String {
    let values = feature.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return "\(feature.id){\(values.joined(separator: ","))}"
  }

  private static func text(_ record: CommitRecord) -> String {
    let digests = [record.sm3, record.lineage.sourceSM3].map { $0.isEmpty ? "-" : "digest" }
    let people = [record.actor.id, record.admission?.signedBy ?? ""].map { $0.isEmpty ? "-" : $0 }
    return "\(record.commit) +\(record.inserted) ~\(record.changed) -\(record.ended) "
      + (digests + people).joined(separator: " ")
  }
}

/// What each cell has to show.
extension AccessCell {
  func expected() throws -> String {
    if call == .answer {
      return Self.answerScopes.indices.filter { isCovered(Self.answerScopes[$0]) }
        .map(String.init).joined(separator: " ")
    }
    if call.isOfLedgers {
      guard min(scope.ceiling, scope.zone.ceiling) >= .internal else { return "" }
      return AccessModel.counties.filter(isInScope).joined(separator: " ")
    }
    if call.isOfCases { return ofCases() }
    guard AccessModel.exists(level, in: scope) else { return Self.absent }
    let seesAll = AccessModel.seesAllAttributes(of: level, in: scope)
    let seesRows = scope.regionPrefixes == nil
    let known = AccessModel.attributes(of: level, in: scope).joined(separator: ",")
    switch call {
    case .schemas: return known
    case .summary: return try summary() + known
    case .commits: return commits(seesAll && seesRows)
    case .features: return try features()
    case .differences: return differing().joined(separator: " ")
    case .versions: return try versions()
    case .successions: return successions()
    case .uses: return seesRows ? "6" : Self.tooNarrow
    case .greatestNumber: return seesRows ? "6" : Self.tooNarrow
    case .contentDigest: return seesAll ? try digest() : Self.tooNarrow
    case .precedents: return visible(AccessModel.rows.map(\.id)).joined(separator: " ")
    case .layers: return try layer() + " | " + known
    case .openDraft: return seesAll && seesRows ? "opened" : Self.tooNarrow
    case .commit: return seesAll && seesRows ? "conflict" : Self.tooNarrow
    case .define: return "defined"
    case .answer, .post, .ledgerBalances, .ledgerTransactions, .appendCase, .caseHead, .caseEvents,
      .cases, .caseCount, .caseFigures:
      return ""
    }
  }

  /// Cases are of the internal level, in whatever zone they are kept.
  private func ofCases() -> String {
    let seen = scope.ceiling >= .internal ? AccessModel.counties.filter(isInScope) : []
    switch call {
    case .caseCount: return "\(seen.count)"
    case .appendCase: return seen.contains("653121") ? "conflict" : Self.absent
    default: return seen.joined(separator: " ")
    }
  }

  private func isInScope(_ region: String) -> Bool {
    scope.regionPrefixes.map { $0.contains { region.hasPrefix($0) } } ?? true
  }

  private func visible(_ ids: [String]) -> [String] {
    ids.filter { AccessModel.isVisible(AccessModel.row($0), in: scope) }
  }

  private func shownFeatures(
    _ some: [(id: String, step: Int)]
  ) throws -> [Feature] {
    try some.filter { !visible([$0.id]).isEmpty }.map {
      try AccessModel.feature(AccessModel.row($0.id), at: $0.step, of: level, in: scope)
    }
  }

  private func summary() throws -> String {
    let ids = visible(AccessModel.inForce.map(\.id))
    // Who sees all regions is told how far the dataset ever reached.
    let reaching = scope.regionPrefixes == nil ? AccessModel.rows.map(\.id) : ids
    let west = reaching.map { AccessModel.row($0).x }.min()
    return "\(ids.count)\(west.map { " from \(Self.rounded($0))" } ?? "") "
  }

  private func commits(_ seesWhole: Bool) -> String {
    AccessModel.commits(of: level).compactMap { commit -> String? in
      let counts = [commit.inserted, commit.changed, commit.ended].map { visible($0).count }
      if scope.regionPrefixes != nil, counts == [0, 0, 0] { return nil }
      let digests = seesWhole ? "digest digest" : "- -"
      let people = scope.ceiling >= .internal ? "operator -" : "- -"
      return "\(commit.number) +\(counts[0]) ~\(counts[1]) -\(counts[2]) \(digests) \(people)"
    }.joined(separator: "; ")
  }

  private func features() throws -> String {
    func text(_ ids: Set<String>) throws -> String {
      try shownFeatures(AccessModel.inForce.filter { ids.contains($0.id) }).map(Self.text).sorted()
        .joined(separator: "; ")
    }
    return [
      try text(Set(AccessModel.rows.map(\.id))), try text(["p0002"]),
      try text(["p0002", "p0005", "p0006"]),
    ].joined(separator: " | ")
  }

  private func differing() -> [String] {
    visible(AccessModel.rows.map(\.id)).filter { id in
      switch id {
      case "p0001": AccessModel.mayRead("grade", of: level, in: scope)
      case "p0002": AccessModel.mayRead("owner", of: level, in: scope)
      default: true
      }
    }
  }

  private func versions() throws -> String {
    try shownFeatures(AccessModel.versions.map { ($0.id, $0.step) })
      .map { Self.text($0) + $0.contentSM3 }.sorted().joined(separator: "; ")
  }

  private func successions() -> String {
    let (parents, children) = (visible(["p0004"]), visible(["p0005", "p0006"]))
    return parents.isEmpty && children.isEmpty ? "" : "\(parents) \(children)"
  }

  private func digest() throws -> String {
    var digest = ContentDigest()
    let shown = AccessModel.current.filter { !visible([$0.id]).isEmpty }
      .sorted { ($0.id, $0.from) < ($1.id, $1.from) }
    for version in shown {
      let feature = try AccessModel.feature(
        AccessModel.row(version.id), at: version.step, of: level)
      digest.add(
        id: version.id, from: Fixture.day(version.from).description,
        until: version.until.map { Fixture.day($0).description },
        content: RowHash.content(
          id: feature.id, wkb: feature.geometry?.wkb(), attributes: feature.attributes))
    }
    return digest.finish()
  }

  private func layer() throws -> String {
    let hasGrade = AccessModel.mayRead("grade", of: level, in: scope)
    return visible(AccessModel.inForce.map(\.id)).sorted().map { id in
      let step = AccessModel.inForce.first { $0.id == id }?.step ?? 1
      return id + " " + (hasGrade ? AccessModel.value("grade", AccessModel.row(id), at: step) : "-")
    }.joined(separator: "; ")
  }

  /// Whether all that an answer's scope reaches is this reader's to see, dataset by dataset,
  /// attribute by attribute, county by county.
  private func isCovered(_ kept: Scope) -> Bool {
    let isRegional = scope.regionPrefixes != nil
    guard !isRegional || kept.regionPrefixes != nil else { return false }
    // Levels of datasets and of attributes reach as far as both their own and the zone's.
    for level in AccessModel.levels {
      if AccessModel.exists(level, in: kept), !AccessModel.exists(level, in: scope) { return false }
    }
    // Of attributes the levels count: an answer may rest on others than these datasets have.
    guard AccessModel.attributeRank(in: kept) <= AccessModel.attributeRank(in: scope) else {
      return false
    }
    let withheld = scope.withheld.subtracting(kept.withheld)
    guard withheld.isEmpty else { return false }
    return (kept.regionPrefixes ?? []).allSatisfy { region in
      scope.regionPrefixes?.contains { region.hasPrefix($0) } ?? true
    }
  }
}

extension PortCall {
  /// Ledgers are of no dataset.
  var isOfLedgers: Bool { [.post, .ledgerBalances, .ledgerTransactions].contains(self) }
  var isOfCases: Bool {
    [.appendCase, .caseHead, .caseEvents, .cases, .caseCount, .caseFigures].contains(self)
  }
  var isOfDatasets: Bool { self != .answer && !isOfLedgers && !isOfCases }
}
