/// Why something is not a geometry we can measure; carries facts, no sentences.
public enum GeometryError: Error, Hashable, Sendable {
  case positionNotFinite(index: Int)
  case ringTooShort(count: Int)
  case ringNotClosed(first: Position, last: Position)
}
