/// The signed area of a closed line, by trapezoids measured from its first position.
package enum Shoelace {
  /// Twice the signed area; positive when the line runs counter-clockwise.
  ///
  /// Products of coordinates near 10⁷ m round to 0.01 m² and more, so every factor is a
  /// difference: a mean distance from the first position, and the height of one edge.
  package static func doubledArea(of positions: some Sequence<Position>) -> Double {
    var rest = positions.makeIterator()
    guard let origin = rest.next() else { return 0 }
    var sum = 0.0
    var previous = origin
    while let position = rest.next() {
      sum +=
        ((previous.x - origin.x) + (position.x - origin.x)) * (position.y - previous.y)
      previous = position
    }
    return sum
  }
}
