import KarezCore

/// Finds the land that polygons enclose and none covers.
///
/// The unmatched edges, turned round, have uncovered land on their left: put together they are
/// the gaps, and the outer border, which encloses nothing. That is exact wherever edges meet
/// their neighbours end to end. Where polygons overlap, cross or miss vertices, the edges
/// around are noded by GEOS and those faces are taken that no polygon covers.
struct GapSearch {
  struct Gap {
    /// In degrees.
    let polygon: Polygon
    let areaM2: Double
    /// Its neighbours, the one with the longest common border first.
    let neighbours: [Int]
  }

  /// A closed line of edges with no land between them: drawn through different vertices.
  struct FlatRing {
    let vertices: [SIMD2<Int64>]
    let owners: [Int]
    let areaM2: Double
  }

  private let layer: Layer
  private let edges: UnmatchedEdges
  private let session = GEOSSession()
  private(set) var gaps: [Gap] = []
  private(set) var flatRings: [FlatRing] = []

  init(_ edges: UnmatchedEdges, of layer: Layer) {
    self.edges = edges
    self.layer = layer
  }

  /// Finds all gaps; `tangled` are edges along common land, or that lack vertices of others.
  mutating func search(tangled: Set<Int>) throws {
    guard edges.count > 0 else { return }
    var clusters = EdgeClusters(edges)
    clusters.markTangled(tangled)
    let clean = (0..<edges.count).filter { !clusters.isTangled($0) }
    let assembly = RegionAssembly(
      starts: clean.map { edges.ends[$0] }, ends: clean.map { edges.starts[$0] })
    let unit = PlaneFrame.statutory.unitArea / 2
    let faces = assembly.faces.filter {
      assembly.doubledArea(of: $0) * unit > PairKernel.residue
    }
    let withGaps = faces.map { face in
      clean[Int(assembly.edges(of: face.shell).first ?? 0)]
    }
    clusters.spreadTangles(toClustersWithGaps: withGaps)
    for (face, edge) in zip(faces, withGaps) where !clusters.isTangled(edge) {
      gaps.append(gap(face, assembly, clean))
    }
    for ring in assembly.rings.indices {
      let area = assembly.rings[ring].doubled.magnitude * unit
      let members = assembly.edges(of: ring).map { clean[Int($0)] }
      guard area <= PairKernel.residue, let first = members.first,
        !clusters.isTangled(first)
      else { continue }
      flatRings.append(
        FlatRing(
          vertices: members.map { edges.ends[$0] },
          owners: Set(members.map { Int(edges.polygons[$0]) }).sorted(), areaM2: area))
    }
    try addTangled((0..<edges.count).filter { clusters.isTangled($0) })
  }

  private func gap(_ face: RegionAssembly.Face, _ assembly: RegionAssembly, _ clean: [Int]) -> Gap {
    var borders: [Int: Double] = [:]
    let members = ([face.shell] + face.holes).flatMap { assembly.edges(of: $0) }
    let frame = GroundFrame(
      around: CoverageVertex(bits: edges.starts[clean[Int(members[0])]]).source)
    for member in members {
      let edge = clean[Int(member)]
      let along = frame.metres(edges.ends[edge]) - frame.metres(edges.starts[edge])
      borders[Int(edges.polygons[edge]), default: 0] += (along * along).sum().squareRoot()
    }
    return Gap(
      polygon: assembly.polygon(face),
      areaM2: assembly.doubledArea(of: face) * PlaneFrame.statutory.unitArea / 2,
      neighbours: Self.byLength(borders))
  }

  private static func byLength(_ borders: [Int: Double]) -> [Int] {
    borders.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
  }

  /// Steps of the grid that tangled edges are noded on: those of the statutory plane.
  private static let step = 1 / SigmaTable.unitsPerMetre

  private mutating func addTangled(_ members: [Int]) throws {
    guard let first = members.first else { return }
    try Task.checkCancellation()
    let frame = GroundFrame(around: CoverageVertex(bits: edges.starts[first]).source)
    let lines = members.map { edge in
      (frame.metres(edges.starts[edge]), frame.metres(edges.ends[edge]))
    }
    let faces = try session.faces(
      between: lines.map { (Position(x: $0.0.x, y: $0.0.y), Position(x: $0.1.x, y: $0.1.y)) },
      step: Self.step)
    let boxes = PackedBoxes(
      lines.map { (pointwiseMin($0.0, $0.1), pointwiseMax($0.0, $0.1)) })
    for face in faces.polygons {
      let inMetres = MultiPolygon([face])
      let area = inMetres.planarArea().squareMetres
      guard area > PairKernel.residue else { continue }
      let place = frame.degrees(ofMetres: try session.placeInside(inMetres))
      guard try !layer.covers(place) else { continue }
      var borders: [Int: Double] = [:]
      for ring in face.rings {
        for (start, end) in zip(ring.positions, ring.positions.dropFirst()) {
          let (a, b) = (SIMD2(start.x, start.y), SIMD2(end.x, end.y))
          guard let line = Self.nearest(to: (a + b) / 2, lines, boxes) else { continue }
          let along = b - a
          borders[Int(edges.polygons[members[line]]), default: 0] +=
            (along * along).sum().squareRoot()
        }
      }
      gaps.append(
        Gap(
          polygon: inMetres.mapped(frame.degrees(ofMetres:)).polygons[0], areaM2: area,
          neighbours: Self.byLength(borders)))
    }
  }

  private static func nearest(
    to point: SIMD2<Double>, _ lines: [(SIMD2<Double>, SIMD2<Double>)], _ boxes: PackedBoxes
  ) -> Int? {
    var best: (line: Int, square: Double)?
    boxes.visit(meeting: point - step * 4, point + step * 4) { line in
      let along = lines[line].1 - lines[line].0
      let to = point - lines[line].0
      let share = min(1, max(0, (along * to).sum() / (along * along).sum()))
      let away = to - along * share
      let square = (away * away).sum()
      if best.map({ square < $0.square }) ?? true { best = (line, square) }
    }
    return best?.line
  }
}

extension Layer {
  /// Whether some polygon covers a place in degrees.
  func covers(_ place: Position) throws(LayerError) -> Bool {
    let source = PlaneFrame.statutory.source(of: place)
    var candidates: [Int] = []
    visitPolygons(low: source, high: source) { candidates.append($0) }
    for candidate in candidates where try geometry(of: candidate).covers(place) { return true }
    return false
  }
}
