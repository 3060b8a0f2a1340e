public import KarezCore

/// Which versions of a dataset are wanted, superseded ones included.
public struct VersionQuery: Hashable, Sendable {
  public enum Selection: Hashable, Sendable {
    /// All that was ever recorded of these features, at most some thousands.
    case features([String])
    /// What commits after one, up to another, wrote.
    case written(after: CommitNumber, through: CommitNumber)
    /// What commits after one, up to another, superseded.
    case superseded(after: CommitNumber, through: CommitNumber)
  }

  public let dataset: DatasetID
  public let selection: Selection

  public init(dataset: DatasetID, _ selection: Selection) {
    self.dataset = dataset
    self.selection = selection
  }
}

/// A version as the One Map keeps it for ever: with both its times.
public struct RecordedVersion: Hashable, Sendable {
  public let version: FeatureVersion
  /// The commit that superseded it; nil while it is recorded.
  public let recordedUntil: CommitNumber?
  /// SM3 of what the version says to its reader, its days left out; the same on every installation.
  public let contentSM3: String

  public init(version: FeatureVersion, recordedUntil: CommitNumber?, contentSM3: String) {
    self.version = version
    self.recordedUntil = recordedUntil
    self.contentSM3 = contentSM3
  }

  public var id: String { version.feature.id }

  /// Whether it was recorded at a commit.
  public func isRecorded(at commit: CommitNumber) -> Bool {
    version.recordedFrom <= commit && (recordedUntil.map { $0 > commit } ?? true)
  }
}

/// A batch of versions, in the order they were written or superseded; `next` is nil at the end.
public struct VersionPage: Sendable {
  public let versions: [RecordedVersion]
  public let next: FeatureCursor?

  public init(versions: [RecordedVersion], next: FeatureCursor?) {
    self.versions = versions
    self.next = next
  }
}

/// Whether an identifier has ever been given to a feature, and until when.
public enum IdentifierUse: Hashable, Sendable {
  /// A feature bears it, without an end.
  case inForce
  /// The last day on which a feature bore it is the one before.
  case ended(LegalDate)
  /// What was recorded under it has been taken back, all of it.
  case withdrawn
}
