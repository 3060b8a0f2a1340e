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
  public let fact: Fact

  public init(position: Int, at: Timestamp, on: LegalDate, actor: String, fact: Fact) {
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

  public init(
    number: String, procedure: String, version: String, region: String, project: String?,
    applicant: String, state: String
  ) {
    self.number = number
    self.procedure = procedure
    self.version = version
    self.region = region
    self.project = project
    self.applicant = applicant
    self.state = state
  }
}

/// 附件: a document in a case; its bytes lie elsewhere, under their digest.
public struct CaseDocument: Hashable, Sendable {
  /// Which of the procedure's documents it is.
  public let id: String
  public let sm3: String
  public let bytes: Int
  public let mediaType: String

  public init(id: String, sm3: String, bytes: Int, mediaType: String) {
    self.id = id
    self.sm3 = sm3
    self.bytes = bytes
    self.mediaType = mediaType
  }
}
