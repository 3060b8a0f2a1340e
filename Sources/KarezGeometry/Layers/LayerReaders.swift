/// What both readers of a layer's polygons share: where the rings are, and the window.
struct LayerRings {
  let place: Layer.Place
  // Safe because whoever makes a reader holds the layer until it is done with it, and `place`
  // has been checked against the layer's sections.
  let starts: UnsafePointer<UInt32>
  private let chunkStarts: UnsafePointer<UInt32>
  private let chunks: UnsafePointer<SIMD4<Float>>
  private let blocks: UnsafePointer<SIMD4<Float>>
  private let chunkCount: Int
  let sigma = SigmaTable.shared
  let vertices: UnsafeRawPointer
  /// The pair's origin in the plane.
  let origin: SIMD2<Double>
  /// The polygon's corner on the grid of the source.
  let corner: SIMD2<Double>
  /// The window from the corner, in units of the source.
  let low: SIMD2<Double>
  let high: SIMD2<Double>
  let facing: SIMD4<Float>

  /// By how much a level of the source may differ and be the same level of the plane.
  private static let slack = SIMD2<Double>(1, 3)

  init(_ place: Layer.Place, in layer: Layer, around shape: PlaneShape) {
    self.place = place
    chunkStarts =
      layer.base(of: .ringChunk).assumingMemoryBound(to: UInt32.self) + place.firstRing
    chunks = layer.base(of: .chunks).assumingMemoryBound(to: SIMD4<Float>.self)
    blocks = layer.base(of: .blocks).assumingMemoryBound(to: SIMD4<Float>.self)
    chunkCount = layer.chunkCount
    starts =
      layer.base(of: .ringStart).assumingMemoryBound(to: UInt32.self) + place.firstRing
    vertices = layer.base(of: .vertices) + place.firstUnit * 8
    origin = shape.origin
    corner = SIMD2(Double(place.low.x), Double(place.low.y))
    // A unit more than needed instead of a call that rounds down or up.
    low = PlaneFrame.rounded(shape.sourceLow - Self.slack) - corner
    high = PlaneFrame.rounded(shape.sourceHigh + Self.slack) - corner
    facing = CandidateEdges.facing(CandidateEdges.box(low: low, high: high))
  }

  @inline(__always)
  func ring(_ number: Int, unitsPerVertex: Int) -> RingPlace {
    let first = Int(starts[number]) - place.firstUnit
    let end = Int(starts[number + 1]) - place.firstUnit
    let count = (end - first) / unitsPerVertex
    let chunk = Int(chunkStarts[number])
    // `noChunk` is far past the end, and so is whatever damage makes of a number.
    let boxes =
      chunk + LayerWriter.paddedChunks(count) <= chunkCount
      ? EdgeBoxes.Place(
        chunk: chunk, block: chunk * EdgeBoxes.chunkLength / EdgeBoxes.blockLength)
      : .none
    return RingPlace(first: first / unitsPerVertex, count: count, boxes: boxes)
  }

  @inline(__always)
  func chunk(_ index: Int) -> SIMD4<Float> { chunks[index] }
  @inline(__always)
  func block(_ index: Int) -> SIMD4<Float> { blocks[index] }

  @inline(__always)
  func kept(_ point: PlacedPoint) -> SIMD2<Double> {
    SIMD2(point.point.x + origin.x, point.sourceY) - corner
  }

  /// Whether a y of the source lies lower; where the two are close the plane decides.
  @inline(__always)
  func isLower(_ y: Double, than point: PlacedPoint, orLevel: Bool) -> Bool {
    let difference = y - point.sourceY
    if difference.magnitude > 2 { return difference < 0 }
    let level = sigma.y(ofLatitude: y) - origin.y
    return orLevel ? level <= point.point.y : level < point.point.y
  }
}

/// Reads vertices kept as offsets of 1e-9°.
struct NarrowReader: RingReading {
  private let rings: LayerRings
  private let vertices: UnsafePointer<SIMD2<UInt32>>
  private let low: SIMD2<UInt32>
  private let high: SIMD2<UInt32>
  private let shiftX: Double

  init(_ rings: LayerRings) {
    self.rings = rings
    vertices = rings.vertices.assumingMemoryBound(to: SIMD2<UInt32>.self)
    let limit = SIMD2(repeating: Double(UInt32.max))
    let clampedLow = rings.low.clamped(lowerBound: .zero, upperBound: limit)
    let clampedHigh = rings.high.clamped(lowerBound: .zero, upperBound: limit)
    low = SIMD2(UInt32(clampedLow.x), UInt32(clampedLow.y))
    high = SIMD2(UInt32(clampedHigh.x), UInt32(clampedHigh.y))
    shiftX = rings.corner.x - rings.origin.x
  }

  var ringCount: Int { rings.place.ringCount }
  var facing: SIMD4<Float> { rings.facing }

  @inline(__always)
  func ring(_ number: Int) -> RingPlace { rings.ring(number, unitsPerVertex: 1) }

  @inline(__always)
  func writeCodes(_ vertices: Range<Int>, to codes: UnsafeMutablePointer<UInt8>) {
    let first = self.vertices + vertices.lowerBound
    let (low, high) = (low, high)
    for index in 0..<vertices.count {
      let offset = first[index]
      var code: UInt8 = offset.x < low.x ? 1 : 0
      code |= offset.x > high.x ? 2 : 0
      code |= offset.y < low.y ? 4 : 0
      code |= offset.y > high.y ? 8 : 0
      codes[index] = code
    }
  }

  @inline(__always)
  func point(_ vertex: Int) -> SIMD2<Double> {
    let offset = vertices[vertex]
    return SIMD2(
      Double(offset.x) + shiftX,
      rings.sigma.y(ofLatitude: Double(offset.y) + rings.corner.y) - rings.origin.y)
  }

  @inline(__always)
  func isLower(_ vertex: Int, than point: PlacedPoint, orLevel: Bool) -> Bool {
    rings.isLower(Double(vertices[vertex].y) + rings.corner.y, than: point, orLevel: orLevel)
  }

  func sourceY(_ vertex: Int) -> Double { Double(vertices[vertex].y) + rings.corner.y }

  @inline(__always)
  func chunk(_ index: Int) -> SIMD4<Float> { rings.chunk(index) }
  @inline(__always)
  func block(_ index: Int) -> SIMD4<Float> { rings.block(index) }
  @inline(__always)
  func kept(_ point: PlacedPoint) -> SIMD2<Double> { rings.kept(point) }
}

/// Reads vertices kept as degrees.
struct WideReader: RingReading {
  private let rings: LayerRings

  init(_ rings: LayerRings) { self.rings = rings }

  var ringCount: Int { rings.place.ringCount }
  var facing: SIMD4<Float> { rings.facing }

  @inline(__always)
  func ring(_ number: Int) -> RingPlace { rings.ring(number, unitsPerVertex: 2) }

  @inline(__always)
  private func source(_ vertex: Int) -> SIMD2<Double> {
    let degrees = rings.vertices.loadUnaligned(
      fromByteOffset: vertex * 16, as: SIMD2<Double>.self)
    return PlaneFrame.statutory.source(of: Position(x: degrees.x, y: degrees.y))
  }

  @inline(__always)
  func writeCodes(_ vertices: Range<Int>, to codes: UnsafeMutablePointer<UInt8>) {
    for index in 0..<vertices.count {
      let offset = source(vertices.lowerBound + index) - rings.corner
      var code: UInt8 = offset.x < rings.low.x ? 1 : 0
      code |= offset.x > rings.high.x ? 2 : 0
      code |= offset.y < rings.low.y ? 4 : 0
      code |= offset.y > rings.high.y ? 8 : 0
      codes[index] = code
    }
  }

  @inline(__always)
  func point(_ vertex: Int) -> SIMD2<Double> {
    PlaneFrame.statutory.plane(of: source(vertex)) - rings.origin
  }

  @inline(__always)
  func isLower(_ vertex: Int, than point: PlacedPoint, orLevel: Bool) -> Bool {
    rings.isLower(source(vertex).y, than: point, orLevel: orLevel)
  }

  func sourceY(_ vertex: Int) -> Double { source(vertex).y }

  @inline(__always)
  func chunk(_ index: Int) -> SIMD4<Float> { rings.chunk(index) }
  @inline(__always)
  func block(_ index: Int) -> SIMD4<Float> { rings.block(index) }
  @inline(__always)
  func kept(_ point: PlacedPoint) -> SIMD2<Double> { rings.kept(point) }
}
