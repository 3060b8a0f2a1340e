public import KarezCore

/// 文书: a certificate or a letter as it is to be printed; every text final.
public struct CaseSheet: Hashable, Sendable {
  /// A line of it.
  public struct Line: Hashable, Sendable {
    public let label: String
    public let value: String

    public init(label: String, value: String) {
      self.label = label
      self.value = value
    }
  }

  public let title: String
  public let number: String
  public var lines: [Line] = []
  public var paragraphs: [String] = []
  /// 附条件, numbered on paper.
  public var conditions: [String] = []
  /// The land its map shows.
  public var boundary: AnsweredBoundary?
  /// What its QR code says.
  public var code: String
  public let day: LegalDate

  public init(
    title: String, number: String, lines: [Line] = [], paragraphs: [String] = [],
    conditions: [String] = [], boundary: AnsweredBoundary? = nil, code: String, day: LegalDate
  ) {
    self.title = title
    self.number = number
    self.lines = lines
    self.paragraphs = paragraphs
    self.conditions = conditions
    self.boundary = boundary
    self.code = code
    self.day = day
  }
}

/// 文书打印: sets a sheet as PDF; what prints stands above what keeps cases.
public protocol CasePress: Sendable {
  /// - Errors: `Problem` of kind unavailable where it cannot be printed now.
  func pdf(of sheet: CaseSheet, on map: OneMap) async throws(Problem) -> [UInt8]
  /// The map of a sheet as PNG; nil for one that has none.
  func picture(of sheet: CaseSheet, on map: OneMap) async throws(Problem) -> [UInt8]?
}
