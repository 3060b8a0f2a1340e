/// The outlines drawn on the grid.
struct OutlineRaster {
  private let outlines: OutlineMap
  private let grid: Grid
  /// Whether a cell's centre lies in a county.
  private(set) var inside: [Bool] = []

  init(_ outlines: OutlineMap) {
    self.outlines = outlines
    grid = Grid(over: outlines.box)
    inside = filled()
  }

  /// Even–odd along each row; edges between counties count twice and so not at all.
  private func filled() -> [Bool] {
    var places: [[Int64]] = Array(repeating: [], count: grid.rows)
    for part in outlines.parts {
      for ring in part.piece.rings {
        for vertex in ring { collect(outlines.edges[vertex.line.index], into: &places) }
      }
    }
    var inside = [Bool](repeating: false, count: grid.values.count)
    for row in 0..<grid.rows {
      let line = places[row].sorted()
      for first in stride(from: 0, to: line.count - 1, by: 2) {
        let low = Int((line[first] - grid.origin.x + Grid.cell / 2) / Grid.cell)
        let high = Int((line[first + 1] - grid.origin.x + Grid.cell / 2) / Grid.cell)
        for column in max(low, 0)..<max(min(high, grid.columns), max(low, 0)) {
          inside[row * grid.columns + column] = true
        }
      }
    }
    return inside
  }

  private func collect(_ edge: OutlineMap.Edge, into places: inout [[Int64]]) {
    let (low, high) =
      edge.low.y <= edge.high.y ? (edge.low, edge.high) : (edge.high, edge.low)
    guard high.y > low.y else { return }
    let first = grid.cell(of: low).row
    let last = grid.cell(of: high).row
    for row in first...last {
      let y = grid.centre(0, row).y
      guard y >= low.y, y < high.y else { continue }
      let part = Double(y - low.y) / Double(high.y - low.y)
      places[row].append(low.x + Int64(Double(high.x - low.x) * part))
    }
  }

  /// Metres from each cell to the nearest outline; a chamfer, right to a few per cent.
  func distance(metresEast: Double, metresNorth: Double) -> Grid {
    var field = grid
    let far = Float(1e9)
    for index in field.values.indices { field.values[index] = far }
    for edge in outlines.edges {
      let dx = edge.high.x - edge.low.x
      let dy = edge.high.y - edge.low.y
      let steps = Int(max(dx.magnitude, dy.magnitude) / UInt64(Grid.cell / 2)) + 1
      for step in 0...steps {
        let part = Double(step) / Double(steps)
        let point = LatticePoint(
          x: edge.low.x + Int64(Double(dx) * part), y: edge.low.y + Int64(Double(dy) * part))
        let cell = field.cell(of: point)
        field[cell.column, cell.row] = 0
      }
    }
    let east = Float(Double(Grid.cell) * metresEast)
    let north = Float(Double(Grid.cell) * metresNorth)
    field.spread(east: east, north: north)
    return field
  }
}
