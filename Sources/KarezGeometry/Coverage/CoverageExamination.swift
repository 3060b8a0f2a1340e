/// What is wrong with a coverage: every gap, overlap, duplicate and mismatch, with its place.
///
/// Edges are matched with their opposites; what is left over is the outer border and the borders
/// of faults. `docs/kernel.md` explains it with figures.
///
/// - Shape: noise and occupation are both in `faults`, told apart by `isNoise`. Common land of
///   less than 1e-6 m² cannot be told from the rounding of a shared edge and is a mismatch.
/// - Accuracy: areas to 1e-5 m²; held by `CoverageExaminationTests`.
public struct CoverageExamination: Sendable {
  /// How many polygons were examined.
  public let examined: Int
  /// Occupation before noise; within each by kind and area.
  public let faults: [CoverageFault]
  /// Gaps wider than the limit, which are meant to be there.
  public let wideGaps: Int
  /// Polygons that bound no area properly; overlaps with them are counted by what they do bound.
  public let unsound: [Int]
  /// Pairs that overlap, though GEOS could not say by how much; both are invalid or nearly so.
  public let uncounted: [(first: Int, second: Int)]
  /// Edges without an opposite, the outer border's among them.
  public let unmatchedEdges: Int

  /// Examines a layer.
  ///
  /// `progress` is told how many more polygons have been read, by any of the tasks. A cancelled
  /// task ends it with `CancellationError`.
  ///
  /// - Errors: `LayerError` where the layer is damaged; `GeometryError` where GEOS failed.
  public init(
    of layer: Layer, limits: CoverageLimits = CoverageLimits(), tasks: Int = 2,
    progress: (@Sendable (Int) -> Void)? = nil
  ) async throws {
    layer.readsThrough()
    let entries = try await EdgeMatching.unmatched(in: layer, tasks: tasks, progress: progress)
    let edges = try UnmatchedEdges(entries, of: layer)
    var spread = OverlapSpread(layer)
    try spread.search(from: edges)
    let missing = try NodingSearch(edges, of: layer).missing()
    let commonLand = CommonLandSearch(layer, limits)
    var lands: [CommonLand] = []
    var uncounted: [(first: Int, second: Int)] = []
    for pair in spread.pairs {
      try Task.checkCancellation()
      do {
        if let land = try commonLand.land(of: pair) { lands.append(land) }
      } catch is GeometryError {
        uncounted.append((pair.first, pair.second))
      }
    }
    var tangles = Tangles(edges)
    for land in lands { tangles.add([land.first, land.second], in: land.box) }
    for vertex in missing { tangles.add(vertex) }
    for polygon in spread.unsound { tangles.add(polygon) }
    var gaps = GapSearch(edges, of: layer)
    try gaps.search(tangled: tangles.edges)
    var report = CoverageFaultReport(layer, limits, missing)
    for land in lands { report.add(land) }
    for gap in gaps.gaps { try report.add(gap) }
    for ring in gaps.flatRings { try report.add(ring) }
    report.addMissing()
    examined = layer.count
    faults = report.faults.sorted(by: Self.isBefore)
    wideGaps = report.wideGaps
    unsound = spread.unsound
    self.uncounted = uncounted
    unmatchedEdges = edges.count
  }

  private static func isBefore(_ one: CoverageFault, _ other: CoverageFault) -> Bool {
    if one.isNoise != other.isNoise { return other.isNoise }
    if one.kind != other.kind { return one.kind.rank < other.kind.rank }
    if one.areaM2 != other.areaM2 { return one.areaM2 > other.areaM2 }
    return one.features.lexicographicallyPrecedes(other.features)
  }

  /// The land of a fault, whether it has a geometry of its own or is a whole feature.
  public static func geometry(
    of fault: CoverageFault, in layer: Layer
  ) throws(LayerError) -> MultiPolygon? {
    if fault.geometry != nil || fault.kind == .mismatch { return fault.geometry }
    guard let first = fault.features.first else { return nil }
    return try layer.geometry(of: first)
  }
}

/// Unmatched edges that are more than borders of gaps.
private struct Tangles {
  private let all: UnmatchedEdges
  private(set) var edges: Set<Int> = []

  init(_ all: UnmatchedEdges) { self.all = all }

  /// The edges of polygons that meet a box in degrees.
  mutating func add(_ polygons: [Int], in box: BoundingBox) {
    for polygon in polygons {
      for edge in all.firsts[Int32(truncatingIfNeeded: polygon)] ?? 0..<0 {
        let start = CoverageVertex(bits: all.starts[edge]).position
        let end = CoverageVertex(bits: all.ends[edge]).position
        let own = BoundingBox(
          minX: min(start.x, end.x), minY: min(start.y, end.y), maxX: max(start.x, end.x),
          maxY: max(start.y, end.y))
        if own.meets(box) { edges.insert(edge) }
      }
    }
  }

  /// The edge that lacks a vertex, and those that have it.
  mutating func add(_ missing: NodingSearch.Missing) {
    edges.insert(missing.edge)
    for edge in all.firsts[Int32(truncatingIfNeeded: missing.owner)] ?? 0..<0
    where all.starts[edge] == missing.vertex || all.ends[edge] == missing.vertex {
      edges.insert(edge)
    }
  }

  /// All edges of a polygon.
  mutating func add(_ polygon: Int) {
    edges.formUnion(all.firsts[Int32(truncatingIfNeeded: polygon)] ?? 0..<0)
  }
}

extension CoverageFault.Kind {
  /// Its place in the list of kinds.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
