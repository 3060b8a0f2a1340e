/// A place: east then north, whatever the file it came from said.
///
/// - Units: degrees of longitude and latitude, or metres of easting and northing; the CRS that
///   goes with the geometry says which.
public struct Position: Hashable, Sendable {
  /// Longitude, or easting.
  public var x: Double
  /// Latitude, or northing.
  public var y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  public var isFinite: Bool { x.isFinite && y.isFinite }
}

/// An axis-parallel box; closed, so boxes that touch meet.
public struct BoundingBox: Hashable, Sendable {
  public var minX: Double
  public var minY: Double
  public var maxX: Double
  public var maxY: Double

  public init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  /// The smallest box around the positions, or nil where there are none.
  public init?(around positions: some Sequence<Position>) {
    var iterator = positions.makeIterator()
    guard let first = iterator.next() else { return nil }
    self = .at(first)
    while let position = iterator.next() { self = enlarged(by: position) }
  }

  static func at(_ position: Position) -> BoundingBox {
    BoundingBox(minX: position.x, minY: position.y, maxX: position.x, maxY: position.y)
  }

  func enlarged(by position: Position) -> BoundingBox {
    BoundingBox(
      minX: min(minX, position.x), minY: min(minY, position.y), maxX: max(maxX, position.x),
      maxY: max(maxY, position.y))
  }

  public func union(_ other: BoundingBox) -> BoundingBox {
    BoundingBox(
      minX: min(minX, other.minX), minY: min(minY, other.minY), maxX: max(maxX, other.maxX),
      maxY: max(maxY, other.maxY))
  }

  public func meets(_ other: BoundingBox) -> Bool {
    minX <= other.maxX && other.minX <= maxX && minY <= other.maxY && other.minY <= maxY
  }
}
