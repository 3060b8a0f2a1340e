/// 简化: a coverage with fewer vertices, whose neighbours still fit.
///
/// Visvalingam's method on the borders themselves: the vertex whose triangle with its neighbours
/// on the line is smallest goes first. A vertex where three borders meet stays; so does one whose
/// triangle holds another vertex, for the new edge might cross what is there; and one whose
/// neighbours are joined by an edge already. Every border is simplified once, for both sides, so
/// the answer is a coverage again: nothing crosses, and no gap or overlap comes to be.
///
/// - Complexity: O(*n* log *n*); some 150 bytes a vertex of memory.
/// - Source: M. Visvalingam and J. D. Whyatt, Line generalisation by repeated elimination of
///   points, 1993.
public struct CoverageSimplification: Sendable {
  /// How much of a border may be given up at a vertex.
  public enum Tolerance: Hashable, Sendable {
    /// The triangle a vertex makes with its neighbours.
    case squareMetres(Double)
    /// The vertex's distance from the line between its neighbours.
    case metres(Double)
  }

  private let layer: Layer
  /// Whether each vertex stays, in the order of the layer's rings.
  private let stays: [Bool]
  /// First vertex of each polygon in `stays`.
  private let firsts: [Int]
  public let vertexCount: Int
  /// Vertices that are left, those of common borders counted for each side.
  public let remainingCount: Int

  /// Simplifies a layer that has no overlaps and no mismatches; gaps stay as they are.
  ///
  /// - Errors: `CoverageError.notACoverage` for one that has, with their number.
  public init(
    of layer: Layer, tolerance: Tolerance, tasks: Int = 2,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async throws {
    let examination = try await CoverageExamination(of: layer, tasks: tasks, progress: progress)
    let faults = examination.faults.count { $0.kind != .gap } + examination.unsound.count
    guard faults == 0 else { throw CoverageError.notACoverage(faults: faults) }
    var network = try BorderNetwork(layer)
    try network.simplify(to: tolerance)
    var stays: [Bool] = []
    stays.reserveCapacity(network.vertexOf.count)
    for vertex in network.vertexOf { stays.append(network.stays(Int(vertex))) }
    self.layer = layer
    self.stays = stays
    firsts = network.firsts
    vertexCount = stays.count
    remainingCount = stays.count { $0 }
  }

  /// A polygon with the vertices that are left, in degrees, to the last bit of the source.
  public func geometry(of number: Int) throws(LayerError) -> MultiPolygon {
    var next = firsts[number]
    let whole = try layer.geometry(of: number)
    return MultiPolygon(
      whole.polygons.map { polygon in
        let shell = left(of: polygon.shell, from: &next)
        var holes: [Ring] = []
        for hole in polygon.holes { holes.append(left(of: hole, from: &next)) }
        return Polygon(shell: shell, holes: holes)
      })
  }

  private func left(of ring: Ring, from next: inout Int) -> Ring {
    var positions: [Position] = []
    for position in ring.positions.dropLast() {
      if stays[next] { positions.append(position) }
      next += 1
    }
    positions += positions.prefix(1)
    return Ring(unchecked: positions)
  }
}

/// Why a coverage could not be worked on.
public enum CoverageError: Error, Hashable, Sendable {
  /// Polygons overlap, or miss each other's vertices.
  case notACoverage(faults: Int)
}
