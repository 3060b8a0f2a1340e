import KarezCore
import KarezStore
import Synchronization

/// One run of a job under a lease: tells how far it is, and holds the lease while it lasts.
///
/// Whoever holds the lease knows the version of the job's record. A worker that was given up for
/// dead and comes back knows an old one, so nothing it still tries to record can succeed.
final class JobRun: Sendable {
  private struct State {
    var job: Job
    var progress: Job.Progress?
    var isSealed = false
  }

  private let state: Mutex<State>
  /// Beats and the seal write the same record, so they take turns.
  private let turn = Turn()
  let store: any OneMapStore
  let clock: WallClock
  let leaseSeconds: Int

  init(_ job: Job, store: any OneMapStore, clock: WallClock, leaseSeconds: Int) {
    state = Mutex(State(job: job))
    self.store = store
    self.clock = clock
    self.leaseSeconds = leaseSeconds
  }

  var job: Job { state.withLock { $0.job } }
  var subject: JSONValue { job.subject }

  /// The dataset the job is about; nil where it names none.
  ///
  /// - Errors: `Problem` of kind usage for a name that is none of a dataset.
  func dataset() throws(Problem) -> DatasetID? {
    guard let name = subject["dataset"]?.string else { return nil }
    return try OneMap.dataset(named: name)
  }

  var actor: Actor { Actor(id: job.requestedBy) }

  /// Notes how far the work is; written down with the next beat.
  func report(_ phase: String, _ done: Int, of total: Int? = nil) {
    state.withLock { $0.progress = Job.Progress(phase: phase, done: done, total: total) }
  }

  /// Prolongs the lease and writes the progress down; false where the work must stop, because it
  /// was cancelled or the lease is lost.
  func beat() async throws(Problem) -> Bool {
    await turn.enter()
    defer { turn.leave() }
    if state.withLock({ $0.isSealed }) { return true }
    return try await prolong(seconds: leaseSeconds)
  }

  /// Ends the beating, so that the job's version stands still while its end is recorded.
  ///
  /// - Errors: `Problem` of kind conflict where the job was cancelled or the lease is lost.
  func seal() async throws(Problem) -> JobSeal {
    await turn.enter()
    defer { turn.leave() }
    guard try await prolong(seconds: 10 * leaseSeconds) else { throw Self.lost }
    return state.withLock { state in
      state.isSealed = true
      return JobSeal(job: state.job, now: clock.now())
    }
  }

  private func prolong(seconds: Int) async throws(Problem) -> Bool {
    let job = state.withLock { state in
      var job = state.job
      job.progress = state.progress ?? job.progress
      job.due = clock.now().adding(seconds: seconds)
      return job
    }
    let record = job.nextRecord
    do throws(StoreError) {
      try await store.put(RecordBatch([.write(record)]), by: actor)
    } catch {
      guard case .recordConflict = error else { throw .store(error) }
      return false
    }
    state.withLock {
      $0.job = job
      $0.job.record = record
    }
    return true
  }

  static let lost = Wording(
    "job-lost", "任务已取消或已由他处接手", "the job was cancelled, or another worker took it over",
    do: "查看任务页面", "see the page of the job"
  ).problem(.conflict, at: "")
}

/// A job whose end is about to be recorded.
struct JobSeal: Sendable {
  let job: Job
  let now: Timestamp

  /// Everything that is recorded with the end of the job, in one batch.
  func batch(_ end: JobEnd) -> RecordBatch {
    let done = job.ended(.done, at: now, result: end.result)
    return RecordBatch(end.changes + [done.change], entry: end.entry)
  }
}

/// Lets one in at a time, in the order of asking.
private final class Turn: Sendable {
  private struct State {
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func enter() async {
    await withCheckedContinuation { continuation in
      let mayEnter = state.withLock { state in
        if state.isTaken {
          state.waiting.append(continuation)
          return false
        }
        state.isTaken = true
        return true
      }
      if mayEnter { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
