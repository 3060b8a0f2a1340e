import KarezCore
import Synchronization

/// Stops writes when nobody outside has been able to vouch for them for too long.
///
/// - Shape: what counts is the oldest entry no checkpoint covers; while it is younger than the
///   limit, or there is none, writes go on. Reads always do.
public final class EvidenceWatch: Sendable {
  private let limitSeconds: Int
  /// How many entries the newest checkpoint covers; nil where that cannot be told now.
  private let covered: @Sendable () -> Int64?
  private let known = Mutex<Int64>(0)

  public init(limitSeconds: Int, covered: @escaping @Sendable () -> Int64?) {
    self.limitSeconds = limitSeconds
    self.covered = covered
  }

  /// Takes note that so many entries are vouched for.
  public func note(covered size: Int64) { known.withLock { $0 = max($0, size) } }

  /// - Errors: `StoreError.evidenceOverdue` inside a writer's transaction.
  func check(_ told: String, _ session: any Session) throws {
    guard try overdue(told, session) != nil else { return }
    // Another process may have made the checkpoint.
    if let size = covered() { note(covered: size) }
    if let since = try overdue(told, session) { throw StoreError.evidenceOverdue(since: since) }
  }

  private func overdue(_ told: String, _ session: any Session) throws -> String? {
    let next = known.withLock { $0 } + 1
    let at = try session.text("SELECT at FROM karez_log WHERE number = \(next)")
    guard let at, let since = Timestamp(at), let now = Timestamp(told) else { return nil }
    return since.adding(seconds: limitSeconds) < now ? at : nil
  }
}
