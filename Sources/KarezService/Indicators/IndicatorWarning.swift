public import KarezCore
public import KarezIndicators
import KarezStore

/// 指标预警: a figure that is far from what is asked, until somebody has dealt with it.
public struct IndicatorWarning: Hashable, Sendable {
  static let kind = RecordKind.witnessed("indicator-warning")
  static let entry = "indicator-warning"

  public enum State: String, CaseIterable, Hashable, Sendable {
    /// 待处置.
    case open
    /// 处置中.
    case handling
    /// 已销号.
    case closed
  }

  public let indicator: String
  public let region: String
  public let year: Int
  public let level: WarningLevel
  public let state: State
  /// What is done about it, and why it was closed.
  public let words: [String]
  let record: PlatformRecord?

  static func key(_ indicator: String, _ region: String) -> String { "\(region)/\(indicator)" }

  /// Nil for what is no warning.
  init?(_ record: PlatformRecord) {
    let body = record.body
    guard let indicator = body["indicator"]?.string, let region = body["region"]?.string,
      let year = body["year"]?.integer,
      let level = body["level"]?.string.flatMap(WarningLevel.init(named:)),
      let state = State(rawValue: record.state)
    else { return nil }
    self.indicator = indicator
    self.region = region
    self.year = Int(clamping: year)
    self.level = level
    self.state = state
    words = body["words"]?.array?.compactMap(\.string) ?? []
    self.record = record
  }

  public var json: JSONValue {
    .object([
      "indicator": .string(indicator), "region": .string(region), "year": .integer(Int64(year)),
      "level": .string(level.name), "state": .string(state.rawValue),
      "words": .array(words.map(JSONValue.string)),
    ])
  }

  static func body(
    _ indicator: String, _ region: String, _ year: Int, _ level: WarningLevel, _ words: [String]
  ) -> JSONValue {
    .object([
      "indicator": .string(indicator), "region": .string(region), "year": .integer(Int64(year)),
      "level": .string(level.name), "words": .array(words.map(JSONValue.string)),
    ])
  }
}

extension Indicators {
  /// Warnings of figures within reach, by region and indicator: a level tells of its figure.
  public func warnings(in scope: Scope) async throws(Problem) -> [IndicatorWarning] {
    let all = try await warnings().filter { scope.shows(region: $0.region) }
    var seen: [Int: Set<String>] = [:]
    for year in Set(all.map(\.year)) {
      let kept = try await kept(year: year, in: scope)
      seen[year] = Set(
        kept.flatMap { own in
          own.figures.map { IndicatorWarning.key($0.indicator, own.region) }
        })
    }
    return all.filter {
      seen[$0.year]?.contains(IndicatorWarning.key($0.indicator, $0.region)) ?? false
    }
  }

  private func warnings() async throws(Problem) -> [IndicatorWarning] {
    try await records(IndicatorWarning.kind, prefix: nil).compactMap(IndicatorWarning.init)
  }

  /// What becomes of warnings when figures are computed: one is raised, or its level changes.
  ///
  /// A closed one is opened again when its level rises above none; none is closed by itself.
  func warnings(for all: [KeptFigures]) async throws(Problem) -> [RecordChange] {
    var known: [String: IndicatorWarning] = [:]
    for warning in try await warnings() {
      known[IndicatorWarning.key(warning.indicator, warning.region)] = warning
    }
    var changes: [RecordChange] = []
    for kept in all {
      for (indicator, level) in kept.levels.sorted(by: { $0.key < $1.key }) {
        let key = IndicatorWarning.key(indicator, kept.region)
        let last = known[key]
        let isOpen = last.map { $0.state != .closed } ?? false
        guard level != .none || isOpen, last?.level != level || !isOpen else { continue }
        changes.append(
          Self.change(
            last?.record, IndicatorWarning.kind, key,
            state: isOpen ? last?.state.rawValue ?? "open" : "open",
            IndicatorWarning.body(
              indicator, kept.region, kept.year, level, isOpen ? last?.words ?? [] : [])))
      }
    }
    return changes
  }

  /// Says what is done about a warning, or closes it.
  ///
  /// - Errors: not found where there is none, refused without words, conflict for one that is closed.
  public func handle(
    _ indicator: String, region: String, saying words: String, isClosing: Bool, by actor: Actor,
    in scope: Scope
  ) async throws(Problem) {
    let key = IndicatorWarning.key(indicator, region)
    let found = try await warnings(in: scope).first {
      ($0.indicator, $0.region) == (indicator, region)
    }
    guard let found, let record = found.record else {
      throw Wording(
        "warning-unknown", "没有这条预警", "there is no such warning",
        do: "用 karez indicators warnings 查看",
        "see karez indicators warnings"
      ).problem(.notFound, at: key)
    }
    guard found.state != .closed else {
      throw Wording(
        "warning-closed", "预警已销号", "the warning is closed", do: "无须再办", "there is nothing to do"
      ).problem(.conflict, at: key)
    }
    guard !words.isEmpty, words.count <= 400, !words.contains("\0") else {
      throw Wording(
        "warning-words", "须写明处置情况，至多 400 字", "say what is done, in at most 400 characters",
        do: "补写",
        "say it"
      ).problem(at: key)
    }
    let state = isClosing ? IndicatorWarning.State.closed : .handling
    let change = Self.change(
      record, IndicatorWarning.kind, key, state: state.rawValue,
      IndicatorWarning.body(
        indicator, region, found.year, found.level, found.words + [words]))
    try await put(
      RecordBatch(
        [change],
        entry: .init(
          kind: IndicatorWarning.entry,
          body: [
            "indicator": .string(indicator), "region": .string(region),
            "state": .string(state.rawValue),
          ])), by: actor)
  }
}
