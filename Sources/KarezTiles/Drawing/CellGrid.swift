import KarezGeometry

/// A tile as a grid of cells, each given to the group whose polygon covers its middle.
///
/// What covers no middle is not dropped without a substitute: where nobody else's land lies, the
/// cell at its own middle is its.
///
/// - Complexity: a polygon that no middle can lie in costs a look at its box.
struct CellGrid {
  static let nobody: Int32 = -1

  /// Cells along a side of the tile, and beyond it.
  let cells: Int
  let margin: Int
  let width: Int
  let unit: Double
  private(set) var owners: [Int32]
  private var substitutes: [Int32]
  private var crossings: [(row: Int32, x: Double)] = []

  init(cells: Int) {
    self.cells = cells
    margin = max(1, cells * TilePlane.buffer / TilePlane.extent)
    width = cells + 2 * margin
    unit = Double(TilePlane.extent) / Double(cells)
    owners = Array(repeating: Self.nobody, count: width * width)
    substitutes = owners
  }

  /// A place on the tile, counted in cells from the middle of the first.
  @inline(__always)
  private func cell(of place: SIMD2<Double>) -> SIMD2<Double> {
    place / unit + SIMD2(repeating: Double(margin) - 0.5)
  }

  /// Whether a middle may lie in a box of the tile.
  func mayHold(low: SIMD2<Double>, high: SIMD2<Double>) -> Bool {
    let (low, high) = (cell(of: low), cell(of: high))
    let last = Double(width - 1)
    let first = pointwiseMax(low.rounded(.up), .zero)
    let end = pointwiseMin(high.rounded(.down), SIMD2(last, last))
    return first.x <= end.x && first.y <= end.y
  }

  /// Gives a group the cells whose middles lie in a polygon; answers whether there were any.
  mutating func fill(_ drawn: DrawnRings, on plane: TilePlane, with group: Int32) -> Bool {
    crossings.removeAll(keepingCapacity: true)
    let last = Double(width)
    for ring in drawn.rings {
      guard ring.range.count > 2 else { continue }
      var before = cell(of: plane.place(drawn.vertices[ring.range.upperBound - 1]))
      for index in ring.range {
        let place = cell(of: plane.place(drawn.vertices[index]))
        // The same end first, whichever way the edge runs: a middle is one neighbour's only.
        let (top, bottom) = before.y <= place.y ? (before, place) : (place, before)
        let first = max(0, top.y.rounded(.up))
        let end = min(last, bottom.y)
        if first < end {
          let slope = (bottom.x - top.x) / (bottom.y - top.y)
          var row = first
          while row < end {
            crossings.append((Int32(row), top.x + (row - top.y) * slope))
            row += 1
          }
        }
        before = place
      }
    }
    guard crossings.count > 1 else { return false }
    crossings.sort { ($0.row, $0.x) < ($1.row, $1.x) }
    var isAny = false
    for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
      let (enters, leaves) = (crossings[pair], crossings[pair + 1])
      let first = Int(max(0, enters.x.rounded(.up)))
      let end = Int(min(last, leaves.x.rounded(.up)))
      guard first < end else { continue }
      let row = Int(enters.row) * width
      for column in first..<end { owners[row + column] = group }
      isAny = true
    }
    return isAny
  }

  /// Whether nobody stands in for the cell of a place yet.
  func isFree(at place: SIMD2<Double>) -> Bool {
    index(of: place).map { substitutes[$0] == Self.nobody } ?? false
  }

  /// Has a group stand in for the cell of a place, if it stays empty.
  mutating func substitute(_ group: Int32, at place: SIMD2<Double>) {
    if let index = index(of: place), substitutes[index] == Self.nobody {
      substitutes[index] = group
    }
  }

  private func index(of place: SIMD2<Double>) -> Int? {
    let cell = cell(of: place) + 0.5
    guard cell.x >= 0, cell.y >= 0, cell.x < Double(width), cell.y < Double(width) else {
      return nil
    }
    return Int(cell.y) * width + Int(cell.x)
  }

  /// To be said when all polygons were shown: empty cells go to who stands in for them.
  mutating func settle() {
    for index in owners.indices where owners[index] == Self.nobody {
      owners[index] = substitutes[index]
    }
  }
}
