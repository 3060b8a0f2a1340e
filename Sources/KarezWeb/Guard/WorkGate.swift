import KarezCore
import KarezPacks
import KarezService
import Synchronization

/// 背压: lets in as much work as the machine can do, has a few wait, and turns the rest away.
///
/// Whose turn it is goes by who has the least under way, then by who came first. Who holds no
/// office, or has not signed in, has some of the places and of the queue and never all, so that a
/// crowd keeps no officer waiting.
///
/// Work that is not done in its time is cancelled, and whoever waits for it is told at once; its
/// place is free when it has really ended.
final class WorkGate: Sendable {
  /// Whose work it is: of an account, or of an address that has none.
  struct Asker: Hashable, Sendable {
    let id: String
    let isOfOffice: Bool

    init(id: String, isOfOffice: Bool) {
      self.id = id
      self.isOfOffice = isOfOffice
    }

    init(_ visitor: Visitor, _ caller: Caller) {
      let isSomebody = visitor.isAtTheMachine || visitor.principal.name != nil
      // Neither is ever the other's name.
      id = isSomebody ? "account " + visitor.actor.id : "address " + caller.address
      isOfOffice = isSomebody && !visitor.isApplicant
    }
  }

  /// Who the request that is being answered is from.
  @TaskLocal static var asker = Asker(id: "", isOfOffice: true)

  private struct Waiter {
    let number: Int
    let asker: Asker
    let turn: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var running: [Asker: Int] = [:]
    var waiting: [Waiter] = []
    var last = 0
    var turnedAway = 0
    var late = 0

    var underWay: Int { running.values.reduce(0, +) }

    func hasPlace(for asker: Asker, _ limits: WebLimits.Work) -> Bool {
      guard underWay < limits.atOnce else { return false }
      return asker.isOfOffice
        || running.reduce(0) { $0 + ($1.key.isOfOffice ? 0 : $1.value) } < limits.forOthers
    }

    func mayWait(_ asker: Asker, _ limits: WebLimits.Work) -> Bool {
      let own = waiting.count { $0.asker == asker }
      let others = asker.isOfOffice ? 0 : waiting.count { !$0.asker.isOfOffice }
      return waiting.count < limits.mostWaiting && own < limits.mostWaitingEach
        && others < limits.othersWaiting
    }

    mutating func enter(_ asker: Asker) { running[asker, default: 0] += 1 }

    mutating func leave(_ asker: Asker) {
      let left = (running[asker] ?? 1) - 1
      running[asker] = left > 0 ? left : nil
    }

    /// Whoever may go in next is let in.
    mutating func admitNext(_ limits: WebLimits.Work) -> Waiter? {
      let next = waiting.indices.filter { hasPlace(for: waiting[$0].asker, limits) }
        .min { (running[waiting[$0].asker] ?? 0, $0) < (running[waiting[$1].asker] ?? 0, $1) }
      guard let next else { return nil }
      let waiter = waiting.remove(at: next)
      enter(waiter.asker)
      return waiter
    }
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
    let asker = Self.asker
    guard await enter(asker) else {
      state.withLock { $0.turnedAway += 1 }
      throw WebError.busy(afterSeconds: limits.comeBackAfter)
    }
    let task = Task {
      defer { leave(asker) }
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

  private func enter(_ asker: Asker) async -> Bool {
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
          if state.hasPlace(for: asker, limits) {
            state.enter(asker)
            return true
          }
          guard state.mayWait(asker, limits), !Task.isCancelled else { return false }
          state.waiting.append(Waiter(number: number, asker: asker, turn: turn))
          return nil
        }
        if let isIn { turn.resume(returning: isIn) }
      }
    } onCancel: {
      giveUp(number)
    }
  }

  private func giveUp(_ number: Int) {
    let waiter = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    waiter?.turn.resume(returning: false)
  }

  private func leave(_ asker: Asker) {
    let next = state.withLock { state -> Waiter? in
      state.leave(asker)
      return state.admitNext(limits)
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
