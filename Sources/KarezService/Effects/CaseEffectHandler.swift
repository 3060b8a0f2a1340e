import KarezCore
import KarezStore
import KarezWorkflow

/// 自动事项: carries out what a step of a case ordered, and tells the case what came of it.
///
/// Whatever it changes is recorded under a key made of case and event, so that work begun anew
/// after a crash finds what was done. The job ends in the transaction that adds the event, so the
/// case learns of it once.
struct CaseEffectHandler: JobHandler {
  static let name = "case-effect"
  /// So often it is asked anew where somebody acted in the case meanwhile.
  private static let mostTries = 20

  let map: OneMap

  var name: String { Self.name }

  /// The jobs for what these events order, or order again.
  static func jobs(for events: [CaseEvent], in number: String, at now: Timestamp) -> [Job] {
    events.compactMap { event in
      switch event.fact {
      case .ordered: job(event.position, asked: event.position, in: number, at: now)
      case .effectRetried(let order): job(order, asked: event.position, in: number, at: now)
      default: nil
      }
    }
  }

  private static func job(
    _ order: Int, asked: Int, in number: String, at now: Timestamp
  ) -> Job {
    Job(
      name, of: "\(number)/\(order)/\(asked)",
      subject: .object(["case": .string(number), "order": .integer(Int64(order))]),
      by: .operator, at: now)
  }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let (number, order) = Self.subject(of: run.job) else { return JobEnd(by: run.actor) }
    let known = try await map.cases.loaded(number, for: .operator)
    guard let effect = known.state.effectRuns.first(where: { $0.position == order }),
      effect.standing == .waiting
    else { return JobEnd(by: run.actor) }
    let work = EffectWork(map: map, known: known, run: effect)
    let outcome: EffectOutcome
    do throws(Problem) { outcome = try await work.outcome() } catch {
      guard !Self.mayPass(error) else { throw error }
      outcome = .refused(error)
    }
    // What waits for somebody else is told to the case by whoever ends the waiting.
    if outcome.standing == .waiting {
      return JobEnd(changes: outcome.changes, entry: outcome.entry, by: run.actor)
    }
    try await settle(order, in: number, outcome, run)
    return nil
  }

  /// Given up after many attempts: the case is told why, and somebody may have it tried again.
  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
    if let (number, order) = Self.subject(of: job) {
      let outcome = EffectOutcome.refused(problem ?? Self.interrupted)
      try await told(order, in: number, outcome, key: job.id, [])
    }
    return JobEnd(by: Actor(id: job.requestedBy))
  }

  private static func subject(of job: Job) -> (number: String, order: Int)? {
    guard let number = job.subject["case"]?.string,
      let order = job.subject["order"]?.integer.flatMap({ Int(exactly: $0) })
    else { return nil }
    return (number, order)
  }

  /// Whether it may be otherwise in a while without anybody doing anything.
  private static func mayPass(_ problem: Problem) -> Bool {
    problem.kind == .unavailable
      || ["record-conflict", "commit-conflict", "case-stale-version"].contains(problem.code)
  }

  private func settle(
    _ order: Int, in number: String, _ outcome: EffectOutcome, _ run: JobRun
  ) async throws(Problem) {
    let seal = try await run.seal()
    let result = JSONValue.object(["settled": .boolean(outcome.isDone)])
    let end = seal.batch(JobEnd(result: result, by: run.actor))
    try await told(order, in: number, outcome, key: run.job.id, end.changes)
  }

  /// Adds the event, whoever acts in the case at the same time.
  private func told(
    _ order: Int, in number: String, _ outcome: EffectOutcome, key: String,
    _ changes: [RecordChange]
  ) async throws(Problem) {
    for attempt in 1... {
      do throws(Problem) {
        let known = try await map.cases.loaded(number, for: .operator)
        let workflow = try map.cases.workflow(of: known.state)
        let moment = try map.cases.now()
        let told = CaseOrder(
          .settle(order: order, outcome.standing), by: known.actor(of: order), as: [],
          at: max(moment.at, known.state.lastAt), on: max(moment.day, known.state.lastDay),
          expecting: known.state.version, facts: outcome.facts,
          deputyFor: known.state.effectRuns.first { $0.position == order }?.deputyFor)
        return try await map.cases.carryOut(
          told, in: known, workflow, key: key, outcome.changes + changes, by: .operator)
      } catch {
        let isRace = error.code == "record-conflict" || error.code == "case-stale-version"
        guard isRace, attempt < Self.mostTries else { throw error }
      }
    }
  }

  private static let interrupted = Wording(
    "effect-interrupted", "事项多次中断", "it was cut off many times",
    do: "排除原因后用 karez case retry 重试", "remove the cause, then karez case retry"
  ).problem(.unavailable, at: "")
}

extension Cases.Loaded {
  /// Who made the step that ordered an effect.
  func actor(of order: Int) -> String {
    state.effectRuns.first { $0.position == order }?.actor ?? Actor.operator.id
  }
}
