import CGEOS
public import KarezCore

/// What a feature and a boundary have in common.
public struct Piece: Hashable, Sendable {
  /// 椭球面积 of the piece.
  public let area: Area
  /// In degrees of EPSG:4490; for display.
  public let geometry: MultiPolygon

  public static let none = Piece(area: .zero, geometry: MultiPolygon([]))

  public var areaM2: Double { area.squareMetres }
  public var isEmpty: Bool { geometry.polygons.isEmpty }
}

/// A boundary made ready to be intersected with many features, in the statutory plane.
///
/// Not Sendable: it belongs to the task that made it.
///
/// - Accuracy: 1e-5 m² a piece, and pieces of a gapless coverage sum to the boundary's area to
///   1e-4 m²; held by `PreparedBoundaryTests`.
public final class PreparedBoundary {
  /// The part of an overlay that is below what coordinates resolve, and is taken as touching.
  ///
  /// Shared edges leave up to 2e-10 m² a vertex by rounding; a thousandth of the smallest
  /// printed area is far above that and far below anything a figure could show.
  static let residueSquareMetres = 1e-6

  /// 椭球面积 of the whole boundary.
  public let area: Area
  /// In degrees of EPSG:4490; nil for an empty boundary.
  public let boundingBox: BoundingBox?

  private let boundary: MultiPolygon
  private let region: PlaneRegion
  private let prepared: OpaquePointer

  /// The boundary, in degrees of EPSG:4490.
  ///
  /// - Errors: `invalid`, with the place in degrees.
  public init(_ boundary: MultiPolygon) throws(GeometryError) {
    let region = try PlaneRegion(boundary)
    let session = region.shape.session
    guard let prepared = GEOSPrepare_r(session.context, region.shape.pointer) else {
      throw session.failure()
    }
    self.boundary = boundary
    self.region = region
    self.prepared = prepared
    self.area = region.area
    self.boundingBox = boundary.boundingBox
  }

  deinit { GEOSPreparedGeom_destroy_r(region.shape.session.context, prepared) }

  /// The piece of a feature that lies in the boundary.
  ///
  /// A feature that lies wholly inside is its own piece, with its own stored vertices and area.
  ///
  /// A recorded feature may be invalid: its fault was accepted at the gate, or came of rounding
  /// when its rings, valid as written, were converted. `isRepairing` counts it by the area it
  /// does bound.
  ///
  /// - Errors: `invalid` for a feature that bounds no area properly, with the place in degrees.
  public func piece(
    in feature: MultiPolygon, isRepairing: Bool = false
  ) throws(GeometryError) -> Piece {
    switch try meeting(with: feature, isRepairing: isRepairing) {
    case .apart: return .none
    case .inside(let other): return Piece(area: other.area, geometry: feature)
    case .across(let other):
      let common = try region.intersection(other)
      guard common.area.squareMetres > Self.residueSquareMetres else { return .none }
      return Piece(area: common.area, geometry: common.multiPolygon())
    }
  }

  /// The land of the boundary that any of the features covers, counted once where they overlap.
  ///
  /// Each feature is cut before they are united, so that a feature of a whole county costs no
  /// more than what of it lies here.
  ///
  /// - Errors: `invalid`, with the number of the feature.
  public func region(
    coveredBy features: [MultiPolygon], isRepairing: Bool = false
  ) throws(GeometryError) -> PlaneRegion {
    var pieces: [Polygon] = []
    for (index, feature) in features.enumerated() {
      do throws(GeometryError) {
        switch try meeting(with: feature, isRepairing: isRepairing) {
        case .apart: break
        case .inside(let other): pieces += other.inPlane.polygons
        case .across(let other): pieces += try region.intersection(other).inPlane.polygons
        }
      } catch {
        throw error.located(at: InputPlace(feature: index + 1))
      }
    }
    return try PlaneRegion(
      uniting: pieces, plane: .statutory, session: region.shape.session)
  }

  private enum Meeting {
    case apart
    case inside(PlaneRegion)
    case across(PlaneRegion)
  }

  private func meeting(
    with feature: MultiPolygon, isRepairing: Bool
  ) throws(GeometryError) -> Meeting {
    guard let box = feature.boundingBox, boundingBox?.meets(box) == true else { return .apart }
    let session = region.shape.session
    let other = try PlaneRegion(
      feature, plane: .statutory, session: session, isRepairing: isRepairing)
    let context = session.context
    guard
      try session.answer(GEOSPreparedIntersects_r(context, prepared, other.shape.pointer))
    else { return .apart }
    let isInside = try session.answer(
      GEOSPreparedCovers_r(context, prepared, other.shape.pointer))
    return isInside ? .inside(other) : .across(other)
  }

  /// Whether a place, in degrees, lies in the boundary or on its edge.
  public func covers(_ place: Position) -> Bool {
    guard place.isFinite else { return false }
    return region.inPlane.covers(StatutoryPlane.position(ofDegrees: place))
  }

  /// Whether any of the lines, in degrees, meets the boundary or its edge.
  public func meets(lines: [[Position]]) throws(GeometryError) -> Bool {
    let whole = lines.filter { $0.count > 1 }
    guard !whole.isEmpty else { return lines.contains { $0.contains(where: covers) } }
    let session = region.shape.session
    let shape = try session.shape(
      ofLines: whole.map { $0.map(StatutoryPlane.position(ofDegrees:)) })
    return try session.answer(
      GEOSPreparedIntersects_r(session.context, prepared, shape.pointer))
  }

  /// The boundary as a region, to intersect with others or subtract them from.
  public func asRegion() -> PlaneRegion { region }
}

extension MultiPolygon {
  /// What keeps it from bounding an area, or nil for a valid one.
  ///
  /// Judged in its own coordinates, whatever they are; the place is in them too.
  public func validityFault() throws(GeometryError) -> ValidityFault? {
    let session = GEOSSession()
    return try session.validityFault(of: try session.shape(of: self))
  }

  /// Whether a place lies in one of the polygons or on an edge, in the coordinates as given.
  ///
  /// - Complexity: O(*n*) in the number of positions.
  public func covers(_ place: Position) -> Bool {
    polygons.contains { polygon in
      let inShell = polygon.shell.side(of: place)
      guard inShell == .inside else { return inShell == .onEdge }
      return polygon.holes.allSatisfy { $0.side(of: place) != .inside }
    }
  }
}

extension Ring {
  enum Side {
    case inside
    case onEdge
    case outside
  }

  /// Where a place lies, by crossings of the ray that goes east from it.
  func side(of place: Position) -> Side {
    var isInside = false
    for (start, end) in zip(positions, positions.dropFirst()) {
      let cross =
        (end.x - start.x) * (place.y - start.y) - (place.x - start.x) * (end.y - start.y)
      if cross == 0, min(start.x, end.x) <= place.x, place.x <= max(start.x, end.x),
        min(start.y, end.y) <= place.y, place.y <= max(start.y, end.y)
      {
        return .onEdge
      }
      // Half open in y, so that a vertex on the ray counts once.
      guard (start.y <= place.y) != (end.y <= place.y) else { continue }
      if (cross > 0) == (end.y > start.y) { isInside.toggle() }
    }
    return isInside ? .inside : .outside
  }
}
