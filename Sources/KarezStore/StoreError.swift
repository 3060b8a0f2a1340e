public import KarezAccounts
public import KarezCore

/// Why the store could not do what was asked; carries facts, no sentences.
public enum StoreError: Error, Hashable, Sendable {
  case unavailable(reason: String)
  /// The statement was stopped at the end of the time it had.
  case tookTooLong
  case notAOneMap(file: String)
  case noSuchDataset(DatasetID)
  case datasetDefinedOtherwise(DatasetID)
  /// The call needs someone who sees all of the dataset, and the scope does not.
  case scopeTooNarrow(DatasetID)
  case noSuchDraft(DraftID)
  case duplicateIdentifier(DatasetID, id: String, row: Int64)
  case conflict(DatasetID, expected: CommitNumber, found: CommitNumber)
  /// Somebody wrote the record in between; nothing of the batch was written.
  case recordConflict(kind: String, key: String, expected: Int, found: Int)
  /// An order of a ledger is not right, by its place among those that were sent; none is recorded.
  case ledger(LedgerError, order: Int)
  case emptyState(DatasetID)
  /// The identifier belonged to a feature that is no more, and is never given again.
  case retiredIdentifier(DatasetID, id: String, row: Int64)
  /// A succession names a feature that was never recorded, or one that is not there.
  case unfoundedSuccession(DatasetID, member: String)
  /// The connection ended during COMMIT: neither success nor failure is known.
  case unknownOutcome(idempotencyKey: String)
  case corrupt(what: String)
  /// A permission or a label carries another code than the installation's key gives it, or none.
  case integrityBroken(subject: String)
  /// The map is sealed with another key than the one there is; nil where there is none.
  case integrityKey(stated: String?, found: String?)
  /// Rows that have to carry codes have none yet; the operator gives them theirs, once.
  case sealsOutdated
  /// No checkpoint covers what was recorded at that time, which is too long ago.
  case evidenceOverdue(since: String)
  /// The entry up to which the log was vouched for is gone, or says something else.
  case witnessedOtherwise(entry: Int64)
}
