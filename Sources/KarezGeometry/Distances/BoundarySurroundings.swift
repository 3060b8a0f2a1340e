import CGEOS
import Glibc
import KarezCore

/// One feature as far as it lies around a boundary.
public final class Neighbour {
  /// From the boundary, to the millimetre; nothing for a feature that meets it.
  public let distanceMetres: Double
  /// In the local plane.
  fileprivate let shape: GEOSShape

  fileprivate init(distanceMetres: Double, shape: GEOSShape) {
    self.distanceMetres = distanceMetres
    self.shape = shape
  }
}

/// What lies around a boundary: how far away, and how much of the boundary lies near it.
///
/// Distances are taken, and buffers made, in a plane around the boundary's middle where lengths
/// are true; areas are statutory ones. "Within" includes the distance itself: coordinates carry
/// about a tenth of a millimetre, so distances are told to the millimetre and 5.0004 m is 5 m.
///
/// Not Sendable: it belongs to the task that made it.
///
/// - Accuracy: that of `LocalPlane`, and 1 mm where a buffer is round; held by
///   `BoundarySurroundingsTests`.
public final class BoundarySurroundings {
  private let boundary: PreparedBoundary
  private let box: BoundingBox
  private let plane: LocalPlane
  private let session = GEOSSession()
  private let shape: GEOSShape
  private let prepared: OpaquePointer

  /// - Errors: `noGeometry` for an empty boundary; `outsideProjection` for one that reaches more
  ///   than 6° of longitude from its middle.
  public init(of boundary: PreparedBoundary) throws(GeometryError) {
    guard let box = boundary.boundingBox else { throw .noGeometry }
    let plane = LocalPlane(around: box)
    let local = try plane.polygons(ofStatutory: boundary.asRegion().inPlane)
    let shape = try session.shape(of: local)
    guard let prepared = GEOSPrepare_r(session.context, shape.pointer) else {
      throw session.failure()
    }
    self.boundary = boundary
    self.box = box
    self.plane = plane
    self.shape = shape
    self.prepared = prepared
  }

  deinit { GEOSPreparedGeom_destroy_r(session.context, prepared) }

  // MARK: Neighbours

  /// A feature as far as it lies within reach; nil where nothing of it does.
  ///
  /// - Units: degrees of EPSG:4490, and metres.
  public func neighbour(
    _ feature: Geometry, reaching metres: Double
  ) throws(GeometryError) -> Neighbour? {
    let window = box.widened(byMetres: metres)
    guard let featureBox = feature.boundingBox, featureBox.meets(window),
      let shape = try local(feature, in: window)
    else { return nil }
    var distance = 0.0
    guard
      GEOSPreparedDistance_r(session.context, prepared, shape.pointer, &distance) == 1
    else { throw session.failure() }
    let told = (distance * 1_000).rounded() / 1_000
    return told <= metres ? Neighbour(distanceMetres: told, shape: shape) : nil
  }

  /// What of a feature lies in the window or near it, in the local plane.
  private func local(
    _ feature: Geometry, in window: BoundingBox
  ) throws(GeometryError) -> GEOSShape? {
    switch feature {
    case .points(let positions):
      var places: [Position] = []
      for position in positions where window.meets(.at(position)) {
        places.append(try plane.place(ofDegrees: position))
      }
      return places.isEmpty ? nil : try session.shape(ofPoints: places)
    case .lines(let lines):
      return try local(lines.flatMap { Self.runs(of: $0, in: window) })
    case .polygons(let multi):
      var region = try PlaneRegion(multi, plane: .statutory, session: session, isRepairing: true)
      if multi.boundingBox.map({ window.union($0) != window }) ?? true {
        region = try region.intersection(
          PlaneRegion(window.polygon, plane: .statutory, session: session))
      }
      guard !region.isEmpty else { return nil }
      return try session.shape(of: plane.polygons(ofStatutory: region.inPlane))
    }
  }

  /// Stretches of lines in the local plane; one of a single position is a point.
  private func local(_ runs: [[Position]]) throws(GeometryError) -> GEOSShape? {
    var lines: [[Position]] = []
    var points: [Position] = []
    for run in runs {
      let line = try plane.line(ofStatutory: run.map(StatutoryPlane.position(ofDegrees:)))
      if run.count == 1 { points += line } else { lines.append(line) }
    }
    guard !runs.isEmpty else { return nil }
    return try session.shape(
      collecting: [session.shape(ofLines: lines), session.shape(ofPoints: points)])
  }

  /// The stretches of a line whose edges come near the window; only they can lie within reach.
  private static func runs(of line: [Position], in window: BoundingBox) -> [[Position]] {
    var runs: [[Position]] = []
    var isOpen = false
    // A position twice in a row is no edge.
    let moves = zip(line, line.dropFirst()).filter { $0 != $1 }
    guard !moves.isEmpty else { return line.first.map { [[$0]] } ?? [] }
    for (start, end) in moves {
      guard BoundingBox.at(start).enlarged(by: end).meets(window) else {
        isOpen = false
        continue
      }
      if !isOpen { runs.append([start]) }
      runs[runs.count - 1].append(end)
      isOpen = true
    }
    return runs
  }

  // MARK: Land

  /// The land of the boundary that lies no farther than so many metres from any of the neighbours.
  public func land(
    within metres: Double, of neighbours: [Neighbour]
  ) throws(GeometryError) -> PlaneRegion {
    let near = neighbours.filter { $0.distanceMetres <= metres }
    var polygons: [Polygon] = []
    if !near.isEmpty {
      let all = try session.shape(collecting: near.map(\.shape))
      let buffer = try session.shape(
        GEOSBuffer_r(
          session.context, all.pointer, metres,
          Int32(Self.segmentsPerQuadrant(metres: metres))))
      polygons = try plane.statutory(session.multiPolygon(of: buffer)).polygons
    }
    let region = try PlaneRegion(uniting: polygons, plane: .statutory, session: session)
    return try boundary.asRegion().intersection(region)
  }

  /// Into how many straight lines a buffer divides a quarter of a circle.
  ///
  /// So many that they run at most 1 mm inside the arc, which is what distances are told to, and
  /// never fewer than one a degree. A polygon of 4 *n* corners then covers all of its circle but
  /// (π / 2 *n*)² / 6, at most 5.1e-5: 0.004 m² of the 78.54 m² around a point at 5 m.
  static func segmentsPerQuadrant(metres: Double) -> Int {
    let halfAngle = acos(1 - min(1e-3 / metres, 1))
    return max(90, Int((.pi / 4 / halfAngle).rounded(.up)))
  }
}

extension BoundingBox {
  fileprivate var polygon: MultiPolygon {
    let corners = [
      Position(x: minX, y: minY), Position(x: maxX, y: minY), Position(x: maxX, y: maxY),
      Position(x: minX, y: maxY), Position(x: minX, y: minY),
    ]
    return MultiPolygon([Polygon(shell: Ring(unchecked: corners))])
  }
}
