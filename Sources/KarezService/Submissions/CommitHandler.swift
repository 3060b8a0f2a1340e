import KarezCore
import KarezStore

/// Records a signed submission.
///
/// The draft the gate saw is gone, so the kept file is read and examined again. Only what gives the
/// very report that was signed is committed; submission, job and rows end in one transaction.
struct CommitHandler: JobHandler {
  static let name = "commit"
  let map: OneMap

  var name: String { Self.name }
  private var submissions: Submissions { Submissions(map: map) }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let submission = try await submissions.current(run.job, in: .signed),
      let signature = submission.signature, let verdict = submission.verdict
    else { return JobEnd(by: run.actor) }
    let signer = Actor(id: signature.by)
    let commission = Commission(
      idempotencyKey: "submission/\(submission.id)/\(submission.round)", expected: verdict.base,
      caseNumber: submission.id, submittedBy: submission.submitter, signedBy: signer.id
    ) { outcome throws(Problem) in
      guard outcome.verdictSM3 == signature.report else {
        throw Submissions.reportDiffers(submission.id)
      }
      let seal = try await run.seal()
      return { receipt in seal.batch(self.end(submission, receipt, by: signer, at: seal.now)) }
    }
    do throws(Problem) {
      let outcome = try await submissions.importing(
        submission, submission.importOrder(in: submissions.blobs), by: signer, run, as: commission)
      guard !outcome.isBlocked else { throw Submissions.reportDiffers(submission.id) }
      return nil
    } catch {
      guard ["commit-conflict", "report-differs"].contains(error.code) else { throw error }
      let stale = try await submissions.staleness(of: submission)
      return conflicted(submission, because: stale ?? error, by: signer)
    }
  }

  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
    try await submissions.stall(job, in: .signed, because: problem)
  }

  private func end(
    _ submission: Submission, _ receipt: CommitReceipt, by signer: Actor, at now: Timestamp
  ) -> JobEnd {
    var committed = submission
    committed.state = .committed
    committed.receipt = receipt
    committed.problem = nil
    let notify = Job(
      NotifyHandler.name, of: submission.id,
      subject: .object(["submission": .string(submission.id)]), by: signer, at: now)
    let followUps = DatasetID(submission.dataset).map {
      map.followUps(of: $0, receipt, by: signer)
    }
    return JobEnd(
      result: receipt.json, changes: [committed.change, notify.change] + (followUps ?? []),
      entry: RecordBatch.Entry(
        kind: "submission-committed",
        body: committed.said([
          "submittedBy": .string(submission.submitter), "signedBy": .string(signer.id),
          "commit": receipt.commit.map { .integer(Int64($0.value)) } ?? .null,
        ])), by: signer)
  }

  private func conflicted(
    _ submission: Submission, because problem: Problem, by signer: Actor
  ) -> JobEnd {
    var conflicted = submission
    conflicted.state = .conflicted
    conflicted.problem = problem.json
    let now = map.clock.now()
    let told = Set([submission.submitter, signer.id]).sorted()
    return JobEnd(
      result: .object(["state": .string(conflicted.state.rawValue)]),
      changes: [conflicted.change]
        + told.map { Notice(to: $0, about: conflicted, at: now).change },
      entry: RecordBatch.Entry(
        kind: "submission-conflicted", body: conflicted.said(["code": .string(problem.code)])),
      by: signer)
  }
}
