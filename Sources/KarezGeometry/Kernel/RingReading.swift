/// A point to be placed in a polygon.
struct PlacedPoint {
  /// In the plane, from the origin of the pair.
  let point: SIMD2<Double>
  /// Its y on the grid of the source, where that is at hand.
  let sourceY: Double
}

/// Rings of a polygon as a pair reads them, wherever they are kept.
///
/// Vertices have numbers; a ring's last vertex is followed by its first. Points come out in the
/// plane, from the origin of the pair; codes and boxes are in whatever the vertices are kept in.
protocol RingReading {
  var ringCount: Int { get }
  func ring(_ number: Int) -> RingPlace
  /// Writes a code for each of some consecutive vertices: bits for left, right, below and above
  /// the pair's window; 0 inside or on its edge.
  func writeCodes(_ vertices: Range<Int>, to codes: UnsafeMutablePointer<UInt8>)
  func point(_ vertex: Int) -> SIMD2<Double>
  /// Whether a vertex lies lower than a point, or level with it where that counts as lower.
  func isLower(_ vertex: Int, than point: PlacedPoint, orLevel: Bool) -> Bool
  func chunk(_ index: Int) -> SIMD4<Float>
  func block(_ index: Int) -> SIMD4<Float>
  /// The window as boxes are compared with it.
  var facing: SIMD4<Float> { get }
  /// The point as boxes are compared with it.
  func kept(_ point: PlacedPoint) -> SIMD2<Double>
}

struct RingPlace {
  let first: Int
  let count: Int
  let boxes: EdgeBoxes.Place
}

extension RingReading {
  /// The number of vertex `index` of a ring; the one after the last is the first.
  @inline(__always)
  func vertex(_ index: Int, of ring: RingPlace) -> Int {
    ring.first + (index == ring.count ? 0 : index)
  }

  /// The winding number around a point, by the edges that cross its ray to the east.
  ///
  /// `isPointMoved` says which of the two polygons is thought moved: the point's, or this one.
  func winding(around point: PlacedPoint, isPointMoved: Bool, _ cross: ExactCross) -> Int32 {
    var winding: Int32 = 0
    for number in 0..<ringCount {
      let ring = ring(number)
      if ring.boxes.chunk < 0 {
        winding += crossings(0..<ring.count, of: ring, point, isPointMoved, cross)
        continue
      }
      let place = kept(point)
      for first in stride(from: 0, to: ring.count, by: EdgeBoxes.blockLength) {
        let end = min(ring.count, first + EdgeBoxes.blockLength)
        let box = block(ring.boxes.block + first / EdgeBoxes.blockLength)
        switch EdgeBoxes.side(box, of: place, slack: 4) {
        case .passed: break
        case .east: winding += ends(first, end, of: ring, point, isPointMoved)
        case .around:
          winding += chunkCrossings(first..<end, of: ring, point, isPointMoved, cross)
        }
      }
    }
    return winding
  }

  private func chunkCrossings(
    _ range: Range<Int>, of ring: RingPlace, _ point: PlacedPoint, _ isPointMoved: Bool,
    _ cross: ExactCross
  ) -> Int32 {
    let place = kept(point)
    var winding: Int32 = 0
    for first in stride(from: range.lowerBound, to: range.upperBound, by: EdgeBoxes.chunkLength) {
      let end = min(range.upperBound, first + EdgeBoxes.chunkLength)
      let box = chunk(ring.boxes.chunk + first / EdgeBoxes.chunkLength)
      switch EdgeBoxes.side(box, of: place, slack: 4) {
      case .passed: break
      case .east: winding += ends(first, end, of: ring, point, isPointMoved)
      case .around: winding += crossings(first..<end, of: ring, point, isPointMoved, cross)
      }
    }
    return winding
  }

  /// Edges that all lie east are crossed as often, on balance, as the line between their ends.
  private func ends(
    _ first: Int, _ end: Int, of ring: RingPlace, _ point: PlacedPoint, _ isPointMoved: Bool
  ) -> Int32 {
    let isLow = isLower(vertex(first, of: ring), than: point, orLevel: isPointMoved)
    let isEndLow = isLower(vertex(end, of: ring), than: point, orLevel: isPointMoved)
    return isLow == isEndLow ? 0 : isLow ? 1 : -1
  }

  @inline(__always)
  private func crossings(
    _ edges: Range<Int>, of ring: RingPlace, _ point: PlacedPoint, _ isPointMoved: Bool,
    _ cross: ExactCross
  ) -> Int32 {
    var winding: Int32 = 0
    var isLow = isLower(ring.first + edges.lowerBound, than: point, orLevel: isPointMoved)
    for edge in edges {
      let next = vertex(edge + 1, of: ring)
      let isNextLow = isLower(next, than: point, orLevel: isPointMoved)
      defer { isLow = isNextLow }
      if isLow == isNextLow { continue }
      let p = self.point(ring.first + edge)
      let q = self.point(next)
      let (dx, dy) = (q.x - p.x, q.y - p.y)
      let side = cross.sign(dx, dy, point.point.x - p.x, point.point.y - p.y)
      let isLeft =
        isPointMoved
        ? MovedSide.isPointLeft(side, dx, dy) : MovedSide.isEdgeRight(side, dx, dy)
      if isLow && isLeft { winding += 1 }
      if !isLow && !isLeft { winding -= 1 }
    }
    return winding
  }

  /// Collects the edges that may meet the window, in runs.
  @inline(__always)
  func gather(into found: CandidateEdges) {
    found.removeAll()
    for number in 0..<ringCount { gather(ring: number, into: found) }
  }

  @inline(__always)
  private func gather(ring number: Int, into found: CandidateEdges) {
    let ring = ring(number)
    found.notes.removeAll()
    if ring.boxes.chunk < 0 {
      noteRuns(0..<ring.count, of: ring, into: found)
    } else {
      noteBoxedRuns(of: ring, into: found)
    }
    emit(ring, number, into: found)
  }

  /// Notes the runs among some consecutive edges.
  ///
  /// An edge with both ends beside the window on one side cannot meet it. Eight edges at a time
  /// are seen to be such; only where one is not are they looked at singly.
  @inline(__always)
  private func noteRuns(_ edges: Range<Int>, of ring: RingPlace, into found: CandidateEdges) {
    let count = edges.count
    found.codes.removeAll()
    let codes = found.codes.extend(by: count + 9)
    let isToEnd = edges.upperBound == ring.count
    let first = ring.first + edges.lowerBound
    writeCodes(first..<first + count + (isToEnd ? 0 : 1), to: codes)
    if isToEnd { writeCodes(ring.first..<ring.first + 1, to: codes + count) }
    // Past the last edge nothing is noted: both ends of what is not there are beside the window.
    UnsafeMutableRawPointer(codes + count + 1).storeBytes(of: .max, as: UInt64.self)
    let bytes = UnsafeRawPointer(codes)
    var open = -1
    var edge = 0
    while edge < count {
      let both =
        bytes.loadUnaligned(fromByteOffset: edge, as: UInt64.self)
        & bytes.loadUnaligned(fromByteOffset: edge + 1, as: UInt64.self)
      if open < 0, !Self.hasZeroByte(both) {
        edge += 8
        continue
      }
      let end = min(count, edge + 8)
      while edge < end {
        if codes[edge] & codes[edge + 1] == 0 {
          if open < 0 { open = edge }
        } else if open >= 0 {
          note(edges.lowerBound + open, edges.lowerBound + edge, in: found.notes)
          open = -1
        }
        edge += 1
      }
    }
    if open >= 0 { note(edges.lowerBound + open, edges.upperBound, in: found.notes) }
  }

  @inline(__always)
  private static func hasZeroByte(_ word: UInt64) -> Bool {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0
  }

  /// Notes a run, as part of the last one if it goes on from there.
  @inline(__always)
  private func note(
    _ first: Int, _ end: Int, in notes: GrowingMemory<CandidateEdges.Stretch>
  ) {
    let last = notes.count - 1
    if last >= 0, notes.first[last].end == first {
      notes.first[last].end = end
    } else {
      notes.append(CandidateEdges.Stretch(first: first, end: end))
    }
  }

  /// Notes the runs of a long ring, of which only boxes that meet the window are looked into.
  private func noteBoxedRuns(of ring: RingPlace, into found: CandidateEdges) {
    let facing = facing
    for block in stride(from: 0, to: ring.count, by: EdgeBoxes.blockLength) {
      let box = self.block(ring.boxes.block + block / EdgeBoxes.blockLength)
      guard CandidateEdges.meets(box, facing) else { continue }
      let end = min(ring.count, block + EdgeBoxes.blockLength)
      for first in stride(from: block, to: end, by: EdgeBoxes.chunkLength) {
        let box = chunk(ring.boxes.chunk + first / EdgeBoxes.chunkLength)
        guard CandidateEdges.meets(box, facing) else { continue }
        noteRuns(first..<min(end, first + EdgeBoxes.chunkLength), of: ring, into: found)
      }
    }
  }

  /// Lays out the noted runs of a ring; a run over the ring's seam is one run.
  @inline(__always)
  private func emit(_ ring: RingPlace, _ number: Int, into found: CandidateEdges) {
    let last = found.notes.count - 1
    guard last >= 0 else { return }
    let notes = found.notes.first
    let isWhole = notes[0].first == 0 && notes[0].end == ring.count
    let wraps = last > 0 && notes[0].first == 0 && notes[last].end == ring.count
    for index in (wraps ? 1 : 0)...last {
      let start = found.count
      append(notes[index], of: ring, to: found)
      if wraps && index == last { append(notes[0], of: ring, to: found) }
      found.appendRun(from: start, wholeRing: isWhole ? number : -1)
    }
  }

  @inline(__always)
  private func append(_ run: CandidateEdges.Stretch, of ring: RingPlace, to found: CandidateEdges) {
    let edges = found.edges.extend(by: run.end - run.first)
    let boxes = found.boxes.extend(by: run.end - run.first)
    var p = point(ring.first + run.first)
    for edge in run.first..<run.end {
      let q = point(vertex(edge + 1, of: ring))
      let slot = edge - run.first
      edges[slot] = CandidateEdges.Edge(x0: p.x, y0: p.y, x1: q.x, y1: q.y)
      boxes[slot] = CandidateEdges.box(p, q)
      p = q
    }
  }
}
