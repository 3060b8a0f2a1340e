/// What is wrong with a polygon, and where.
public struct ValidityFault: Hashable, Sendable {
  /// The ways in which rings can fail to bound an area.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    case selfIntersection = "self-intersection"
    case ringSelfIntersection = "ring-self-intersection"
    case holeOutsideShell = "hole-outside-shell"
    case nestedHoles = "nested-holes"
    case nestedShells = "nested-shells"
    case duplicateRings = "duplicate-rings"
    case disconnectedInterior = "disconnected-interior"
    case tooFewPoints = "too-few-points"
    case invalidCoordinate = "invalid-coordinate"
    case ringNotClosed = "ring-not-closed"
    case other
  }

  public let kind: Kind
  /// In the coordinates of the polygon; nil where the fault has no single place.
  public let position: Position?

  public init(kind: Kind, position: Position?) {
    self.kind = kind
    self.position = position
  }
}
