public import KarezCore
import KarezRules
public import KarezWorkflow

/// 项目详情: a project as whoever asks is shown it.
public struct ProjectView: Sendable {
  /// 总时限用时: what all departments together have used, and why it is so much.
  public struct Whole: Sendable {
    public let limit: ProjectChains.Limit
    public let usage: ProjectClock.Usage
    /// Against what is promised.
    public let promised: ProjectClock.Usage
    /// One sentence a clock that counts, then how they are counted together.
    public let explanation: [LocalizedText]
  }

  public let code: String
  /// Whether the code has the form the packs say codes have.
  public let isOfForm: Bool
  public let today: LegalDate
  public let chain: ProjectChain?
  public let lines: [ProjectProgress.Line]
  /// Cases of procedures that stand in no place of the chain.
  public let others: [ProjectProgress.Case]
  /// Nil where no limit counts the chain.
  public let whole: Whole?
  public let stages: [ProjectChains.Stage]
  /// What another chain could be looked at by.
  public let chains: [ProjectChain]

  init(
    _ code: String, _ cases: [ProjectProgress.Case], _ chain: ProjectChain?,
    _ chains: ProjectChains, by calendar: WorkCalendar, on today: LegalDate
  ) throws(CalendarError) {
    self.code = code
    isOfForm = chains.isCode(code)
    self.today = today
    self.chain = chain
    stages = chains.stages
    self.chains = chains.chains
    guard let chain else {
      (lines, others, whole) = ([], cases, nil)
      return
    }
    let progress = try ProjectProgress(chain, cases, by: calendar, on: today)
    lines = progress.lines
    let placed = Set(chain.steps.compactMap(\.procedure))
    others = cases.filter { !placed.contains($0.state.opening.procedure) }
    guard chain.isCounted else {
      whole = nil
      return
    }
    let limit = chains.limit
    whole = Whole(
      limit: limit,
      usage: try progress.clock(limit: limit.term.length).usage(by: calendar, on: today),
      promised: try progress.clock(limit: limit.promised).usage(by: calendar, on: today),
      explanation: ProjectWording.sentences(of: progress, limit, on: today))
  }

  /// The title of a step: that of its procedure, or what another department does.
  public func title(of id: String, in definitions: [WorkflowDefinition]) -> LocalizedText {
    guard let step = chain?.step(id) else { return LocalizedText(zh: id, en: id) }
    switch step.body {
    case .outside(let title): return title
    case .procedure(let procedure):
      return definitions.first { $0.id == procedure }?.title
        ?? LocalizedText(zh: procedure, en: procedure)
    }
  }
}

/// Sentences for how far a project is.
public enum ProjectWording {
  static func sentences(
    of progress: ProjectProgress, _ limit: ProjectChains.Limit, on today: LegalDate
  ) -> [LocalizedText] {
    let counted = progress.counted.map { number, _, run in
      sentence(of: run, in: number, on: today)
    }
    guard !counted.isEmpty else {
      return [
        LocalizedText(
          zh: "还没有计入总时限的办件", en: "no case of the project counts yet",
          ug: "ئومۇمىي مۇددەتكە كىرىدىغان ئىش تېخى يوق")
      ]
    }
    return counted + [
      LocalizedText(
        zh: "同一日两件都在办，计一日；都在等申请人、听证或者评审，不计；开始的当日不计",
        en: "a day on which two run counts once; one on which each waits or stands still does "
          + "not; nor does the day of beginning",
        ug: "بىر كۈندە ئىككى ئىش بولسا بىر كۈن ھېسابلىنىدۇ؛ ھەممىسى كۈتۈۋاتقان كۈن ھېسابلانمايدۇ")
    ]
  }

  private static func sentence(
    of run: ClockRun, in number: String, on today: LegalDate
  ) -> LocalizedText {
    let end = run.stopped?.description
    let title = run.term.title
    let pauses = run.pauses.map { pause in
      LocalizedText(
        zh: "，\(pause.title.zh) \(pause.from) 至 \(pause.through?.description ?? "今")不计",
        en: ", without \(pause.title.en) from \(pause.from) through "
          + (pause.through?.description ?? "now"),
        ug: "، \(pause.title[.ug]) \(pause.from) – " + (pause.through?.description ?? "بۈگۈن")
          + " ھېسابلانمايدۇ")
    }
    return LocalizedText(
      zh: "\(number) \(title.zh)：\(run.began) 至 \(end ?? "今")"
        + pauses.map(\.zh).joined(),
      en: "\(number) \(title.en): \(run.began) through \(end ?? "now")"
        + pauses.map(\.en).joined(),
      ug: "\(number) \(title[.ug]): \(run.began) – \(end ?? "بۈگۈن")"
        + pauses.map { $0[.ug] }.joined())
  }

  /// What is missing, as a sentence about the step it is missing for.
  public static func sentence(
    _ lack: ProjectProgress.Lack, title: (String) -> LocalizedText
  ) -> LocalizedText {
    switch lack {
    case .notThere(let step):
      let name = title(step)
      return LocalizedText(
        zh: "缺：\(name.zh)的材料", en: "missing: the paper of “\(name.en)”",
        ug: "كەم: \(name[.ug]) ماتېرىيالى")
    case .notDecided(let step):
      let name = title(step)
      return LocalizedText(
        zh: "缺：\(name.zh)尚未作出所需决定", en: "missing: “\(name.en)” has not been decided",
        ug: "كەم: \(name[.ug]) قارارى تېخى چىقمىدى")
    case .expired(let step, let day):
      let name = title(step)
      return LocalizedText(
        zh: "缺：\(name.zh)已于 \(day) 过期", en: "missing: “\(name.en)” ran out on \(day)",
        ug: "كەم: \(name[.ug]) مۇددىتى \(day) كۈنى توشتى")
    }
  }

  public static func word(_ standing: ProjectProgress.Standing) -> LocalizedText {
    switch standing {
    case .done: LocalizedText(zh: "已完成", en: "done", ug: "تاماملاندى")
    case .running: LocalizedText(zh: "办理中", en: "running", ug: "بېجىرىلىۋاتىدۇ")
    case .failed: LocalizedText(zh: "未获准", en: "ended without it", ug: "تەستىقلانمىدى")
    case .ready: LocalizedText(zh: "可以办理", en: "may be applied for", ug: "بېجىرىشكە بولىدۇ")
    case .waiting: LocalizedText(zh: "等待前一环节", en: "waits", ug: "ئالدىنقى باسقۇچنى كۈتۈۋاتىدۇ")
    case .unknown:
      LocalizedText(
        zh: "别的部门办理，此处不知", en: "elsewhere; not known here", ug: "باشقا تارماقتا، نامەلۇم")
    case .mayBe: LocalizedText(zh: "视情况", en: "only in some cases", ug: "ئەھۋالغا قاراپ")
    }
  }
}

extension ProjectView {
  public func json(_ definitions: [WorkflowDefinition]) -> JSONValue {
    let steps = lines.map { line -> JSONValue in
      .object([
        "id": .string(line.step.id), "title": title(of: line.step.id, in: definitions).json,
        "procedure": .optional(line.step.procedure), "stage": .optional(line.step.stage),
        "standing": .string(line.standing.name),
        "cases": .array(line.cases.map { .string($0.number) }),
        "missing": .array(
          line.lacks.map { lack in
            ProjectWording.sentence(lack) { title(of: $0, in: definitions) }.json
          }),
      ])
    }
    var members: [String: JSONValue] = [
      "code": .string(code), "codeIsOfForm": .boolean(isOfForm),
      "on": .string(today.description), "chain": .optional(chain?.id), "steps": .array(steps),
      "otherCases": .array(others.map { .string($0.number) }),
    ]
    if let whole {
      members["whole"] = .object([
        "usedWorkingDays": .integer(Int64(whole.usage.used)),
        "limit": .integer(Int64(whole.limit.term.length)),
        "promised": .integer(Int64(whole.limit.promised)),
        "left": .integer(Int64(whole.usage.left)),
        "reached": .optional(whole.usage.reached?.description),
        "promisedReached": .optional(whole.promised.reached?.description),
        "explanation": .array(whole.explanation.map(\.json)),
      ])
    }
    return .object(members)
  }
}

extension ProjectProgress.Standing {
  /// Kebab-case; programs rely on it.
  public var name: String {
    switch self {
    case .done: "done"
    case .running: "running"
    case .failed: "failed"
    case .ready: "ready"
    case .waiting: "waiting"
    case .unknown: "unknown"
    case .mayBe: "may-be"
    }
  }
}
