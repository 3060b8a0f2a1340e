/// A polygon of a layer that a shape takes up a part of.
public struct LayerOverlap: Hashable, Sendable {
  /// Its number in the layer.
  public let polygon: Int
  /// Statutory square metres.
  public let areaM2: Double
  public let relation: Relation
  /// Whether the area can be trusted; if not, the pair is for an overlay that repairs.
  public let isSound: Bool

  /// How a polygon of the layer lies to the shape.
  public enum Relation: Hashable, Sendable {
    /// All of it lies in the shape.
    case within
    case across
  }
}

/// Finds what shapes take up of layers, with memory kept from one to the next.
///
/// Not Sendable: it belongs to one task.
public final class LayerSearch {
  private let kernel = PairKernel()
  private let stack = GrowingMemory<Node>()

  private struct Node: BitwiseCopyable {
    let number: Int
    let level: Int
    let isWithin: Bool
  }

  public init() {}

  deinit { stack.deallocate() }

  /// The polygons of a layer that a shape of the statutory frame overlaps, in the layer's order.
  ///
  /// A pair that only touches is left out; a pair that cannot be trusted is told whatever its
  /// area. `isWanted` is asked of every polygon that comes near, before it is measured.
  ///
  /// - Errors: `damaged` where the file is not what was written.
  public func overlaps(
    of shape: PlaneShape, in layer: Layer, where isWanted: ((Int) -> Bool)? = nil,
    visit: (LayerOverlap) throws(LayerError) -> Void
  ) throws(LayerError) {
    guard layer.count > 0, !shape.rings.isEmpty else { return }
    let window = layer.window(of: shape)
    let levels = layer.levels
    let isBoxed = !shape.chunks.isEmpty
    stack.removeAll()
    stack.append(Node(number: 0, level: levels.count - 1, isWithin: false))
    while let next = stack.popLast() {
      let (node, level) = (next.number, next.level)
      var isWithin = next.isWithin
      guard isWithin || LayerTree.meets(layer.box(node, of: levels[level]), window) else {
        continue
      }
      if !isWithin, isBoxed {
        switch shape.lie(of: layer.bounds(of: node, in: levels[level])) {
        case .outside: continue
        case .inside: isWithin = true
        case .across: break
        }
      }
      if level == 0 {
        if let isWanted, !isWanted(node) { continue }
        try visitPolygon(node, isWithin, shape, layer, visit)
        continue
      }
      let below = levels[level - 1].count
      let first = node * LayerFormat.fanOut
      var child = min(first + LayerFormat.fanOut, below)
      // Last child first, so that they come off in the layer's order.
      while child > first {
        child -= 1
        stack.append(Node(number: child, level: level - 1, isWithin: isWithin))
      }
    }
  }

  /// The polygons of a layer whose boxes meet a box of degrees, in the layer's order.
  public func polygons(
    near box: BoundingBox, in layer: Layer, where isWanted: (Int) -> Bool
  ) -> [Int] {
    guard layer.count > 0 else { return [] }
    let window = layer.window(
      low: SIMD2(box.minX, box.minY) * 1e9, high: SIMD2(box.maxX, box.maxY) * 1e9)
    var nodes = [0]
    for (height, level) in layer.levels.enumerated().reversed() {
      nodes = nodes.filter { LayerTree.meets(layer.box($0, of: level), window) }
      guard height > 0 else { break }
      let below = layer.levels[height - 1].count
      nodes = nodes.flatMap { node in
        let first = node * LayerFormat.fanOut
        return first..<min(first + LayerFormat.fanOut, below)
      }
    }
    return nodes.filter(isWanted)
  }

  @inline(__always)
  private func visitPolygon(
    _ number: Int, _ isWithin: Bool, _ shape: PlaneShape, _ layer: Layer,
    _ visit: (LayerOverlap) throws(LayerError) -> Void
  ) throws(LayerError) {
    let place = try layer.place(of: number)
    if isWithin {
      try visit(
        LayerOverlap(
          polygon: number, areaM2: place.area, relation: .within,
          isSound: place.isSound && shape.isSound))
      return
    }
    let overlap = kernel.overlap(shape, place, of: layer)
    guard overlap.area > PairKernel.residue || !overlap.isSound else { return }
    let isWhole = overlap.area >= place.area - PairKernel.residue
    try visit(
      LayerOverlap(
        polygon: number, areaM2: isWhole ? place.area : overlap.area,
        relation: isWhole ? .within : .across, isSound: overlap.isSound))
  }
}

extension PairKernel {
  /// What a statutory overlap may be and still be the rounding of a touch.
  ///
  /// Edges shared bit for bit leave up to 2e-10 m² in a plane whose coordinates were rounded.
  public static let residue = 1e-6

  /// What a shape has in common with a polygon of a layer.
  func overlap(_ shape: PlaneShape, _ place: Layer.Place, of layer: Layer) -> PairOverlap {
    let frame = PlaneFrame.statutory
    let corner = SIMD2(Double(place.low.x), Double(place.low.y) - 2)
    let far = SIMD2(Double(place.high.x), Double(place.high.y) + 2)
    let low = frame.plane(of: corner) - shape.origin
    let high = frame.plane(of: far) - shape.origin
    guard all(shape.low .<= high), all(low .<= shape.high) else { return .none }
    let rings = LayerRings(place, in: layer, around: shape)
    let measure = place.area / frame.unitArea
    if place.isWide {
      let reader = WideReader(rings)
      return overlap(
        shape,
        OtherPolygon(
          reader: reader, low: low, high: high, measure: measure, isSound: place.isSound,
          isWhole: false)
      ) { reader.sourceY(reader.ring($0).first) }
    }
    let reader = NarrowReader(rings)
    return overlap(
      shape,
      OtherPolygon(
        reader: reader, low: low, high: high, measure: measure, isSound: place.isSound,
        isWhole: true)
    ) { reader.sourceY(reader.ring($0).first) }
  }
}
