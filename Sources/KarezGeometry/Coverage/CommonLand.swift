import KarezCore

/// The land that two polygons of a layer have in common, with its place.
struct CommonLand {
  /// The polygons, the smaller number first.
  let first: Int
  let second: Int
  let areaM2: Double
  let place: Position
  /// In degrees; nil where it is all of one of the two.
  let geometry: MultiPolygon?
  let box: BoundingBox
}

/// Builds common land for display; what is measured is measured without it.
struct CommonLandSearch {
  private let layer: Layer
  private let limits: CoverageLimits
  private let session = GEOSSession()
  private let overlaps = OverlapSession(plane: .statutory)

  init(_ layer: Layer, _ limits: CoverageLimits) {
    self.layer = layer
    self.limits = limits
  }

  /// What a pair has in common, or nil where it is no more than rounding leaves.
  func land(of pair: OverlapSpread.Pair) throws -> CommonLand? {
    if pair.isSound, let inner = pair.inner(in: layer, limits) {
      let geometry = try layer.geometry(of: inner)
      guard let box = geometry.boundingBox else { return nil }
      return CommonLand(
        first: pair.first, second: pair.second, areaM2: pair.areaM2,
        place: try session.placeInside(geometry), geometry: nil, box: box)
    }
    let (a, b) = (try layer.geometry(of: pair.first), try layer.geometry(of: pair.second))
    let common = try overlaps.overlap(
      overlaps.shape(of: a, isValid: layer.isSound(pair.first)),
      overlaps.shape(of: b, isValid: layer.isSound(pair.second)))
    let area = pair.isSound ? pair.areaM2 : common?.area.squareMetres ?? 0
    guard area > PairKernel.residue, let one = a.boundingBox, let other = b.boundingBox else {
      return nil
    }
    let box = BoundingBox(
      minX: max(one.minX, other.minX), minY: max(one.minY, other.minY),
      maxX: min(one.maxX, other.maxX), maxY: min(one.maxY, other.maxY))
    guard let common, let own = common.geometry.boundingBox else {
      // Too thin for GEOS to build: it lies somewhere where both boxes do.
      return CommonLand(
        first: pair.first, second: pair.second, areaM2: area,
        place: Position(x: (box.minX + box.maxX) / 2, y: (box.minY + box.maxY) / 2),
        geometry: nil, box: box)
    }
    return CommonLand(
      first: pair.first, second: pair.second, areaM2: area,
      place: try session.placeInside(common.geometry), geometry: common.geometry, box: own)
  }
}

extension OverlapSpread.Pair {
  /// How much of a polygon may lie outside another that still has all of it: noise, and little
  /// of the polygon.
  private static func remainder(of area: Double, _ limits: CoverageLimits) -> Double {
    PairKernel.residue + min(limits.toleranceM2, area / 1_000)
  }

  /// Which of the two lies in the other; of two that are the same, the later one.
  func inner(in layer: Layer, _ limits: CoverageLimits) -> Int? {
    Self.inner(first, second, areaM2, layer, limits)
  }

  static func inner(
    _ first: Int, _ second: Int, _ area: Double, _ layer: Layer, _ limits: CoverageLimits
  ) -> Int? {
    let remainder = remainder(of: area, limits)
    // What is stored of an unsound polygon is not the area it bounds.
    let hasFirst = layer.isSound(first) && layer.areaM2(of: first) - area <= remainder
    let hasSecond = layer.isSound(second) && layer.areaM2(of: second) - area <= remainder
    guard hasFirst, hasSecond else { return hasFirst ? first : hasSecond ? second : nil }
    return layer.row(of: first) > layer.row(of: second) ? first : second
  }

  static func areSame(
    _ first: Int, _ second: Int, _ area: Double, _ layer: Layer, _ limits: CoverageLimits
  ) -> Bool {
    let remainder = remainder(of: area, limits)
    return layer.isSound(first) && layer.areaM2(of: first) - area <= remainder
      && layer.isSound(second) && layer.areaM2(of: second) - area <= remainder
  }
}
