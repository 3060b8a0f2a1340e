import KarezCore

/// What has to be there for the store to stand on: sessions, and room for drafts.
///
/// - Errors: whatever the engine throws; `StoreError.init` says what it means.
protocol Engine: Sendable {
  /// What stands still while nobody records anything; nil where that cannot be told cheaply.
  var stamp: EngineStamp? { get }

  /// Runs the body on one state of what is recorded.
  func reading<Result: Sendable>(
    _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result

  /// Runs the body alone among writers, and records all it did or nothing.
  ///
  /// - Errors: `StoreError.unknownOutcome` with `key` where the connection ended with the commit.
  func writing<Result: Sendable>(
    _ key: String, _ body: @Sendable (any Session) throws -> Result
  ) async throws -> Result

  /// As `writing`, with the rows of a draft in reach under the name the body is given.
  func recording<Result: Sendable>(
    _ draft: OpenDraft, _ key: String, _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result

  /// Room for the rows of a draft, which no reader of the map sees.
  func draftRoom(for table: DatasetTable) async throws -> (DraftID, any DraftRoom)
}

/// Where the rows of a draft are kept until they are recorded or let go.
protocol DraftRoom: Sendable {
  func append(_ rows: [FilledRow]) async throws
  /// Makes ready to be asked for windows, again and again.
  func prepareForWindows() async throws
  /// Reads from the draft, whose table has the name the body is given.
  func reading<Result: Sendable>(
    _ body: @Sendable (any Session, SQL) throws -> Result
  ) async throws -> Result
  func remove() async
}

extension Engine {
  var stamp: EngineStamp? { nil }
}

/// 引擎印记: two that are equal were taken without a commit of anybody's between them.
struct EngineStamp: Hashable, Sendable {
  let value: Int64
}
