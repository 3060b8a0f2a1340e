public import KarezCore

/// 沿革: which features became which, from a day on.
///
/// - Shape: `split` one into several; `merge` several into one; `renumber` one into one of another
///   identifier; `redraw` any number into any number, when borders were drawn anew.
public struct Succession: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case split
    case merge
    case redraw
    case renumber
  }

  public let kind: Kind
  public let parents: [String]
  public let children: [String]
  /// The first day on which the children are what the parents were.
  public let validOn: LegalDate

  /// The succession, if it is of the kind's shape and names no feature twice on one side.
  public init?(_ kind: Kind, of parents: [String], into children: [String], on day: LegalDate) {
    let isShaped =
      switch kind {
      case .split: parents.count == 1 && children.count > 1
      case .merge: parents.count > 1 && children.count == 1
      case .renumber: parents.count == 1 && children.count == 1 && parents != children
      case .redraw: !parents.isEmpty && !children.isEmpty
      }
    guard isShaped, Set(parents).count == parents.count,
      Set(children).count == children.count
    else { return nil }
    self.kind = kind
    self.parents = parents
    self.children = children
    validOn = day
  }
}

/// A succession as the One Map keeps it: with both its times.
public struct RecordedSuccession: Hashable, Sendable {
  /// The store's own number; never used again for another.
  public let number: Int64
  /// Members whose features the reader may not see are left out of it.
  public let kind: Succession.Kind
  public let parents: [String]
  public let children: [String]
  public let validOn: LegalDate
  public let recordedFrom: CommitNumber
  /// The commit that took it back; nil while it is recorded.
  public let recordedUntil: CommitNumber?

  public init(
    number: Int64, kind: Succession.Kind, parents: [String], children: [String],
    validOn: LegalDate, recordedFrom: CommitNumber, recordedUntil: CommitNumber?
  ) {
    self.number = number
    self.kind = kind
    self.parents = parents
    self.children = children
    self.validOn = validOn
    self.recordedFrom = recordedFrom
    self.recordedUntil = recordedUntil
  }

  public func isRecorded(at commit: CommitNumber) -> Bool {
    recordedFrom <= commit && (recordedUntil.map { $0 > commit } ?? true)
  }
}

/// Which successions are wanted, also those that were taken back.
public enum SuccessionQuery: Hashable, Sendable {
  /// Those that name any of these features, at most some thousands.
  case of([String])
  /// Those that commits after one, up to another, recorded or took back.
  case recorded(after: CommitNumber, through: CommitNumber)
}
