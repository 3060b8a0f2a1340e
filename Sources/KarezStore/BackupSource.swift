public import Foundation
public import KarezCore

/// What a copy of the One Map holds, told by the ends of its two chains.
public struct RecordedState: Hashable, Sendable {
  public let commit: CommitNumber
  public let logEntries: Int64
  /// SM3 of the last log entry; it rests on all before it.
  public let logSM3: String

  public init(commit: CommitNumber, logEntries: Int64, logSM3: String) {
    self.commit = commit
    self.logEntries = logEntries
    self.logSM3 = logSM3
  }
}

/// What is recorded, where it can be copied while others read and write it.
public protocol BackupSource: Sendable {
  /// Copies what is recorded, as it was at one moment, into a file that is not there yet.
  ///
  /// `progress` hears how many bytes are copied, and how many there are.
  func copyRecorded(
    to file: URL, progress: @escaping @Sendable (Int64, Int64) -> Void
  ) async throws(StoreError) -> RecordedState
}
