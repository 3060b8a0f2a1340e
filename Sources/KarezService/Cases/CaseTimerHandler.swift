import KarezCore
import KarezStore
import KarezWorkflow

/// 到期办理: makes what is due by itself in a case once a clock's last day is over.
///
/// The job ends in the transaction that adds the events, so a timer fires once whenever a machine
/// stops. A job whose case went on meanwhile finds nothing due and ends.
struct CaseTimerHandler: JobHandler {
  static let name = "case-timer"
  let map: OneMap

  var name: String { Self.name }

  /// The job for a case that stands so, from the beginning of the day on.
  static func job(for state: CaseState, on day: LegalDate, at now: Timestamp) -> Job {
    let number = state.opening.number
    // The version tells apart timers of one case that are due on the same day.
    var job = Job(
      name, of: "\(number)/\(state.version)",
      subject: .object(["case": .string(number), "day": .string(day.description)]),
      by: .operator, at: now)
    let midnight = Int64(day.daysSince1970) * 86_400_000 - Int64(Clock.secondsEast) * 1_000
    job.due = max(now, Timestamp(millisecondsSince1970: midnight))
    return job
  }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    let cases = map.cases
    guard let number = run.subject["case"]?.string else { return JobEnd(by: run.actor) }
    let known = try await cases.loaded(number, for: .operator)
    let workflow = try cases.workflow(of: known.state)
    let moment = try cases.now()
    guard !workflow.definition.isOver(known.state.marking) else { return JobEnd(by: run.actor) }
    let order = CaseOrder(
      .tick, by: run.actor.id, as: [], at: max(moment.at, known.state.lastAt),
      on: max(moment.day, known.state.lastDay), expecting: known.state.version)
    let isDue: Bool
    do throws(WorkflowRefusal) {
      isDue = try !workflow.events(after: known.state, for: order).isEmpty
    } catch { throw CaseWording.problem(error, at: number) }
    guard isDue else { return JobEnd(result: .object(["fired": .boolean(false)]), by: run.actor) }
    let seal = try await run.seal()
    let end = seal.batch(JobEnd(result: .object(["fired": .boolean(true)]), by: run.actor))
    try await cases.carryOut(
      order, in: known, workflow, key: run.job.id, end.changes, by: .operator)
    return nil
  }
}
