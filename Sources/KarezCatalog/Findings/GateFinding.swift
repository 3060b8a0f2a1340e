public import KarezCore
public import KarezGeometry
public import KarezRules

/// 质检结果: one fault of a draft, with its place and what would mend it.
public struct GateFinding: Hashable, Sendable {
  /// Id of the rule; public and permanent.
  public let rule: String
  /// What the rule weighs in the report it stands in.
  public internal(set) var severity: GateSeverity = .error
  /// Row of the source, from 1; nil where the fault is of the whole file.
  public let row: Int64?
  /// Id of the feature; empty where the fault is of the whole file.
  public let feature: String
  /// Ids of the other features concerned.
  public var others: [String] = []
  /// In degrees of EPSG:4490.
  public let place: Position?
  public let what: LocalizedText
  public let remedy: LocalizedText
  /// The land concerned, in degrees of EPSG:4490, where it is not all of the feature.
  public var land: MultiPolygon?
  /// Statutory square metres of that land, or of the difference told of.
  public var areaM2: Double?

  public init(
    _ rule: String, row: Int64? = nil, feature: String = "", place: Position? = nil,
    what: LocalizedText, remedy: LocalizedText
  ) {
    self.rule = rule
    self.row = row
    self.feature = feature
    self.place = place
    self.what = what
    self.remedy = remedy
  }

  public init(
    _ rule: GateRule, row: Int64? = nil, feature: String = "", place: Position? = nil,
    what: LocalizedText, remedy: LocalizedText
  ) {
    self.init(
      rule.rawValue, row: row, feature: feature, place: place, what: what, remedy: remedy)
  }

  /// `what is wrong; what to do`.
  public var message: LocalizedText {
    LocalizedText(zh: what.zh + "；" + remedy.zh, en: what.en + "; " + remedy.en)
  }
}
