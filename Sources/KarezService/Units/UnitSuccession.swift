public import KarezCore
public import KarezStore

/// 区划沿革对照表: what became of each unit of one day by another, with the basis of each step.
///
/// It is of administrative units first of all, and holds for any dataset whose features have
/// successions.
public struct UnitSuccession: Sendable {
  /// One recorded succession, and the commit that tells what it rests on.
  public struct Step: Hashable, Sendable {
    public let kind: Succession.Kind
    public let validOn: LegalDate
    public let parents: [String]
    public let children: [String]
    public let commit: CommitNumber
    public let reason: String
    /// The document it rests on.
    public let basis: String?
  }

  /// A unit of the earlier day and those it is on the later.
  public struct Line: Hashable, Sendable {
    public let code: String
    public let name: String?
    /// Codes on the later day; none where the unit ended without a successor.
    public let successors: [String]
    /// Names of the successors, in their order; empty texts where they have none.
    public let names: [String]
    public let steps: [Step]

    /// Whether the later day knows the unit by the same code and name, and no step between.
    public var isUnchanged: Bool { steps.isEmpty && successors == [code] && names == [name ?? ""] }
  }

  public let dataset: DatasetID
  public let from: LegalDate
  public let to: LegalDate
  public let recorded: CommitNumber
  /// In the order of the codes.
  public let units: [Line]
  /// Units of the later day that come from none of the earlier.
  public let added: [String]

  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "from": .string(from.description),
      "to": .string(to.description), "recorded": .integer(Int64(recorded.value)),
      "units": .array(units.map(\.json)), "added": .texts(added),
    ])
  }

  /// A line a unit that is not as it was, then those that were added.
  public func lines(in language: Language) -> [String] {
    let changed = units.filter { !$0.isUnchanged }.map { line in
      let became = zip(line.successors, line.names).map { "\($0) \($1)" }.joined(separator: ", ")
      let steps = line.steps.map { step in
        [step.validOn.description, step.kind.rawValue, step.basis ?? step.reason]
          .joined(separator: " ")
      }
      return ["\(line.code) \(line.name ?? "")", "→", became, steps.joined(separator: "; ")]
        .joined(separator: "\t")
    }
    let new = added.map { "+\t\($0)" }
    if changed.isEmpty, new.isEmpty { return [language == .en ? "nothing differs" : "没有差异"] }
    return changed + new
  }
}

extension UnitSuccession.Line {
  var json: JSONValue {
    .object([
      "code": .string(code), "name": .optional(name), "successors": .texts(successors),
      "names": .texts(names), "steps": .array(steps.map(\.json)),
    ])
  }
}

extension UnitSuccession.Step {
  var json: JSONValue {
    .object([
      "kind": .string(kind.rawValue), "validOn": .string(validOn.description),
      "parents": .texts(parents), "children": .texts(children),
      "commit": .integer(Int64(commit.value)), "reason": .string(reason),
      "basis": .optional(basis),
    ])
  }
}

extension OneMap {
  /// What became of the units of one day by another, as recorded at a commit (the last if nil).
  public func unitSuccession(
    of dataset: String, from: LegalDate, to: LegalDate, recorded: CommitNumber? = nil,
    in scope: Scope
  ) async throws(Problem) -> UnitSuccession {
    guard from <= to else {
      throw Wording(
        "days-reversed", "终止日早于起始日", "the later day comes before the earlier",
        do: "更正两个日期", "mend the two days"
      ).problem(.usage, at: "to")
    }
    let schema = try await schema(of: dataset, in: scope)
    let last = try await today().recorded
    let commit = min(recorded ?? last, last)
    let before = try await named(schema, on: from, commit, scope)
    let after = try await named(schema, on: to, commit, scope)
    try await noteRead(of: schema, features: Set(before.keys).union(after.keys).sorted())
    let steps = try await steps(of: schema.id, from, to, commit, scope)
    var descent = UnitDescent(before.keys)
    for step in steps { descent.take(step) }
    let units = before.keys.sorted().map { code in
      let successors = descent.codes(of: code).filter { after[$0] != nil }.sorted()
      return UnitSuccession.Line(
        code: code, name: before[code].flatMap { $0.isEmpty ? nil : $0 }, successors: successors,
        names: successors.map { after[$0] ?? "" }, steps: descent.steps(of: code))
    }
    let known = Set(units.flatMap(\.successors))
    return UnitSuccession(
      dataset: schema.id, from: from, to: to, recorded: commit, units: units,
      added: after.keys.filter { !known.contains($0) }.sorted())
  }

  /// The codes of a day with the names that go with them.
  private func named(
    _ schema: DatasetSchema, on day: LegalDate, _ commit: CommitNumber, _ scope: Scope
  ) async throws(Problem) -> [String: String] {
    let query = FeatureQuery(
      dataset: schema.id, asOf: AsOf(validOn: day, recorded: commit))
    return try await asked { store throws(StoreError) in
      var names: [String: String] = [:]
      var cursor: FeatureCursor?
      repeat {
        let page = try await store.features(query, after: cursor, limit: 1_000, in: scope)
        for version in page.versions {
          guard case .text(let name)? = version.feature.attributes["name"] else {
            names[version.feature.id] = ""
            continue
          }
          names[version.feature.id] = name
        }
        cursor = page.next
      } while cursor != nil
      return names
    }
  }

  /// The successions after one day, up to another, in the order they came into force.
  private func steps(
    of dataset: DatasetID, _ from: LegalDate, _ to: LegalDate, _ commit: CommitNumber,
    _ scope: Scope
  ) async throws(Problem) -> [UnitSuccession.Step] {
    let (successions, commits) = try await asked { store throws(StoreError) in
      (
        try await store.successions(
          of: dataset, .recorded(after: .none, through: commit), in: scope),
        try await store.commits(of: dataset, in: scope)
      )
    }
    let records = Dictionary(commits.map { ($0.commit, $0) }) { first, _ in first }
    return successions.filter {
      $0.isRecorded(at: commit) && $0.validOn > from && $0.validOn <= to
    }.sorted { ($0.validOn, $0.number) < ($1.validOn, $1.number) }.map { succession in
      UnitSuccession.Step(
        kind: succession.kind, validOn: succession.validOn, parents: succession.parents,
        children: succession.children, commit: succession.recordedFrom,
        reason: records[succession.recordedFrom]?.reason ?? "",
        basis: records[succession.recordedFrom]?.caseNumber)
    }
  }
}

/// Follows units through successions, one after the other.
struct UnitDescent {
  private var present: [String: Set<String>]
  private var taken: [String: [UnitSuccession.Step]] = [:]

  init(_ codes: some Sequence<String>) {
    present = Dictionary(uniqueKeysWithValues: codes.map { ($0, Set([$0])) })
  }

  mutating func take(_ step: UnitSuccession.Step) {
    let parents = Set(step.parents)
    for (code, now) in present where !now.isDisjoint(with: parents) {
      present[code] = now.subtracting(parents).union(step.children)
      taken[code, default: []].append(step)
    }
  }

  func codes(of code: String) -> Set<String> { present[code] ?? [] }

  func steps(of code: String) -> [UnitSuccession.Step] { taken[code] ?? [] }
}
