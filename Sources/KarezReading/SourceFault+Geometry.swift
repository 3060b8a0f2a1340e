package import KarezGeometry

extension SourceFault {
  /// What keeps coordinates from being a geometry.
  package init(_ error: GeometryError) {
    let place = error.place
    let part = place.part ?? 1
    let ring = place.ring ?? 1
    switch error.cause {
    case .positionNotFinite(let index):
      self = .notFinite(part: part, ring: ring, vertex: place.vertex ?? index + 1)
    case .ringTooShort(let count):
      self = .ringTooShort(part: part, ring: ring, vertices: count)
    case .ringNotClosed: self = .ringNotClosed(part: part, ring: ring)
    case .unsupportedGeometry(let name): self = .unsupportedType(name)
    case .noGeometry: self = .empty
    case .unexpected(let found, let expected):
      self = .malformed(what: "\(place): \(found), not \(expected)")
    default: self = .malformed(what: "\(place): \(error.cause)")
    }
  }
}
