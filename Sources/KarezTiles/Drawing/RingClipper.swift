/// Cuts rings and lines to the square of a tile, on whole units.
///
/// Where an edge leaves the square is worked out from its lower end, whichever way it runs, so
/// that neighbours who share an edge share what is left of it.
struct RingClipper {
  private let low: SIMD2<Double>
  private let high: SIMD2<Double>
  private var from: [SIMD2<Double>] = []
  private var to: [SIMD2<Double>] = []

  init(low: SIMD2<Double> = TilePlane.low, high: SIMD2<Double> = TilePlane.high) {
    self.low = low
    self.high = high
  }

  /// What of a ring lies in the square, without vertices that say nothing.
  ///
  /// Empty where that has no area. Rings are not closed by their first vertex again.
  mutating func cut(_ ring: [SIMD2<Double>]) -> [SIMD2<Double>] {
    var least = SIMD2<Double>(repeating: .infinity)
    var most = -least
    for place in ring {
      least = pointwiseMin(least, place)
      most = pointwiseMax(most, place)
    }
    guard least.x <= high.x, least.y <= high.y, most.x >= low.x, most.y >= low.y else { return [] }
    if least.x >= low.x, least.y >= low.y, most.x <= high.x, most.y <= high.y {
      return Self.plain(ring)
    }
    from.removeAll(keepingCapacity: true)
    from += ring
    for axis in 0...1 {
      if least[axis] < low[axis] { keep(axis, from: low[axis], isBelow: false) }
      if most[axis] > high[axis] { keep(axis, from: high[axis], isBelow: true) }
    }
    return Self.plain(from)
  }

  /// Leaves what lies on one side of a line (Sutherland and Hodgman, 1974).
  private mutating func keep(_ axis: Int, from level: Double, isBelow: Bool) {
    to.removeAll(keepingCapacity: true)
    guard var before = from.last else { return }
    var wasIn = isBelow ? before[axis] <= level : before[axis] >= level
    for place in from {
      let isIn = isBelow ? place[axis] <= level : place[axis] >= level
      if isIn != wasIn { to.append(Self.crossing(before, place, axis, level)) }
      if isIn { to.append(place) }
      (before, wasIn) = (place, isIn)
    }
    swap(&from, &to)
  }

  private static func crossing(
    _ one: SIMD2<Double>, _ other: SIMD2<Double>, _ axis: Int, _ level: Double
  ) -> SIMD2<Double> {
    let isOrdered = one.x != other.x ? one.x < other.x : one.y < other.y
    let (first, second) = isOrdered ? (one, other) : (other, one)
    let across = 1 - axis
    let part = (level - first[axis]) / (second[axis] - first[axis])
    var place = SIMD2<Double>()
    place[axis] = level
    place[across] = first[across] + (second[across] - first[across]) * part
    return TilePlane.whole(place)
  }

  /// Without repeated vertices, vertices on a straight line, and spikes.
  static func plain(_ ring: [SIMD2<Double>]) -> [SIMD2<Double>] {
    var left: [SIMD2<Double>] = []
    left.reserveCapacity(ring.count)
    for place in ring {
      while let last = left.last {
        guard last == place || (left.count > 1 && turn(left[left.count - 2], last, place) == 0)
        else {
          break
        }
        left.removeLast()
      }
      left.append(place)
    }
    var first = 0
    while left.count - first > 2 {
      let last = left.count - 1
      if left[last] == left[first] || turn(left[last - 1], left[last], left[first]) == 0 {
        left.removeLast()
      } else if turn(left[last], left[first], left[first + 1]) == 0 {
        first += 1
      } else {
        break
      }
    }
    return left.count - first > 2 ? Array(left[first...]) : []
  }

  private static func turn(
    _ one: SIMD2<Double>, _ two: SIMD2<Double>, _ three: SIMD2<Double>
  ) -> Double {
    (two.x - one.x) * (three.y - two.y) - (two.y - one.y) * (three.x - two.x)
  }

  /// Twice the area, positive where the ring runs clockwise on the screen.
  static func doubledArea(_ ring: [SIMD2<Double>]) -> Double {
    guard var before = ring.last else { return 0 }
    var sum = 0.0
    for place in ring {
      sum += before.x * place.y - place.x * before.y
      before = place
    }
    return sum
  }

  /// The parts of a line that lie in the square.
  func parts(ofLine line: [SIMD2<Double>]) -> [[SIMD2<Double>]] {
    var parts: [[SIMD2<Double>]] = []
    var part: [SIMD2<Double>] = []
    func end() {
      if part.count > 1 { parts.append(part) }
      part = []
    }
    for (start, finish) in zip(line, line.dropFirst()) where start != finish {
      guard let (first, second) = inside(start, finish) else {
        end()
        continue
      }
      if part.last != first {
        end()
        part = [first]
      }
      if first != second { part.append(second) }
      if second != finish { end() }
    }
    end()
    return parts
  }

  /// The part of an edge in the square (Liang and Barsky, 1984).
  private func inside(
    _ start: SIMD2<Double>, _ finish: SIMD2<Double>
  ) -> (SIMD2<Double>, SIMD2<Double>)? {
    let along = finish - start
    var (enters, leaves) = (0.0, 1.0)
    for axis in 0...1 {
      if along[axis] == 0 {
        if start[axis] < low[axis] || start[axis] > high[axis] { return nil }
        continue
      }
      let one = (low[axis] - start[axis]) / along[axis]
      let two = (high[axis] - start[axis]) / along[axis]
      enters = max(enters, min(one, two))
      leaves = min(leaves, max(one, two))
    }
    guard enters < leaves else { return nil }
    return (
      enters == 0 ? start : TilePlane.whole(start + along * enters),
      leaves == 1 ? finish : TilePlane.whole(start + along * leaves)
    )
  }
}
