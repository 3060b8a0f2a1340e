import Dispatch

/// Runs an actor's work on one serial queue, whose thread may block.
///
/// libpq waits inside its calls; on the pool that all tasks share, a few connections that wait
/// would stop everything.
final class QueueExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(_ label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
