import KarezGeometry

/// The first walk through the country: where cuts end, and what the villages are like.
struct Surveyor: TilingVisitor {
  struct Village: Sendable {
    let township: Int
    let box: LatticeBox
    let isRectangle: Bool
    /// - Units: square metres, roughly.
    let area: Double
    let score: Double
    var leaves: Range<Int> = 0..<0
  }

  private let terrain: Terrain
  private(set) var nodes: NodeTable
  private(set) var spacings: [Int32]
  private(set) var villages: [Village] = []
  /// Area by score, for setting where a band begins.
  private(set) var areas = ScoreAreas()
  /// Metres across the smallest patch in each cell.
  private(set) var sizes: Grid

  init(_ tiler: Tiler) {
    terrain = tiler.terrain
    nodes = NodeTable(outlines: tiler.outlines, leaves: tiler.leafCount)
    sizes = Grid(over: tiler.outlines.box)
    for index in sizes.values.indices { sizes.values[index] = 1e9 }
    spacings = Array(repeating: 0, count: tiler.leafCount + 1)
    villages.reserveCapacity(tiler.villageCount)
  }

  mutating func cut(_ line: LineID, spacing: Int32, ends: [Crossing]) {
    spacings[line.index] = spacing
    for end in ends { nodes.add(end.at, on: end.crossed) }
  }

  mutating func village(_ index: Int, of township: Int, _ piece: Piece) {
    villages.append(
      Village(
        township: township, box: piece.box, isRectangle: piece.isRectangle,
        area: terrain.squareMetres(of: piece), score: terrain.score(at: piece.box.centre)))
  }

  mutating func leaf(_ index: Int, of village: Int, _ piece: Piece) {
    areas.add(terrain.squareMetres(of: piece), score: terrain.score(at: piece.box.centre))
    note(piece.box)
    let leaves = villages[village].leaves
    villages[village].leaves = (leaves.isEmpty ? index : leaves.lowerBound)..<(index + 1)
  }

  private mutating func note(_ box: LatticeBox) {
    let across = min(
      Double(box.extent(.x)) * terrain.metresEast, Double(box.extent(.y)) * terrain.metresNorth)
    let low = sizes.cell(of: LatticePoint(x: box.minX, y: box.minY))
    let high = sizes.cell(of: LatticePoint(x: box.maxX, y: box.maxY))
    for row in low.row...high.row {
      for column in low.column...high.column {
        sizes[column, row] = min(sizes[column, row], Float(across))
      }
    }
  }

  /// Nothing is added any more; sizes become so smooth that what depends on them bends gently.
  mutating func seal() {
    nodes.seal(leaves: spacings.count)
    let step = 0.2 * Double(Grid.cell)
    sizes.spread(
      east: Float(step * terrain.metresEast), north: Float(step * terrain.metresNorth))
  }
}

/// How much area lies at each score.
struct ScoreAreas: Sendable {
  private static let low = -4.0
  private static let perUnit = 1_024.0
  private var bins = [Double](repeating: 0, count: 8 * 1_024)
  private(set) var whole = 0.0

  mutating func add(_ area: Double, score: Double) {
    let bin = Int((score - Self.low) * Self.perUnit)
    bins[min(max(bin, 0), bins.count - 1)] += area
    whole += area
  }

  /// The score above which a share of the area lies.
  func score(above share: Double) -> Double {
    var seen = 0.0
    for bin in bins.indices.reversed() {
      seen += bins[bin]
      if seen >= share * whole { return Self.low + Double(bin) / Self.perUnit }
    }
    return Self.low
  }
}

extension Terrain {
  /// - Units: square metres; right to a thousandth.
  func squareMetres(of piece: Piece) -> Double {
    piece.area * metresNorth * metresNorth
      * Self.cosine(ofDegrees: piece.box.centre.position.y)
  }
}
