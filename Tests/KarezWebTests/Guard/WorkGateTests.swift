import KarezPacks
import Synchronization
import Testing

@testable import KarezWeb

/// Only so much at once, a few in the queue, and the rest is told when to come back.
@Suite struct WorkGateTests {
  static func limits(
    atOnce: Int, waiting: Int, patience: Int = 600, within: Int = 600
  ) throws -> WebLimits.Work {
    var work = try WebServerTests.generous().work
    work.atOnce = atOnce
    work.mostWaiting = waiting
    work.longestWait = patience
    work.checkWithin = within
    work.workWithin = 600
    return work
  }

  /// Work that ends when it is told to.
  struct Held: Sendable {
    let task: Task<Int, any Error>
    let release: AsyncStream<Void>.Continuation

    init(
      _ gate: WorkGate, _ number: Int,
      of asker: WorkGate.Asker = WorkGate.Asker(id: "", isOfOffice: true)
    ) {
      let (stream, release) = AsyncStream<Void>.makeStream()
      self.release = release
      task = Task {
        try await WorkGate.$asker.withValue(asker) {
          try await gate.run {
            for await _ in stream {}
            return number
          }
        }
      }
    }
  }

  /// How many are in, and how many ever were at the same time.
  final class Tally: Sendable {
    private let counts = Mutex((now: 0, most: 0))
    var most: Int { counts.withLock { $0.most } }

    func enter() {
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }

    func leave() { counts.withLock { $0.now -= 1 } }
  }

  static func until(_ condition: () -> Bool) async {
    while !condition() { try? await Task.sleep(for: .milliseconds(2)) }
  }

  private static let officer = WorkGate.Asker(id: "account li", isOfOffice: true)
  private static let busy = WorkGate.Asker(id: "account wang", isOfOffice: true)
  private static let applicant = WorkGate.Asker(id: "account a00000001", isOfOffice: false)
  private static let stranger = WorkGate.Asker(id: "address 192.0.2.1", isOfOffice: false)

  /// Whether a piece of work has begun and not ended.
  private static func load(_ gate: WorkGate, _ underWay: Int, _ waiting: Int) async {
    await until { gate.load == (underWay, waiting) }
  }

  @Test func `who holds no office leaves a place to those who do`() async throws {
    var limits = try Self.limits(atOnce: 2, waiting: 8)
    limits.forOthers = 1
    let gate = WorkGate(limits)
    let first = Held(gate, 1, of: Self.applicant)
    await Self.load(gate, 1, 0)
    let second = Held(gate, 2, of: Self.stranger)
    await Self.load(gate, 1, 1)
    // The place that is free is not for the one who waits, and is for an officer.
    let third = Held(gate, 3, of: Self.officer)
    await Self.load(gate, 2, 1)
    third.release.finish()
    #expect(try await third.task.value == 3)
    await Self.load(gate, 1, 1)
    first.release.finish()
    #expect(try await first.task.value == 1)
    await Self.load(gate, 1, 0)
    second.release.finish()
    #expect(try await second.task.value == 2)
    #expect(gate.load == (0, 0) && gate.losses.turnedAway == 0)
  }

  @Test func `whose turn it is goes by who has the least under way`() async throws {
    let gate = WorkGate(try Self.limits(atOnce: 2, waiting: 8))
    let first = Held(gate, 1, of: Self.busy)
    await Self.load(gate, 1, 0)
    let second = Held(gate, 2, of: Self.busy)
    await Self.load(gate, 2, 0)
    let third = Held(gate, 3, of: Self.busy)
    await Self.load(gate, 2, 1)
    let fourth = Held(gate, 4, of: Self.officer)
    await Self.load(gate, 2, 2)
    first.release.finish()
    _ = try await first.task.value
    await Self.load(gate, 2, 1)
    // The officer came last and is in: only then can this end.
    fourth.release.finish()
    #expect(try await fourth.task.value == 4)
    await Self.load(gate, 2, 0)
    for held in [second, third] { held.release.finish() }
    #expect(try await [second.task.value, third.task.value] == [2, 3])
  }

  @Test func `a crowd that holds no office fills no queue`() async throws {
    var limits = try Self.limits(atOnce: 2, waiting: 4)
    (limits.forOthers, limits.othersWaiting) = (1, 1)
    let gate = WorkGate(limits)
    let first = Held(gate, 1, of: Self.applicant)
    await Self.load(gate, 1, 0)
    let second = Held(gate, 2, of: Self.stranger)
    await Self.load(gate, 1, 1)
    let turnedAway = Held(gate, 3, of: WorkGate.Asker(id: "address 192.0.2.2", isOfOffice: false))
    await #expect(throws: WebError.self) { try await turnedAway.task.value }
    #expect(try await gate.run { 4 } == 4, "an officer has the place that is left")
    for (held, number) in [(first, 1), (second, 2)] {
      held.release.finish()
      #expect(try await held.task.value == number)
    }
  }

  @Test func `nobody fills the queue alone`() async throws {
    var limits = try Self.limits(atOnce: 1, waiting: 8)
    limits.mostWaitingEach = 2
    let gate = WorkGate(limits)
    let held = (1...3).map { Held(gate, $0, of: Self.busy) }
    await Self.load(gate, 1, 2)
    let turnedAway = Held(gate, 4, of: Self.busy)
    await #expect(throws: WebError.self) { try await turnedAway.task.value }
    let other = Held(gate, 5, of: Self.officer)
    await Self.load(gate, 1, 3)
    for work in held + [other] { work.release.finish() }
    for work in held + [other] { _ = try await work.task.value }
    #expect(gate.load == (0, 0) && gate.losses.turnedAway == 1)
  }

  @Test func `what does not fit waits, what does not fit there is turned away`() async throws {
    let gate = WorkGate(try Self.limits(atOnce: 2, waiting: 1))
    let first = Held(gate, 1)
    let second = Held(gate, 2)
    await Self.until { gate.load.underWay == 2 }
    let third = Held(gate, 3)
    await Self.until { gate.load.waiting == 1 }
    await #expect(throws: WebError.busy(afterSeconds: 10)) { try await gate.run { 4 } }
    third.release.finish()
    first.release.finish()
    #expect(try await third.task.value == 3, "the place of the first is the third's")
    #expect(try await first.task.value == 1)
    second.release.finish()
    #expect(try await second.task.value == 2)
    await Self.until { gate.load == (0, 0) }
    #expect(try await gate.run { 5 } == 5)
  }

  @Test func `who waited too long is turned away, and takes no place later`() async throws {
    let gate = WorkGate(try Self.limits(atOnce: 1, waiting: 4, patience: 0))
    let first = Held(gate, 1)
    await Self.until { gate.load.underWay == 1 }
    await #expect(throws: WebError.busy(afterSeconds: 10)) { try await gate.run { 2 } }
    #expect(gate.load == (1, 0))
    first.release.finish()
    _ = try await first.task.value
    await Self.until { gate.load == (0, 0) }
  }

  @Test func `work that takes too long is stopped; its place is free when it has ended`()
    async throws
  {
    let gate = WorkGate(try Self.limits(atOnce: 1, waiting: 0, within: 0))
    let (stream, release) = AsyncStream<Void>.makeStream()
    let wasCancelled = Tally()
    await #expect(throws: WebError.tookTooLong(seconds: 0, afterSeconds: 10)) {
      try await gate.check {
        await Self.until { Task.isCancelled }
        wasCancelled.enter()
        // Goes on in spite of it, on a task that nobody has cancelled.
        await Task { for await _ in stream {} }.value
      }
    }
    await Self.until { wasCancelled.most == 1 }
    #expect(gate.load.underWay == 1)
    await #expect(throws: WebError.busy(afterSeconds: 10)) { try await gate.run { 2 } }
    release.finish()
    await Self.until { gate.load.underWay == 0 }
  }

  @Test func `whoever leaves the queue leaves it at once, and errors come out as they are`()
    async throws
  {
    let gate = WorkGate(try Self.limits(atOnce: 1, waiting: 1))
    let first = Held(gate, 1)
    await Self.until { gate.load.underWay == 1 }
    let second = Held(gate, 2)
    await Self.until { gate.load.waiting == 1 }
    second.task.cancel()
    await #expect(throws: WebError.busy(afterSeconds: 10)) { try await second.task.value }
    #expect(gate.load == (1, 0))
    first.release.finish()
    _ = try await first.task.value
    await Self.until { gate.load == (0, 0) }
    await #expect(throws: WebError.boundaryMissing) {
      try await gate.run { throw WebError.boundaryMissing }
    }
    await Self.until { gate.load == (0, 0) }
  }

  @Test(arguments: 0..<20)
  func `of any crowd no more than allowed are in, and everyone is answered`(size: Int) async throws
  {
    let gate = WorkGate(try Self.limits(atOnce: 3, waiting: 5))
    let tally = Tally()
    let (done, turned) = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<(size * 5) {
        group.addTask {
          do {
            try await gate.run {
              tally.enter()
              for _ in 0..<10 { await Task.yield() }
              tally.leave()
            }
            return true
          } catch { return false }
        }
      }
      return await group.reduce(into: (0, 0)) { if $1 { $0.0 += 1 } else { $0.1 += 1 } }
    }
    #expect(done + turned == size * 5 && tally.most <= 3)
    if size > 0 { #expect(done >= 3) }
    await Self.until { gate.load == (0, 0) }
  }
}
