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

  @Test func `people who have not signed in never have all places, nor all of the queue`()
    async throws
  {
    var limits = try Self.limits(atOnce: 2, waiting: 4)
    (limits.publicAtOnce, limits.publicWaiting) = (1, 1)
    let gate = WorkGate(limits)
    func held(_ number: Int, isPublic: Bool) async throws -> Held {
      let before = gate.load
      let held = WorkGate.$isForPublic.withValue(isPublic) { Held(gate, number) }
      while gate.load == before { await Task.yield() }
      return held
    }
    let first = try await held(1, isPublic: true)
    let second = try await held(2, isPublic: true)
    #expect(
      gate.load.underWay == 1 && gate.load.waiting == 1, "the second waits, though there is a place"
    )
    await #expect(throws: (any Error).self, "a third is turned away") {
      try await WorkGate.$isForPublic.withValue(true) { try await gate.run { 3 } }
    }
    #expect(try await gate.run { 4 } == 4, "an officer has the place that is left")
    let officer = try await held(5, isPublic: false)
    officer.release.finish()
    #expect(try await officer.task.value == 5)
    #expect(
      gate.load.underWay == 1 && gate.load.waiting == 1,
      "what an officer leaves is not the public's second place")
    first.release.finish()
    #expect(try await first.task.value == 1)
    second.release.finish()
    #expect(try await second.task.value == 2)
  }

  /// Work that ends when it is told to.
  struct Held: Sendable {
    let task: Task<Int, any Error>
    let release: AsyncStream<Void>.Continuation

    init(_ gate: WorkGate, _ number: Int) {
      let (stream, release) = AsyncStream<Void>.makeStream()
      self.release = release
      task = Task {
        try await gate.run {
          for await _ in stream {}
          return number
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
