import Foundation
import KarezCore
import KarezStore
import Synchronization
import TestSupport
import Testing

@testable import KarezService

/// The queue over a real store, with a clock set by hand; nothing here sleeps.
@Suite struct JobTests {
  /// Work that a test describes.
  struct Handler: JobHandler {
    let name = "work"
    let body: @Sendable (JobRun) async throws(Problem) -> JobEnd?

    func run(_ run: JobRun) async throws(Problem) -> JobEnd? { try await body(run) }

    func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
      JobEnd(changes: [JobTests.mark("abandoned-\(job.id)")], by: .operator)
    }
  }

  static func mark(_ key: String) -> RecordChange {
    .write(
      PlatformRecord(
        kind: .transient("mark"), key: key, state: "made", body: .object([:])))
  }

  static let busy = Problem(
    .unavailable, code: "busy", place: "", what: LocalizedText(zh: "忙", en: "busy"),
    remedy: LocalizedText(zh: "等", en: "wait"))
  static let bad = Problem(
    .refused, code: "bad", place: "", what: LocalizedText(zh: "坏", en: "bad"),
    remedy: LocalizedText(zh: "改", en: "mend"))

  struct Room: Sendable {
    let jobs: Jobs
    let clock: HandClock
    let store: any OneMapStore

    func enqueue(_ name: String) async throws {
      try await jobs.enqueue(
        Job("work", of: name, subject: .object(["n": .string(name)]), by: .operator, at: clock.now),
        by: .operator)
    }

    func state(_ name: String) async throws -> Job.State? {
      try await jobs.job("work/" + name)?.state
    }

    func marks() async throws -> [String] {
      try await store.records(RecordQuery(.transient("mark")), after: nil, limit: 100).records
        .map(\.key)
    }
  }

  static func withJobs(
    _ work: @escaping @Sendable (JobRun) async throws(Problem) -> JobEnd?,
    _ body: (Room) async throws -> Void
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let clock = HandClock()
      let store = try SQLiteStore(folder: folder, clock: { clock.now.description })
      var jobs = Jobs(store: store, clock: clock.clock, handlers: [Handler(body: work)])
      jobs.jitter = { 0 }
      try await body(Room(jobs: jobs, clock: clock, store: store))
    }
  }

  @Test func `a job is done once, with what it leaves behind, and asked for twice is one`()
    async throws
  {
    try await Self.withJobs { run throws(Problem) in
      run.report("counting", 3, of: 7)
      let name = run.subject["n"]?.string ?? ""
      return JobEnd(result: .string(name), changes: [Self.mark(name)], by: .operator)
    } _: { room in
      #expect(try await !room.jobs.runOne(worker: "a"))
      try await room.enqueue("one")
      try await room.enqueue("one")
      #expect(try await room.jobs.runOne(worker: "a"))
      #expect(try await !room.jobs.runOne(worker: "a"))
      let job = try #require(try await room.jobs.job("work/one"))
      #expect(job.state == .done && job.result == .string("one") && job.attempts == 1)
      #expect(job.progress == Job.Progress(phase: "counting", done: 3, total: 7))
      #expect(try await room.marks() == ["one"])
      // Also when it is over, the same work is not begun again.
      try await room.enqueue("one")
      #expect(try await !room.jobs.runOne(worker: "a"))
    }
  }

  @Test func `what may pass is tried again, later each time, and given up after five times`()
    async throws
  {
    try await Self.withJobs { _ throws(Problem) in
      throw Self.busy
    } _: { room in
      try await room.enqueue("one")
      var waits: [Int] = []
      for attempt in 1...5 {
        #expect(try await room.jobs.runOne(worker: "a"), "attempt \(attempt)")
        #expect(try await !room.jobs.runOne(worker: "a"))
        guard attempt < 5 else { break }
        let due = try #require(try await room.jobs.job("work/one")?.due)
        let wait = Int(due.millisecondsSince1970 - room.clock.now.millisecondsSince1970) / 1_000
        waits.append(wait)
        room.clock.pass(seconds: wait - 1)
        #expect(try await !room.jobs.runOne(worker: "a"), "not before its time")
        room.clock.pass(seconds: 1)
      }
      #expect(waits == [10, 40, 160, 640])
      let job = try #require(try await room.jobs.job("work/one"))
      #expect(job.state == .failed && job.problem?["code"] == .string("busy"))
      #expect(try await room.marks() == ["abandoned-work/one"])
    }
  }

  @Test func `what can never pass is given up at once`() async throws {
    try await Self.withJobs { _ throws(Problem) in
      throw Self.bad
    } _: { room in
      try await room.enqueue("one")
      #expect(try await room.jobs.runOne(worker: "a"))
      #expect(try await room.state("one") == .failed)
      #expect(try await room.jobs.job("work/one")?.attempts == 1)
    }
  }

  @Test func `of two workers one gets the job, and both get one where there are two`()
    async throws
  {
    let runs = Mutex<[String]>([])
    try await Self.withJobs { run throws(Problem) in
      runs.withLock { $0.append(run.job.id) }
      return JobEnd(changes: [Self.mark(run.job.id)], by: .operator)
    } _: { room in
      for name in 0..<30 { try await room.enqueue(String(name)) }
      await withTaskGroup(of: Void.self) { group in
        for worker in 0..<6 {
          group.addTask {
            while (try? await room.jobs.runOne(worker: "w\(worker)")) == true {}
          }
        }
      }
      while try await room.jobs.runOne(worker: "last") {}
      #expect(runs.withLock { $0.sorted() } == (0..<30).map { "work/\($0)" }.sorted())
      #expect(try await room.marks().count == 30)
      #expect(try await room.jobs.list([.done]).count == 30)
    }
  }

  @Test func `a worker that died is replaced when its lease ends, and nothing is doubled`()
    async throws
  {
    let attempts = Mutex(0)
    let clockOfTest = Mutex<HandClock?>(nil)
    let jobsOfTest = Mutex<Jobs?>(nil)
    try await Self.withJobs { run throws(Problem) in
      let attempt = attempts.withLock {
        $0 += 1
        return $0
      }
      if attempt == 1 {
        // The first worker hangs past its lease; meanwhile another does the job.
        clockOfTest.withLock { $0 }?.pass(seconds: 61)
        _ = try await jobsOfTest.withLock { $0 }?.runOne(worker: "second")
      }
      return JobEnd(
        result: .integer(Int64(attempt)), changes: [Self.mark("by-\(attempt)")], by: .operator)
    } _: { room in
      clockOfTest.withLock { $0 = room.clock }
      jobsOfTest.withLock { $0 = room.jobs }
      try await room.enqueue("one")
      #expect(try await room.jobs.runOne(worker: "first"))
      #expect(attempts.withLock { $0 } == 2)
      let job = try #require(try await room.jobs.job("work/one"))
      #expect(job.state == .done && job.result == .integer(2) && job.attempts == 2)
      #expect(try await room.marks() == ["by-2"], "what the first left behind is not there")
    }
  }

  @Test func `as long as it beats, nobody takes a job over`() async throws {
    let room = Mutex<Room?>(nil)
    try await Self.withJobs { run throws(Problem) in
      guard let room = room.withLock({ $0 }) else { return nil }
      for _ in 0..<10 {
        room.clock.pass(seconds: 50)
        guard try await run.beat() else { throw JobRun.lost }
        let isTaken = try await room.jobs.runOne(worker: "other")
        if isTaken { throw Self.bad }
      }
      return JobEnd(by: .operator)
    } _: { made in
      room.withLock { $0 = made }
      try await made.enqueue("one")
      #expect(try await made.jobs.runOne(worker: "a"))
      #expect(try await made.state("one") == .done)
    }
  }

  @Test func `a job that is cancelled never ends well, waiting or running`() async throws {
    let room = Mutex<Room?>(nil)
    try await Self.withJobs { run throws(Problem) in
      guard let room = room.withLock({ $0 }) else { return nil }
      try await room.jobs.cancel(run.job.id, by: .operator)
      let isHeld = try await run.beat()
      #expect(!isHeld, "the worker hears of it")
      return JobEnd(changes: [Self.mark("done")], by: .operator)
    } _: { made in
      room.withLock { $0 = made }
      try await made.enqueue("waiting")
      try await made.jobs.cancel("work/waiting", by: .operator)
      #expect(try await made.state("waiting") == .cancelled)
      #expect(try await !made.jobs.runOne(worker: "a"))
      try await made.enqueue("running")
      #expect(try await made.jobs.runOne(worker: "a"))
      #expect(try await made.state("running") == .cancelled)
      #expect(try await made.marks() == ["abandoned-work/running", "abandoned-work/waiting"])
      try await made.jobs.cancel("work/running", by: .operator)
      await #expect(throws: Problem.self) {
        try await made.jobs.cancel("work/none", by: .operator)
      }
    }
  }

  @Test func `a worker that is told to stop gives its job back, and the attempt does not count`()
    async throws
  {
    let (began, begin) = AsyncStream<Void>.makeStream()
    try await Self.withJobs { _ throws(Problem) in
      begin.finish()
      // Ends at once when it is cancelled.
      try? await Task.sleep(for: .seconds(3_600))
      throw Self.busy
    } _: { room in
      try await room.enqueue("one")
      let working = Task { try await room.jobs.runOne(worker: "a") }
      for await _ in began {}
      working.cancel()
      _ = try await working.value
      let job = try #require(try await room.jobs.job("work/one"))
      #expect(job.state == .queued && job.worker == nil && job.attempts == 0)
      #expect(job.due == room.clock.now, "whoever comes next begins at once")
    }
  }

  @Test func `a job begun five times and never ended is a dead letter`() async throws {
    try await Self.withJobs { _ throws(Problem) in
      nil
    } _: { room in
      // A handler that says it recorded its end and did not is like a worker that died.
      try await room.enqueue("one")
      for _ in 0..<5 {
        #expect(try await room.jobs.runOne(worker: "a"))
        #expect(try await room.state("one") == .running)
        room.clock.pass(seconds: 60)
      }
      #expect(try await !room.jobs.runOne(worker: "a"))
      let job = try #require(try await room.jobs.job("work/one"))
      #expect(job.state == .failed && job.problem?["code"] == .string("job-exhausted"))
    }
  }

  @Test func `waiting grows to an hour and is spread out`() async throws {
    try await Self.withJobs { _ throws(Problem) in
      nil
    } _: { room in
      var jobs = room.jobs
      #expect(
        (1...8).map { jobs.wait(after: $0) } == [10, 40, 160, 640, 2_560, 3_600, 3_600, 3_600])
      jobs.jitter = { 0.999 }
      #expect(jobs.wait(after: 1) == 19 && jobs.wait(after: 9) == 7_196)
    }
  }
}
