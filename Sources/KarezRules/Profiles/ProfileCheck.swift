public import KarezCore

/// One rule of a profile.
public struct ProfileCheck: Hashable, Sendable {
  /// Kebab-case path, `land-patches/minimum-area`; public and permanent.
  public let id: String
  public let title: LocalizedText
  public let severity: GateSeverity
  /// Standard or document it comes from.
  public let source: String
  public let certainty: Certainty
  /// Only rows of which this is true are looked at; nil for all.
  public let condition: Expression?
  public let test: ProfileTest
  /// What to do, where the rule's own words are not enough.
  public let remedy: LocalizedText?

  public init(
    id: String, title: LocalizedText, severity: GateSeverity, source: String,
    certainty: Certainty, condition: Expression? = nil, test: ProfileTest,
    remedy: LocalizedText? = nil
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.source = source
    self.certainty = certainty
    self.condition = condition
    self.test = test
    self.remedy = remedy
  }
}

/// What a rule of a profile asks.
public enum ProfileTest: Hashable, Sendable {
  /// A condition on the row's own attributes; what rests on an absent one is not asked.
  case holds(Expression, message: LocalizedText)
  /// Attributes that must be stated.
  case present([String])
  /// Attributes that must not be stated.
  case absent([String])
  /// Days from which and until which dates are plausible; nil attributes means every date.
  case dates(from: LegalDate, until: LegalDate, attributes: [String]?)
  /// A recorded area against the statutory area of the polygon.
  case areaAgreement(attribute: String, AreaAllowance)
  /// The smallest area allowed, by class.
  case minimumArea([SizeLimit])
  /// The smallest width allowed, by class: the diameter of the largest circle in the polygon.
  case minimumWidth([SizeLimit])
  /// A value whose first characters are the id of a feature of another dataset.
  case reference(ReferenceTest)
  /// The feature lies in a feature of another dataset.
  case within(ContainmentTest)
  /// The feature lies in the map sheet an attribute numbers.
  case mapSheet(attribute: String)
  /// Sums of areas against control figures.
  case closure(ClosureTest)
  /// How far a feature may have moved since it was last recorded.
  case movement(metres: Double)
  /// An id that ended is never used again.
  case retirement
}

/// How far two areas may be apart: the larger of the two allowances.
public struct AreaAllowance: Hashable, Sendable {
  public let area: Area
  /// In per cent of the figure compared with.
  public let sharePercent: Double

  public init(area: Area, sharePercent: Double) {
    self.area = area
    self.sharePercent = sharePercent
  }

  /// What is allowed beside a figure.
  public func squareMetres(beside figure: Double) -> Double {
    max(area.squareMetres, figure * sharePercent / 100)
  }
}

/// A limit for the rows a condition is true of; the first that applies counts.
public struct SizeLimit: Hashable, Sendable {
  /// Nil for all that no earlier limit is for.
  public let condition: Expression?
  /// Square metres or metres.
  public let minimum: Quantity

  public init(condition: Expression?, minimum: Quantity) {
    self.condition = condition
    self.minimum = minimum
  }
}

/// See `ProfileTest.reference`.
public struct ReferenceTest: Hashable, Sendable {
  public let attribute: String
  public let dataset: DatasetID
  /// How many of the value's first characters are the id; nil means all of them.
  public let digits: Int?
  /// The date attribute on whose day the feature must have existed; the day of the draft if nil.
  public let dayAttribute: String?

  public init(
    attribute: String, dataset: DatasetID, digits: Int? = nil, dayAttribute: String? = nil
  ) {
    self.attribute = attribute
    self.dataset = dataset
    self.digits = digits
    self.dayAttribute = dayAttribute
  }
}

/// See `ProfileTest.within`.
public struct ContainmentTest: Hashable, Sendable {
  public let dataset: DatasetID
  /// The attribute whose first characters name the feature it must lie in; any if nil.
  public let attribute: String?
  public let digits: Int?

  public init(dataset: DatasetID, attribute: String? = nil, digits: Int? = nil) {
    self.dataset = dataset
    self.attribute = attribute
    self.digits = digits
  }
}

/// See `ProfileTest.closure`.
public struct ClosureTest: Hashable, Sendable {
  /// The attribute summed; the statutory area of the polygons if nil.
  public let summed: String?
  /// The attribute whose first characters name the control feature.
  public let attribute: String
  public let digits: Int?
  public let dataset: DatasetID
  /// The control feature's attribute that holds the control figure; its statutory area if nil.
  public let control: String?
  /// How far the sum may be from the control figure.
  public let allowance: AreaAllowance

  public init(
    summed: String?, attribute: String, digits: Int?, dataset: DatasetID, control: String?,
    allowance: AreaAllowance
  ) {
    self.summed = summed
    self.attribute = attribute
    self.digits = digits
    self.dataset = dataset
    self.control = control
    self.allowance = allowance
  }
}
