/// A place where polygons do not fit together into a coverage.
public struct CoverageFault: Hashable, Sendable {
  /// The ways in which neighbours can fail to fit.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Land that polygons enclose and none of them covers.
    case gap
    /// Land that two polygons cover in part.
    case overlap
    /// Two polygons that cover the same land.
    case duplicate
    /// A polygon that lies in another.
    case contained
    /// A border that two neighbours draw through different vertices, with no more than noise
    /// between the two lines.
    case mismatch
  }

  public let kind: Kind
  /// Statutory square metres: of the gap, of the common land, between the two lines.
  public let areaM2: Double
  /// Within the fault, in degrees of EPSG:4490; for a mismatch the vertex that one of them lacks.
  public let place: Position
  /// Numbers of the polygons concerned in the layer.
  ///
  /// A gap's neighbours, the one with the longest common border first; otherwise the one the
  /// repair is about first.
  public let features: [Int]
  public let repair: CoverageRepair
  /// Whether its area is no more than the stated tolerance: noise of drawing, not occupation.
  public let isNoise: Bool
  /// The land concerned, for display; nil where it is all of the first feature, or no land.
  public let geometry: MultiPolygon?

  init(
    _ kind: Kind, areaM2: Double, place: Position, features: [Int], repair: CoverageRepair,
    isNoise: Bool, geometry: MultiPolygon? = nil
  ) {
    self.kind = kind
    self.areaM2 = areaM2
    self.place = place
    self.features = features
    self.repair = repair
    self.isNoise = isNoise
    self.geometry = geometry
  }
}

/// What would mend a fault; a suggestion, never applied unasked.
public enum CoverageRepair: Hashable, Sendable {
  /// Give a gap to the neighbour with the longest common border.
  case give(to: Int)
  /// Take common land from one of the two: the larger, which misses it least.
  case take(from: Int, leavingTo: Int)
  /// Drop one of two that are the same.
  case drop(Int)
  /// Cut a polygon out of the one it lies in.
  case cutOut(Int, from: Int)
  /// Give a polygon the vertex that its neighbour has on their common border.
  case insert(Position, into: Int)
}

/// What is called a fault, and what noise.
public struct CoverageLimits: Hashable, Sendable {
  /// Faults of no more square metres than this are noise; they are told all the same.
  public var toleranceM2: Double
  /// Gaps wider than this are meant to be there and are no faults; nil if every gap is one.
  ///
  /// The width is the diameter of the largest circle in the gap.
  public var gapWidthMetres: Double?

  /// The tolerance the quality gate uses for overlaps.
  public static let noiseM2 = 0.01

  public init(toleranceM2: Double = noiseM2, gapWidthMetres: Double? = nil) {
    self.toleranceM2 = toleranceM2
    self.gapWidthMetres = gapWidthMetres
  }
}
