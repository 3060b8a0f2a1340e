public import KarezCore
public import KarezGeometry
public import KarezRules

/// A doubt about a boundary, or a fact worth knowing; never a silent repair.
public struct BoundaryWarning: Hashable, Sendable {
  public let code: String
  public let message: LocalizedText

  public init(code: String, message: LocalizedText) {
    self.code = code
    self.message = message
  }
}

/// 项目用地范围 as the answer describes it.
public struct AnsweredBoundary: Hashable, Sendable {
  public let statutoryArea: Area
  public let parcels: Int
  public let crs: String
  public let crsReason: LocalizedText
  public let warnings: [BoundaryWarning]
  /// EPSG:4490.
  public let geometry: MultiPolygon

  public init(
    statutoryArea: Area, parcels: Int, crs: String, crsReason: LocalizedText,
    warnings: [BoundaryWarning], geometry: MultiPolygon
  ) {
    self.statutoryArea = statutoryArea
    self.parcels = parcels
    self.crs = crs
    self.crsReason = crsReason
    self.warnings = warnings
    self.geometry = geometry
  }
}

/// 细碎图斑: features whose piece is smaller than what digitising can tell.
public struct Noise: Hashable, Sendable {
  public var areaM2: Double
  public var features: Int

  public init(areaM2: Double = 0, features: Int = 0) {
    self.areaM2 = areaM2
    self.features = features
  }
}

/// 周边要素: how many features of a dataset lie within the distance of one fact.
public struct NearFeatures: Hashable, Sendable {
  public let fact: String
  public let title: LocalizedText
  public let withinMetres: Double
  public let features: Int

  public init(fact: String, title: LocalizedText, withinMetres: Double, features: Int) {
    self.fact = fact
    self.title = title
    self.withinMetres = withinMetres
    self.features = features
  }
}

/// One dataset the check looked at, or could not.
public struct CheckedLayer: Hashable, Sendable {
  public enum Status: String, CaseIterable, Hashable, Sendable {
    case checked
    case unavailable
    case stale
  }

  public let dataset: DatasetID
  public let title: LocalizedText
  public let status: Status
  public let currentTo: LegalDate?
  public let occupied: Area
  /// Share of the boundary, in per cent with two decimals: `12.34`.
  public let sharePercent: String
  public let features: Int
  /// What of `occupied` is in pieces smaller than the stated tolerance.
  public let noise: Noise
  /// What lies around the boundary, a line for each fact that counts there.
  public let near: [NearFeatures]

  public init(
    dataset: DatasetID, title: LocalizedText, status: Status, currentTo: LegalDate?,
    occupied: Area, sharePercent: String, features: Int, noise: Noise = Noise(),
    near: [NearFeatures] = []
  ) {
    self.dataset = dataset
    self.title = title
    self.status = status
    self.currentTo = currentTo
    self.occupied = occupied
    self.sharePercent = sharePercent
    self.features = features
    self.noise = noise
    self.near = near
  }
}

/// One line of the land-use table; the lines sum to the boundary's statutory area.
public struct LandUseLine: Hashable, Sendable {
  public let code: String
  public let name: LocalizedText
  public let area: Area

  public init(code: String, name: LocalizedText, area: Area) {
    self.code = code
    self.name = name
    self.area = area
  }
}

/// A finding with its piece of the map.
public struct AnsweredFinding: Hashable, Sendable {
  public let finding: Finding
  public let area: Area?
  /// What of it is in pieces smaller than the stated tolerance.
  public let noise: Noise
  /// The piece the finding is about, in EPSG:4490; for display only.
  public let geometry: MultiPolygon?

  public init(
    finding: Finding, area: Area?, noise: Noise = Noise(), geometry: MultiPolygon?
  ) {
    self.finding = finding
    self.area = area
    self.noise = noise
    self.geometry = geometry
  }
}

/// 规则包发布 an answer was given under.
public struct AnsweredPublication: Hashable, Sendable {
  public let number: Int
  public let sm3: String

  public init(number: Int, sm3: String) {
    self.number = number
    self.sm3 = sm3
  }
}

/// 合规性审查结果: the one object of which JSON, page, PDF and bundle are views.
public struct ComplianceAnswer: Hashable, Sendable {
  public let id: String
  public let asOf: AsOf
  /// RFC 3339, UTC.
  public let answeredAt: String
  public let purpose: String?
  /// Documents that were held already, by code.
  public var documents: [String] = []
  /// What was stated of the proposal: decimals in the unit of their fact, by the fact's id.
  public var proposed: [String: String] = [:]
  public let boundary: AnsweredBoundary
  public let verdict: Verdict
  public let layers: [CheckedLayer]
  public let landUse: [LandUseLine]
  public let findings: [AnsweredFinding]
  public let packs: [PackVersion]
  /// By which publication they were in force; nil in answers from before there were any.
  public var publication: AnsweredPublication?
  /// `sm3:` and the digest of the canonical JSON without id, time,
  /// publication, digest and pieces.
  public internal(set) var digest: String
}
