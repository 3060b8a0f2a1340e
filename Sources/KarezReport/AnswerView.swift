/// An answer as a reader of one language sees it: every text final, every figure formatted.
///
/// The page, the PDF and the portal's panel render this one value, so that they cannot differ.
/// Templates read the members by name.
public struct AnswerView: Encodable, Sendable {
  public struct AreaFigures: Encodable, Sendable {
    public let squareMetres: String
    public let hectares: String
    public let mu: String
  }

  public struct VerdictWords: Encodable, Sendable {
    /// `conforms`, `prohibited` or `needs-determination`.
    public let code: String
    public let word: String
    public let sentence: String
  }

  public struct Step: Encodable, Sendable {
    public let stepTitle: String
    public let stepValue: String
  }

  public struct FindingEntry: Encodable, Sendable {
    public let number: Int
    /// Where the finding stands in the answer, from 1; what scripts call its piece by.
    public let place: Int
    public let rule: String
    public let severity: String
    public let severityWord: String
    public let message: String
    public let isUnconfirmed: Bool
    public let isUndecided: Bool
    public let certaintyWord: String
    public let law: String
    public let articleWords: String
    public let quotation: String?
    public let gist: String?
    public let findingArea: AreaFigures?
    /// What of it is in slivers; nil where nothing is.
    public let noiseWords: String?
    public let hasPiece: Bool
    public let showWords: String
    public let approverTitle: String?
    public let missing: [String]
    public let isMissingSomething: Bool
    public let steps: [Step]
    public let hasSteps: Bool
  }

  public struct LandUseEntry: Encodable, Sendable {
    public let landCode: String
    public let landName: String
    public let landArea: AreaFigures
  }

  public struct LayerEntry: Encodable, Sendable {
    public let layerTitle: String
    /// `checked`, `unavailable` or `stale`.
    public let status: String
    public let statusWord: String
    public let layerCurrentTo: String
    public let layerArea: AreaFigures
    public let layerShare: String
    public let layerFeatures: String
    public let featuresWords: String
    public let isTouched: Bool
    /// What of it is in slivers; nil where nothing is.
    public let noiseWords: String?
    /// Said of a layer that was checked but is older than its update cycle allows.
    public let staleWords: String?
    /// What lies around the boundary; nil where no fact looks there.
    public let nearWords: String?
    public let hasNear: Bool
  }

  public struct WarningEntry: Encodable, Sendable {
    public let warningCode: String
    public let warningMessage: String
  }

  public struct PackEntry: Encodable, Sendable {
    public let packID: String
    public let packVersion: String
    public let packDigest: String
  }

  public struct LegendEntry: Encodable, Sendable {
    public let legendTitle: String
    public let fill: String
    public let fillOpacity: String
    public let line: String
    public let isDashed: Bool
  }

  public let language: String
  public let languageTag: String
  public let direction: String
  public let isUnreviewed: Bool
  public let t: [String: String]
  public let regionTitle: String?
  public let id: String
  public let validOn: String
  public let recorded: String
  public let answeredAt: String
  public let purposeTitle: String
  public let verdict: VerdictWords
  public let boundaryArea: AreaFigures
  public let parcels: String
  public let crs: String
  public let crsReason: String
  public let warnings: [WarningEntry]
  public let hasWarnings: Bool
  public let findings: [FindingEntry]
  public let hasFindings: Bool
  /// Rules that lacked a fact; apart, so that they do not bury what was found.
  public let undecided: [FindingEntry]
  public let hasUndecided: Bool
  public let undecidedWords: String
  public let landUse: [LandUseEntry]
  public let hasLandUse: Bool
  public let landUseTotal: AreaFigures
  /// Also those that are stale: what they hold was looked at.
  public let checkedLayers: [LayerEntry]
  public let uncheckedLayers: [LayerEntry]
  public let hasUncheckedLayers: Bool
  public let packs: [PackEntry]
  /// Which publication the packs were in force by; nil in answers from before there were any.
  public let publicationWords: String?
  public let digest: String
  public let mapSVG: String
  public let mapCaption: String
  public let legend: [LegendEntry]
}
