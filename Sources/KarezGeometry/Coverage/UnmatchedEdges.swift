/// The edges of a coverage that have no opposite: its outer border, and the borders of all faults.
///
/// At every vertex as many come as go, for they are what is left of closed rings when pairs of
/// opposites are taken away. The winding number of them all around a place is the number of
/// polygons that cover it.
struct UnmatchedEdges {
  /// Sorted by polygon.
  let polygons: [Int32]
  let starts: [SIMD2<Int64>]
  let ends: [SIMD2<Int64>]
  /// First edge of each polygon that has any.
  let firsts: [Int32: Range<Int>]

  init(_ entries: [EdgeTable.Entry], of layer: Layer) throws(LayerError) {
    var polygons: [Int32] = []
    var starts: [SIMD2<Int64>] = []
    var ends: [SIMD2<Int64>] = []
    polygons.reserveCapacity(entries.count)
    starts.reserveCapacity(entries.count)
    ends.reserveCapacity(entries.count)
    let vertices = PolygonVertices()
    var firsts: [Int32: Range<Int>] = [:]
    var first = 0
    for entry in entries {
      let polygon = Int32(truncatingIfNeeded: entry.polygon)
      if polygons.last != polygon {
        try vertices.read(Int(entry.polygon), of: layer)
        first = polygons.count
      }
      let start = Int(entry.vertex)
      polygons.append(polygon)
      starts.append(vertices.bits[start])
      ends.append(vertices.bits[vertices.next(after: start)])
      firsts[polygon] = first..<polygons.count
    }
    self.polygons = polygons
    self.starts = starts
    self.ends = ends
    self.firsts = firsts
  }

  var count: Int { polygons.count }
}
