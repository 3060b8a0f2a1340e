import KarezCore
import KarezStore

/// What a handler leaves behind: all of it is recorded together with the end of its job.
struct JobEnd: Sendable {
  var result: JSONValue = .null
  var changes: [RecordChange] = []
  var entry: RecordBatch.Entry?
  /// In whose name it is recorded.
  var actor: Actor

  init(
    result: JSONValue = .null, changes: [RecordChange] = [], entry: RecordBatch.Entry? = nil,
    by actor: Actor
  ) {
    self.result = result
    self.changes = changes
    self.entry = entry
    self.actor = actor
  }
}

/// One sort of work.
///
/// - Assumes: a run may be cut off anywhere and begun anew, so a handler changes nothing lasting
///   but by the `JobEnd` it returns, or by what it records under the same `JobSeal`.
protocol JobHandler: Sendable {
  var name: String { get }
  /// How often it is begun before it is given up; nil for as often as any work.
  var mostAttempts: Int? { get }

  /// Does the work; nil where the end was recorded under the run's seal already.
  func run(_ run: JobRun) async throws(Problem) -> JobEnd?

  /// What is recorded beside the end of a job that was given up or cancelled.
  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd
}

extension JobHandler {
  var mostAttempts: Int? { nil }

  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
    JobEnd(by: Actor(id: job.requestedBy))
  }
}
