/// What is told of the country while it is being cut, coarse pieces before the fine ones in them.
protocol TilingVisitor {
  /// Whether anything inside the box is of interest; if not, it is left out.
  mutating func wants(_ box: LatticeBox) -> Bool
  /// A cut was made, and ends at these places on other lines.
  mutating func cut(_ line: LineID, spacing: Int32, ends: [Crossing])
  mutating func township(_ index: Int, _ piece: Piece)
  mutating func village(_ index: Int, of township: Int, _ piece: Piece)
  mutating func leaf(_ index: Int, of village: Int, _ piece: Piece)
  /// All leaves of the village that was last told of have been told.
  mutating func villageIsComplete()
}

extension TilingVisitor {
  mutating func wants(_ box: LatticeBox) -> Bool { true }
  mutating func cut(_ line: LineID, spacing: Int32, ends: [Crossing]) {}
  mutating func township(_ index: Int, _ piece: Piece) {}
  mutating func villageIsComplete() {}
}
