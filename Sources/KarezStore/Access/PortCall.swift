/// 端口调用: the calls of the store's port that a reader's scope is compiled into.
///
/// A call of `OneMapStore` is either here or in `unscoped`; a test reads the port and compares.
enum PortCall: String, CaseIterable, Sendable {
  case define
  case schemas
  case summary
  case commits
  case features
  case differences
  case versions
  case successions
  case uses
  case greatestNumber
  case contentDigest
  case precedents
  case layers
  case openDraft
  case commit
  case answer
  case post
  case ledgerBalances
  case ledgerTransactions
  case appendCase
  case caseHead
  case caseEvents
  case cases
  case caseCount
  case caseFigures

  /// Calls that show nothing of a dataset to a reader, and why they need no scope.
  static let unscoped = [
    "lastCommit": "a number that counts the commits of the whole map; it names none of them",
    "append": "rows the caller brings to a draft of its own",
    "rows": "rows the caller brought; the draft was opened by someone who sees all of its dataset",
    "columns": "how the caller's draft is laid down; it was opened by who sees all of its dataset",
    "keep": "a layer of rows the caller brought to a draft of its own",
    "discard": "a draft of the caller's own",
    "forgetSnapshots": "lets go of a cache, and answers nothing",
    "record": "a platform record by its key, or an entry of the log: neither is of a dataset",
    "records": "platform records; who may see one is decided where its kind is known",
    "put": "platform records, and labels, which whoever calls may give",
    "keepAnswer": "keeps what the caller has just worked out, with the scope it was worked out in",
    "logEntries": "for who may read the log, and of one feature for who may see it",
    "logLeaves": "digests of entries, for checkpoints; they tell nothing of what they are of",
    "verifyLog": "the operator's and the auditor's; no page or address leads to it",
  ]

  /// What a scope holds its reader to.
  enum Clause: CaseIterable {
    /// Up to which level, of the reader's and of the zone's.
    case level
    /// Up to which level, whatever the zone.
    case ceiling
    case attributes
    /// Which regions.
    case regions
    /// Whether there are any: the call is for who sees all.
    case bounds
  }

  /// What of a scope this call has to do with.
  ///
  /// The rest would change nothing of what it answers: a succession names features and no
  /// attribute, a list of schemas no row.
  var clauses: Set<Clause> {
    switch self {
    case .define: [.level]
    case .appendCase, .caseHead, .caseEvents, .cases, .caseCount, .caseFigures:
      [.ceiling, .regions]
    case .schemas: [.level, .attributes]
    case .successions, .precedents: [.level, .regions]
    case .uses, .greatestNumber: [.level, .bounds]
    case .openDraft, .commit: [.level, .attributes, .bounds]
    case .post, .ledgerBalances, .ledgerTransactions: [.level, .regions]
    case .summary, .commits, .features, .differences, .versions, .contentDigest, .layers, .answer:
      [.level, .attributes, .regions]
    }
  }
}
