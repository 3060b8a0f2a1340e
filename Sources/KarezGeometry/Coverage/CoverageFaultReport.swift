import KarezCore

/// Turns what the searches found into faults, each told once.
struct CoverageFaultReport {
  private let layer: Layer
  private let limits: CoverageLimits
  private let session = GEOSSession()
  /// Vertices that neighbours lack, by vertex and polygon.
  private var missing: [Lack: Noding] = [:]
  private(set) var faults: [CoverageFault] = []
  private(set) var wideGaps = 0

  private struct Lack: Hashable {
    let vertex: SIMD2<Int64>
    let lacking: Int

    func isBefore(_ other: Self) -> Bool {
      (lacking, vertex.x, vertex.y) < (other.lacking, other.vertex.x, other.vertex.y)
    }
  }

  private struct Noding {
    var owners: [Int] = []
    /// Noise between the two lines, as far as it was found.
    var areaM2 = 0.0
    /// It stands on the border of an occupation, which is told itself.
    var isExplained = false
  }

  init(_ layer: Layer, _ limits: CoverageLimits, _ missing: [NodingSearch.Missing]) {
    self.layer = layer
    self.limits = limits
    for vertex in missing {
      let lack = Lack(vertex: vertex.vertex, lacking: vertex.lacking)
      self.missing[lack, default: Noding()].owners.append(vertex.owner)
    }
    for (lack, _) in self.missing { lacksOf[lack.lacking, default: []].append(lack) }
  }

  private var lacksOf: [Int: [Lack]] = [:]

  // MARK: Overlaps

  mutating func add(_ land: CommonLand) {
    let isNoise = land.areaM2 <= limits.toleranceM2
    if attribute(land, isNoise: isNoise) { return }
    let (first, second) = (land.first, land.second)
    let inner = OverlapSpread.Pair.inner(first, second, land.areaM2, layer, limits)
    if let inner {
      let outer = inner == first ? second : first
      let isSame = OverlapSpread.Pair.areSame(first, second, land.areaM2, layer, limits)
      faults.append(
        CoverageFault(
          isSame ? .duplicate : .contained, areaM2: land.areaM2, place: land.place,
          features: [inner, outer], repair: isSame ? .drop(inner) : .cutOut(inner, from: outer),
          isNoise: isNoise))
      return
    }
    let (one, other) = (layer.areaM2(of: first), layer.areaM2(of: second))
    // Of equals the later one gives way.
    let isFirstLarger = one != other ? one > other : layer.row(of: first) > layer.row(of: second)
    let features = isFirstLarger ? [first, second] : [second, first]
    faults.append(
      CoverageFault(
        .overlap, areaM2: land.areaM2, place: land.place, features: features,
        repair: .take(from: features[0], leavingTo: features[1]), isNoise: isNoise,
        geometry: land.geometry))
  }

  /// Notes what an overlap says of vertices that one of the two lacks of the other; answers
  /// whether these tell of it.
  private mutating func attribute(_ land: CommonLand, isNoise: Bool) -> Bool {
    let both = (lacksOf[land.first] ?? []) + (lacksOf[land.second] ?? [])
    let lacks = both.filter { lack in
      let other = lack.lacking == land.first ? land.second : land.first
      return missing[lack]?.owners.contains(other) == true
    }
    if isNoise {
      guard let first = lacks.min(by: { $0.isBefore($1) }) else { return false }
      missing[first]?.areaM2 += land.areaM2
      return true
    }
    for lack in lacks { missing[lack]?.isExplained = true }
    return false
  }

  // MARK: Gaps

  mutating func add(_ gap: GapSearch.Gap) throws {
    let geometry = MultiPolygon([gap.polygon])
    let isNoise = gap.areaM2 <= limits.toleranceM2
    let lacks = lacks(around: gap)
    if isNoise, let first = lacks.min(by: { $0.isBefore($1) }) {
      missing[first]?.areaM2 += gap.areaM2
      return
    }
    for lack in lacks { missing[lack]?.isExplained = true }
    let place = try session.placeInside(geometry)
    if let limit = limits.gapWidthMetres {
      let frame = GroundFrame(around: PlaneFrame.statutory.source(of: place))
      if try session.widestCircle(in: geometry.mapped(frame.metres(ofDegrees:))) > limit {
        wideGaps += 1
        return
      }
    }
    guard let nearest = gap.neighbours.first else { return }
    faults.append(
      CoverageFault(
        .gap, areaM2: gap.areaM2, place: place, features: gap.neighbours,
        repair: .give(to: nearest), isNoise: isNoise, geometry: geometry))
  }

  /// The missing vertices that stand on a gap's border.
  private func lacks(around gap: GapSearch.Gap) -> [Lack] {
    let candidates = Set(gap.neighbours.flatMap { lacksOf[$0] ?? [] })
    guard let box = MultiPolygon([gap.polygon]).boundingBox, !candidates.isEmpty else { return [] }
    // Noding may have moved the corners by far less than this.
    let near = 1e-8
    return candidates.filter { lack in
      let place = CoverageVertex(bits: lack.vertex).position
      guard place.x >= box.minX - near, place.x <= box.maxX + near, place.y >= box.minY - near,
        place.y <= box.maxY + near
      else { return false }
      return gap.polygon.rings.contains { ring in
        ring.positions.contains { corner in
          abs(corner.x - place.x) <= near && abs(corner.y - place.y) <= near
        }
      }
    }
  }

  // MARK: Mismatches

  mutating func add(_ ring: GapSearch.FlatRing) throws {
    guard let (vertex, lacking) = try lack(of: ring) else { return }
    let place = CoverageVertex(bits: vertex).position
    faults.append(
      CoverageFault(
        .mismatch, areaM2: ring.areaM2, place: place,
        features: [lacking] + ring.owners.filter { $0 != lacking },
        repair: .insert(place, into: lacking), isNoise: true))
  }

  /// A vertex of a flat ring, and a polygon along it that has no such vertex.
  private func lack(
    of ring: GapSearch.FlatRing
  ) throws(LayerError) -> (vertex: SIMD2<Int64>, lacking: Int)? {
    let vertices = PolygonVertices()
    for owner in ring.owners {
      try vertices.read(owner, of: layer)
      let known = Set(vertices.bits)
      if let vertex = ring.vertices.first(where: { !known.contains($0) }) {
        return (vertex, owner)
      }
    }
    return ring.owners.first.flatMap { owner in ring.vertices.first.map { ($0, owner) } }
  }

  mutating func addMissing() {
    for (lack, noding) in missing where !noding.isExplained {
      let place = CoverageVertex(bits: lack.vertex).position
      faults.append(
        CoverageFault(
          .mismatch, areaM2: noding.areaM2, place: place,
          features: [lack.lacking] + Set(noding.owners).sorted(),
          repair: .insert(place, into: lack.lacking), isNoise: true))
    }
  }
}
