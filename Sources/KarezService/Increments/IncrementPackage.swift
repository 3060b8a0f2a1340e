public import KarezCore
import KarezStore

/// 增量包: what changed of a dataset between two of its states, for another installation.
///
/// - Shape: of each feature that changed, what the base says of it, what the result says, and the
///   rows that make the one the other; the land around that stayed; successions. The digests are
///   content digests of the dataset, within the regions if there are any.
public struct IncrementPackage: Hashable, Sendable {
  /// A state of the dataset where the package was made.
  public struct State: Hashable, Sendable {
    public let commit: CommitNumber
    public let sm3: String
  }

  /// What is said of a feature over some days, by its content digest.
  struct Version: Hashable, Sendable {
    let validity: Validity
    let sm3: String
  }

  /// What a feature is over some days; nothing, where it has ended.
  struct Row: Hashable, Sendable {
    let validity: Validity
    let content: Feature?
  }

  struct Change: Hashable, Sendable {
    let id: String
    let base: [Version]
    let result: [Version]
    let rows: [Row]
  }

  /// A neighbour that stays, by the digest of its geometry.
  struct Neighbour: Hashable, Sendable {
    let id: String
    let sm3: String
  }

  public let dataset: DatasetID
  /// Prefixes of the regions it is held to; nil for the whole dataset.
  public let regions: [String]?
  public let base: State
  /// Nil where the changes are not recorded anywhere yet, but wanted.
  public let result: State?
  let changes: [Change]
  let ground: [Neighbour]
  let successions: [Succession]
  let withdrawn: [Succession]

  /// The first day any of its rows is about; nil where it has none.
  var firstDay: LegalDate? { changes.lazy.flatMap(\.rows).map(\.validity.from).min() }

  var isEmpty: Bool { changes.isEmpty && successions.isEmpty && withdrawn.isEmpty }

  /// What `karez increment --json` prints.
  public var json: JSONValue {
    .object([
      "dataset": .string(dataset.text), "regions": regions.map(JSONValue.texts) ?? .null,
      "base": base.json, "result": result?.json ?? .null,
      "firstDay": .optional(firstDay?.description),
      "features": .integer(Int64(changes.count)),
      "rows": .integer(Int64(changes.reduce(0) { $0 + $1.rows.count })),
      "ground": .integer(Int64(ground.count)),
      "successions": .integer(Int64(successions.count)),
      "withdrawn": .integer(Int64(withdrawn.count)),
    ])
  }

  /// What the log keeps of one that left.
  func exported(sm3: String) -> JSONValue {
    .object([
      "dataset": .string(dataset.text), "format": .string("increment"),
      "since": .integer(Int64(base.commit.value)),
      "recorded": result.map { .integer(Int64($0.commit.value)) } ?? .null,
      "regions": regions.map(JSONValue.texts) ?? .null,
      "features": .integer(Int64(changes.count)), "sm3": .string(sm3),
    ])
  }

  public func lines(in language: Language) -> [String] {
    let (from, to) = (base.commit.description, result?.commit.description ?? "-")
    let counts = "\(changes.count)"
    let digest = result?.sm3 ?? "-"
    return language == .en
      ? [
        "\(dataset): \(counts) features between commits \(from) and \(to)", "base\t\(base.sm3)",
        "result\t\(digest)",
      ]
      : [
        "\(dataset)：第 \(from) 至第 \(to) 次提交之间 \(counts) 个要素", "基准\t\(base.sm3)",
        "结果\t\(digest)",
      ]
  }
}

extension IncrementPackage.State {
  var json: JSONValue {
    .object(["commit": .integer(Int64(commit.value)), "sm3": .string(sm3)])
  }
}

extension IncrementPackage.Change {
  /// What makes one state of a feature the other; nil where they say the same.
  init?(_ id: String, from base: [RecordedVersion], to result: [RecordedVersion]) {
    let before = Self.joined(base)
    let after = Self.joined(result)
    guard before != after else { return nil }
    var rows: [IncrementPackage.Row] = []
    for version in result {
      let known = base.filter { $0.contentSM3 == version.contentSM3 }.map(\.version.validity)
      let days = FeatureTimeline.days(of: [version.version.validity], without: known)
      rows += days.map { .init(validity: $0, content: version.version.feature) }
    }
    let ended = FeatureTimeline.days(
      of: base.map(\.version.validity), without: result.map(\.version.validity))
    rows += ended.map { .init(validity: $0, content: nil) }
    self.init(
      id: id, base: before, result: after,
      rows: rows.sorted { $0.validity.from < $1.validity.from })
  }

  /// Versions in order of their days; those that say the same and touch are one.
  static func joined(_ versions: [RecordedVersion]) -> [IncrementPackage.Version] {
    joined(
      versions.map { version in
        IncrementPackage.Version(validity: version.version.validity, sm3: version.contentSM3)
      })
  }

  static func joined(_ versions: [IncrementPackage.Version]) -> [IncrementPackage.Version] {
    var joined: [IncrementPackage.Version] = []
    for version in versions.sorted(by: { $0.validity.from < $1.validity.from }) {
      if let last = joined.last, last.sm3 == version.sm3,
        last.validity.until == version.validity.from,
        let whole = Validity(from: last.validity.from, until: version.validity.until)
      {
        joined[joined.count - 1] = .init(validity: whole, sm3: last.sm3)
      } else {
        joined.append(version)
      }
    }
    return joined
  }

  /// What rows make of what the base says.
  init(_ id: String, base: [IncrementPackage.Version], rows: [IncrementPackage.Row]) {
    var wanted: [IncrementPackage.Row] = []
    for row in rows {
      guard let content = row.content else {
        wanted.append(row)
        continue
      }
      // Days of which the same is said already stay as they are.
      let said = base.filter { $0.sm3 == content.contentSM3 }.map(\.validity)
      for days in FeatureTimeline.days(of: [row.validity], without: said) {
        wanted.append(IncrementPackage.Row(validity: days, content: content))
      }
    }
    var result = base
    for row in wanted {
      result = result.flatMap { version in
        FeatureTimeline.days(of: [version.validity], without: [row.validity]).map {
          IncrementPackage.Version(validity: $0, sm3: version.sm3)
        }
      }
    }
    result += wanted.compactMap { row in
      row.content.map {
        IncrementPackage.Version(validity: row.validity, sm3: $0.contentSM3)
      }
    }
    self.init(
      id: id, base: base, result: Self.joined(result),
      rows: wanted.sorted { $0.validity.from < $1.validity.from })
  }
}
