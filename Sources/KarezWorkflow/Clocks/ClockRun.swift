public import KarezCore

/// 计时: one term as it runs in a case: when it began, what stopped it, what made it longer.
///
/// - Shape: the day on which it began is not counted (Civil Code art. 201), nor is, for the same
///   reason, the day on which a pause began part of the pause.
public struct ClockRun: Hashable, Sendable {
  /// 暂停: time the law does not count, after `from`, up to `through` and with it.
  public struct Pause: Hashable, Sendable {
    /// Id of the reason in the definition: `hearing`, `expert-review`, `publication`.
    public let reason: String
    public let title: LocalizedText
    public let citations: [Citation]
    public let from: LegalDate
    /// Nil while it lasts.
    public var through: LegalDate?

    public init(
      reason: String, title: LocalizedText, citations: [Citation], from: LegalDate,
      through: LegalDate? = nil
    ) {
      self.reason = reason
      self.title = title
      self.citations = citations
      self.from = from
      self.through = through
    }
  }

  /// 延长期限: one that was granted.
  public struct Grant: Hashable, Sendable {
    public let on: LegalDate
    public let length: Int
    public let citations: [Citation]

    public init(on: LegalDate, length: Int, citations: [Citation]) {
      self.on = on
      self.length = length
      self.citations = citations
    }
  }

  public let term: Term
  /// 承诺时限: shorter than the term, in the same unit; nil where nothing is promised.
  public let promised: Int?
  public let began: LegalDate
  public var pauses: [Pause]
  public var grants: [Grant]
  /// The day on which what was due was done; nil while it runs.
  public var stopped: LegalDate?

  public init(
    term: Term, promised: Int? = nil, began: LegalDate, pauses: [Pause] = [],
    grants: [Grant] = [], stopped: LegalDate? = nil
  ) {
    self.term = term
    self.promised = promised
    self.began = began
    self.pauses = pauses
    self.grants = grants
    self.stopped = stopped
  }

  public var isPaused: Bool { pauses.contains { $0.through == nil } }

  /// What the law gives altogether, extensions included.
  public var length: Int { grants.reduce(term.length) { $0 + $1.length } }
}

/// 到期日: the last day of a term, and why it is that one.
public struct DueDate: Hashable, Sendable {
  /// The last day on which it is in time.
  public let day: LegalDate
  /// Under the promise; nil where nothing is promised.
  public let promised: LegalDate?
  /// A pause lasts: the day is what it would be if it ended on the day of asking.
  public let isPaused: Bool
  /// Days past the last yearly notice were counted, without their holidays.
  public let isProvisional: Bool
  public let steps: [ClockStep]
}

/// 计算步骤: one thing that was counted on the way to a due date.
public enum ClockStep: Hashable, Sendable {
  case began(on: LegalDate)
  /// So many units of the term, the last of them on `through`.
  case counted(Int, unit: Term.Unit, through: LegalDate)
  /// Not counted: working or calendar days after `from`, through `through`.
  case excluded(
    reason: LocalizedText, citations: [Citation], from: LegalDate, through: LegalDate,
    days: Int)
  case extended(on: LegalDate, by: Int, unit: Term.Unit, citations: [Citation])
  /// The last day was free, so the next working day is the last.
  case movedToWorkingDay(from: LegalDate, to: LegalDate)
  /// No notice arranges days after this one.
  case provisional(after: LegalDate)
}
