import KarezCore
import Synchronization

/// Stops writes when nobody outside has been able to vouch for them for too long, or when the log
/// is not what was vouched for.
///
/// - Shape: what counts is the oldest entry no checkpoint covers; while it is younger than the
///   limit, or there is none, writes go on. Its age is told by the clock of the map and by one that
///   nobody sets, whichever says more. What checkpoints cover has to be there still. Reads always go on.
public final class EvidenceWatch: Sendable {
  /// How far the log is vouched for: so many entries, and the leaf of the last of them.
  public struct Reach: Hashable, Sendable {
    public let size: Int64
    /// Nil where nothing is covered.
    public let leaf: [UInt8]?

    public static let none = Reach(size: 0, leaf: nil)

    public init(size: Int64, leaf: [UInt8]?) {
      self.size = size
      self.leaf = leaf
    }
  }

  /// Seconds since some moment of this process, by a clock that is never set.
  public static let uptime: @Sendable () -> Int64 = {
    (ContinuousClock.now - begin).components.seconds
  }
  private static let begin = ContinuousClock.now

  private struct State {
    var known = Reach.none
    /// The oldest entry without a checkpoint, and since when it was seen to have none.
    var waiting: (number: Int64, since: Int64)?
  }

  private let limitSeconds: Int
  private let seconds: @Sendable () -> Int64
  private let covered: @Sendable () -> Reach?
  private let state = Mutex(State())

  /// `covered` says how far the newest checkpoint reaches; nil where that cannot be told now, or is
  /// not to be believed.
  public init(
    limitSeconds: Int, seconds: @escaping @Sendable () -> Int64 = EvidenceWatch.uptime,
    covered: @escaping @Sendable () -> Reach?
  ) {
    self.limitSeconds = limitSeconds
    self.seconds = seconds
    self.covered = covered
  }

  /// Takes note that so much is vouched for.
  public func note(_ reach: Reach) {
    state.withLock { if reach.size > $0.known.size { $0.known = reach } }
  }

  /// - Errors: `StoreError.evidenceOverdue` and `witnessedOtherwise` inside a writer's transaction.
  func check(_ told: String, _ session: any Session) throws {
    try refuseOtherLog(session)
    guard try overdue(told, session) != nil else { return }
    // Another process may have made the checkpoint.
    if let reach = covered() {
      note(reach)
      try refuseOtherLog(session)
    }
    if let since = try overdue(told, session) { throw StoreError.evidenceOverdue(since: since) }
  }

  /// Refuses where the last entry that is vouched for is gone, or is another.
  ///
  /// A log that was cut below it has nothing after it that could be overdue.
  private func refuseOtherLog(_ session: any Session) throws {
    let known = state.withLock(\.known)
    guard let leaf = known.leaf else { return }
    let row = try session.first(
      "SELECT \(LogChain.columns) FROM karez_log WHERE number = \(known.size)")
    var hasher = EntryHasher()
    guard let row, let entry = KeptEntry(row), hasher.leaf(entry) == leaf else {
      throw StoreError.witnessedOtherwise(entry: known.size)
    }
  }

  private func overdue(_ told: String, _ session: any Session) throws -> String? {
    let known = state.withLock(\.known.size)
    // Not the entry with the next number: that one may have been taken away.
    let row = try session.first(
      "SELECT number, at FROM karez_log WHERE number > \(known) ORDER BY number LIMIT 1")
    guard let row, let number = row.integer(0), let at = row.text(1) else { return nil }
    let uptime = seconds()
    let waited = state.withLock { state in
      if state.waiting?.number != number { state.waiting = (number, uptime) }
      return uptime - (state.waiting?.since ?? uptime)
    }
    guard waited <= Int64(limitSeconds), let since = Timestamp(at) else { return at }
    guard let now = Timestamp(told) else { return nil }
    return since.adding(seconds: limitSeconds) < now ? at : nil
  }
}
