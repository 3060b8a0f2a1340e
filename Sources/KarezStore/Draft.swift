public import KarezCore
public import KarezGeometry

/// How the features of a draft change their dataset.
public enum CommitMode: String, CaseIterable, Hashable, Sendable {
  /// The draft is the whole dataset over its validity; what it lacks ends there.
  case state
  /// The draft's rows replace the features of the same id; all others stay.
  case changes
  /// Each row is what its feature is over the row's own days, and no other day of it changes.
  case versions
}

/// Where a draft's rows came from; kept with the commit for ever.
public struct Lineage: Hashable, Sendable {
  public let source: String
  /// SM3 of the source file, hexadecimal.
  public let sourceSM3: String
  public let reader: String
  public let crs: String

  public init(source: String, sourceSM3: String, reader: String, crs: String) {
    self.source = source
    self.sourceSM3 = sourceSM3
    self.reader = reader
    self.crs = crs
  }
}

/// 入库依据: what let a commit in, beside its source: the rules it was held to and the people who
/// answer for it.
///
/// A commit that passed no gate, such as one that takes another back, has none.
public struct Admission: Hashable, Sendable {
  public let profiles: [ProfileVersion]
  /// SM3 of the gate's report; nil where none is kept.
  public let report: String?
  /// Who handed the file in, and who signed the report; accounts, never names of people.
  public let submittedBy: String?
  public let signedBy: String?

  public init(
    profiles: [ProfileVersion], report: String? = nil, submittedBy: String? = nil,
    signedBy: String? = nil
  ) {
    self.profiles = profiles
    self.report = report
    self.submittedBy = submittedBy
    self.signedBy = signedBy
  }
}

/// What a draft is going to do.
///
/// - Shape: with `state`, `validity.until == nil` means "until the next later state already
///   recorded"; with `changes`, "until that feature's next recorded change". A correction of the
///   past is the same with past days and never alters what later states say. With `versions`, no
///   end is no end: such drafts carry over what is known to be right, from another installation
///   or from before a commit that is taken back.
public struct DraftPlan: Hashable, Sendable {
  public let dataset: DatasetID
  public let mode: CommitMode
  public let validity: Validity
  public let lineage: Lineage

  public init(dataset: DatasetID, mode: CommitMode, validity: Validity, lineage: Lineage) {
    self.dataset = dataset
    self.mode = mode
    self.validity = validity
    self.lineage = lineage
  }
}

/// 汇交草稿: rows that have been read but not recorded; no reader of the map sees them.
public struct DraftID: Hashable, Sendable {
  public let value: Int64

  public init(value: Int64) { self.value = value }
}

/// One row of a draft, with its place in the source.
public struct DraftRow: Sendable {
  /// 1, 2, 3 … in the order of the source.
  public let row: Int64
  /// The feature's id.
  public let id: String
  /// In EPSG:4490, degrees.
  public let geometry: Geometry?
  public let values: RowValues
  /// With `changes` and `versions`: the row ends the feature instead of replacing it.
  public let ends: Bool
  /// The row's own days, with `versions`; the plan's if nil.
  ///
  /// One feature may stand in several rows then, of different days.
  public let validity: Validity?
  /// The geometry in the CRS of the source, where that is not EPSG:4490.
  ///
  /// Kept until the commit only, for the quality gate: converting moves vertices by nanometres
  /// and bends edges, so whether rings touch or cross is judged in the numbers the source wrote.
  public let source: Geometry?

  public init(
    row: Int64, feature: Feature, ends: Bool = false, validity: Validity? = nil,
    source: Geometry? = nil
  ) {
    self.init(
      row: row, id: feature.id, geometry: feature.geometry, values: RowValues(feature.attributes),
      ends: ends, validity: validity, source: source)
  }

  public init(
    row: Int64, id: String, geometry: Geometry?, values: RowValues, ends: Bool = false,
    validity: Validity? = nil, source: Geometry? = nil
  ) {
    self.row = row
    self.id = id
    self.geometry = geometry
    self.values = values
    self.ends = ends
    self.validity = validity
    self.source = source
  }

  /// The feature the row states.
  public var feature: Feature { Feature(id: id, geometry: geometry, attributes: values.named) }
}

/// The order to record a draft.
public struct CommitOrder: Hashable, Sendable {
  public let reason: String
  public let caseNumber: String?
  /// The same key twice records once and answers the same receipt.
  public let idempotencyKey: String
  /// The last commit the caller has seen of the dataset; a later one is a conflict, nil takes any.
  public let expected: CommitNumber?
  /// Rules of the gate that were let pass, with the reason given.
  public let accepted: [String: String]
  public let admission: Admission?
  /// Which of the features became which; recorded with the commit.
  public let successions: [Succession]
  /// Numbers of recorded successions that the commit takes back.
  public let withdrawn: Set<Int64>

  public init(
    reason: String, caseNumber: String? = nil, idempotencyKey: String,
    expected: CommitNumber? = nil, accepted: [String: String] = [:],
    admission: Admission? = nil, successions: [Succession] = [], withdrawn: Set<Int64> = []
  ) {
    self.reason = reason
    self.caseNumber = caseNumber
    self.idempotencyKey = idempotencyKey
    self.expected = expected
    self.accepted = accepted
    self.admission = admission
    self.successions = successions
    self.withdrawn = withdrawn
  }
}

/// What a commit did; `commit` is nil when nothing differed from what was recorded.
public struct CommitReceipt: Hashable, Sendable {
  public let commit: CommitNumber?
  public let inserted: Int
  public let changed: Int
  public let ended: Int

  public init(commit: CommitNumber?, inserted: Int, changed: Int, ended: Int) {
    self.commit = commit
    self.inserted = inserted
    self.changed = changed
    self.ended = ended
  }
}

/// Which commits are wanted, the first recorded first.
public struct CommitQuery: Hashable, Sendable {
  /// Of any dataset the reader's scope reaches, where nil.
  public var dataset: DatasetID?
  /// Only those recorded before it.
  public var before: CommitNumber?
  /// At most so many, the last recorded of them.
  public var limit: Int?

  public init(of dataset: DatasetID? = nil, before: CommitNumber? = nil, limit: Int? = nil) {
    self.dataset = dataset
    self.before = before
    self.limit = limit
  }
}

/// One line of a dataset's history.
public struct CommitRecord: Hashable, Sendable {
  public let commit: CommitNumber
  public let dataset: DatasetID
  /// RFC 3339, UTC.
  public let recordedAt: String
  public let actor: Actor
  public let reason: String
  public let caseNumber: String?
  public let validity: Validity
  public let lineage: Lineage
  /// Nil where there was none, or nobody kept it yet.
  public let admission: Admission?
  public let inserted: Int
  public let changed: Int
  public let ended: Int
  /// SM3 over the row hashes the commit wrote and ended; empty, as the digests of the source and
  /// of the gate's report are, for whoever may not see all of the dataset.
  public let sm3: String

  public init(
    commit: CommitNumber, dataset: DatasetID, recordedAt: String, actor: Actor, reason: String,
    caseNumber: String?, validity: Validity, lineage: Lineage, admission: Admission?,
    inserted: Int, changed: Int, ended: Int, sm3: String
  ) {
    self.commit = commit
    self.dataset = dataset
    self.recordedAt = recordedAt
    self.actor = actor
    self.reason = reason
    self.caseNumber = caseNumber
    self.validity = validity
    self.lineage = lineage
    self.admission = admission
    self.inserted = inserted
    self.changed = changed
    self.ended = ended
    self.sm3 = sm3
  }
}
