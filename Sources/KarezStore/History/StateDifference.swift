public import KarezCore

/// Which two states of a dataset are compared.
public struct DifferenceQuery: Hashable, Sendable {
  public let dataset: DatasetID
  public let from: AsOf
  public let to: AsOf

  public init(dataset: DatasetID, from: AsOf, to: AsOf) {
    self.dataset = dataset
    self.from = from
    self.to = to
  }
}

/// A feature that two states do not show alike, by the rows they show of it.
///
/// Versions that say the same are no difference, though their rows be two.
public struct StateDifference: Hashable, Sendable {
  public let id: String
  /// The row of the earlier state; nil where it has none that the reader may see.
  public let from: Int64?
  /// The row of the later state; nil where it has none that the reader may see.
  public let to: Int64?

  public init(id: String, from: Int64?, to: Int64?) {
    self.id = id
    self.from = from
    self.to = to
  }
}

/// A batch of differences, in a stable order; `next` is nil at the end.
public struct DifferencePage: Sendable {
  public let differences: [StateDifference]
  public let next: FeatureCursor?

  public init(differences: [StateDifference], next: FeatureCursor?) {
    self.differences = differences
    self.next = next
  }
}
