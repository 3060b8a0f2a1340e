/// The outlines of the cells that belong together.
///
/// Cells of one group that share a side are one piece; its outer ring comes first, then its holes.
/// All rings run along the same lines of cells as their neighbours' do, so that nothing gaps.
struct CellOutlines {
  /// East, south, west, north; land on the right hand.
  private static let steps = [(1, 0), (0, 1), (-1, 0), (0, -1)]

  private let grid: CellGrid
  private var pieces: [Int32]
  private var isWalked: [Bool]

  init(_ grid: CellGrid) {
    self.grid = grid
    pieces = Array(repeating: -1, count: grid.owners.count)
    isWalked = Array(repeating: false, count: grid.owners.count)
  }

  /// The pieces' rings on whole units of the tile, by group.
  mutating func rings() -> [Int32: [[SIMD2<Double>]]] {
    var groups: [Int32] = []
    var byPiece: [[[SIMD2<Double>]]] = []
    for cell in grid.owners.indices where grid.owners[cell] != CellGrid.nobody {
      if pieces[cell] < 0 {
        flood(from: cell, as: Int32(groups.count))
        groups.append(grid.owners[cell])
        byPiece.append([])
      }
      // Every ring goes east along the top of some cell.
      if !isWalked[cell], piece(cell % grid.width, cell / grid.width - 1) != pieces[cell] {
        byPiece[Int(pieces[cell])].append(walk(from: cell))
      }
    }
    var found: [Int32: [[SIMD2<Double>]]] = [:]
    for (group, rings) in zip(groups, byPiece) { found[group, default: []] += rings }
    return found
  }

  private mutating func flood(from start: Int, as piece: Int32) {
    let owner = grid.owners[start]
    let width = grid.width
    var stack = [start]
    pieces[start] = piece
    while let cell = stack.popLast() {
      let (column, row) = (cell % width, cell / width)
      for (x, y) in Self.steps {
        let (nextColumn, nextRow) = (column + x, row + y)
        guard (0..<width).contains(nextColumn), (0..<width).contains(nextRow) else { continue }
        let next = nextRow * width + nextColumn
        if pieces[next] < 0, grid.owners[next] == owner {
          pieces[next] = piece
          stack.append(next)
        }
      }
    }
  }

  private func piece(_ column: Int, _ row: Int) -> Int32 {
    guard column >= 0, row >= 0, column < grid.width, row < grid.width else { return -1 }
    return pieces[row * grid.width + column]
  }

  /// One ring, from the north-west corner of a cell.
  private mutating func walk(from start: Int) -> [SIMD2<Double>] {
    let own = pieces[start]
    var (x, y) = (start % grid.width, start / grid.width)
    let begin = (x, y)
    var way = 0
    var ring: [SIMD2<Double>] = []
    repeat {
      if way == 0 { isWalked[y * grid.width + x] = true }
      x += Self.steps[way].0
      y += Self.steps[way].1
      let turn = nextWay(at: (x, y), going: way, own)
      if turn != way { ring.append(corner(x, y)) }
      way = turn
    } while (x, y) != begin || way != 0
    return ring
  }

  /// Keeps to the cell on the right: cells that only touch at a corner are two pieces.
  private func nextWay(at corner: (Int, Int), going way: Int, _ own: Int32) -> Int {
    let (x, y) = corner
    // The cells around the corner, from the south-east one clockwise.
    let around = [piece(x, y), piece(x - 1, y), piece(x - 1, y - 1), piece(x, y - 1)]
    // Going east, the cell ahead on the right is the south-east one; south, the south-west one.
    if around[way] != own { return (way + 1) % 4 }
    return around[(way + 3) % 4] == own ? (way + 3) % 4 : way
  }

  private func corner(_ x: Int, _ y: Int) -> SIMD2<Double> {
    SIMD2(Double(x - grid.margin), Double(y - grid.margin)) * grid.unit
  }
}
