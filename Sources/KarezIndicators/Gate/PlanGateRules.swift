public import KarezCore

/// 导入检查口径: what the checks of a plan take from a pack: its sentences, tolerances and names.
///
/// Nothing in it says that a plan is wrong; it says how plans say what the checks compare.
public struct PlanGateRules: Sendable {
  /// 单价: what a budget is divided by, and in which sentences it is said.
  public struct Price: Hashable, Sendable {
    public let title: LocalizedText
    /// The first that matches counts.
    public let patterns: [PlanPattern]
    /// The number the budget is divided by.
    public let count: String

    public init(title: LocalizedText, patterns: [PlanPattern], count: String) {
      self.title = title
      self.patterns = patterns
      self.count = count
    }
  }

  /// 比例: two numbers of one sentence that siblings have in one ratio.
  public struct Ratio: Hashable, Sendable {
    public let title: LocalizedText
    public let patterns: [PlanPattern]
    /// The same without the unit it should have.
    public let bare: [PlanPattern]
    public let of: String
    public let to: String
    /// What `of` is printed in.
    public let unit: String

    public init(
      title: LocalizedText, patterns: [PlanPattern], bare: [PlanPattern], of: String, to: String,
      unit: String
    ) {
      self.title = title
      self.patterns = patterns
      self.bare = bare
      self.of = of
      self.to = to
      self.unit = unit
    }
  }

  /// 一词两义: what two places of a plan say of one word.
  public struct Concept: Hashable, Sendable {
    public let title: LocalizedText
    /// How the text says it, with the number and the unit it is in.
    public let pattern: PlanPattern
    public let unit: PlanUnit
    /// The other place: a row of the table of indicators, or another sentence.
    public let indicator: String?
    public let other: PlanPattern?
    public let otherUnit: PlanUnit?

    public init(
      title: LocalizedText, pattern: PlanPattern, unit: PlanUnit, indicator: String?,
      other: PlanPattern?, otherUnit: PlanUnit?
    ) {
      self.title = title
      self.pattern = pattern
      self.unit = unit
      self.indicator = indicator
      self.other = other
      self.otherUnit = otherUnit
    }
  }

  /// 单位适配: what names that end so may be measured in.
  public struct Fit: Hashable, Sendable {
    public let suffix: String
    public let dimensions: Set<Dimension>

    public init(suffix: String, dimensions: Set<Dimension>) {
      self.suffix = suffix
      self.dimensions = dimensions
    }
  }

  /// A count the text states that is the number of rows of a subcategory.
  public struct Rows: Hashable, Sendable {
    public let pattern: PlanPattern
    public let count: String
    public let subcategory: String

    public init(pattern: PlanPattern, count: String, subcategory: String) {
      self.pattern = pattern
      self.count = count
      self.subcategory = subcategory
    }
  }

  public var prices: [Price] = []
  public var ratios: [Ratio] = []
  public var concepts: [Concept] = []
  public var fits: [Fit] = []
  public var rows: [Rows] = []
  /// Sentences that repeat the budget of their row, in 万元 under `amount`.
  public var amounts: [PlanPattern] = []
  /// What share of siblings must agree before one that does not is a slip.
  public var agreement = 0.6
  /// How many siblings there must be at least.
  public var fewest = 4
  /// How far two prints of one area may be apart, as a share.
  public var tolerance = 0.02
  /// Denominators of the scales maps are made at.
  public var scales: Set<Double> = []
  /// Words at the end of a box's title that are no matter of their own.
  public var boxTitleEnds: [String] = []
  /// How several counties are counted: 十二县市.
  public var countyWords: [String] = []
  /// Ends of the names of townships.
  public var townshipEnds: [String] = []
  /// What follows the name of who pays, or does.
  public var agencyEnds: [String] = []
  /// Names for divisions that are no slips though they are no full name.
  public var agencyNames: [String] = []
  /// The heading of the list of projects in the text.
  public var projectHeading = ""
  /// Full names of the divisions of the region, and their short forms.
  public var divisions: [String] = []

  public init() {}
}
