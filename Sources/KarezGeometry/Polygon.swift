/// A closed line: at least four positions, all finite, the last equal to the first.
///
/// No coordinate is beyond 10⁹, which no system on Earth reaches, so that every area is finite.
/// Orientation is whatever the source had; areas do not depend on it.
public struct Ring: Hashable, Sendable {
  public let positions: [Position]

  public init(_ positions: [Position]) throws(GeometryError) {
    if let bad = positions.firstIndex(where: { !$0.isFinite }) {
      throw .positionNotFinite(index: bad)
    }
    if let far = positions.firstIndex(where: { max(abs($0.x), abs($0.y)) > 1e9 }) {
      throw .positionOutOfRange(index: far)
    }
    guard positions.count >= 4 else { throw .ringTooShort(count: positions.count) }
    guard let first = positions.first, let last = positions.last, first == last else {
      throw .ringNotClosed(first: positions[0], last: positions[positions.count - 1])
    }
    self.positions = positions
  }

  /// A ring made from the positions of another ring, in another order or another CRS.
  init(unchecked positions: [Position]) { self.positions = positions }
}

/// One shell and the holes in it.
public struct Polygon: Hashable, Sendable {
  public let shell: Ring
  public let holes: [Ring]

  public init(shell: Ring, holes: [Ring] = []) {
    self.shell = shell
    self.holes = holes
  }

  public var rings: [Ring] { [shell] + holes }
}

/// What every areal feature is here: one or more polygons; one is a multipolygon of one.
public struct MultiPolygon: Hashable, Sendable {
  public let polygons: [Polygon]

  public init(_ polygons: [Polygon]) { self.polygons = polygons }

  public var boundingBox: BoundingBox? {
    polygons.reduce(nil as BoundingBox?) { whole, polygon in
      let box = BoundingBox(around: polygon.shell.positions)
      return whole.flatMap { whole in box.map(whole.union) } ?? whole ?? box
    }
  }

  public var vertexCount: Int {
    polygons.reduce(0) { $0 + $1.rings.reduce(0) { $0 + $1.positions.count } }
  }
}

/// A feature's geometry, two-dimensional.
public enum Geometry: Hashable, Sendable {
  case points([Position])
  case lines([[Position]])
  case polygons(MultiPolygon)

  public var boundingBox: BoundingBox? {
    switch self {
    case .points(let positions): BoundingBox(around: positions)
    case .lines(let lines): BoundingBox(around: lines.lazy.flatMap { $0 })
    case .polygons(let multi): multi.boundingBox
    }
  }
}
