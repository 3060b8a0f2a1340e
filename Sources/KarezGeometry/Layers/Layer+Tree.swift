extension Layer {
  /// One level of the tree: where its boxes begin in the file, and how many there are.
  struct Level: Sendable {
    let section: LayerFormat.Section
    let first: Int
    let count: Int
  }

  /// From the polygons' own boxes up to the root.
  static func levels(over count: Int) -> [Level] {
    var levels = [Level(section: .boxes, first: 0, count: count)]
    var first = 0
    var width = count
    while width > 1 {
      width = (width + LayerFormat.fanOut - 1) / LayerFormat.fanOut
      levels.append(Level(section: .tree, first: first, count: width))
      first += width
    }
    return levels
  }

  @inline(__always)
  func box(_ node: Int, of level: Level) -> SIMD4<Int32> {
    value(level.section, level.first + node, as: SIMD4<Int32>.self)
  }

  /// A shape's box as boxes of the tree are compared with it.
  func window(of shape: PlaneShape) -> SIMD4<Int32> {
    window(low: shape.sourceLow, high: shape.sourceHigh)
  }

  /// A box in units of 1e-9° as boxes of the tree are compared with it.
  func window(low: SIMD2<Double>, high: SIMD2<Double>) -> SIMD4<Int32> {
    let limit = SIMD2(repeating: 4e11)
    let slack = SIMD2<Double>(0, 2)
    let low = SIMD2<Int64>((low - slack).clamped(lowerBound: -limit, upperBound: limit))
    let high = SIMD2<Int64>(
      (high + slack + 1).clamped(lowerBound: -limit, upperBound: limit))
    let shifts = SIMD2(repeating: shift)
    // A window before the origin or past the end meets what its clamped box meets, no less.
    return LayerTree.facing(
      LayerTree.box(low: (low &- origin &- 1) &>> shifts, high: (high &- origin) &>> shifts))
  }

  /// A node's box in units of 1e-9°, outward.
  func bounds(of node: Int, in level: Level) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
    let box = box(node, of: level)
    func units(_ value: Int32, _ origin: Int64, _ more: Int64) -> Double {
      Double(origin + ((Int64(value) + 0x8000_0000 + more) << shift) - more)
    }
    return (
      SIMD2(units(box[0], origin.x, 0), units(box[1], origin.y, 0)),
      SIMD2(units(~box[2], origin.x, 1), units(~box[3], origin.y, 1))
    )
  }
}

extension PlaneShape {
  enum Lie {
    case outside
    case inside
    case across
  }

  /// How a box, in units of the source, lies to a shape that carries edge boxes.
  ///
  /// `across` may also be said of a box that only comes near an edge.
  func lie(of box: (low: SIMD2<Double>, high: SIMD2<Double>)) -> Lie {
    let slack = SIMD2<Double>(0, 2)
    let low = frame.plane(of: box.low - slack) - origin
    let high = frame.plane(of: box.high + slack) - origin
    let facing = CandidateEdges.facing(CandidateEdges.box(low: low, high: high))
    for ring in rings where meetsBoundary(of: ring, facing) { return .across }
    return withExtendedLifetime(self) {
      let reader = ShapeReader(self, origin: origin, low: low, high: high)
      let cross = ExactCross(frame: frame, isWhole: false)
      let corner = PlacedPoint(point: low, sourceY: box.low.y)
      return reader.winding(around: corner, isPointMoved: false, cross) == 0
        ? .outside : .inside
    }
  }

  private func meetsBoundary(of ring: Ring, _ facing: SIMD4<Float>) -> Bool {
    let blockCount =
      (ring.count + EdgeBoxes.blockLength - 1) / EdgeBoxes.blockLength
    let perBlock = EdgeBoxes.blockLength / EdgeBoxes.chunkLength
    let chunkCount = (ring.count + EdgeBoxes.chunkLength - 1) / EdgeBoxes.chunkLength
    for block in 0..<blockCount
    where CandidateEdges.meets(blocks[ring.boxes.block + block], facing) {
      for chunk in block * perBlock..<min((block + 1) * perBlock, chunkCount)
      where CandidateEdges.meets(chunks[ring.boxes.chunk + chunk], facing) {
        return true
      }
    }
    return false
  }
}
