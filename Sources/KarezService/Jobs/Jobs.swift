public import KarezCore
import KarezPacks
import KarezStore

/// 任务队列: what is to be done, kept in the store; any number of workers take from it.
public struct Jobs: Sendable {
  /// How a worker behaves; times in seconds.
  struct Policy: Sendable {
    var lease = 60
    var mostAttempts = 5
    /// Before the second attempt; each further one waits four times as long.
    var firstWait = 10
    var longestWait = 3_600
  }

  let store: any OneMapStore
  let clock: WallClock
  let handlers: [String: any JobHandler]
  var policy = Policy()
  /// From 0 up to, but not, 1; spreads out what failed together.
  var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

  init(store: any OneMapStore, clock: WallClock, handlers: [any JobHandler]) {
    self.store = store
    self.clock = clock
    self.handlers = Dictionary(handlers.map { ($0.name, $0) }) { first, _ in first }
  }

  public func job(_ id: String) async throws(Problem) -> Job? {
    try await asked { store throws(StoreError) in
      try await store.record(Job.kind, id).flatMap { Job($0) }
    }
  }

  /// Jobs of these states, in order of their ids; at most `limit`.
  public func list(_ states: [Job.State], limit: Int = 200) async throws(Problem) -> [Job] {
    try await asked { store throws(StoreError) in
      let query = RecordQuery(Job.kind, states: states.map(\.rawValue))
      return try await store.records(query, after: nil, limit: limit).records
        .compactMap { Job($0) }
    }
  }

  /// Puts work in the queue, unless the same is there already.
  func enqueue(_ job: Job, by actor: Actor) async throws(Problem) {
    do throws(StoreError) {
      try await store.put(RecordBatch([job.change]), by: actor)
    } catch {
      guard case .recordConflict = error else { throw .store(error) }
    }
  }

  /// Ends a job before it is done: at once while it waits, at the next beat while it runs.
  public func cancel(_ id: String, by principal: Principal) async throws(Problem) {
    for _ in 0..<10 {
      guard var job = try await job(id) else { throw Self.unknown(id) }
      if job.requestedBy != principal.actor.id { try principal.require(.manageJobs) }
      guard !job.state.isOver else { return }
      let isDone: Bool
      if job.state == .queued {
        isDone = try await end(job, as: .cancelled, because: nil)
      } else {
        job.isCancelAsked = true
        isDone = try await put(RecordBatch([job.change]), by: principal.actor)
      }
      if isDone { return }
    }
    throw .store(.recordConflict(kind: Job.kind.name, key: id, expected: 0, found: 0))
  }

  /// Puts a job that was given up in the queue again, as if it had never been begun.
  public func retry(_ id: String, by principal: Principal) async throws(Problem) {
    guard var job = try await job(id) else { throw Self.unknown(id) }
    try principal.require(.manageJobs)
    guard job.state == .failed else { throw Self.notFailed(id) }
    job.state = .queued
    job.attempts = 0
    job.endedAt = nil
    job.due = clock.now()
    guard try await put(RecordBatch([job.change]), by: principal.actor) else {
      throw .store(.recordConflict(kind: Job.kind.name, key: id, expected: 0, found: 0))
    }
  }

  private func mostAttempts(of job: Job) -> Int {
    handlers[job.handler]?.mostAttempts ?? policy.mostAttempts
  }

  // MARK: Working

  /// Takes one job that is due and brings it to its end; false where none is due.
  ///
  /// Beats are given by `beating`, which runs beside the work and never returns by itself.
  @discardableResult
  public func runOne(
    worker: String,
    beating: @escaping @Sendable (_ beat: @Sendable () async -> Bool) async -> Void = { _ in
      try? await Task.sleep(for: .seconds(1 << 30))
    }
  ) async throws(Problem) -> Bool {
    guard let job = try await claim(by: worker) else { return false }
    let run = JobRun(job, store: store, clock: clock, leaseSeconds: policy.lease)
    guard let handler = handlers[job.handler] else {
      _ = try await end(job, as: .failed, because: Self.noHandler(job.handler))
      return true
    }
    let outcome = await withTaskGroup(of: Result<JobEnd?, Problem>?.self) { group in
      group.addTask {
        do throws(Problem) { return .success(try await handler.run(run)) } catch {
          return .failure(error)
        }
      }
      group.addTask {
        await beating { (try? await run.beat()) ?? true }
        return nil
      }
      // Whichever ends first ends the other: work that is done, or a lease that is lost.
      let first = await group.next() ?? nil
      group.cancelAll()
      let second = await group.next() ?? nil
      return first ?? second ?? .failure(JobRun.lost)
    }
    // A worker that is told to stop still says what became of its job.
    let isStopped = Task.isCancelled
    let settling = Task { () async -> Result<Void, Problem> in
      do throws(Problem) {
        if isStopped, case .failure = outcome {
          try await giveBack(run)
        } else {
          try await settle(run, outcome)
        }
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try await settling.value.get()
    return true
  }

  /// Returns the lease of a run its worker was told to stop; the attempt does not count.
  private func giveBack(_ run: JobRun) async throws(Problem) {
    let job = run.job
    guard var recorded = try await self.job(job.id), recorded.worker == job.worker,
      recorded.attempts == job.attempts, recorded.state == .running
    else { return }
    if recorded.isCancelAsked { return try await stopIfCancelled(job) }
    recorded.state = .queued
    recorded.worker = nil
    recorded.attempts -= 1
    recorded.due = clock.now()
    _ = try await put(RecordBatch([recorded.change]), by: Actor(id: job.requestedBy))
  }

  /// The next job that is due, with a lease on it.
  private func claim(by worker: String) async throws(Problem) -> Job? {
    let now = clock.now()
    let due = try await asked { store throws(StoreError) in
      let query = RecordQuery(
        Job.kind, states: [Job.State.queued.rawValue, Job.State.running.rawValue],
        dueUntil: now.description, order: .due)
      return try await store.records(query, after: nil, limit: 16).records
    }
    for record in due {
      guard var job = Job(record) else { continue }
      if job.isCancelAsked {
        _ = try await end(job, as: .cancelled, because: nil)
        continue
      }
      guard job.attempts < mostAttempts(of: job) else {
        _ = try await end(job, as: .failed, because: Self.exhausted)
        continue
      }
      job.state = .running
      job.attempts += 1
      job.worker = worker
      job.due = now.adding(seconds: policy.lease)
      let leased = job.nextRecord
      if try await put(RecordBatch([.write(leased)]), by: Actor(id: job.requestedBy)) {
        job.record = leased
        return job
      }
    }
    return nil
  }

  /// Records how a run ended.
  private func settle(
    _ run: JobRun, _ outcome: Result<JobEnd?, Problem>
  ) async throws(Problem) {
    switch outcome {
    case .success(nil): return
    case .success(let end?):
      // Where the lease is lost, whoever holds it now does the work anew.
      guard let seal = try? await run.seal() else { return try await stopIfCancelled(run.job) }
      do throws(StoreError) {
        try await store.put(seal.batch(end), by: end.actor)
      } catch {
        try await retry(seal.job, because: .store(error))
      }
    case .failure(let problem):
      let job = run.job
      guard let recorded = try await self.job(job.id), recorded.worker == job.worker,
        recorded.attempts == job.attempts, recorded.state == .running
      else { return }
      if recorded.isCancelAsked { return try await stopIfCancelled(job) }
      try await retry(recorded, because: problem)
    }
  }

  private func stopIfCancelled(_ job: Job) async throws(Problem) {
    guard let recorded = try await self.job(job.id), recorded.isCancelAsked,
      recorded.worker == job.worker, recorded.attempts == job.attempts
    else { return }
    _ = try await end(recorded, as: .cancelled, because: nil)
  }

  /// Waits and tries again where that may help; gives up where it cannot.
  private func retry(_ job: Job, because problem: Problem) async throws(Problem) {
    let mayHelp = [.unavailable, .conflict].contains(problem.kind)
    guard mayHelp, job.attempts < mostAttempts(of: job) else {
      _ = try await end(job, as: .failed, because: problem)
      return
    }
    var next = job
    next.state = .queued
    next.worker = nil
    next.problem = problem.json
    next.due = clock.now().adding(seconds: wait(after: job.attempts))
    _ = try await put(RecordBatch([next.change]), by: Actor(id: job.requestedBy))
  }

  /// How many seconds pass before the attempt after this one.
  func wait(after attempts: Int) -> Int {
    let growth = (1..<max(1, attempts)).reduce(policy.firstWait) { wait, _ in
      min(wait * 4, policy.longestWait)
    }
    return growth + Int(Double(growth) * jitter())
  }

  /// Ends a job without its work being done, together with what its handler wants noted.
  private func end(
    _ job: Job, as state: Job.State, because problem: Problem?
  ) async throws(Problem) -> Bool {
    var over = job.ended(state, at: clock.now())
    over.problem = problem?.json ?? job.problem
    let noted =
      try await handlers[job.handler]?.abandoned(job, because: problem)
      ?? JobEnd(by: Actor(id: job.requestedBy))
    return try await put(
      RecordBatch(noted.changes + [over.change], entry: noted.entry), by: noted.actor)
  }

  /// Whether the batch was recorded; false where somebody wrote one of its records in between.
  private func put(_ batch: RecordBatch, by actor: Actor) async throws(Problem) -> Bool {
    do throws(StoreError) {
      try await store.put(batch, by: actor)
      return true
    } catch {
      guard case .recordConflict = error else { throw .store(error) }
      return false
    }
  }

  private func asked<Result: Sendable>(
    _ question: (any OneMapStore) async throws(StoreError) -> Result
  ) async throws(Problem) -> Result {
    do throws(StoreError) { return try await question(store) } catch { throw .store(error) }
  }

  // MARK: Problems

  static func unknown(_ id: String) -> Problem {
    Wording(
      "job-unknown", "没有这个任务", "there is no such job", do: "用 karez jobs list 查看",
      "see karez jobs list"
    ).problem(.notFound, at: id)
  }

  private static func notFailed(_ id: String) -> Problem {
    Wording(
      "job-not-failed", "任务没有失败", "the job was not given up", do: "用 karez jobs list --all 查看",
      "see karez jobs list --all"
    ).problem(.conflict, at: id)
  }

  private static func noHandler(_ name: String) -> Problem {
    Wording(
      "job-handler-unknown", "没有办理这类任务的程序", "nothing here does this sort of work",
      do: "升级程序后重新提交", "upgrade and ask again"
    ).problem(.defect, at: name)
  }

  private static let exhausted = Wording(
    "job-exhausted", "多次开始均未完成", "begun many times and never ended",
    do: "查看日志，排除原因后重新提交", "see the log, remove the cause, ask again"
  ).problem(.unavailable, at: "")
}
