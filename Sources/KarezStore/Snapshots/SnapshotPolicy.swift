public import KarezCore

/// When layer files are made, and of what.
public struct SnapshotPolicy: Hashable, Sendable {
  /// Rows that may differ from a layer file, and are laid out in memory instead.
  public var mostRows: Int
  /// The same as a share of the file's rows; the larger of both holds.
  public var share: Double
  /// Bytes of geometry that may be laid out in memory besides a layer file.
  public var mostBytes: Int
  /// Different values a column of a layer may have.
  public var mostValues: Int
  /// Whether a file that is missed is made while answers go on without it.
  public var isMadeInBackground: Bool

  public init(
    mostRows: Int = 1_000, share: Double = 0.1, mostBytes: Int = 4 << 20, mostValues: Int = 4_096,
    isMadeInBackground: Bool = true
  ) {
    self.mostRows = mostRows
    self.share = share
    self.mostBytes = mostBytes
    self.mostValues = mostValues
    self.isMadeInBackground = isMadeInBackground
  }

  /// How much of a state may differ from a file of so many rows and bytes.
  func limits(besides rows: Int, bytes: Int) -> (rows: Int, bytes: Int) {
    (max(mostRows, Int(Double(rows) * share)), max(mostBytes, Int(Double(bytes) * share)))
  }
}

/// Something about the store's caches that an operator should know; carries facts, no sentences.
public enum StoreNotice: Hashable, Sendable {
  /// A layer file was not used, and was removed.
  case snapshotIgnored(DatasetID, file: String, why: String)
  /// A layer file could not be made; answers go on without it.
  case snapshotFailed(DatasetID, why: String)
  /// So many rows of a dataset have been laid down in a layer file that is being made.
  case snapshotRows(DatasetID, Int)
  case snapshotMade(DatasetID, CommitNumber, rows: Int)
}
