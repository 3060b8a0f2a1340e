/// 聚点: draws all vertices of a small cell where the first of them lies.
///
/// A vertex's new place depends on its cell alone. So neighbours keep what they share: every
/// edge of one is moved as the same edge of the other, and together they cover what they covered,
/// once, with no gap; a polygon that is too small for its cells vanishes into the others'.
///
/// - Assumes: polygons come in the same order in every tile, so that tiles beside one another
///   agree on the cells they share.
/// - Source: J. Rossignac and P. Borrel, Multi-resolution 3D approximations, 1993.
struct VertexClusters {
  private let cell: Double
  private let width: Int
  /// The first vertex of each cell; none is this far away.
  private var firsts: [SIMD2<Float>]
  private static let none = SIMD2<Float>(repeating: -1e6)

  /// `cell` units wide; a divisor of the buffer, so that no cell crosses a tile's border.
  init(cell: Int) {
    precondition(TilePlane.buffer % cell == 0, "cells of \(cell) units")
    self.cell = Double(cell)
    width = (TilePlane.extent + 2 * TilePlane.buffer) / cell + 1
    firsts = Array(repeating: Self.none, count: width * width)
  }

  /// Where a vertex on whole units is drawn; outside tile and buffer, where it lies.
  @inline(__always)
  mutating func place(_ vertex: SIMD2<Double>) -> SIMD2<Double> {
    let offset = vertex - TilePlane.low
    guard offset.x >= 0, offset.y >= 0, vertex.x <= TilePlane.high.x, vertex.y <= TilePlane.high.y
    else { return vertex }
    let index = Int(offset.y / cell) * width + Int(offset.x / cell)
    let first = firsts[index]
    if first.x > -1e5 { return SIMD2(Double(first.x), Double(first.y)) }
    firsts[index] = SIMD2(Float(vertex.x), Float(vertex.y))
    return vertex
  }
}
