import Glibc
import Synchronization

/// A worker on a thread of its own, read frame by frame as its consumer asks.
///
/// One frame is read ahead, so that worker and consumer work at the same time; then the worker
/// blocks on its pipe, so a slow consumer costs no more memory. Time is only counted while the
/// worker is waited for.
final class WorkerTalk: Sendable {
  private struct State {
    var asked: CheckedContinuation<Result<Frame?, ReadingError>, Never>?
    /// Read before it was asked for.
    var ahead: Frame?
    var worker: WorkerProcess?
    var stopped = false
    /// What comes after the last frame; set when the thread is gone, or about to be.
    var end: Result<Frame?, ReadingError>?

    mutating func takeAsked() -> CheckedContinuation<Result<Frame?, ReadingError>, Never>? {
      defer { asked = nil }
      return asked
    }
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
      let known = state.withLock { state -> Result<Frame?, ReadingError>? in
        if let frame = state.ahead {
          state.ahead = nil
          return .success(frame)
        }
        if let end = state.end {
          // Whoever asks again is told at once that there is no more.
          state.end = .success(nil)
          return end
        }
        state.asked = continuation
        return nil
      }
      if let known { continuation.resume(returning: known) }
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

  /// Runs a worker to its end, and hands over its frames one by one.
  ///
  /// - Errors: a `ReadingError` for the worker; whatever the body throws; a `CancellationError`. The
  ///   worker is gone in every case.
  static func converse(
    _ command: [String], _ limits: ReadingLimits, _ body: (Frame) async throws -> Void
  ) async throws {
    let talk = WorkerTalk(command: command, limits: limits)
    try talk.start()
    defer { talk.stop() }
    try await withTaskCancellationHandler {
      // A worker stopped by cancelling looks like one that died; the reason comes first.
      while let frame = try await unlessCancelled(talk) { try await body(frame) }
    } onCancel: {
      talk.stop()
    }
  }

  private static func unlessCancelled(_ talk: WorkerTalk) async throws -> Frame? {
    do {
      let frame = try await talk.next()
      try Task.checkCancellation()
      return frame
    } catch {
      try Task.checkCancellation()
      throw error
    }
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
      finish(.failure(error))
      return
    }
    var last: Result<Frame?, ReadingError> = .success(nil)
    while true {
      demand.wait()
      if state.withLock({ $0.stopped }) { break }
      do {
        guard let frame = try reading.next() else { break }
        hand(over: frame)
      } catch {
        last = .failure(error)
        break
      }
    }
    reading.finish()
    finish(last)
  }

  private func hand(over frame: Frame) {
    let asked = state.withLock { state in
      if state.asked == nil { state.ahead = frame }
      return state.takeAsked()
    }
    asked?.resume(returning: .success(frame))
  }

  /// The last answer, after a frame that nobody has asked for yet.
  private func finish(_ result: Result<Frame?, ReadingError>) {
    let asked = state.withLock { state in
      state.end = state.asked == nil ? result : .success(nil)
      return state.takeAsked()
    }
    asked?.resume(returning: result)
  }
}

/// A counting semaphore for one waiting thread, which may go on once unasked.
private final class Demand: Sendable {
  // Safe because the semaphore is made before any use, never moved, and destroyed with its owner.
  private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 1) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }
  func wait() { while sem_wait(semaphore) != 0 {} }
}
