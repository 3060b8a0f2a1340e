public import KarezCore
import KarezGeometry
import KarezPacks
public import KarezStore

/// 汇交件: a file on its way into a dataset, from the desk of one person over that of another.
public struct Submission: Hashable, Sendable {
  static let kind = RecordKind.witnessed("submission")

  public enum State: String, CaseIterable, Hashable, Sendable {
    /// Waits for the gate, or is in it.
    case submitted
    /// The gate found errors; a new file is wanted.
    case toCorrect = "to-correct"
    /// The gate found nothing in the way; a second person is wanted.
    case toSign = "to-sign"
    /// Signed; the commit is being made.
    case signed
    case committed
    /// Another commit came in between; the gate has to look again.
    case conflicted
    /// The gate or the commit could not be done; it may be tried again.
    case stalled
    case withdrawn

    public var isOver: Bool { self == .committed || self == .withdrawn }
  }

  /// Where the rows come from.
  public struct Source: Hashable, Sendable {
    /// What the sender called the file.
    public let name: String
    public let sm3: String
    let file: String

    var kept: BlobFolder.Kept { BlobFolder.Kept(sm3: sm3, file: file) }
  }

  /// What the gate said, in short; the whole report lies beside the source.
  public struct Verdict: Hashable, Sendable {
    /// SM3 of the report, which a signature names.
    public let sm3: String
    public let examined: Int
    public let counts: [String: Int]
    public let blocking: [String]
    /// The dataset's last commit when the gate looked.
    public let base: CommitNumber
    /// Where its rows lie, and what they replace.
    let ground: [BoundingBox]
    /// Others on their way for the same ground when the gate looked.
    public let rivals: [Rival]
  }

  /// Who signed which report, and when.
  public struct Signature: Hashable, Sendable {
    public let by: String
    public let at: String
    public let report: String
  }

  public let id: String
  public let dataset: String
  public internal(set) var state: State
  public internal(set) var submitter: String
  public internal(set) var submittedAt: String
  public internal(set) var mode: CommitMode
  public internal(set) var validFrom: LegalDate
  public internal(set) var validUntil: LegalDate?
  public internal(set) var reason: String
  public internal(set) var crs: String?
  public internal(set) var layer: String?
  public internal(set) var ending: String?
  public internal(set) var source: Source
  /// Regions the submitter is bound to; nil is everywhere.
  public internal(set) var regions: [String]?
  var ceiling: Classification
  /// Everyone who sent a file for it: none of them may sign.
  public internal(set) var senders: [String]
  /// Counts the files and the looks of the gate.
  public internal(set) var round: Int
  public internal(set) var verdict: Verdict?
  public internal(set) var signature: Signature?
  public internal(set) var receipt: CommitReceipt?
  /// Why it is where it is, as `Problem.json`.
  public internal(set) var problem: JSONValue?
  public internal(set) var due: String?
  var record: PlatformRecord?
}

/// What somebody wants to bring in.
public struct SubmissionOrder: Sendable {
  public let dataset: String
  public let path: String
  /// What the sender calls the file.
  public let name: String
  public let validFrom: LegalDate
  public var validUntil: LegalDate?
  public var mode: CommitMode = .state
  public var reason: String
  public var crs: String?
  public var layer: String?
  public var ending: String?

  public init(
    dataset: String, path: String, name: String, validFrom: LegalDate, reason: String
  ) {
    self.dataset = dataset
    self.path = path
    self.name = name
    self.validFrom = validFrom
    self.reason = reason
  }
}

extension Submission {
  /// What the import of its file is asked to do.
  func importOrder(in blobs: BlobFolder) -> ImportOrder {
    var order = ImportOrder(
      dataset: dataset, file: FileArgument(blobs.path(of: source.kept), layer: layer),
      validFrom: validFrom)
    order.sourceName = source.name
    order.validUntil = validUntil
    order.mode = mode
    order.ending = ending
    order.crs = crs
    order.reason = reason
    return order
  }

  /// Whether somebody may sign it, and if not, why.
  ///
  /// Where its dataset needs no second person, whoever sent it may sign it too.
  func refusal(of principal: Principal, under acts: TwoPersonActs) -> Problem? {
    guard state == .toSign else { return Submissions.wrongState(self) }
    if !principal.may(.signOff) || principal.token != nil { return Submissions.notPermitted(id) }
    let needsSecond = [.submission, .controlLine].contains { acts.act($0, on: dataset) != nil }
    if needsSecond, senders.contains(principal.actor.id) { return Submissions.secondPerson(id) }
    guard principal.scope.covers(regions) else { return Submissions.outsideRegion(id) }
    return nil
  }
}

extension Submission {
  /// What whoever sent it may see; another submission is named to them only within it.
  var bounds: Scope { Scope(ceiling: ceiling, regionPrefixes: regions) }
}

extension Scope {
  /// Whether it reaches everything those bound to these regions reach.
  func covers(_ regions: [String]?) -> Bool {
    guard let own = regionPrefixes else { return true }
    guard let regions else { return false }
    return regions.allSatisfy { region in own.contains { region.hasPrefix($0) } }
  }
}
