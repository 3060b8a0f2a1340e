import Foundation

/// One connection to the server, with a thread of its own to wait on; made anew when it breaks.
actor PostgreSQLConnection {
  /// How a transaction stands to others.
  enum Mode {
    /// Sees one state throughout; what it writes is undone.
    case reading
    /// Alone among writers, which wait for one another this long.
    case writing(patience: Duration)
    /// No transaction: one statement, of the process's own drafts.
    case plain
  }

  private let executor: QueueExecutor
  private let address: String
  /// What each new connection is told before it is used.
  private let greeting: String
  private var wire: PostgreSQLWire?

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ address: String, number: Int, greeting: String) {
    self.address = address
    self.greeting = greeting
    executor = QueueExecutor("karez.postgresql.\(number)")
  }

  /// Runs the body in a transaction, and keeps all it did or nothing.
  ///
  /// - Errors: `StoreError.unknownOutcome` with the key where the connection ended with the commit.
  func run<Result: Sendable>(
    _ mode: Mode, _ key: String = "", _ body: @Sendable (any Session) throws -> Result
  ) throws -> Result {
    let wire = try begun(mode)
    let result: Result
    do {
      result = try body(PostgreSQLSession(wire: wire))
    } catch {
      undo(wire)
      throw error
    }
    try end(wire, mode, key)
    return result
  }

  /// A connection that has just begun a transaction; one that had died meanwhile is replaced.
  private func begun(_ mode: Mode) throws -> PostgreSQLWire {
    if let wire, !wire.isLost {
      do throws(PostgreSQLFailure) {
        try wire.simple(mode.beginning)
        return wire
      } catch  where !error.isLost {
        undo(wire)
        throw error
      } catch {
        // Nothing was done on it yet, so another does as well.
      }
    }
    wire = nil
    let fresh = try PostgreSQLWire(address)
    try fresh.simple(greeting)
    wire = fresh
    do {
      try fresh.simple(mode.beginning)
    } catch {
      undo(fresh)
      throw error
    }
    return fresh
  }

  private func undo(_ wire: PostgreSQLWire) {
    // Without a transaction there is nothing to undo, and the server only warns.
    let isUndone = !wire.isLost && (try? wire.simple("ROLLBACK")) != nil
    if !isUndone { self.wire = nil }
  }

  private func end(_ wire: PostgreSQLWire, _ mode: Mode, _ key: String) throws {
    switch mode {
    case .plain: return
    case .reading: undo(wire)
    case .writing:
      do {
        // A transaction that failed inside is answered otherwise.
        guard try wire.simple("COMMIT") == "COMMIT" else {
          throw PostgreSQLFailure(state: "25P02", message: "nothing was recorded", isLost: false)
        }
      } catch let failure as PostgreSQLFailure where failure.isLost {
        self.wire = nil
        throw StoreError.unknownOutcome(idempotencyKey: key)
      }
    }
  }
}

extension PostgreSQLConnection.Mode {
  /// Writers of all processes take turns at this lock; it ends with the transaction.
  static let writersLock = "SELECT pg_advisory_xact_lock(\(PostgreSQLLocks.space), 0)"

  fileprivate var beginning: String {
    switch self {
    case .plain: "SELECT"
    case .reading: "BEGIN ISOLATION LEVEL REPEATABLE READ"
    case .writing(let patience):
      // Later statements see what was recorded while this one waited.
      """
      BEGIN ISOLATION LEVEL READ COMMITTED;
      SET LOCAL statement_timeout = 0;
      SET LOCAL lock_timeout = '\(patience.components.seconds)s';
      \(RowPolicy.openness);
      \(Self.writersLock)
      """
    }
  }
}

/// Advisory locks: a space of their own in the database, and who holds what.
enum PostgreSQLLocks {
  /// "Krz" and a version.
  static let space = 0x4B72_7A01
  /// Held, shared, by every connection of a process; what it left behind is nobody's when free.
  static let processes = 0x4B72_7A02
}
