public import KarezCore

/// 规划承诺事项: something a plan says will be there, with its quantity and day.
public struct PlanCommitment: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// What there was when the plan was made.
    case baseline
    case commitment
    /// It holds all the time.
    case standing
  }

  public let id: String
  /// The section or box it stands in.
  public let place: String
  public let title: LocalizedText
  /// As printed; nil where it is done or not done.
  public let quantity: String?
  public let unit: PlanUnit?
  /// Nil where it holds all the time.
  public let by: LegalDate?
  public let kind: Kind
  /// Whether the text states its day; else it is inferred.
  public let isStated: Bool

  public init(
    id: String, place: String, title: LocalizedText, quantity: String?, unit: PlanUnit?,
    by: LegalDate?, kind: Kind, isStated: Bool
  ) {
    self.id = id
    self.place = place
    self.title = title
    self.quantity = quantity
    self.unit = unit
    self.by = by
    self.kind = kind
    self.isStated = isStated
  }
}

/// 项目台账条目: a project of a plan's list, as a pack restates it.
public struct ProjectEntry: Hashable, Sendable {
  /// Its number in the list, put right where it is misprinted.
  public let number: Int
  public let printed: String
  /// Code of the table of categories.
  public let category: String
  /// A county, or the prefecture for what is everywhere.
  public let region: String
  public let title: String
  /// In yuan, so that sums are exact; nil where it is not settled yet.
  public let budget: Int64?
  /// Codes of the table of funds.
  public let funds: [String]
  /// What is wrong with the print, where something is.
  public let slip: String?

  public init(
    number: Int, printed: String, category: String, region: String, title: String,
    budget: Int64?, funds: [String], slip: String?
  ) {
    self.number = number
    self.printed = printed
    self.category = category
    self.region = region
    self.title = title
    self.budget = budget
    self.funds = funds
    self.slip = slip
  }
}

/// 资金合计: what projects of one category or county cost together, and how many are not settled.
public struct BudgetSum: Hashable, Sendable {
  public let key: String
  public let projects: Int
  public let pending: Int
  public let budget: Int64

  /// Sums by what a project is told apart by, in the order of the keys.
  public static func sums(
    of projects: [ProjectEntry], by key: (ProjectEntry) -> String
  ) -> [BudgetSum] {
    Dictionary(grouping: projects, by: key).sorted { $0.key < $1.key }.map { key, entries in
      BudgetSum(
        key: key, projects: entries.count, pending: entries.count { $0.budget == nil },
        // Saturating: a column of a file may hold anything.
        budget: entries.reduce(Int64(0)) { sum, entry in
          let (next, overflow) = sum.addingReportingOverflow(entry.budget ?? 0)
          return overflow ? .max : next
        })
    }
  }
}
