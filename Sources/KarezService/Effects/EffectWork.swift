import KarezCore
import KarezCrypto
import KarezPacks
import KarezRules
import KarezStore
import KarezWorkflow

/// What came of an effect, with all that is recorded in the same step as its event.
struct EffectOutcome {
  let standing: EffectRun.Standing
  var facts: [FactID: FactValue] = [:]
  var changes: [RecordChange] = []
  /// It came too late to be of use: the fact that waits for it is not established.
  var isInVain = false
  /// What the log is told of changes that are made before the case is.
  var entry: RecordBatch.Entry?

  static func done(_ result: [String: JSONValue]) -> EffectOutcome {
    EffectOutcome(standing: .done(.object(result)))
  }

  /// Of a posting that was let go before it was made: what waits for it is not so.
  static func done(_ result: [String: JSONValue], holds: Bool) -> EffectOutcome {
    var outcome = done(result)
    outcome.isInVain = !holds
    return outcome
  }

  /// With more of what it led to.
  func adding(_ more: [String: JSONValue]) -> EffectOutcome {
    guard case .done(.object(let members)) = standing else { return self }
    var outcome = EffectOutcome(
      standing: .done(.object(members.merging(more) { own, _ in own })), facts: facts,
      changes: changes)
    outcome.isInVain = isInVain
    return outcome
  }

  static func refused(_ problem: Problem) -> EffectOutcome {
    EffectOutcome(
      standing: .refused(
        EffectRefusal(
          code: problem.code, place: problem.place, what: problem.what,
          remedy: problem.remedy)))
  }

  var isDone: Bool {
    if case .done = standing { true } else { false }
  }
}

/// One effect being carried out.
struct EffectWork {
  let map: OneMap
  let known: Cases.Loaded
  let run: EffectRun

  var number: String { known.state.opening.number }
  /// Under which whatever it changes is recorded once.
  var key: String { "case/\(number)/\(run.position)" }
  var actor: Actor { Actor(id: run.actor) }

  /// - Errors: of kind unavailable where it may be done later; else why it is refused.
  func outcome() async throws(Problem) -> EffectOutcome {
    let workflow = try map.cases.workflow(of: known.state)
    var values = CaseValues(
      map: map, workflow: workflow, state: known.state, on: run.on,
      applicant: try await map.applicants.paperName(of: known.state.opening.applicant))
    var outcome: EffectOutcome
    if run.effect.kind == .subCase {
      outcome = try await openSubCase()
    } else {
      guard let form = workflow.definition.form(of: run.effect) else { throw undescribed }
      if form.values.contains(where: \.isOfLand) { values.land = try await measuredLand() }
      outcome =
        switch form.act {
        case .check(let form): try await check(form, values)
        case .posting(let form): try await post(form, values)
        case .change(let form): try await change(form, values)
        case .certificate(let form): try await certificate(form, values)
        case .notice(let form): notice(form, values)
        case .fee(let form): try await charge(form)
        }
    }
    if let fact = run.effect.establishes, outcome.facts[fact] == nil {
      outcome.facts[fact] = established(fact, outcome, workflow)
    }
    return outcome
  }

  /// That it was done; of a text, what it came to.
  private func established(
    _ fact: FactID, _ outcome: EffectOutcome, _ workflow: Workflow
  ) -> FactValue {
    let declared = workflow.definition.facts.first { $0.id == fact }
    guard declared?.kind == .text, case .done(let result) = outcome.standing else {
      return .boolean(!outcome.isInVain)
    }
    let names = ["verdict", "number", "case", "id", "transaction"]
    return .text(names.compactMap { result[$0]?.string }.first ?? "done")
  }

  /// The boundary as it was read when it was attached.
  func boundary() throws(Problem) -> AnsweredBoundary {
    guard let mark = known.state.boundary else { throw Self.noBoundary(number) }
    return try map.cases.boundary(mark)
  }

  /// An id that is the same however often the work is begun.
  var stableID: String {
    let hex = Array(SM3.digest(key).description)
    return [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }

  // MARK: Problems

  private var undescribed: Problem {
    Wording(
      "effect-undescribed", "程序没有说明事项 \(run.effect.kind.rawValue) \(run.effect.of) 如何办理",
      "the procedure does not describe \(run.effect.kind.rawValue) \(run.effect.of)",
      do: "在程序的 effects 中写明，再用 karez case retry 重试",
      "describe it in the procedure's effects, then karez case retry"
    ).problem(at: number)
  }

  static func noBoundary(_ number: String) -> Problem {
    Wording(
      "case-boundary-missing", "办件没有边界", "the case has no boundary",
      do: "补交边界文件，再用 karez case retry 重试", "attach its boundary, then karez case retry"
    ).problem(at: number)
  }

  func valueMissing(_ what: String) -> Problem {
    valueMissing(LocalizedText(zh: what, en: what))
  }

  func valueMissing(_ what: LocalizedText) -> Problem {
    Wording(
      "effect-value-missing", "缺少取值 \(what.zh)", "there is no value for \(what.en)",
      do: "查明该事实后用 karez case retry 重试", "establish it, then karez case retry"
    ).problem(at: number)
  }
}
