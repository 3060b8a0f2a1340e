public import KarezGeometry

/// 瓦片: one tile of a matrix set.
public struct TileAddress: Hashable, Sendable {
  public let set: TileMatrixSet
  public let level: Int
  public let row: Int
  public let column: Int

  /// Nil where the set has no such tile.
  public init?(_ set: TileMatrixSet, level: Int, row: Int, column: Int) {
    guard (0...TileMatrixSet.mostLevels).contains(level), row >= 0, column >= 0,
      row < set.rows(level), column < set.columns(level)
    else { return nil }
    self.set = set
    self.level = level
    self.row = row
    self.column = column
  }

  /// The tile an address names; numbers are plain decimal digits without leading zeros.
  public init?(set: String, matrix: String, row: String, column: String) {
    guard let set = TileMatrixSet(rawValue: set), let level = Self.number(matrix),
      let row = Self.number(row), let column = Self.number(column)
    else { return nil }
    self.init(set, level: level, row: row, column: column)
  }

  /// More digits than any row has are none of ours.
  private static func number(_ text: String) -> Int? {
    guard (1...8).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text.utf8.count == 1 || !text.hasPrefix("0")
    else { return nil }
    return Int(text)
  }
}

extension TileAddress {
  /// The tiles of a level that a box of degrees meets, row by row.
  public static func all(
    of set: TileMatrixSet, level: Int, meeting box: BoundingBox
  ) -> [TileAddress] {
    guard let first = TileAddress(set, level: level, row: 0, column: 0) else { return [] }
    let plane = TilePlane(first)
    let one = plane.place(Position(x: box.minX, y: box.maxY)) / Double(TilePlane.extent)
    let other = plane.place(Position(x: box.maxX, y: box.minY)) / Double(TilePlane.extent)
    func range(_ low: Double, _ high: Double, _ count: Int) -> ClosedRange<Int> {
      let last = count - 1
      let first = Int(min(max(low.rounded(.down), 0), Double(last)))
      return first...max(first, Int(min(max(high.rounded(.down), 0), Double(last))))
    }
    let columns = range(one.x, other.x, set.columns(level))
    return range(one.y, other.y, set.rows(level)).flatMap { row in
      columns.compactMap { TileAddress(set, level: level, row: row, column: $0) }
    }
  }
}
