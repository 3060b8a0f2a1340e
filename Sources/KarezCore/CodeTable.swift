/// 代码表: the values an attribute may have, each with its names and the days it is valid on.
public struct CodeTable: Hashable, Sendable {
  /// One code in one period; a code whose meaning changed has a row for each meaning.
  public struct Row: Hashable, Sendable {
    public let code: String
    public let name: LocalizedText
    public let validity: Validity?
    /// Further columns by name, such as `level_1` of a land class; empty text where not filled.
    public let columns: [String: String]

    public init(
      code: String, name: LocalizedText, validity: Validity? = nil, columns: [String: String] = [:]
    ) {
      self.code = code
      self.name = name
      self.validity = validity
      self.columns = columns
    }

    /// Whether the row counts on the day; a row without a period always does.
    public func isValid(on day: LegalDate) -> Bool { validity?.contains(day) ?? true }
  }

  /// 版次: which of several tables for the same thing, side by side because one number means
  /// different things in them.
  public struct Edition: Hashable, Sendable {
    /// What the editions have in common: `land-sea-use`.
    public let family: String
    /// What tells this one apart: `2023`.
    public let name: String

    public init(family: String, name: String) {
      self.family = family
      self.name = name
    }

    /// The id a table of this edition has.
    public var tableID: String { "\(family)-\(name)" }
  }

  /// Kebab-case name: `land-classes`; of an edition its family and its name, `land-sea-use-2023`.
  public let id: String
  public let title: LocalizedText
  /// Standard or document the codes come from.
  public let source: String
  public let certainty: Certainty
  /// Nil for a table that has no other editions.
  public let edition: Edition?
  /// Names of the further columns, in the order of the file.
  public let columns: [String]
  /// In the order of the file, which is the order a legend or a list shows.
  public let rows: [Row]

  public init(
    id: String, title: LocalizedText, source: String, certainty: Certainty,
    edition: Edition? = nil, columns: [String], rows: [Row]
  ) {
    self.id = id
    self.title = title
    self.source = source
    self.certainty = certainty
    self.edition = edition
    self.columns = columns
    self.rows = rows
  }

  /// The row of a code on a day.
  public func row(_ code: String, on day: LegalDate) -> Row? {
    rows.first { $0.code == code && $0.isValid(on: day) }
  }

  /// Whether the table has the code in any period.
  public func contains(_ code: String) -> Bool { rows.contains { $0.code == code } }

  /// The name of a code, of its latest row.
  public func title(of code: String) -> LocalizedText? {
    rows.last { $0.code == code }?.name
  }

  /// Every code of the day.
  public func codes(on day: LegalDate) -> Set<String> {
    Set(rows.lazy.filter { $0.isValid(on: day) }.map(\.code))
  }

  /// The codes of the day that have this value in a column.
  public func codes(where column: String, is value: String, on day: LegalDate) -> Set<String> {
    Set(rows.lazy.filter { $0.isValid(on: day) && $0.columns[column] == value }.map(\.code))
  }
}
