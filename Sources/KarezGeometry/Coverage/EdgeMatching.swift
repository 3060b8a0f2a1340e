/// Matches the edges of polygons of a layer with their opposites.
///
/// Not Sendable: it belongs to one task.
final class EdgeMatching {
  private let layer: Layer
  private let table: EdgeTable
  private let vertices = PolygonVertices()
  private var hashes: [UInt64] = []

  /// `bits` says how large the table is made; it grows as it must.
  init(_ layer: Layer, bits: UInt64 = 12) {
    self.layer = layer
    table = EdgeTable(bits: bits)
  }

  func add(_ number: Int) throws(LayerError) {
    try vertices.read(number, of: layer)
    let bits = vertices.bits
    hashes.removeAll(keepingCapacity: true)
    for vertex in bits { hashes.append(CoverageVertex.hash(vertex)) }
    for ring in vertices.rings {
      var last = ring.first + ring.count - 1
      for vertex in ring.first..<ring.first + ring.count {
        let (start, end) = (bits[last], bits[vertex])
        // An edge without length bounds nothing.
        if start != end {
          let entry = EdgeTable.Entry(
            key: EdgeTable.key(start, hashes[last], end, hashes[vertex]),
            polygon: UInt32(truncatingIfNeeded: number),
            vertex: UInt32(truncatingIfNeeded: last))
          try match(entry, start, end)
        }
        last = vertex
      }
    }
  }

  @inline(__always)
  private func match(
    _ entry: EdgeTable.Entry, _ start: SIMD2<Int64>, _ end: SIMD2<Int64>
  ) throws(LayerError) {
    try table.match(entry) { other throws(LayerError) in
      let edge = try layer.edge(Int(other.vertex), of: Int(other.polygon))
      return edge.start == end && edge.end == start
    }
  }

  /// Matches what another part of the layer left over with what this one did.
  func add(_ left: [EdgeTable.Entry]) throws(LayerError) {
    for entry in left {
      let edge = try layer.edge(Int(entry.vertex), of: Int(entry.polygon))
      try match(entry, edge.start, edge.end)
    }
  }

  func remaining() -> [EdgeTable.Entry] { table.remaining() }

  /// Both ends of all edges without an opposite, by polygon.
  func remainingEdges() throws(LayerError) -> (starts: [SIMD2<Int64>], ends: [SIMD2<Int64>]) {
    let entries = table.remaining()
    var (starts, ends): ([SIMD2<Int64>], [SIMD2<Int64>]) = ([], [])
    starts.reserveCapacity(entries.count)
    ends.reserveCapacity(entries.count)
    var last: UInt32?
    for entry in entries {
      if entry.polygon != last { try vertices.read(Int(entry.polygon), of: layer) }
      last = entry.polygon
      let start = Int(entry.vertex)
      starts.append(vertices.bits[start])
      ends.append(vertices.bits[vertices.next(after: start)])
    }
    return (starts, ends)
  }
}

extension EdgeMatching {
  private static let reportEvery = 4_096

  /// The edges of a whole layer that have no opposite.
  ///
  /// Two tasks take half of the Hilbert order each. `progress` is told how many polygons have
  /// been read; it may be called by either.
  ///
  /// - Complexity: O(*n*) in the number of vertices; memory by the frontier, and by what is left.
  static func unmatched(
    in layer: Layer, tasks: Int = 2, progress: (@Sendable (Int) -> Void)? = nil
  ) async throws -> [EdgeTable.Entry] {
    let parts = max(1, min(tasks, layer.count / 1_000))
    var left: [[EdgeTable.Entry]] = []
    try await withThrowingTaskGroup(of: (Int, [EdgeTable.Entry]).self) { group in
      for part in 0..<parts {
        group.addTask {
          let range = layer.count * part / parts..<layer.count * (part + 1) / parts
          return (part, try unmatched(in: layer, range, progress))
        }
      }
      var found: [Int: [EdgeTable.Entry]] = [:]
      for try await (part, entries) in group { found[part] = entries }
      left = (0..<parts).compactMap { found[$0] }
    }
    guard left.count > 1 else { return left.first ?? [] }
    let matching = EdgeMatching(layer)
    for entries in left { try matching.add(entries) }
    return matching.remaining()
  }

  private static func unmatched(
    in layer: Layer, _ range: Range<Int>, _ progress: (@Sendable (Int) -> Void)?
  ) throws -> [EdgeTable.Entry] {
    let matching = EdgeMatching(layer)
    for number in range {
      try matching.add(number)
      if (number + 1 - range.lowerBound) % reportEvery == 0 {
        try Task.checkCancellation()
        progress?(reportEvery)
      }
    }
    progress?(range.count % reportEvery)
    return matching.remaining()
  }
}
