import KarezPacks
import Synchronization

/// 背压: lets in as much work as the machine can do, has a few wait, and turns the rest away.
///
/// Work that is not done in its time is cancelled, and whoever waits for it is told at once; its
/// place is free when it has really ended.
///
/// People who have not signed in have some of the places and never all, so that a crowd of them
/// keeps no officer waiting.
final class WorkGate: Sendable {
  /// Whether work is done for somebody who has not signed in.
  @TaskLocal static var isForPublic = false

  private struct Waiter {
    let number: Int
    let isPublic: Bool
    let turn: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var underWay = 0
    var publicUnderWay = 0
    var waiting: [Waiter] = []
    var last = 0
    var turnedAway = 0
    var late = 0
  }

  private let limits: WebLimits.Work
  private let state = Mutex(State())

  init(_ limits: WebLimits.Work) { self.limits = limits }

  var places: Int { limits.atOnce }
  /// How many were turned away, and how much was cut off, since the server began.
  var losses: (turnedAway: Int, late: Int) { state.withLock { ($0.turnedAway, $0.late) } }

  var load: (underWay: Int, waiting: Int) {
    state.withLock { ($0.underWay, $0.waiting.count) }
  }

  /// Checks have a time of their own, because somebody sits before each.
  func check<Outcome: Sendable>(
    _ work: @escaping @Sendable () async throws -> Outcome
  ) async throws -> Outcome {
    try await run(within: limits.checkWithin, work)
  }

  func run<Outcome: Sendable>(
    _ work: @escaping @Sendable () async throws -> Outcome
  ) async throws -> Outcome {
    try await run(within: limits.workWithin, work)
  }

  private func run<Outcome: Sendable>(
    within seconds: Int, _ work: @escaping @Sendable () async throws -> Outcome
  ) async throws -> Outcome {
    let isPublic = Self.isForPublic
    guard await enter(isPublic: isPublic) else {
      state.withLock { $0.turnedAway += 1 }
      throw WebError.busy(afterSeconds: limits.comeBackAfter)
    }
    let task = Task {
      defer { leave(isPublic: isPublic) }
      return try await work()
    }
    let late = WebError.tookTooLong(seconds: seconds, afterSeconds: limits.comeBackAfter)
    let end = FirstOf<Outcome>()
    let timer = Task {
      try await Task.sleep(for: .seconds(seconds))
      if end.set(.failure(late)) {
        state.withLock { $0.late += 1 }
        task.cancel()
      }
    }
    Task {
      end.set(await task.result)
      timer.cancel()
    }
    return try await withTaskCancellationHandler {
      try await end.value()
    } onCancel: {
      task.cancel()
      timer.cancel()
      end.set(.failure(CancellationError()))
    }
  }

  // MARK: Places

  private func enter(isPublic: Bool) async -> Bool {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    let patience = Task {
      try await Task.sleep(for: .seconds(limits.longestWait))
      giveUp(number)
    }
    defer { patience.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { turn in
        let isIn: Bool? = state.withLock { state in
          if state.underWay < limits.atOnce, mayEnter(isPublic, state) {
            state.underWay += 1
            if isPublic { state.publicUnderWay += 1 }
            return true
          }
          guard mayWait(isPublic, state), !Task.isCancelled else { return false }
          state.waiting.append(Waiter(number: number, isPublic: isPublic, turn: turn))
          return nil
        }
        if let isIn { turn.resume(returning: isIn) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  private func mayEnter(_ isPublic: Bool, _ state: State) -> Bool {
    !isPublic || state.publicUnderWay < limits.publicAtOnce
  }

  private func mayWait(_ isPublic: Bool, _ state: State) -> Bool {
    guard state.waiting.count < limits.mostWaiting else { return false }
    return !isPublic || state.waiting.count(where: \.isPublic) < limits.publicWaiting
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    waiter?.turn.resume(returning: false)
  }

  private func leave(isPublic: Bool) {
    let next = state.withLock { state -> Waiter? in
      if isPublic { state.publicUnderWay -= 1 }
      let turn = state.waiting.firstIndex { mayEnter($0.isPublic, state) }
      guard let turn else {
        state.underWay -= 1
        return nil
      }
      let waiter = state.waiting.remove(at: turn)
      if waiter.isPublic { state.publicUnderWay += 1 }
      return waiter
    }
    next?.turn.resume(returning: true)
  }
}

/// The first of several results, for one who waits.
private final class FirstOf<Outcome: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Outcome, any Error>)
    case set(Result<Outcome, any Error>)
    case over
  }

  private let state = Mutex(State.open)

  /// False where there was one already.
  @discardableResult
  func set(_ result: Result<Outcome, any Error>) -> Bool {
    let (isFirst, waiter) = state.withLock {
      state -> (Bool, CheckedContinuation<Outcome, any Error>?) in
      switch state {
      case .open:
        state = .set(result)
        return (true, nil)
      case .awaited(let waiter):
        state = .over
        return (true, waiter)
      case .set, .over: return (false, nil)
      }
    }
    waiter?.resume(with: result)
    return isFirst
  }

  func value() async throws -> Outcome {
    try await withCheckedThrowingContinuation { waiter in
      let known = state.withLock { state -> Result<Outcome, any Error>? in
        guard case .set(let result) = state else {
          state = .awaited(waiter)
          return nil
        }
        state = .over
        return result
      }
      if let known { waiter.resume(with: known) }
    }
  }
}
