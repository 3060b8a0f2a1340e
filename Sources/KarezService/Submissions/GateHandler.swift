import KarezCatalog
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// Examines the file of a submission and records what the gate said.
struct GateHandler: JobHandler {
  static let name = "gate"
  let map: OneMap

  var name: String { Self.name }
  private var submissions: Submissions { Submissions(map: map) }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    try await map.refuseReplacedPacks()
    guard var submission = try await submissions.current(run.job, in: .submitted) else {
      return JobEnd(by: run.actor)
    }
    let base = try await map.lastCommit(of: submission.dataset)
    do throws(Problem) {
      let outcome = try await submissions.examine(submission, run)
      let report = try submissions.keepReport(outcome, on: submission)
      let ground = outcome.report.ground.boxes
      submission.verdict = Submission.Verdict(
        sm3: report, examined: outcome.examined, counts: outcome.counts,
        blocking: outcome.blocking, base: base, ground: ground,
        rivals: try await submissions.rivals(of: submission, on: ground))
      submission.state = outcome.isBlocked ? .toCorrect : .toSign
    } catch {
      // A file that cannot be read or used is the sender's to mend; the rest is tried again.
      guard [.refused, .usage, .notFound].contains(error.kind) else { throw error }
      submission.problem = error.json
      submission.state = .toCorrect
    }
    if submission.state == .toSign {
      let within = map.offices.signWithinSeconds
      submission.due = map.clock.now().adding(seconds: within).description
    }
    return JobEnd(
      result: .object(["state": .string(submission.state.rawValue)]),
      changes: [
        submission.change,
        Notice(to: submission.submitter, about: submission, at: map.clock.now()).change,
      ],
      entry: RecordBatch.Entry(
        kind: "submission-examined",
        body: submission.said([
          "state": .string(submission.state.rawValue),
          "report": .optional(submission.verdict?.sm3),
        ])), by: run.actor)
  }

  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
    try await submissions.stall(job, in: .submitted, because: problem)
  }
}

extension Submissions {
  /// The submission a job is about, if it still waits for that job.
  func current(
    _ job: Job, in state: Submission.State
  ) async throws(Problem) -> Submission? {
    guard let id = job.subject["submission"]?.string, let round = job.subject["round"]?.integer,
      let submission = try await find(id), submission.state == state,
      submission.round == Int(clamping: round)
    else { return nil }
    return submission
  }

  /// Reads the file and asks the gate, without recording anything.
  func examine(_ submission: Submission, _ run: JobRun) async throws(Problem) -> ImportOutcome {
    var order = submission.importOrder(in: blobs)
    order.isDryRun = true
    return try await importing(submission, order, by: run.actor, run)
  }

  /// Reads the file, asks the gate, and records what the commission lets pass.
  func importing(
    _ submission: Submission, _ order: ImportOrder, by actor: Actor, _ run: JobRun,
    as commission: Commission? = nil
  ) async throws(Problem) -> ImportOutcome {
    let dataset = try OneMap.dataset(named: submission.dataset)
    let scope = Scope(ceiling: submission.ceiling)
    let schema = try await map.schemas(in: scope).first { $0.id == dataset }
    guard let schema else { throw .store(.noSuchDataset(dataset)) }
    guard try FileFingerprint.sm3(ofFileAt: order.file.path) == submission.source.sm3 else {
      throw Self.altered(submission.id)
    }
    var work = FileImport(
      order: order, dataset: dataset, schema: schema, map: map, actor: actor, scope: scope)
    work.commission = commission
    work.confinement = Scope(ceiling: submission.ceiling, regionPrefixes: submission.regions)
    return try await work.run { run.report($0.phase.rawValue, $0.done, of: $0.total) }
  }

  /// Keeps the whole report beside the file; what is returned is its digest.
  func keepReport(
    _ outcome: ImportOutcome, on submission: Submission
  ) throws(Problem) -> String {
    let text = outcome.verdict.canonicalText
    let sm3 = SM3.digest(text).description
    try blobs.keep(text, as: Self.reportName(sm3), beside: submission.source.sm3)
    return sm3
  }

  /// What is recorded of a submission whose job was given up or cancelled.
  func stall(
    _ job: Job, in state: Submission.State, because problem: Problem?
  ) async throws(Problem) -> JobEnd {
    let actor = Actor(id: job.requestedBy)
    guard var submission = try await current(job, in: state) else { return JobEnd(by: actor) }
    submission.state = .stalled
    submission.signature = nil
    submission.problem = problem?.json
    return JobEnd(
      changes: [
        submission.change,
        Notice(to: submission.submitter, about: submission, at: map.clock.now()).change,
      ],
      entry: RecordBatch.Entry(kind: "submission-stalled", body: submission.said()), by: actor)
  }
}
