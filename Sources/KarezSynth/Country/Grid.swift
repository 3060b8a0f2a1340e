import KarezGeometry

/// A field of numbers over the country, on cells of some hundreds of metres.
struct Grid: Sendable {
  /// Cells are squares of degrees; fine enough for oases, coarse enough to be made in a moment.
  static let cell: Int64 = 8_000_000

  let origin: LatticePoint
  let columns: Int
  let rows: Int
  var values: [Float]

  init(over box: LatticeBox) {
    let grown = box.grown(by: 4 * Self.cell)
    origin = LatticePoint(x: grown.minX, y: grown.minY)
    columns = Int((grown.maxX - grown.minX) / Self.cell) + 1
    rows = Int((grown.maxY - grown.minY) / Self.cell) + 1
    values = Array(repeating: 0, count: columns * rows)
  }

  subscript(column: Int, row: Int) -> Float {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  func centre(_ column: Int, _ row: Int) -> LatticePoint {
    LatticePoint(
      x: origin.x + Int64(column) * Self.cell + Self.cell / 2,
      y: origin.y + Int64(row) * Self.cell + Self.cell / 2)
  }

  /// Cell a place lies in, within the grid.
  func cell(of point: LatticePoint) -> (column: Int, row: Int) {
    (
      min(max(Int((point.x - origin.x) / Self.cell), 0), columns - 1),
      min(max(Int((point.y - origin.y) / Self.cell), 0), rows - 1)
    )
  }

  /// The value between the centres of the four nearest cells.
  func value(at point: LatticePoint) -> Double {
    let u = Double(point.x - origin.x) / Double(Self.cell) - 0.5
    let v = Double(point.y - origin.y) / Double(Self.cell) - 0.5
    let column = min(max(Int(u), 0), columns - 2)
    let row = min(max(Int(v), 0), rows - 2)
    let s = min(max(u - Double(column), 0), 1)
    let t = min(max(v - Double(row), 0), 1)
    let low = Double(self[column, row]) * (1 - s) + Double(self[column + 1, row]) * s
    let high = Double(self[column, row + 1]) * (1 - s) + Double(self[column + 1, row + 1]) * s
    return low * (1 - t) + high * t
  }
}

extension Grid {
  /// Lowers every cell to what a neighbour has and a step towards it adds.
  ///
  /// - Units: what is added for a step east and for a step north, in the unit of the values.
  /// - Shape: a chamfer; two sweeps, right to a few per cent.
  mutating func spread(east: Float, north: Float) {
    let slant = (east * east + north * north).squareRoot()
    for row in 0..<rows {
      for column in 0..<columns {
        relax(column, row, -1, 0, east)
        relax(column, row, 0, -1, north)
        relax(column, row, -1, -1, slant)
        relax(column, row, 1, -1, slant)
      }
    }
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        relax(column, row, 1, 0, east)
        relax(column, row, 0, 1, north)
        relax(column, row, 1, 1, slant)
        relax(column, row, -1, 1, slant)
      }
    }
  }

  private mutating func relax(
    _ column: Int, _ row: Int, _ right: Int, _ up: Int, _ step: Float
  ) {
    let c = column + right
    let r = row + up
    guard c >= 0, c < columns, r >= 0, r < rows else { return }
    self[column, row] = min(self[column, row], self[c, r] + step)
  }
}

/// Sums of a field over boxes, in a moment each.
struct BoxSums: Sendable {
  private let grid: Grid
  /// Sum over all cells below and left of a corner.
  private var sums: [Double]

  init(of grid: Grid) {
    self.grid = grid
    let width = grid.columns + 1
    sums = Array(repeating: 0, count: width * (grid.rows + 1))
    for row in 0..<grid.rows {
      var line = 0.0
      for column in 0..<grid.columns {
        line += Double(grid[column, row])
        sums[(row + 1) * width + column + 1] = sums[row * width + column + 1] + line
      }
    }
  }

  /// The sum over a box, cells that it cuts counted in part.
  func sum(over box: LatticeBox) -> Double {
    let whole =
      corner(box.maxX, box.maxY) - corner(box.minX, box.maxY) - corner(box.maxX, box.minY)
      + corner(box.minX, box.minY)
    return max(whole, 0)
  }

  private func corner(_ x: Int64, _ y: Int64) -> Double {
    let u = min(max(Double(x - grid.origin.x) / Double(Grid.cell), 0), Double(grid.columns))
    let v = min(max(Double(y - grid.origin.y) / Double(Grid.cell), 0), Double(grid.rows))
    let column = min(Int(u), grid.columns - 1)
    let row = min(Int(v), grid.rows - 1)
    let s = u - Double(column)
    let t = v - Double(row)
    let width = grid.columns + 1
    let base = row * width + column
    let low = sums[base] * (1 - s) + sums[base + 1] * s
    let high = sums[base + width] * (1 - s) + sums[base + width + 1] * s
    return low * (1 - t) + high * t
  }
}
