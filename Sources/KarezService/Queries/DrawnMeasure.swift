public import KarezCore
public import KarezGeometry

/// 量算: how long a line drawn on the map is, and how much land it encloses.
///
/// On the ellipsoid, and in the plane of the national grid's three-degree zone in which its middle
/// lies. Both are told, each by its name: they differ, and decisions go by the first.
public struct DrawnMeasure: Hashable, Sendable {
  /// What the plane of a zone says.
  public struct Planar: Hashable, Sendable {
    public let grid: GaussKruger
    public let lengthM: Double
    public let area: Area?
  }

  public let lengthM: Double
  /// 椭球面积; nil of a line that is not closed.
  public let area: Area?
  /// Nil outside the national grid.
  public let planar: Planar?

  /// A line of degrees of EPSG:4490; `isClosed` leads it back to where it begins.
  ///
  /// - Errors: `Problem` of kind refused for places that are nowhere, and for a closed line that
  ///   meets itself, which encloses no area one could name.
  public init(_ line: [Position], isClosed: Bool) throws(Problem) {
    do throws(GeometryError) {
      try self.init(measuring: line, isClosed: isClosed)
    } catch {
      throw .geometry(error, of: "line")
    }
  }

  private init(measuring line: [Position], isClosed: Bool) throws(GeometryError) {
    if let far = line.first(where: { !$0.isFinite || abs($0.x) > 180 || abs($0.y) > 90 }) {
      throw .notDegrees(far)
    }
    guard isClosed else {
      (lengthM, area) = (Geodesic().length(ofDegrees: line), nil)
      planar = Self.planar(line, shape: nil)
      return
    }
    let ring = try Ring(line.first == line.last ? line : line + line.prefix(1))
    let shape = MultiPolygon([Polygon(shell: ring)])
    if let fault = try shape.validityFault() { throw .invalid(fault) }
    lengthM = Geodesic().length(ofDegrees: ring.positions)
    area = shape.statutoryArea()
    planar = Self.planar(ring.positions, shape: shape)
  }

  private static func planar(_ line: [Position], shape: MultiPolygon?) -> Planar? {
    guard let box = BoundingBox(around: line),
      let grid = GaussKruger(containing: (box.minX + box.maxX) / 2, isPrefixed: true)
    else { return nil }
    do throws(GeometryError) {
      let placement = try CoordinatePlacement(in: .gaussKruger(grid))
      var length = 0.0
      var previous: Position?
      for degrees in line {
        let place = try placement.position(ofDegrees: degrees)
        if let from = previous {
          let (east, north) = (place.x - from.x, place.y - from.y)
          length += (east * east + north * north).squareRoot()
        }
        previous = place
      }
      guard let shape else { return Planar(grid: grid, lengthM: length, area: nil) }
      guard case .polygons(let placed) = try placement.geometry(ofDegrees: .polygons(shape))
      else { return nil }
      return Planar(grid: grid, lengthM: length, area: placed.planarArea())
    } catch {
      return nil
    }
  }

  public var json: JSONValue {
    .object([
      "lengthM": .string(DecimalText.fixed(lengthM, decimals: 2)),
      "statutoryAreaM2": .optional(area?.text),
      "planarLengthM": .optional(planar.map { DecimalText.fixed($0.lengthM, decimals: 2) }),
      "planarAreaM2": .optional(planar?.area?.text),
      "planarCRS": .optional(planar?.grid.epsg.map { "EPSG:\($0)" }),
      "planarZone": planar.map { .integer(Int64($0.grid.zone)) } ?? .null,
    ])
  }
}
