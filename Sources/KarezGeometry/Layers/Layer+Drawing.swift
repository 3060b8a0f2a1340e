/// The rings of one polygon as they are drawn; the memory serves one polygon after another.
public struct DrawnRings: Sendable {
  public struct Ring: Sendable {
    public let range: Range<Int>
    public let isHole: Bool
  }

  /// In units of 1e-9°; no ring is closed by its first vertex again.
  public fileprivate(set) var vertices: [SIMD2<Double>] = []
  /// Shells run counterclockwise with north up, each before its holes, which run clockwise.
  public fileprivate(set) var rings: [Ring] = []

  public init() {}
}

extension Layer {
  /// Reads a polygon's rings.
  ///
  /// - Errors: `damaged` where the offsets do not fit the file.
  public func read(_ number: Int, into drawn: inout DrawnRings) throws(LayerError) {
    let place = try place(of: number)
    drawn.vertices.removeAll(keepingCapacity: true)
    drawn.rings.removeAll(keepingCapacity: true)
    let bytes = base(of: .vertices)
    let corner = SIMD2(Double(place.low.x), Double(place.low.y))
    for ring in place.firstRing..<place.firstRing + place.ringCount {
      let start = Int(value(.ringStart, ring, as: UInt32.self))
      let end = Int(value(.ringStart, ring + 1, as: UInt32.self))
      let first = drawn.vertices.count
      if place.isWide {
        for unit in stride(from: start, to: end, by: 2) {
          // Safe because `place` has compared the rings' units with the section's length.
          let degrees = bytes.loadUnaligned(fromByteOffset: unit * 8, as: SIMD2<Double>.self)
          drawn.vertices.append(degrees * 1e9)
        }
      } else {
        // Safe as above.
        let offsets = (bytes + start * 8).assumingMemoryBound(to: SIMD2<UInt32>.self)
        for unit in 0..<end - start {
          drawn.vertices.append(SIMD2<Double>(offsets[unit]) + corner)
        }
      }
      drawn.rings.append(
        DrawnRings.Ring(
          range: first..<drawn.vertices.count,
          isHole: value(.ringRole, ring, as: UInt8.self) == 1))
    }
  }

  /// About how many vertices a polygon has; twice as many as that where they are kept whole.
  public func vertexEstimate(of number: Int) -> Int {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    let first = Int(value(.firstRing, number, as: UInt32.self))
    let end = Int(value(.firstRing, number + 1, as: UInt32.self))
    guard first < end, end <= ringCount else { return 0 }
    let units =
      Int(value(.ringStart, end, as: UInt32.self)) - Int(value(.ringStart, first, as: UInt32.self))
    return max(0, units)
  }

  /// The box around a polygon in units of 1e-9°, a little too large.
  public func bounds(of number: Int) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
    precondition(number >= 0 && number < count, "polygon \(number) of \(count)")
    return bounds(of: number, in: levels[0])
  }

  /// The box around all polygons in degrees, a little too large; nil where there are none.
  public var extent: BoundingBox? {
    guard count > 0 else { return nil }
    let (low, high) = bounds(of: 0, in: levels[levels.count - 1])
    return BoundingBox(
      minX: low.x / 1e9, minY: low.y / 1e9, maxX: high.x / 1e9, maxY: high.y / 1e9)
  }

  /// Visits the polygons whose boxes meet a box of degrees, in the layer's order, until `body`
  /// says that it has enough.
  public func visit(near box: BoundingBox, _ body: (Int) throws -> Bool) rethrows {
    guard count > 0 else { return }
    let window = window(
      low: SIMD2(box.minX, box.minY) * 1e9, high: SIMD2(box.maxX, box.maxY) * 1e9)
    var stack = [(node: 0, level: levels.count - 1)]
    while let (node, level) = stack.popLast() {
      guard LayerTree.meets(self.box(node, of: levels[level]), window) else { continue }
      if level == 0 {
        guard try body(node) else { return }
        continue
      }
      let first = node * LayerFormat.fanOut
      let end = min(first + LayerFormat.fanOut, levels[level - 1].count)
      // Last child first, so that they come off in the layer's order.
      for child in (first..<end).reversed() { stack.append((child, level - 1)) }
    }
  }
}
