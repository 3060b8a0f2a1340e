/// Measures left polygons one after another; one to a stretch, so nothing of it is shared.
final class OverlayWorker {
  private let batch: OverlayBatch
  private let search = LayerSearch()
  private let repairing = RepairingOverlap()
  private var planar: PlanarPairs?
  /// Sums by group, and which of them are not nothing.
  private var sums: [Double]
  private var touched: [Int] = []

  init(_ batch: OverlayBatch) {
    self.batch = batch
    sums = Array(repeating: 0, count: batch.groups.names.count)
    if case .planar(let grid) = batch.plane { planar = PlanarPairs(grid) }
  }

  /// Adds up what a polygon has of every group; answers the pairs, and those repaired.
  func measure(
    _ number: Int, of layer: Layer
  ) throws(LayerError) -> (pairs: Int, repaired: Int) {
    let shape = try layer.shape(of: number)
    var pairs = 0
    var repaired = 0
    for (part, selection) in batch.right.enumerated() {
      let other = selection.layer
      try search.overlaps(of: shape, in: other) { overlap throws(LayerError) in
        guard selection.admits?(overlap.polygon) ?? true else { return }
        var area = overlap.areaM2
        if planar != nil {
          area = try planarArea(number, of: layer, overlap.polygon, of: other)
        } else if !overlap.isSound {
          area = try repairedArea(number, of: layer, overlap.polygon, of: other)
          repaired += 1
        }
        guard area > PairKernel.residue else { return }
        pairs += 1
        let group = try batch.groups.group(of: overlap.polygon, in: part, other)
        if sums[group] == 0 { touched.append(group) }
        sums[group] += area
      }
    }
    return (pairs, repaired)
  }

  /// Hands out the sums by group, in the order of the groups, and forgets them.
  func take(_ body: (Int, Double) -> Void) {
    touched.sort()
    for group in touched {
      body(group, sums[group])
      sums[group] = 0
    }
    touched.removeAll(keepingCapacity: true)
  }

  private func repairedArea(
    _ number: Int, of layer: Layer, _ polygon: Int, of other: Layer
  ) throws(LayerError) -> Double {
    do throws(GeometryError) {
      return try repairing.area(
        try Self.geometry(number, of: layer), try Self.geometry(polygon, of: other))
    } catch {
      throw .geometry(row: other.row(of: polygon), error)
    }
  }

  private func planarArea(
    _ number: Int, of layer: Layer, _ polygon: Int, of other: Layer
  ) throws(LayerError) -> Double {
    do throws(GeometryError) {
      let own = try Self.geometry(number, of: layer)
      let theirs = try Self.geometry(polygon, of: other)
      return try planar?.area(own, id: number, theirs, id: polygon) ?? 0
    } catch {
      throw .geometry(row: other.row(of: polygon), error)
    }
  }

  private static func geometry(
    _ number: Int, of layer: Layer
  ) throws(GeometryError) -> MultiPolygon {
    do throws(LayerError) {
      return try layer.geometry(of: number)
    } catch {
      throw .overlayFailed("\(error)")
    }
  }
}

/// Overlaps in a grid of metres: polygons are projected where they are met.
///
/// Edges are straight in the grid then, and not in the plane of the statutory area, so planar
/// pieces sum to planar wholes.
final class PlanarPairs {
  private let grid: GaussKruger
  private let frame: PlaneFrame
  private let kernel = PairKernel()
  private let repairing = RepairingOverlap(plane: .asGiven)
  private var own: (id: Int, geometry: MultiPolygon, shape: PlaneShape)?

  init(_ grid: GaussKruger) {
    self.grid = grid
    // Eastings with their zone's number before them are the largest coordinates there are.
    frame = .asGiven(reaching: 0x1p26)
  }

  /// Planar square metres common to two polygons in degrees; the first is kept by its id.
  func area(
    _ a: MultiPolygon, id: Int, _ b: MultiPolygon, id otherID: Int
  ) throws(GeometryError) -> Double {
    if own?.id != id {
      let projected = try grid.projected(a)
      own = (id, projected, PlaneShape(projected, in: frame))
    }
    guard let own else { return 0 }
    let other = try grid.projected(b)
    let overlap = kernel.overlap(own.shape, PlaneShape(other, in: frame))
    return overlap.isSound ? overlap.area : try repairing.area(own.geometry, other)
  }
}

extension GaussKruger {
  /// The polygons with every vertex on the grid, none added.
  func projected(_ multi: MultiPolygon) throws(GeometryError) -> MultiPolygon {
    var polygons: [Polygon] = []
    for polygon in multi.polygons {
      var rings: [Ring] = []
      for ring in polygon.rings {
        var positions: [Position] = []
        positions.reserveCapacity(ring.positions.count)
        for position in ring.positions {
          positions.append(try self.position(ofDegrees: position))
        }
        rings.append(Ring(unchecked: positions))
      }
      polygons.append(Polygon(shell: rings[0], holes: Array(rings.dropFirst())))
    }
    return MultiPolygon(polygons)
  }
}
