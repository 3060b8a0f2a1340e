public import KarezCore
public import KarezIndicators
import KarezPacks
import KarezStore

/// 规划项目进展: how far a planned project has come, what was spent, and why it is late.
public struct PlanProjectProgress: Hashable, Sendable {
  static let kind = RecordKind.witnessed("plan-project")
  static let entry = "plan-project"

  public let number: Int
  /// Code of the table of stages.
  public let stage: String
  /// In yuan; nil where nobody has said.
  public let spent: Int64?
  /// Why it is late or stopped.
  public let reason: String?
  /// 占地: the feature that is its ground, `dataset/id`.
  public let footprint: String?
  public let at: String

  init?(_ json: JSONValue) {
    guard let number = json["number"]?.integer, let stage = json["stage"]?.string,
      let at = json["at"]?.string
    else { return nil }
    self.init(
      number: Int(clamping: number), stage: stage, spent: json["spent"]?.integer,
      reason: json["reason"]?.string, footprint: json["footprint"]?.string, at: at)
  }

  public init(
    number: Int, stage: String, spent: Int64?, reason: String?, footprint: String?,
    at: String = ""
  ) {
    self.number = number
    self.stage = stage
    self.spent = spent
    self.reason = reason
    self.footprint = footprint
    self.at = at
  }

  public var json: JSONValue {
    .object([
      "number": .integer(Int64(number)), "stage": .string(stage),
      "spent": spent.map { .integer($0) } ?? .null, "reason": .optional(reason),
      "footprint": .optional(footprint), "at": .string(at),
    ])
  }

  static func key(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}

/// 规划项目台账: a project of the list with how far it has come.
public struct TrackedProject: Hashable, Sendable {
  public let entry: ProjectEntry
  /// Nil where nobody has said anything yet.
  public let progress: PlanProjectProgress?

  /// Code of the table of stages.
  public var stage: String { progress?.stage ?? "listed" }

  public var json: JSONValue {
    .object([
      "number": .integer(Int64(entry.number)), "printed": .string(entry.printed),
      "category": .string(entry.category), "region": .string(entry.region),
      "title": .string(entry.title), "budgetYuan": entry.budget.map { .integer($0) } ?? .null,
      "funds": .array(entry.funds.map(JSONValue.string)), "slip": .optional(entry.slip),
      "stage": .string(stage), "progress": progress?.json ?? .null,
    ])
  }
}

extension Indicators {
  private static let stagesWithReason = ["delayed", "stopped"]

  /// Projects of regions within reach, by number.
  public func projects(in scope: Scope) async throws(Problem) -> [TrackedProject] {
    var progress: [Int: PlanProjectProgress] = [:]
    for record in try await records(PlanProjectProgress.kind, prefix: nil) {
      if let own = PlanProjectProgress(record.body) { progress[own.number] = own }
    }
    return plan.projects.filter { scope.shows(region: $0.region) }
      .map { TrackedProject(entry: $0, progress: progress[$0.number]) }
  }

  /// Says how far a project has come.
  ///
  /// - Errors: not found for a number that is not listed or out of scope, refused for a stage there
  ///   is not, or one that needs a reason and has none.
  public func record(
    _ progress: PlanProjectProgress, by actor: Actor, in scope: Scope
  ) async throws(Problem) {
    let place = String(progress.number)
    guard try await projects(in: scope).contains(where: { $0.entry.number == progress.number })
    else {
      throw Wording(
        "plan-project-unknown", "没有项目 \(place)", "there is no project \(place)",
        do: "用 karez plan projects 查看", "see karez plan projects"
      ).problem(.notFound, at: place)
    }
    let stages = map.packs.codeTables["plan-project-stages"]?.rows.map(\.code) ?? []
    guard stages.contains(progress.stage) else {
      throw Wording(
        "plan-project-stage", "没有阶段“\(progress.stage)”", "there is no stage “\(progress.stage)”",
        do: "用其中之一：\(stages.joined(separator: "、"))", "use one of \(stages.joined(separator: ", "))"
      ).problem(at: place)
    }
    let reason = progress.reason ?? ""
    guard !Self.stagesWithReason.contains(progress.stage) || !reason.isEmpty else {
      throw Wording(
        "plan-project-reason", "滞后或停止须写明原因", "a project that is late or stopped needs a reason",
        do: "写 --reason", "give --reason"
      ).problem(at: place)
    }
    guard reason.count <= 400, !reason.contains("\0"), (progress.spent ?? 0) >= 0 else {
      throw Wording(
        "plan-project-words", "原因至多 400 字，已用资金不为负",
        "a reason has at most 400 characters, money spent is not below zero", do: "更正", "mend it"
      ).problem(at: place)
    }
    if let footprint = progress.footprint { try await checkFootprint(footprint, in: scope) }
    let kept = PlanProjectProgress(
      number: progress.number, stage: progress.stage, spent: progress.spent,
      reason: reason.isEmpty ? nil : reason, footprint: progress.footprint,
      at: map.clock.now().description)
    let key = PlanProjectProgress.key(progress.number)
    let last = try await record(PlanProjectProgress.kind, key)
    try await put(
      RecordBatch(
        [Self.change(last, PlanProjectProgress.kind, key, state: progress.stage, kept.json)],
        entry: .init(
          kind: PlanProjectProgress.entry,
          body: [
            "project": .integer(Int64(progress.number)), "stage": .string(progress.stage),
          ])), by: actor)
  }

  /// The ground a project names must be on the map.
  private func checkFootprint(_ text: String, in scope: Scope) async throws(Problem) {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let today = try await map.today()
    if parts.count == 2, let dataset = DatasetID(parts[0]) {
      let query = FeatureQuery(dataset: dataset, asOf: today, id: parts[1])
      _ = try await map.schema(of: parts[0], in: scope)
      let page = try await map.asked { store throws(StoreError) in
        try await store.features(query, after: nil, limit: 1, in: scope)
      }
      if !page.versions.isEmpty { return }
    }
    throw Wording(
      "plan-project-footprint", "图上没有要素 \(text)", "the map has no feature \(text)",
      do: "写明数据集/标识码", "name it as dataset/id"
    ).problem(.notFound, at: text)
  }
}
