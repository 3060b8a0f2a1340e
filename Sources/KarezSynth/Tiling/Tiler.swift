import KarezPacks

/// Cuts counties into townships, townships into villages and villages into patches.
///
/// The same plan always cuts in the same places, and a part can be cut again without the rest:
/// every choice depends on the patches' numbers alone.
struct Tiler: Sendable {
  /// Numbers of the pieces that lie in a piece.
  struct Load: Sendable {
    var townships: Range<Int>
    var villages: Range<Int>
    var leaves: Range<Int>
  }

  /// What a piece is being cut into.
  enum Level: Int, Sendable {
    case townships
    case villages
    case leaves
  }

  struct Job: Sendable {
    var piece: Piece
    var load: Load
    var level: Level
    /// Township and village the piece lies in, once it lies in one.
    var township = 0
    var village = 0

    var count: Int {
      switch level {
      case .townships: load.townships.count
      case .villages: load.villages.count
      case .leaves: load.leaves.count
      }
    }
  }

  let outlines: OutlineMap
  let terrain: Terrain
  let chance: Chance
  let jobs: [Job]
  let cutter: Cutter
  let townshipCount: Int
  let villageCount: Int
  let leafCount: Int
  /// Index in the region of each township, in the order they are cut.
  let townshipRows: [Int]

  init(
    _ region: Region, outlines: OutlineMap, terrain: Terrain, patches: Int
  ) throws(SynthError) {
    self.outlines = outlines
    self.terrain = terrain
    chance = terrain.chance
    cutter = Cutter(outlines: outlines)
    let rows = try Self.townships(of: region, outlines)
    townshipRows = rows.flatMap { $0 }
    townshipCount = townshipRows.count
    guard patches >= townshipCount * 4 else {
      throw .tooFewPatches(asked: patches, least: townshipCount * 4)
    }
    guard patches <= 50_000_000 else { throw .tooManyPatches(asked: patches, most: 50_000_000) }
    let weights = outlines.parts.map { terrain.weight(of: $0.piece) }
    let wanted = min(region.landscape.counts["villages"] ?? townshipCount, patches / 4)
    let atLeast = rows.map(\.count)
    let villages =
      Apportionment.shares(
        of: max(wanted, townshipCount), weights: weights, minima: atLeast) ?? atLeast
    let leaves = Apportionment.shares(of: patches, weights: weights, minima: villages) ?? villages
    villageCount = villages.reduce(0, +)
    leafCount = patches
    var jobs: [Job] = []
    var load = Load(townships: 0..<0, villages: 0..<0, leaves: 0..<0)
    for (index, part) in outlines.parts.enumerated() {
      load.townships = load.townships.upperBound..<(load.townships.upperBound + atLeast[index])
      load.villages = load.villages.upperBound..<(load.villages.upperBound + villages[index])
      load.leaves = load.leaves.upperBound..<(load.leaves.upperBound + leaves[index])
      jobs.append(Job(piece: part.piece, load: load, level: .townships))
    }
    self.jobs = jobs
  }

  /// Rows of the region's townships, for each polygon of the outlines.
  private static func townships(
    of region: Region, _ outlines: OutlineMap
  ) throws(SynthError) -> [[Int]] {
    var rows: [[Int]] = Array(repeating: [], count: outlines.parts.count)
    for (row, township) in region.townships.enumerated() {
      let place = outlines.parts.firstIndex {
        region.counties[$0.county].code == township.county && $0.number == township.part
      }
      guard let place else {
        throw .noSuchPart(township: township.code, part: township.part)
      }
      rows[place].append(row)
    }
    if let empty = rows.firstIndex(where: \.isEmpty) {
      let part = outlines.parts[empty]
      throw .partWithoutTownship(county: region.counties[part.county].code, part: part.number)
    }
    return rows
  }

  /// Cuts the whole country; `progress` hears how many leaves there are so far.
  func run(
    _ visitor: inout some TilingVisitor, progress: (Int) -> Void = { _ in }
  ) throws(SynthError) {
    for job in jobs {
      try divide(job, &visitor)
      progress(job.load.leaves.upperBound)
    }
  }

  private func divide(_ job: Job, _ visitor: inout some TilingVisitor) throws(SynthError) {
    guard visitor.wants(job.piece.box) else { return }
    guard job.count == 1 else {
      for child in try children(of: job, &visitor) { try divide(child, &visitor) }
      return
    }
    var inner = job
    switch job.level {
    case .townships:
      inner.township = job.load.townships.lowerBound
      inner.level = .villages
      visitor.township(inner.township, job.piece)
      try divide(inner, &visitor)
    case .villages:
      inner.village = job.load.villages.lowerBound
      inner.level = .leaves
      visitor.village(inner.village, of: inner.township, job.piece)
      try divide(inner, &visitor)
      visitor.villageIsComplete()
    case .leaves:
      visitor.leaf(job.load.leaves.lowerBound, of: job.village, job.piece)
    }
  }

  // MARK: One cut

  private struct Division {
    let ends: [Crossing]
    let pieces: [Piece]
    let loads: [Load]
    let merit: Double
  }

  private func children(
    of job: Job, _ visitor: inout some TilingVisitor
  ) throws(SynthError) -> [Job] {
    var best: Division?
    for (axis, constant) in candidates(for: job) {
      guard let division = division(of: job, axis: axis, near: constant) else { continue }
      if job.piece.isRectangle || division.merit > (best?.merit ?? -1) { best = division }
      if job.piece.isRectangle { break }
    }
    guard let best else {
      throw .cannotCut(county: countyCode(of: job), pieces: job.count)
    }
    let boundary = best.loads[0].leaves.upperBound
    let line = LineID.cut(boundary)
    visitor.cut(line, spacing: spacing(in: job), ends: best.ends)
    return zip(best.pieces, best.loads).map { piece, load in
      var child = job
      child.piece = piece.renaming(.cut(0), line)
      child.load = load
      return child
    }
  }

  private func countyCode(of job: Job) -> String {
    let part = outlines.parts[
      jobs.firstIndex { $0.load.leaves.contains(job.load.leaves.lowerBound) } ?? 0]
    return terrain.region.counties[part.county].code
  }

  /// About half the side of a patch in the piece.
  private func spacing(in job: Job) -> Int32 {
    let box = job.piece.box
    let each = Double(box.extent(.x)) * Double(box.extent(.y)) / Double(job.load.leaves.count)
    return Int32(min(max(each.squareRoot() * 0.5, 2_000), 1_000_000_000))
  }

  private func candidates(for job: Job) -> [(Axis, Int64)] {
    let box = job.piece.box
    let leaf = job.load.leaves.lowerBound
    let count = job.load.leaves.count
    let east = Double(box.extent(.x)) * terrain.metresEast
    let north = Double(box.extent(.y)) * terrain.metresNorth
    var main: Axis = east > north ? .x : .y
    if max(east, north) < 1.25 * min(east, north) {
      main = chance.unit(.axis, leaf, count) < 0.5 ? .x : .y
    }
    let part = 0.38 + 0.24 * chance.unit(.share, leaf, count)
    let first = job.level == .leaves ? part : terrain.balance(of: box, axis: main)
    var found = [(main, place(first, of: box, main))]
    guard !job.piece.isRectangle else { return found }
    for shift in [-0.12, 0.12, -0.25, 0.25] {
      found.append((main, place(min(max(first + shift, 0.1), 0.9), of: box, main)))
    }
    for share in [part, 0.35, 0.65] {
      found.append((main.other, place(share, of: box, main.other)))
    }
    for hole in job.piece.rings.dropFirst() {
      let centre = LatticeBox(around: hole).centre
      found += [(.x, centre.x), (.y, centre.y)]
    }
    return found
  }

  private func place(_ share: Double, of box: LatticeBox, _ axis: Axis) -> Int64 {
    box.low(axis) + Int64(Double(box.extent(axis)) * share)
  }

  private func division(of job: Job, axis: Axis, near asked: Int64) -> Division? {
    guard job.piece.box.extent(axis) > 8 else { return nil }
    let constant = cutter.freeConstant(near: asked, axis: axis, in: job.piece)
    // No cut has the number 0; the line gets its own once the pieces are known.
    let probe = Cut(axis: axis, constant: constant, line: .cut(0))
    let ends = cutter.chosen(cutter.crossings(of: job.piece, by: probe), by: probe)
    guard ends.count >= 2 else { return nil }
    let rough = cutter.pieces(of: job.piece, by: probe, at: ends)
    guard rough.count > 1, rough.count <= job.count, rough.allSatisfy({ $0.area > 0 }) else {
      return nil
    }
    guard let loads = loads(of: job, rough) else { return nil }
    return Division(
      ends: ends, pieces: rough, loads: loads, merit: merit(of: rough, loads, job))
  }

  /// How well a division leaves pieces of like worth and of compact shape.
  private func merit(of pieces: [Piece], _ loads: [Load], _ job: Job) -> Double {
    let whole = pieces.reduce(0) { $0 + $1.area }
    var least = 1.0
    for piece in pieces {
      let box = piece.box
      let east = Double(box.extent(.x)) * terrain.metresEast
      let north = Double(box.extent(.y)) * terrain.metresNorth
      let compact = min(east, north) / max(east, north, 1)
      least = min(least, min(piece.area / whole, 0.4) * (0.3 + 0.7 * compact))
      least = min(least, piece.fill * 0.4)
    }
    return job.piece.rings.count > 1 && pieces.allSatisfy { $0.rings.count == 1 }
      ? least + 1 : least
  }

  private func loads(of job: Job, _ pieces: [Piece]) -> [Load]? {
    let weights = pieces.map { terrain.weight(of: $0) }
    let one = pieces.map { _ in 1 }
    let load = job.load
    var townships = one
    var villages = one
    if job.level == .townships {
      guard
        let found = Apportionment.shares(of: load.townships.count, weights: weights, minima: one)
      else { return nil }
      townships = found
    }
    if job.level != .leaves {
      guard
        let found = Apportionment.shares(
          of: load.villages.count, weights: weights, minima: townships)
      else { return nil }
      villages = found
    }
    guard
      let leaves = Apportionment.shares(of: load.leaves.count, weights: weights, minima: villages)
    else { return nil }
    var current = Load(
      townships: load.townships.lowerBound..<load.townships.lowerBound,
      villages: load.villages.lowerBound..<load.villages.lowerBound,
      leaves: load.leaves.lowerBound..<load.leaves.lowerBound)
    return pieces.indices.map { index in
      current.townships =
        job.level == .townships
        ? current.townships.upperBound..<(current.townships.upperBound + townships[index])
        : load.townships
      current.villages =
        job.level != .leaves
        ? current.villages.upperBound..<(current.villages.upperBound + villages[index])
        : load.villages
      current.leaves = current.leaves.upperBound..<(current.leaves.upperBound + leaves[index])
      return current
    }
  }
}
