public import KarezCore
public import KarezRules

/// 数据序列: a named input of formulas: what the map holds, what a ledger holds, or what a steward
/// brought from outside.
public struct SeriesDefinition: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    /// Land or features of a dataset, by the codes of one attribute.
    case map(MapTally)
    /// Balances of a kind of account, of the region and the year.
    case ledger(kind: String)
    /// Brought by a steward; nobody types it into an indicator.
    case external
  }

  /// What formulas call it: snake_case.
  public let name: FactID
  public let title: LocalizedText
  public let unit: PlanUnit
  public let source: Source
  /// The year it always is of; nil for that of the question.
  public let year: Int?

  public init(
    name: FactID, title: LocalizedText, unit: PlanUnit, source: Source, year: Int? = nil
  ) {
    self.name = name
    self.title = title
    self.unit = unit
    self.source = source
    self.year = year
  }
}

/// 图上统计: what of a dataset is counted or added up.
public struct MapTally: Hashable, Sendable {
  public enum Measure: String, CaseIterable, Hashable, Sendable {
    case area
    case count
  }

  public let dataset: DatasetID
  /// The attribute the codes are of; nil where all features count.
  public let attribute: String?
  /// A code must begin with one of these; all do where there are none.
  public let prefixes: [String]
  public let measure: Measure

  public init(
    dataset: DatasetID, attribute: String? = nil, prefixes: [String] = [], measure: Measure
  ) {
    self.dataset = dataset
    self.attribute = attribute
    self.prefixes = prefixes
    self.measure = measure
  }

  public func admits(_ code: String) -> Bool {
    prefixes.isEmpty || prefixes.contains { code.hasPrefix($0) }
  }
}

/// 指标: what is measured, by which formula, in which unit, and how sure the definition is.
public struct IndicatorDefinition: Hashable, Sendable {
  public enum Nature: String, CaseIterable, Hashable, Sendable {
    /// 约束性.
    case binding
    /// 预期性.
    case expected
    /// 监测: looked at, without a target of its own.
    case watched
  }

  /// Which way is better.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    case atLeast = "at-least"
    case atMost = "at-most"
    case none
  }

  /// kebab-case; formulas call it by the same words with `_`.
  public let id: String
  public let title: LocalizedText
  public let group: LocalizedText
  public let unit: PlanUnit
  public let decimals: Int
  public let nature: Nature
  public let direction: Direction
  /// As written.
  public let formula: String
  public let expression: Expression
  /// Whether the figure of a region is the sum of those below it.
  public let isAdditive: Bool
  /// What exactly is counted, where words alone would let two definitions pass for one.
  public let note: LocalizedText?
  public let source: LocalizedText
  public let certainty: Certainty

  public init(
    id: String, title: LocalizedText, group: LocalizedText, unit: PlanUnit, decimals: Int,
    nature: Nature, direction: Direction, formula: String, expression: Expression,
    isAdditive: Bool, note: LocalizedText? = nil, source: LocalizedText, certainty: Certainty
  ) {
    self.id = id
    self.title = title
    self.group = group
    self.unit = unit
    self.decimals = decimals
    self.nature = nature
    self.direction = direction
    self.formula = formula
    self.expression = expression
    self.isAdditive = isAdditive
    self.note = note
    self.source = source
    self.certainty = certainty
  }

  /// What formulas call it.
  public var name: FactID { FactID(id.replacing("-", with: "_")) }

  /// A quantity in the indicator's unit, as it is printed; nil for another dimension.
  public func text(_ quantity: Quantity) -> String? {
    unit.number(of: quantity).map { DecimalText.fixed($0, decimals: decimals) }
  }
}
