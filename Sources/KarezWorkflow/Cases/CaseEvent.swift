public import KarezCore
public import KarezRules

/// 办件事件: one thing that happened in a case; a case is nothing but its events, in order.
public struct CaseEvent: Hashable, Sendable {
  /// From 1, without a gap.
  public let position: Int
  public let at: Timestamp
  /// The legal day it happened on, by the country's own time.
  public let on: LegalDate
  /// Id of the account, or of the program that acted by itself.
  public let actor: String
  /// 代: whom the actor stood in for; nil for whoever acted in their own name.
  public let deputyFor: String?
  public let fact: Fact

  public init(
    position: Int, at: Timestamp, on: LegalDate, actor: String, deputyFor: String? = nil,
    fact: Fact
  ) {
    self.deputyFor = deputyFor
    self.position = position
    self.at = at
    self.on = on
    self.actor = actor
    self.fact = fact
  }

  public enum Fact: Hashable, Sendable {
    case opened(CaseOpening)
    case documentAttached(CaseDocument)
    case documentReviewed(document: String, isAccepted: Bool, note: String)
    case established(FactID, FactValue)
    case moved(transition: String, took: [String], put: [String])
    case clockStarted(clock: String, term: Term, promised: Int?, from: LegalDate)
    case clockStopped(clock: String)
    case paused(reason: String, title: LocalizedText, clocks: [String], citations: [Citation])
    case resumed(reason: String)
    case extended(clock: String, length: Int, citations: [Citation], note: String)
    case ordered(CaseEffect)
    /// The effect that the event at this position ordered was carried out.
    case effectDone(order: Int, result: JSONValue)
    case effectRefused(order: Int, EffectRefusal)
    /// It is to be tried again.
    case effectRetried(order: Int)
    case letterWritten(LetterMark)
    case migrated(version: String, states: [String: String])
  }
}

/// 立案: what a case is opened with.
public struct CaseOpening: Hashable, Sendable {
  public let number: String
  public let procedure: String
  public let version: String
  /// Administrative code of the county or township.
  public let region: String
  /// 项目代码: nil for a case of no project.
  public let project: String?
  /// Id of the account or register entry, never a name.
  public let applicant: String
  /// The state it begins in.
  public let state: String
  /// 主办件: the number of the case that opened this one; nil where somebody applied.
  public let parent: String?

  public init(
    number: String, procedure: String, version: String, region: String, project: String?,
    applicant: String, state: String, parent: String? = nil
  ) {
    self.number = number
    self.procedure = procedure
    self.version = version
    self.region = region
    self.project = project
    self.applicant = applicant
    self.state = state
    self.parent = parent
  }
}

/// 附件: a document in a case; its bytes lie elsewhere, under their digest.
public struct CaseDocument: Hashable, Sendable {
  /// Which of the procedure's documents it is.
  public let id: String
  public let sm3: String
  public let bytes: Int
  public let mediaType: String
  /// What was read of it, where it is the boundary.
  public let boundary: CaseBoundary?

  /// Digests of what is kept of it: of its own bytes, and of the boundary as read.
  public var files: [String] { [sm3] + (boundary.map { [$0.sm3] } ?? []) }

  public init(
    id: String, sm3: String, bytes: Int, mediaType: String, boundary: CaseBoundary? = nil
  ) {
    self.id = id
    self.sm3 = sm3
    self.bytes = bytes
    self.mediaType = mediaType
    self.boundary = boundary
  }
}

/// 办件边界: what the land of a case is, as it was read when its document was attached.
public struct CaseBoundary: Hashable, Sendable {
  /// Digest of the boundary as read, which is kept beside the document.
  public let sm3: String
  /// Statutory area in square metres, with two decimals.
  public let areaM2: String
  public let parcels: Int
  /// The coordinate system it was read from.
  public let crs: String

  public init(sm3: String, areaM2: String, parcels: Int, crs: String) {
    self.sm3 = sm3
    self.areaM2 = areaM2
    self.parcels = parcels
    self.crs = crs
  }
}
