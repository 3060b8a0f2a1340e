public import KarezCore
import KarezCrypto

/// 统计口径: what of a dataset is counted and added up, and by what.
public struct StatisticsOrder: Hashable, Sendable {
  /// 行政区级别: how large the regions are that land is added up by.
  public enum Level: String, CaseIterable, Hashable, Sendable {
    case county
    case township
    case village

    /// Digits of the administrative code.
    var digits: Int {
      switch self {
      case .county: 6
      case .township: 9
      case .village: 12
      }
    }

    /// The dataset whose borders these regions have.
    var units: String {
      switch self {
      case .county: "counties"
      case .township: "townships"
      case .village: "villages"
      }
    }
  }

  public let dataset: String
  /// Today if nil.
  public var validOn: LegalDate?
  /// The last commit if nil.
  public var recorded: CommitNumber?
  /// The attribute of the classes; the first that has a code table if nil.
  public var attribute: String?
  public var level = Level.county
  /// The name of an area that was kept before; all land if nil.
  public var area: String?
  public var threads = 2

  public init(dataset: String) { self.dataset = dataset }
}

/// 统计单元: one figure of a table, as what its rows have in common.
public struct StatisticsCell: Hashable, Sendable {
  /// Nil for all regions.
  public var region: String?
  /// Nil for all classes.
  public var className: String?

  public init(region: String? = nil, className: String? = nil) {
    self.region = region
    self.className = className
  }

  func holds(_ key: LedgerKey) -> Bool {
    (region ?? key.region) == key.region && (className ?? key.className) == key.className
  }
}

extension StatisticsOrder {
  func subject(in scope: Scope) -> JSONValue {
    .object([
      "dataset": .string(dataset), "validOn": .optional(validOn?.description),
      "recorded": recorded.map { .integer(Int64($0.value)) } ?? .null,
      "by": .optional(attribute), "level": .string(level.rawValue), "area": .optional(area),
      "scope": .string(scope.mark),
    ])
  }

  /// What a scope's statistics are kept under.
  func name(in scope: Scope) -> String {
    String(SM3.digest(subject(in: scope).canonicalText).description.prefix(32))
  }

  /// Nil for another job's subject.
  init?(_ subject: JSONValue) {
    guard let dataset = subject["dataset"]?.string,
      let level = subject["level"]?.string.flatMap(Level.init)
    else { return nil }
    self.init(dataset: dataset)
    self.level = level
    validOn = subject["validOn"]?.string.flatMap { LegalDate($0) }
    recorded = subject["recorded"]?.integer.flatMap { CommitNumber(Int(clamping: $0)) }
    attribute = subject["by"]?.string
    area = subject["area"]?.string
  }
}
