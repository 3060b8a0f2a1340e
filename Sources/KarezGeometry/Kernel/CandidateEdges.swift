/// The edges of one polygon that may meet the other, with what crosses them.
///
/// Edges come in runs of consecutive ones. The edge before a run lies strictly beside the other
/// polygon's box, so a run begins outside the other polygon, where the winding number is zero;
/// only a ring that is a candidate as a whole begins where nothing is known.
///
/// Memory is kept from pair to pair, and grows to the largest pair seen. It is reached through
/// plain pointers: this is the innermost loop, and checked access to shared fields costs as much
/// as the arithmetic.
struct CandidateEdges {
  struct Edge: BitwiseCopyable {
    var x0: Double
    var y0: Double
    var x1: Double
    var y1: Double
    /// Σ σ(1 − t) over the crossings: how far along the edge the winding number changed.
    var fraction = 0.0
    /// Σ σ: how much the winding number changes over the edge.
    var change: Int32 = 0
    var crossings: Int32 = 0
  }

  /// Consecutive edges of a ring, by their numbers in it.
  struct Stretch: BitwiseCopyable {
    var first: Int
    var end: Int
  }

  struct Run: BitwiseCopyable {
    var first: Int
    var end: Int
    /// Number of the ring that is a candidate as a whole; negative for a part of one.
    var wholeRing: Int
  }

  let edges: GrowingMemory<Edge>
  /// Edge boxes as (x0, y0, −x1, −y1), rounded outward, so that one comparison decides.
  let boxes: GrowingMemory<SIMD4<Float>>
  let runs: GrowingMemory<Run>
  /// What the runs of the ring being gathered are made of.
  let notes: GrowingMemory<Stretch>

  /// Codes of the ring being gathered.
  let codes: GrowingMemory<UInt8>

  init() {
    codes = GrowingMemory()
    edges = GrowingMemory()
    boxes = GrowingMemory()
    runs = GrowingMemory()
    notes = GrowingMemory()
  }

  func deallocate() {
    codes.deallocate()
    edges.deallocate()
    boxes.deallocate()
    runs.deallocate()
    notes.deallocate()
  }

  var count: Int {
    @inline(__always) get { edges.count }
  }

  @inline(__always)
  func removeAll() {
    edges.removeAll()
    boxes.removeAll()
    runs.removeAll()
  }

  @inline(__always)
  func appendRun(from first: Int, wholeRing: Int) {
    runs.append(Run(first: first, end: count, wholeRing: wholeRing))
  }

  /// The box of two points, as boxes are kept here.
  @inline(__always)
  static func box(_ p: SIMD2<Double>, _ q: SIMD2<Double>) -> SIMD4<Float> {
    let low = lower(p, q)
    let high = upper(p, q)
    return box(low: low, high: high)
  }

  @inline(__always)
  static func box(low: SIMD2<Double>, high: SIMD2<Double>) -> SIMD4<Float> {
    let exact = SIMD4<Double>(low.x, low.y, -high.x, -high.y)
    let size = SIMD4<Double>(
      low.x.magnitude, low.y.magnitude, high.x.magnitude, high.y.magnitude)
    // A Float keeps 24 bits; taking 2⁻²³ off rounds every bound outward whatever its sign.
    return SIMD4<Float>(exact - size * 0x1p-23)
  }

  /// The same box as the right-hand side of `meets`.
  @inline(__always)
  static func facing(_ box: SIMD4<Float>) -> SIMD4<Float> {
    SIMD4(-box[2], -box[3], -box[0], -box[1])
  }

  /// Whether a box meets the box that `facing` was made of.
  @inline(__always)
  static func meets(_ box: SIMD4<Float>, _ facing: SIMD4<Float>) -> Bool {
    all(box .<= facing)
  }
}
