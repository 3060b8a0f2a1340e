public import KarezAccounts
public import KarezCore
public import KarezGeometry

/// A dataset as a reader's scope shows it.
public struct DatasetSummary: Hashable, Sendable {
  public let schema: DatasetSchema
  /// Features in force on the day asked for.
  public let features: Int
  /// The last commit that changed it; `.none` before the first.
  public let commit: CommitNumber
  /// The day from which its newest state is valid; nil when it never had one.
  public let currentTo: LegalDate?
  public let extent: BoundingBox?

  public init(
    schema: DatasetSchema, features: Int, commit: CommitNumber, currentTo: LegalDate?,
    extent: BoundingBox?
  ) {
    self.schema = schema
    self.features = features
    self.commit = commit
    self.currentTo = currentTo
    self.extent = extent
  }
}

/// 留痕: one line of the chained log.
public struct LogEntry: Hashable, Sendable {
  public let number: Int64
  /// RFC 3339, UTC.
  public let at: String
  public let actor: Actor
  /// What happened, kebab-case, such as `commit` or `gate-accepted`.
  public let kind: String
  /// Canonical JSON; never personal data.
  public let body: JSONValue
  public let previous: String
  public let sm3: String

  public init(
    number: Int64, at: String, actor: Actor, kind: String, body: JSONValue, previous: String,
    sm3: String
  ) {
    self.number = number
    self.at = at
    self.actor = actor
    self.kind = kind
    self.body = body
    self.previous = previous
    self.sm3 = sm3
  }
}

/// What recomputing the log and the rows it speaks of found.
public struct LogVerification: Hashable, Sendable {
  public struct Fault: Hashable, Sendable {
    public let entry: Int64
    /// `altered`, `missing`, `inserted`, `reordered`, `row-altered`, `row-missing`,
    /// `row-unrecorded`, `view-altered`; of checkpoints `checkpoint-altered`,
    /// `checkpoint-missing`, `checkpoint-forked`, `checkpoint-unknown-signer`.
    public let kind: String
    public let what: String

    public init(entry: Int64, kind: String, what: String) {
      self.entry = entry
      self.kind = kind
      self.what = what
    }
  }

  public let entries: Int
  public let rows: Int
  public let faults: [Fault]
  /// How many checkpoints the log was held against, and how many entries they vouch for.
  public let checkpoints: Int
  public let covered: Int64

  public init(
    entries: Int, rows: Int, faults: [Fault], checkpoints: Int = 0, covered: Int64 = 0
  ) {
    self.entries = entries
    self.rows = rows
    self.faults = faults
    self.checkpoints = checkpoints
    self.covered = covered
  }
}

/// The one door to what is recorded; an engine implements it, callers know no other.
///
/// Every call says who asks and what they may reach; the scope is compiled into the query, and a
/// dataset outside it does not exist. Writes go through drafts: rows are appended, the quality
/// gate reads them back, and one atomic step records all of them or none.
public protocol OneMapStore: Sendable {
  // Datasets
  func define(_ schema: DatasetSchema, by actor: Actor, in scope: Scope) async throws(StoreError)
  func schemas(in scope: Scope) async throws(StoreError) -> [DatasetSchema]
  func summary(
    of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> DatasetSummary
  func lastCommit() async throws(StoreError) -> CommitNumber
  func commits(
    _ query: CommitQuery, in scope: Scope
  ) async throws(StoreError) -> [CommitRecord]

  // Reading
  func features(
    _ query: FeatureQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> FeaturePage

  // History
  /// The features that two states show differently; what they share costs nothing to leave out.
  func differences(
    _ query: DifferenceQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> DifferencePage
  /// Versions with both their times, superseded ones included.
  func versions(
    _ query: VersionQuery, after cursor: FeatureCursor?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> VersionPage
  /// By number; without members whose features the reader never could see.
  func successions(
    of dataset: DatasetID, _ query: SuccessionQuery, in scope: Scope
  ) async throws(StoreError) -> [RecordedSuccession]
  /// Which of these identifiers were ever recorded, at most some thousands at a time.
  ///
  /// A code is taken wherever it was given, so only who sees all regions may ask.
  func uses(
    of identifiers: [String], in dataset: DatasetID, scope: Scope
  ) async throws(StoreError) -> [String: IdentifierUse]
  /// The greatest number in the last digits of identifiers with a beginning, of all that were ever
  /// recorded; as with `uses`, for who sees all regions.
  func greatestNumber(
    of dataset: DatasetID, beginning prefix: String, digits: Int, in scope: Scope
  ) async throws(StoreError) -> Int?
  /// SM3 over what is recorded of a dataset at a commit, on all days; installations that say the
  /// same have the same.
  func contentDigest(
    of dataset: DatasetID, at commit: CommitNumber, in scope: Scope
  ) async throws(StoreError) -> String
  /// How features were last recorded up to a day, ended or not; one never recorded is absent.
  ///
  /// At most some thousands of ids are asked about at once.
  func precedents(
    of ids: [String], of dataset: DatasetID, asOf: AsOf, in scope: Scope
  ) async throws(StoreError) -> [String: Precedent]

  /// What datasets hold in a state, laid out for overlays; one that does not exist, or is out of
  /// scope, is absent.
  ///
  /// With a window only features whose bounding box meets it are sure to be there; without one
  /// all are, which for a state long past takes a pass over the dataset. The same polygons are
  /// shown whatever layer files there are.
  func layers(
    of datasets: [DatasetID], asOf: AsOf, near window: BoundingBox?, in scope: Scope
  ) async throws(StoreError) -> [DatasetID: MapLayer]
  /// Lets go of the layer files of a dataset, because one turned out to be damaged.
  func forgetSnapshots(of dataset: DatasetID) async

  // Writing
  func openDraft(
    _ plan: DraftPlan, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> DraftID
  func append(_ rows: [DraftRow], to draft: DraftID) async throws(StoreError)
  /// Rows after `row`, in order; at most `limit`.
  func rows(
    of draft: DraftID, after row: Int64, limit: Int
  ) async throws(StoreError) -> [DraftRow]
  /// Rows whose bounding boxes meet the window, in order.
  func rows(of draft: DraftID, meeting window: BoundingBox) async throws(StoreError) -> [DraftRow]
  /// The columns to lay the draft's polygons down with, where its layer could become the layer file
  /// of what is recorded; nil where it could not.
  func columns(of draft: DraftID) async throws(StoreError) -> DraftColumns?
  /// Keeps a layer of the draft's polygons with its columns, by the numbers of its rows; what it
  /// shows must be what the rows say.
  func keep(_ layer: Layer, of draft: DraftID) throws(StoreError)
  /// Records a draft; `recording` says which records are written in the same step, knowing what
  /// the commit did. It is not asked where the key was known already.
  func commit(
    _ draft: DraftID, _ order: CommitOrder, by actor: Actor, in scope: Scope,
    recording: @escaping @Sendable (CommitReceipt) -> RecordBatch?
  ) async throws(StoreError) -> CommitReceipt
  func discard(_ draft: DraftID) async throws(StoreError)

  // Records
  func record(_ kind: RecordKind, _ key: String) async throws(StoreError) -> PlatformRecord?
  /// Records after `last`, in the order of the query; at most `limit`.
  func records(
    _ query: RecordQuery, after last: PlatformRecord?, limit: Int
  ) async throws(StoreError) -> RecordPage
  /// Makes all changes and the log entry in one step, or, where one is refused, nothing; with them
  /// a dataset may be put on other levels.
  func put(
    _ batch: RecordBatch, relabelling change: LabelChange?, by actor: Actor
  ) async throws(StoreError)

  // Ledgers
  /// Records orders under the next numbers, all of them or none; one whose key is known already is
  /// answered with what it was recorded under. `batch` is written in the same step where anything
  /// is news. Orders that arrive at once take turns, so no account is overdrawn.
  ///
  /// - Errors: `StoreError.ledger` with the first order that is not right.
  func post(
    _ orders: [LedgerOrder], under chart: ChartOfAccounts, recording batch: RecordBatch?,
    by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> [LedgerReceipt]
  /// What accounts hold as of two times, by name; those opened later hold nothing.
  func ledgerBalances(
    _ query: LedgerAccountQuery, at time: LedgerTime, in scope: Scope
  ) async throws(StoreError) -> [AccountBalance]
  /// By number, after one.
  func ledgerTransactions(
    _ query: LedgerTransactionQuery, after number: Int64, limit: Int, in scope: Scope
  ) async throws(StoreError) -> [RecordedTransaction]
  // Cases
  /// Adds events to a case, or opens it, and answers how many it then has; with them the log entry.
  ///
  /// Added before under the same key, they are not added again. Where the case is not as the
  /// caller knew it, `StoreError.recordConflict`, and nothing is written; a case of a region out of
  /// scope is one there is not.
  func appendCase(
    _ append: CaseAppend, by actor: Actor, in scope: Scope
  ) async throws(StoreError) -> Int
  func caseHead(_ number: String, in scope: Scope) async throws(StoreError) -> CaseHead?
  /// Events after a position, in order; none of a case that is out of scope.
  func caseEvents(
    _ number: String, after position: Int, in scope: Scope
  ) async throws(StoreError) -> [JSONValue]
  /// Cases after `last`, in the order of the query; at most `limit`.
  func cases(
    _ query: CaseQuery, after last: CaseHead?, limit: Int, in scope: Scope
  ) async throws(StoreError) -> [CaseHead]
  /// How many cases a query finds; counting ends at `most`.
  func caseCount(
    _ query: CaseQuery, atMost most: Int, in scope: Scope
  ) async throws(StoreError) -> Int
  /// Where open cases stand, and what was used of the terms that ended since a day.
  func caseFigures(
    _ query: CaseFiguresQuery, in scope: Scope
  ) async throws(StoreError) -> CaseFigures

  // Answers
  /// Keeps an answer for later look-ups and records it in the log, in one step, with the scope it
  /// was worked out in: only who reaches all of that reads it.
  func keepAnswer(
    id: String, digest: String, json: String, by actor: Actor, in scope: Scope
  ) async throws(StoreError)
  func answer(id: String, in scope: Scope) async throws(StoreError) -> String?

  // Evidence
  func record(kind: String, body: JSONValue, by actor: Actor) async throws(StoreError)
  func logEntries(after number: Int64, limit: Int) async throws(StoreError) -> [LogEntry]
  /// Entries of a search before `number`, newest first.
  func logEntries(
    _ query: LogQuery, before number: Int64?, limit: Int
  ) async throws(StoreError) -> LogPage
  /// Hashes of entries after `number`, in order, as leaves of the tree that checkpoints sign.
  func logLeaves(after number: Int64, limit: Int) async throws(StoreError) -> [[UInt8]]
  /// Recomputes the log and what it speaks of, and holds it against checkpoints kept elsewhere.
  func verifyLog(
    against checkpoints: CheckpointChain?, progress: @Sendable (Int) -> Void
  ) async throws(StoreError) -> LogVerification
}
