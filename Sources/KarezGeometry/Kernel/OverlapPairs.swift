/// Two shapes of a list that lie on one another.
public struct OverlapPair: Hashable, Sendable {
  /// Places in the list, the first below the second.
  public let first: Int
  public let second: Int
  /// In the unit of the frame; of no meaning for a pair that is not sound.
  public let area: Double
  public let isSound: Bool

  public init(first: Int, second: Int, area: Double, isSound: Bool) {
    self.first = first
    self.second = second
    self.area = area
    self.isSound = isSound
  }
}

extension PairKernel {
  /// Pairs among the shapes that have an area in common, or cannot be trusted.
  ///
  /// - Complexity: a sweep along x; each pair whose boxes meet is measured once.
  public func overlaps(among shapes: [PlaneShape]) -> [OverlapPair] {
    let order = shapes.indices.filter { !shapes[$0].rings.isEmpty }
      .sorted { (shapes[$0].west, $0) < (shapes[$1].west, $1) }
    var pairs: [OverlapPair] = []
    var open: [Int] = []
    for index in order {
      let shape = shapes[index]
      open.removeAll { shapes[$0].east < shape.west }
      for other in open {
        let overlap = overlap(shapes[other], shape)
        guard overlap.area > Self.residue || !overlap.isSound else { continue }
        pairs.append(
          OverlapPair(
            first: min(index, other), second: max(index, other), area: overlap.area,
            isSound: overlap.isSound))
      }
      open.append(index)
    }
    return pairs.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }
}

extension PlaneShape {
  fileprivate var west: Double { origin.x + low.x }
  fileprivate var east: Double { origin.x + high.x }
}
