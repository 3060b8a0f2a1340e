public import KarezCore

/// 期限: how long the law gives somebody, and from where it says so.
public struct Term: Hashable, Sendable {
  /// 计算单位: what a term is counted in.
  public enum Unit: String, CaseIterable, Hashable, Sendable {
    /// 工作日, without statutory holidays.
    case workingDays = "working-days"
    /// 自然日; where the last is no working day, the next working day is the last.
    case calendarDays = "calendar-days"
    /// 月; ends on the day of the same number, or on the month's last.
    case months
    /// 年; as twelve months.
    case years
  }

  /// 延长: by how much a term may be made longer, and who lets it be.
  public struct Extension: Hashable, Sendable {
    public let length: Int
    /// How often; the law mostly says once.
    public let most: Int
    /// Roles that may grant it.
    public let grantedBy: [String]
    public let citations: [Citation]

    public init(length: Int, most: Int, grantedBy: [String], citations: [Citation]) {
      self.length = length
      self.most = most
      self.grantedBy = grantedBy
      self.citations = citations
    }
  }

  /// Path of the pack: `administrative-licence/decision`.
  public let id: String
  public let title: LocalizedText
  public let unit: Unit
  public let length: Int
  public let extending: Extension?
  public let certainty: Certainty
  /// Never empty: a clock has an article.
  public let citations: [Citation]

  /// - Assumes: `length` and every extension are at least 1 and below a hundred thousand.
  public init(
    id: String, title: LocalizedText, unit: Unit, length: Int, extending: Extension? = nil,
    certainty: Certainty, citations: [Citation]
  ) {
    self.id = id
    self.title = title
    self.unit = unit
    self.length = length
    self.extending = extending
    self.certainty = certainty
    self.citations = citations
  }
}
