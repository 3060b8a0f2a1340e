public import KarezCore
public import KarezStore

/// 要素历史: every version of a feature with both its times, who recorded it and why, and which
/// features it came from and went to.
public struct FeatureHistory: Sendable {
  public struct Entry: Sendable {
    public let version: RecordedVersion
    public let commit: CommitRecord?
  }

  public let dataset: DatasetID
  public let id: String
  /// By the commit that wrote them, then by day.
  public let entries: [Entry]
  public let successions: [RecordedSuccession]

  /// Features it came from, and went to, as far as that is recorded now.
  public var parents: [String] { neighbours { $0.children.contains(id) ? $0.parents : [] } }
  public var children: [String] { neighbours { $0.parents.contains(id) ? $0.children : [] } }

  private func neighbours(_ side: (RecordedSuccession) -> [String]) -> [String] {
    Set(successions.filter { $0.recordedUntil == nil }.flatMap(side)).subtracting([id]).sorted()
  }

  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "id": .string(id),
      "versions": .array(entries.map(Self.json)),
      "successions": .array(successions.map(Self.json)),
      "parents": .array(parents.map(JSONValue.string)),
      "children": .array(children.map(JSONValue.string)),
    ])
  }

  private static func json(_ entry: Entry) -> JSONValue {
    let version = entry.version.version
    return .object([
      "validFrom": .string(version.validity.from.description),
      "validUntil": .optional(version.validity.until?.description),
      "recordedFrom": .integer(Int64(version.recordedFrom.value)),
      "recordedUntil": entry.version.recordedUntil.map { .integer(Int64($0.value)) } ?? .null,
      "recordedAt": .optional(entry.commit?.recordedAt),
      "actor": .optional(entry.commit.flatMap { $0.actor.isWithheld ? nil : $0.actor.id }),
      "reason": .optional(entry.commit?.reason),
      "case": .optional(entry.commit?.caseNumber),
      "areaM2": .optional(version.statutoryArea?.text),
      "sm3": .string(entry.version.contentSM3),
    ])
  }

  private static func json(_ succession: RecordedSuccession) -> JSONValue {
    .object([
      "kind": .string(succession.kind.rawValue),
      "validOn": .string(succession.validOn.description),
      "parents": .array(succession.parents.map(JSONValue.string)),
      "children": .array(succession.children.map(JSONValue.string)),
      "recordedFrom": .integer(Int64(succession.recordedFrom.value)),
      "recordedUntil": succession.recordedUntil.map { .integer(Int64($0.value)) } ?? .null,
    ])
  }

  /// A line a version, then a line a succession.
  public func lines(in language: Language) -> [String] {
    entries.map { entry in
      let version = entry.version.version
      let until = version.validity.until?.description ?? ""
      let superseded = entry.version.recordedUntil.map(\.description) ?? ""
      return [
        "\(version.validity.from)…\(until)", "\(version.recordedFrom)…\(superseded)",
        version.statutoryArea?.text ?? "", entry.commit?.recordedAt ?? "",
        entry.commit?.actor.id ?? "", entry.commit?.reason ?? "",
      ].joined(separator: "\t")
    }
      + successions.map { succession in
        let became =
          "\(succession.parents.joined(separator: ", ")) → "
          + succession.children.joined(separator: ", ")
        return "\(succession.validOn)\t\(succession.kind.rawValue)\t\(became)"
      }
  }
}

extension OneMap {
  /// All that was ever recorded of a feature.
  public func history(
    of id: String, in dataset: String, _ scope: Scope
  ) async throws(Problem) -> FeatureHistory {
    let schema = try await schema(of: dataset, in: scope)
    let versions = try await versions(
      VersionQuery(dataset: schema.id, .features([id])), in: scope)
    guard !versions.isEmpty else {
      throw Wording(
        "feature-unknown", "从未有过要素 \(id)", "there never was a feature \(id)",
        do: "检查标识码", "check the identifier"
      ).problem(.notFound, at: dataset)
    }
    try await noteRead(of: schema, features: [id])
    let commits = Dictionary(
      try await commits(of: dataset, in: scope).map { ($0.commit, $0) }
    ) { first, _ in first }
    let successions = try await asked { store throws(StoreError) in
      try await store.successions(of: schema.id, .of([id]), in: scope)
    }
    return FeatureHistory(
      dataset: schema.id, id: id,
      entries: versions.sorted {
        ($0.version.recordedFrom, $0.version.validity.from)
          < ($1.version.recordedFrom, $1.version.validity.from)
      }.map { .init(version: $0, commit: commits[$0.version.recordedFrom]) },
      successions: successions)
  }
}
