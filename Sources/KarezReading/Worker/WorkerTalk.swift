import Glibc
import Synchronization

/// A worker on a thread of its own, read frame by frame as its consumer asks.
///
/// The worker blocks on its pipe when nobody asks, so a slow consumer costs no memory. Time is only
/// counted while the consumer waits.
final class WorkerTalk: Sendable {
  private struct State {
    var asked: CheckedContinuation<Result<Frame?, ReadingError>, Never>?
    var worker: WorkerProcess?
    var stopped = false
  }

  private let state = Mutex(State())
  private let demand = Demand()
  private let command: [String]
  private let limits: ReadingLimits

  init(command: [String], limits: ReadingLimits) {
    self.command = command
    self.limits = limits
  }

  /// Starts the thread that starts the worker.
  func start() throws(ReadingError) {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    // Safe because the retain above is balanced by the one `takeRetainedValue` in the new thread,
    // or by the one below if there is none.
    let failure = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<WorkerTalk>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    guard failure == 0 else {
      Unmanaged<WorkerTalk>.fromOpaque(context).release()
      throw .workerUnusable(message: "no thread")
    }
    pthread_detach(thread)
  }

  /// The next frame; nil after the last.
  func next() async throws(ReadingError) -> Frame? {
    let result = await withCheckedContinuation { continuation in
      state.withLock { $0.asked = continuation }
      demand.signal()
    }
    return try result.get()
  }

  /// Ends the worker, whatever it is doing; safe to call more than once and from anywhere.
  func stop() {
    let worker = state.withLock { state in
      state.stopped = true
      return state.worker
    }
    worker?.kill()
    demand.signal()
  }

  // MARK: On the worker's thread

  private func run() {
    var reading: WorkerReading
    do {
      let worker = try WorkerProcess(command: command)
      let stopped = state.withLock { state in
        state.worker = worker
        return state.stopped
      }
      if stopped { worker.kill() }
      reading = WorkerReading(worker: worker, limits: limits)
    } catch {
      demand.wait()
      answer(.failure(error))
      return
    }
    while true {
      demand.wait()
      if state.withLock({ $0.stopped }) { break }
      do {
        let frame = try reading.next()
        answer(.success(frame))
        if frame == nil { break }
      } catch {
        answer(.failure(error))
        break
      }
    }
    reading.finish()
    answer(.success(nil))
  }

  private func answer(_ result: Result<Frame?, ReadingError>) {
    let asked = state.withLock { state in
      defer { state.asked = nil }
      return state.asked
    }
    asked?.resume(returning: result)
  }
}

/// A counting semaphore for one waiting thread.
private final class Demand: Sendable {
  // Safe because the semaphore is made before any use, never moved, and destroyed with its owner.
  private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 {} }
}
