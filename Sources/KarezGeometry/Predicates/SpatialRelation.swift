/// 空间关系: how two shapes lie to one another.
///
/// - Source: OGC 06-103r4, 6.1.15.
public enum SpatialRelation: String, CaseIterable, Hashable, Sendable {
  case intersects
  case disjoint
  case equals
  case touches
  case within
  case overlaps
  case crosses
  case contains

  /// The relation the second shape has to the first.
  public var turned: SpatialRelation {
    switch self {
    case .within: .contains
    case .contains: .within
    default: self
    }
  }

  /// Whether shapes in the relation have boxes that meet.
  public var needsMeetingBoxes: Bool { self != .disjoint }
}
