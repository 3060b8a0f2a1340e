/// Boxes packed into a tree, to be asked which of them contain or meet another.
///
/// - Shape: sorted into strips by x and within a strip by y, sixteen to a node.
struct PackedBoxes {
  typealias Box = (low: SIMD2<Double>, high: SIMD2<Double>)
  private static let fanOut = 16

  private let numbers: [Int]
  /// The boxes themselves first, then each level above.
  private var levels: [[Box]] = []

  init(_ boxes: [Box]) {
    let byX = boxes.indices.sorted { boxes[$0].low.x < boxes[$1].low.x }
    let leaves = (boxes.count + Self.fanOut - 1) / Self.fanOut
    let strip = Int(Double(max(1, leaves)).squareRoot().rounded(.up)) * Self.fanOut
    var numbers: [Int] = []
    for first in stride(from: 0, to: byX.count, by: strip) {
      numbers += byX[first..<min(first + strip, byX.count)]
        .sorted { boxes[$0].low.y < boxes[$1].low.y }
    }
    self.numbers = numbers
    levels.append(numbers.map { boxes[$0] })
    while let top = levels.last, top.count > 1 {
      levels.append(
        stride(from: 0, to: top.count, by: Self.fanOut).map { first in
          top[first..<min(first + Self.fanOut, top.count)].dropFirst()
            .reduce(top[first]) { (pointwiseMin($0.low, $1.low), pointwiseMax($0.high, $1.high)) }
        })
    }
  }

  /// Visits every box that has the given one inside.
  func visit(containing low: SIMD2<Double>, _ high: SIMD2<Double>, _ body: (Int) -> Void) {
    visit({ all($0.low .<= low) && all($0.high .>= high) }, body)
  }

  /// Visits every box that meets the given one.
  func visit(meeting low: SIMD2<Double>, _ high: SIMD2<Double>, _ body: (Int) -> Void) {
    visit({ all($0.low .<= high) && all($0.high .>= low) }, body)
  }

  private func visit(_ passes: (Box) -> Bool, _ body: (Int) -> Void) {
    guard !numbers.isEmpty else { return }
    var stack = [(level: levels.count - 1, node: 0)]
    while let (level, node) = stack.popLast() {
      guard passes(levels[level][node]) else { continue }
      if level == 0 {
        body(numbers[node])
        continue
      }
      let first = node * Self.fanOut
      for child in first..<min(first + Self.fanOut, levels[level - 1].count) {
        stack.append((level - 1, child))
      }
    }
  }
}
