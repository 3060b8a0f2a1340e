import Synchronization

@testable import KarezStore

/// An engine that counts what is recorded, which is what an answer waits for.
final class CountingEngine: Engine {
  private let inner: any Engine
  private let count = Mutex(0)

  init(_ inner: any Engine) { self.inner = inner }

  var written: Int { count.withLock(\.self) }
  var stamp: EngineStamp? { inner.stamp }

  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    try await inner.reading(body)
  }

  func writing<Result: Sendable>(
    _ key: String, _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result {
    let result = try await inner.writing(key, body)
    count.withLock { $0 += 1 }
    return result
  }

  func recording<Result: Sendable>(
    _ draft: OpenDraft, _ key: String, _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result {
    try await inner.recording(draft, key, body)
  }

  func draftRoom(for table: DatasetTable) async throws -> (DraftID, any DraftRoom) {
    try await inner.draftRoom(for: table)
  }
}
