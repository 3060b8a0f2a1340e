/// A vertex as neighbours in a coverage compare it: equal where the source's own coordinates are.
///
/// A coordinate on the grid of 1e-9° is kept as that whole number, whichever form the layer has
/// it in; any other as the bits of its Double, which no whole number of a degree can be.
struct CoverageVertex: Hashable {
  let bits: SIMD2<Int64>

  @inline(__always)
  init(bits: SIMD2<Int64>) { self.bits = bits }

  init(degrees: SIMD2<Double>) {
    bits = SIMD2(Self.bits(of: degrees.x), Self.bits(of: degrees.y))
  }

  private static func bits(of degrees: Double) -> Int64 {
    // Below this the bits of a Double could be taken for a whole number; no survey is that fine.
    if degrees.magnitude < 1e-150 { return 0 }
    let whole = (degrees * 1e9).rounded()
    return whole / 1e9 == degrees ? Int64(whole) : Int64(bitPattern: degrees.bitPattern)
  }

  private static func degrees(of bits: Int64) -> Double {
    bits.magnitude <= 360_000_000_000
      ? Double(bits) / 1e9 : Double(bitPattern: UInt64(bitPattern: bits))
  }

  /// In degrees, to the last bit of the source.
  var position: Position {
    Position(x: Self.degrees(of: bits.x), y: Self.degrees(of: bits.y))
  }

  /// On the grid of the statutory frame's source.
  var source: SIMD2<Double> { PlaneFrame.statutory.source(of: position) }

  /// In units of the statutory plane; equal vertices have equal points.
  var point: SIMD2<Double> { PlaneFrame.statutory.plane(of: source) }

  @inline(__always)
  static func hash(_ bits: SIMD2<Int64>) -> UInt64 {
    var sum = UInt64(bitPattern: bits.x) &* 0x9E37_79B9_7F4A_7C15
    sum ^= sum >> 29
    sum = (sum ^ UInt64(bitPattern: bits.y)) &* 0xBF58_476D_1CE4_E5B9
    return sum ^ (sum >> 32)
  }
}

/// The rings of one polygon of a layer, read for matching; the memory serves the next one too.
final class PolygonVertices {
  struct Ring {
    let first: Int
    let count: Int
  }

  private(set) var bits: [SIMD2<Int64>] = []
  private(set) var rings: [Ring] = []

  /// - Errors: `damaged` where the offsets do not fit the file.
  @inline(__always)
  func read(_ number: Int, of layer: Layer) throws(LayerError) {
    let place = try layer.place(of: number)
    bits.removeAll(keepingCapacity: true)
    rings.removeAll(keepingCapacity: true)
    let vertices = layer.base(of: .vertices)
    for ring in place.firstRing..<place.firstRing + place.ringCount {
      let start = Int(layer.value(.ringStart, ring, as: UInt32.self))
      let end = Int(layer.value(.ringStart, ring + 1, as: UInt32.self))
      let first = bits.count
      if place.isWide {
        for unit in stride(from: start, to: end, by: 2) {
          // Safe because `place` has compared the rings' units with the section's length.
          let degrees = vertices.loadUnaligned(
            fromByteOffset: unit * 8, as: SIMD2<Double>.self)
          bits.append(CoverageVertex(degrees: degrees).bits)
        }
      } else {
        // Safe as above.
        let offsets = (vertices + start * 8).assumingMemoryBound(to: SIMD2<UInt32>.self)
        for unit in 0..<end - start {
          bits.append(place.low &+ SIMD2<Int64>(truncatingIfNeeded: offsets[unit]))
        }
      }
      rings.append(Ring(first: first, count: bits.count - first))
    }
  }

  /// Where the edge that starts at a vertex ends.
  func next(after vertex: Int) -> Int {
    for ring in rings where vertex < ring.first + ring.count {
      return vertex + 1 < ring.first + ring.count ? vertex + 1 : ring.first
    }
    return vertex
  }
}

extension Layer {
  /// Both ends of the edge that starts at a vertex of a polygon.
  func edge(_ vertex: Int, of number: Int) throws(LayerError) -> (
    start: SIMD2<Int64>, end: SIMD2<Int64>
  ) {
    let place = try place(of: number)
    let unitsPerVertex = place.isWide ? 2 : 1
    let unit = place.firstUnit + vertex * unitsPerVertex
    for ring in place.firstRing..<place.firstRing + place.ringCount {
      let end = Int(value(.ringStart, ring + 1, as: UInt32.self))
      guard unit < end else { continue }
      let next = unit + unitsPerVertex
      let wrapped = next < end ? next : Int(value(.ringStart, ring, as: UInt32.self))
      return (bits(atUnit: unit, of: place), bits(atUnit: wrapped, of: place))
    }
    throw damaged("vertices")
  }

  @inline(__always)
  private func bits(atUnit unit: Int, of place: Place) -> SIMD2<Int64> {
    // Safe because the unit lies in a ring, and `place` has checked the rings.
    let vertex = base(of: .vertices) + unit * 8
    guard place.isWide else {
      return place.low
        &+ SIMD2<Int64>(truncatingIfNeeded: vertex.load(as: SIMD2<UInt32>.self))
    }
    return CoverageVertex(degrees: vertex.loadUnaligned(as: SIMD2<Double>.self)).bits
  }
}
