/// Where in the input something stands; every part that is not known is nil.
///
/// - Shape: lines, features, parcels, parts, rings and vertices count from 1, as people count
///   them; bytes count from 0, as programs do.
public struct InputPlace: Hashable, Sendable {
  public var line: Int?
  public var byte: Int?
  public var feature: Int?
  public var part: Int?
  public var ring: Int?
  public var vertex: Int?

  public init(
    line: Int? = nil, byte: Int? = nil, feature: Int? = nil, part: Int? = nil, ring: Int? = nil,
    vertex: Int? = nil
  ) {
    self.line = line
    self.byte = byte
    self.feature = feature
    self.part = part
    self.ring = ring
    self.vertex = vertex
  }

  /// This place, made more exact by what `inner` knows.
  func refined(by inner: InputPlace) -> InputPlace {
    InputPlace(
      line: inner.line ?? line, byte: inner.byte ?? byte, feature: inner.feature ?? feature,
      part: inner.part ?? part, ring: inner.ring ?? ring, vertex: inner.vertex ?? vertex)
  }
}

extension InputPlace: CustomStringConvertible {
  public var description: String {
    let parts: [(String, Int?)] = [
      ("line", line), ("byte", byte), ("feature", feature), ("part", part), ("ring", ring),
      ("vertex", vertex),
    ]
    return parts.compactMap { name, value in value.map { "\(name) \($0)" } }
      .joined(separator: ", ")
  }
}

/// Why something is not a geometry we can measure; carries facts, no sentences.
public enum GeometryError: Error, Hashable, Sendable {
  case positionNotFinite(index: Int)
  case positionOutOfRange(index: Int)
  case ringTooShort(count: Int)
  case ringNotClosed(first: Position, last: Position)

  /// The cause, and where it stands in the input.
  indirect case located(InputPlace, GeometryError)

  // Encodings.
  case endsTooSoon
  /// A count that the rest of the input cannot hold.
  case countExceedsInput(count: Int)
  /// 界址点数 is not how many points there are: lines were lost or added.
  case pointCountDiffers(declared: Int, found: Int)
  case unexpected(found: String, expected: ExpectedInput)
  case unsupportedGeometry(String)
  case tooDeep
  case notJSON(JSONFault)
  case unreadableText(encoding: String)
  case noGeometry

  // Coordinate reference systems.
  case unknownCRS(String)
  /// The datum's shift to CGCS2000 is not public, or not known to better than metres.
  case datumShiftUnknown(crs: String)
  case outsideProjection(Position)
  case notDegrees(Position)
  case zoneContradiction(declared: Int, found: Int)

  // Overlay.
  case invalid(ValidityFault)
  case overlayFailed(String)
}

/// A fault of JSON, as facts: its kind and the byte it stands at.
public struct JSONFault: Hashable, Sendable {
  public let kind: String
  public let byte: Int?

  public init(kind: String, byte: Int?) {
    self.kind = kind
    self.byte = byte
  }
}

extension GeometryError {
  /// The error without its place.
  public var cause: GeometryError {
    guard case .located(_, let inner) = self else { return self }
    return inner.cause
  }

  /// Where the error stands in the input; empty if nobody knew.
  public var place: InputPlace {
    switch self {
    case .located(let place, let inner): place.refined(by: inner.place)
    case .positionNotFinite(let index), .positionOutOfRange(let index):
      InputPlace(vertex: index + 1)
    default: InputPlace()
    }
  }

  /// The same error with its place; what it already knew of the place stays.
  public func located(at place: InputPlace) -> GeometryError {
    .located(place.refined(by: self.place), cause)
  }
}
