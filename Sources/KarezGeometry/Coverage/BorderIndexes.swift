/// Numbers vertices in the order they are first met.
struct VertexIndex {
  private var slots = [Int32](repeating: -1, count: 1 << 12)
  private var vertices: [SIMD2<Int64>] = []

  mutating func number(of vertex: SIMD2<Int64>) -> Int32 {
    if vertices.count * 2 >= slots.count { grow() }
    var slot = home(of: vertex)
    while slots[slot] >= 0 {
      if vertices[Int(slots[slot])] == vertex { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(truncatingIfNeeded: vertices.count)
    vertices.append(vertex)
    return slots[slot]
  }

  private func home(of vertex: SIMD2<Int64>) -> Int {
    Int(truncatingIfNeeded: CoverageVertex.hash(vertex)) & (slots.count - 1)
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    for (number, vertex) in vertices.enumerated() {
      var slot = home(of: vertex)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(truncatingIfNeeded: number)
    }
  }
}

/// Edges between numbered vertices, whichever way they run.
struct EdgeSet {
  private static let free = UInt64.max
  private var slots = [UInt64](repeating: free, count: 1 << 12)
  private var count = 0

  private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: min(a, b))) << 32 | UInt64(UInt32(bitPattern: max(a, b)))
  }

  private func home(of key: UInt64) -> Int {
    let mixed = (key ^ (key >> 31)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 20) & (slots.count - 1)
  }

  private func slot(of key: UInt64) -> Int {
    var slot = home(of: key)
    while slots[slot] != Self.free, slots[slot] != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  func contains(_ a: Int32, _ b: Int32) -> Bool {
    slots[slot(of: Self.key(a, b))] != Self.free
  }

  /// Answers whether it is new.
  mutating func insert(_ a: Int32, _ b: Int32) -> Bool {
    if count * 2 >= slots.count { grow() }
    let key = Self.key(a, b)
    let slot = slot(of: key)
    guard slots[slot] == Self.free else { return false }
    slots[slot] = key
    count += 1
    return true
  }

  mutating func remove(_ a: Int32, _ b: Int32) {
    var hole = slot(of: Self.key(a, b))
    guard slots[hole] != Self.free else { return }
    let mask = slots.count - 1
    var probe = hole
    while true {
      probe = (probe + 1) & mask
      if slots[probe] == Self.free { break }
      if (probe - home(of: slots[probe])) & mask >= (probe - hole) & mask {
        slots[hole] = slots[probe]
        hole = probe
      }
    }
    slots[hole] = Self.free
    count -= 1
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Self.free, count: old.count * 2)
    for key in old where key != Self.free { slots[slot(of: key)] = key }
  }
}

/// Points sorted into square cells, some four to a cell.
struct PointCells {
  private let low: SIMD2<Double>
  private let size: SIMD2<Double>
  private let columns: Int
  private let rows: Int
  private var firsts: [Int32] = []
  private var order: [Int32] = []

  init(_ points: [SIMD2<Double>]) {
    var low = SIMD2<Double>(repeating: .infinity)
    var high = -low
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    self.low = points.isEmpty ? .zero : low
    let extent = points.isEmpty ? SIMD2(1, 1) : pointwiseMax(high - low, SIMD2(1, 1))
    let side = max(1, (Double(points.count) / 4).squareRoot())
    columns = Int(side.rounded(.up))
    rows = columns
    size = extent / Double(columns)
    var counts = [Int32](repeating: 0, count: columns * rows + 1)
    for point in points { counts[cell(of: point) + 1] += 1 }
    for cell in 1..<counts.count { counts[cell] += counts[cell - 1] }
    firsts = counts
    order = Array(repeating: 0, count: points.count)
    for (number, point) in points.enumerated() {
      let cell = cell(of: point)
      order[Int(counts[cell])] = Int32(truncatingIfNeeded: number)
      counts[cell] += 1
    }
  }

  private func column(_ point: SIMD2<Double>) -> SIMD2<Int> {
    let place = ((point - low) / size).clamped(
      lowerBound: .zero, upperBound: SIMD2(Double(columns - 1), Double(rows - 1)))
    return SIMD2(Int(place.x), Int(place.y))
  }

  private func cell(of point: SIMD2<Double>) -> Int {
    let place = column(point)
    return place.y * columns + place.x
  }

  func visit(from low: SIMD2<Double>, to high: SIMD2<Double>, _ body: (Int) -> Void) {
    let (first, last) = (column(low), column(high))
    for row in first.y...last.y {
      let cells = row * columns + first.x...row * columns + last.x
      for index in firsts[cells.lowerBound]..<firsts[cells.upperBound + 1] {
        body(Int(order[Int(index)]))
      }
    }
  }
}

/// Vertices by size, the smallest first; sizes may change while they wait.
struct CornerQueue {
  private var heap: [Int32] = []
  private var sizes: [Double]
  /// Where a vertex stands in the heap; -1 if it does not.
  private var places: [Int32]

  init(count: Int) {
    sizes = Array(repeating: 0, count: count)
    places = Array(repeating: -1, count: count)
  }

  mutating func set(_ vertex: Int, to size: Double) {
    sizes[vertex] = size
    if places[vertex] < 0 {
      places[vertex] = Int32(truncatingIfNeeded: heap.count)
      heap.append(Int32(truncatingIfNeeded: vertex))
    }
    settle(Int(places[vertex]))
  }

  mutating func remove(_ vertex: Int) {
    let place = Int(places[vertex])
    guard place >= 0 else { return }
    let last = heap.removeLast()
    places[vertex] = -1
    guard place < heap.count else { return }
    heap[place] = last
    places[Int(last)] = Int32(truncatingIfNeeded: place)
    settle(place)
  }

  mutating func popSmallest() -> Int? {
    guard let first = heap.first else { return nil }
    remove(Int(first))
    return Int(first)
  }

  /// By size, and by number where sizes are equal, so that the answer is always the same.
  private func isBefore(_ a: Int32, _ b: Int32) -> Bool {
    (sizes[Int(a)], a) < (sizes[Int(b)], b)
  }

  private mutating func settle(_ start: Int) {
    var place = start
    while place > 0, isBefore(heap[place], heap[(place - 1) / 2]) {
      swap(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
    while true {
      var least = place
      for child in [place * 2 + 1, place * 2 + 2]
      where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      if least == place { return }
      swap(place, least)
      place = least
    }
  }

  private mutating func swap(_ a: Int, _ b: Int) {
    heap.swapAt(a, b)
    places[Int(heap[a])] = Int32(truncatingIfNeeded: a)
    places[Int(heap[b])] = Int32(truncatingIfNeeded: b)
  }
}
