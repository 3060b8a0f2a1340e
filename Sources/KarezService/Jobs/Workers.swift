import Foundation
public import KarezCore

/// Workers of one process: each takes one job after the other.
public struct Workers: Sendable {
  private static let restMilliseconds = 500
  private static let beatSeconds = 15

  let map: OneMap
  /// Hears of failures of the store that a worker survives, and of what it does.
  let notice: @Sendable (_ what: String, _ state: String) -> Void

  public init(
    map: OneMap, notice: @escaping @Sendable (_ what: String, _ state: String) -> Void
  ) {
    self.map = map
    self.notice = notice
  }

  /// Does what is due, one after the other, until nothing is.
  public func runDue() async throws(Problem) {
    let worker = Self.name(0)
    try await map.payments.takeIn()
    while try await map.jobs.runOne(worker: worker, beating: Self.beating) {}
  }

  /// Works until the task is cancelled.
  public func run(count: Int) async {
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<count { group.addTask { await work(as: Self.name(number)) } }
    }
  }

  private func work(as worker: String) async {
    while !Task.isCancelled {
      do {
        try await map.queueNightlyWork()
        if try await map.jobs.runOne(worker: worker, beating: Self.beating) { continue }
        try await map.payments.takeIn()
      } catch {
        notice(worker, error.line(in: .en))
      }
      try? await Task.sleep(for: .milliseconds(Self.restMilliseconds))
    }
  }

  private static let beating: @Sendable (_ beat: @Sendable () async -> Bool) async -> Void = {
    beat in
    repeat {
      do { try await Task.sleep(for: .seconds(beatSeconds)) } catch { return }
    } while await beat()
  }

  private static func name(_ number: Int) -> String {
    "\(ProcessInfo.processInfo.processIdentifier)-\(number)"
  }
}
