/// 处理: a computation that programs ask for by the name it has under `/ogc/processes`.
public enum MapProcess: String, CaseIterable, Hashable, Sendable {
  case complianceCheck = "compliance-check"
  case coverageCheck = "coverage-check"
  case difference = "diff"

  /// One thing a process may be told.
  public struct Input: Hashable, Sendable {
    public let name: String
    public let kind: Kind
    public let isRequired: Bool

    init(_ name: String, _ kind: Kind, isRequired: Bool = false) {
      self.name = name
      self.kind = kind
      self.isRequired = isRequired
    }
  }

  /// What an input has to be.
  public enum Kind: Hashable, Sendable {
    /// A GeoJSON geometry, feature or collection in degrees.
    case shape
    /// A code of the purposes.
    case purpose
    /// Codes of documents.
    case documents
    /// A dataset; of polygons only, where that is said.
    case dataset(ofPolygons: Bool)
    case day
    case commit
    case text
    case flag
    /// From 1 up to this many.
    case count(most: Int)
    /// Metres or square metres, not negative.
    case measure
  }

  public var inputs: [Input] {
    switch self {
    case .complianceCheck:
      [
        Input("boundary", .shape, isRequired: true), Input("purpose", .purpose),
        Input("documents", .documents), Input("validOn", .day), Input("recorded", .commit),
      ]
    case .coverageCheck:
      [
        Input("dataset", .dataset(ofPolygons: true), isRequired: true), Input("validOn", .day),
        Input("recorded", .commit), Input("gapWidthM", .measure), Input("toleranceM2", .measure),
      ]
    case .difference:
      [
        Input("dataset", .dataset(ofPolygons: false), isRequired: true),
        Input("from", .day, isRequired: true), Input("to", .day, isRequired: true),
        Input("recorded", .commit), Input("recordedTo", .commit), Input("by", .text),
        Input("geometry", .flag), Input("limit", .count(most: ProcessInputs.mostPatches)),
      ]
    }
  }

  /// What its one result is called.
  public var output: String {
    switch self {
    case .complianceCheck: "answer"
    case .coverageCheck: "report"
    case .difference: "difference"
    }
  }

  /// Whether its result has an address of its own.
  public var isKept: Bool { self == .complianceCheck }
}
