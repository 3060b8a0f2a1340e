extension Terrain {
  /// How many patches a piece calls for, up to the same factor for all pieces.
  func weight(of piece: Piece) -> Double {
    let box = piece.box
    if piece.isRectangle { return weights.sum(over: box) }
    guard box.extent(.x) > 4 * Grid.cell, box.extent(.y) > 4 * Grid.cell else {
      return weights.sum(over: box) * piece.fill
    }
    return rowWeight(of: piece)
  }

  /// The sum over a piece of many cells, row by row between its edges.
  private func rowWeight(of piece: Piece) -> Double {
    let first = density.cell(of: LatticePoint(x: box(piece).minX, y: box(piece).minY)).row
    let last = density.cell(of: LatticePoint(x: box(piece).minX, y: box(piece).maxY)).row
    var places: [[Int64]] = Array(repeating: [], count: last - first + 1)
    for ring in piece.rings {
      guard var previous = ring.last?.at else { continue }
      for vertex in ring {
        let (low, high) =
          previous.y <= vertex.at.y ? (previous, vertex.at) : (vertex.at, previous)
        previous = vertex.at
        guard high.y > low.y else { continue }
        for row in density.cell(of: low).row...density.cell(of: high).row {
          let y = density.centre(0, row).y
          guard y >= low.y, y < high.y else { continue }
          let part = Double(y - low.y) / Double(high.y - low.y)
          places[row - first].append(low.x + Int64(Double(high.x - low.x) * part))
        }
      }
    }
    var sum = 0.0
    for (offset, line) in places.enumerated() {
      let ordered = line.sorted()
      let south = density.centre(0, first + offset).y - Grid.cell / 2
      for start in stride(from: 0, to: ordered.count - 1, by: 2) {
        sum += weights.sum(
          over: LatticeBox(
            minX: ordered[start], minY: south, maxX: ordered[start + 1], maxY: south + Grid.cell))
      }
    }
    return sum
  }

  private func box(_ piece: Piece) -> LatticeBox { piece.box }

  /// The share of a box, between a fifth and four fifths, at which a cut halves what lies in it.
  func balance(of box: LatticeBox, axis: Axis) -> Double {
    let whole = weights.sum(over: box)
    guard whole > 0 else { return 0.5 }
    var low = 0.2
    var high = 0.8
    for _ in 0..<12 {
      let middle = (low + high) / 2
      var part = box
      let end = box.low(axis) + Int64(Double(box.extent(axis)) * middle)
      if axis == .x { part.maxX = end } else { part.maxY = end }
      if weights.sum(over: part) < whole / 2 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
