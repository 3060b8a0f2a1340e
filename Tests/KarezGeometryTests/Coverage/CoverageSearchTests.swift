import KarezCore
import Synchronization
import TestSupport
import Testing

@testable import KarezGeometry

/// That nothing is missed and nothing made up, on many coverages.
@Suite struct CoverageSearchTests {
  typealias Samples = CoverageSamples

  /// Rectangles of whole cells on a grid of five by five.
  struct Rectangle: Hashable {
    let minX: Int
    let minY: Int
    let maxX: Int
    let maxY: Int

    init(using random: inout SplitMix64) {
      let (a, b) = (Int.random(in: 0..<5, using: &random), Int.random(in: 0..<5, using: &random))
      minX = a
      minY = b
      maxX = Int.random(in: a + 1...5, using: &random)
      maxY = Int.random(in: b + 1...5, using: &random)
    }

    init?(_ a: Rectangle, _ b: Rectangle) {
      minX = max(a.minX, b.minX)
      minY = max(a.minY, b.minY)
      maxX = min(a.maxX, b.maxX)
      maxY = min(a.maxY, b.maxY)
      if minX >= maxX || minY >= maxY { return nil }
    }

    func covers(_ x: Int, _ y: Int) -> Bool { minX <= x && x < maxX && minY <= y && y < maxY }

    func shape() throws -> MultiPolygon {
      try Samples.box(Double(minX), Double(minY), Double(maxX), Double(maxY))
    }
  }

  /// Areas of the land that rectangles enclose and leave free, by going through the cells.
  static func enclosed(by rectangles: [Rectangle]) throws -> [Double] {
    var isFree = Set<Int>()
    for cell in 0..<49 {
      let (x, y) = (cell % 7 - 1, cell / 7 - 1)
      if !rectangles.contains(where: { $0.covers(x, y) }) { isFree.insert(cell) }
    }
    var areas: [Double] = []
    while let seed = isFree.min() {
      var patch = [seed]
      isFree.remove(seed)
      var next = 0
      while next < patch.count {
        let cell = patch[next]
        next += 1
        let beside = [
          cell % 7 > 0 ? cell - 1 : nil, cell % 7 < 6 ? cell + 1 : nil, cell - 7, cell + 7,
        ]
        for neighbour in beside.compactMap({ $0 }) where isFree.remove(neighbour) != nil {
          patch.append(neighbour)
        }
      }
      // The first cell lies outside the grid.
      if seed == 0 { continue }
      areas.append(
        try patch.reduce(0) { sum, cell in
          let (x, y) = (Double(cell % 7 - 1), Double(cell / 7 - 1))
          return sum + Samples.area(try Samples.box(x, y, x + 1, y + 1))
        })
    }
    return areas.sorted()
  }

  @Test(arguments: 0..<300)
  func `rectangles on a grid have the faults that counting cells finds`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let count = 2 + Int(seed % 9)
    let rectangles = (0..<count).map { _ in Rectangle(using: &random) }
    let layer = try Samples.layer(try rectangles.map { try $0.shape() })
    let examination = try await CoverageExamination(of: layer)
    var found: [[Int64]: CoverageFault] = [:]
    for fault in examination.faults where ![.gap, .mismatch].contains(fault.kind) {
      #expect(found.updateValue(fault, forKey: fault.rows(in: layer)) == nil)
    }
    for one in 0..<count {
      for other in one + 1..<count {
        let fault = found.removeValue(forKey: [Int64(one), Int64(other)])
        guard let common = Rectangle(rectangles[one], rectangles[other]) else {
          #expect(fault == nil)
          continue
        }
        let isSame = rectangles[one] == rectangles[other]
        let isIn = common == rectangles[one] || common == rectangles[other]
        #expect(fault?.kind == (isSame ? .duplicate : isIn ? .contained : .overlap))
        #expect(abs((fault?.areaM2 ?? 0) - Samples.area(try common.shape())) < 1e-5)
        #expect(try fault.map { try common.shape().covers($0.place) } == true)
      }
    }
    #expect(found.isEmpty)
    let gaps = examination.faults.filter { $0.kind == .gap }.map(\.areaM2).sorted()
    let expected = try Self.enclosed(by: rectangles)
    try #require(gaps.count == expected.count, "\(rectangles)")
    for (gap, area) in zip(gaps, expected) { #expect(abs(gap - area) < 1e-4) }
    #expect(examination.faults.allSatisfy { $0.kind == .mismatch || !$0.isNoise })
  }

  @Test func `one whole coverage on another is found from its outer border`() async throws {
    let cells = try Samples.jittered(columns: 9, rows: 9, seed: 3)
    let layer = try Samples.layer(cells + cells)
    let examination = try await CoverageExamination(of: layer)
    #expect(examination.faults.count == cells.count)
    #expect(examination.faults.allSatisfy { $0.kind == .duplicate })
    for fault in examination.faults {
      let rows = fault.rows(in: layer)
      #expect(rows[1] - rows[0] == Int64(cells.count))
    }
  }

  @Test func `two different coverages of one land share all of it`() async throws {
    let one = try Samples.jittered(columns: 7, rows: 7, seed: 1)
    let other = try Samples.jittered(columns: 7, rows: 7, seed: 2)
    let examination = try await CoverageExamination(of: try Samples.layer(one + other))
    let common = examination.faults.filter { ![.gap, .mismatch].contains($0.kind) }
    let total = one.reduce(0) { $0 + Samples.area($1) }
    #expect(abs(common.reduce(0) { $0 + $1.areaM2 } - total) < 1e-3)
    #expect(!examination.faults.contains { $0.kind == .gap })
  }

  /// What was done to a cell of a coverage.
  enum Planted: CaseIterable {
    case removed
    case doubled
    case pulled
    case pushed
  }

  @Test(arguments: 0..<40)
  func `planted faults are all found, and nothing else`(seed: UInt64) async throws {
    var random = SplitMix64(seed: seed &+ 1_000)
    var cells = try Samples.jittered(columns: 14, rows: 14, seed: seed)
    let isOuter = cells.map { cell in
      cell.boundingBox.map {
        $0.minX <= 76 || $0.minY <= 39 || $0.maxX >= 76.02 || $0.maxY >= 39.02
      } ?? true
    }
    let inner = cells.indices.filter { !isOuter[$0] }.shuffled(using: &random)
    var touched: Set<Position> = []
    var expected: [CoverageFault.Kind: Int] = [:]
    var removed: [Int] = []
    for (index, kind) in zip(inner, (0..<40).map { Planted.allCases[$0 % 4] }) {
      // No two faults touch, so that each stands alone.
      let corners = Set(cells[index].polygons[0].shell.positions)
      let around = cells.indices.filter { other in
        !corners.isDisjoint(with: cells[other].polygons[0].shell.positions)
      }
      let all = Set(around.flatMap { cells[$0].polygons[0].shell.positions })
      guard touched.isDisjoint(with: all) else { continue }
      touched.formUnion(all)
      switch kind {
      case .removed:
        removed.append(index)
        expected[.gap, default: 0] += 1
      case .doubled:
        cells.append(cells[index])
        expected[.duplicate, default: 0] += 1
      case .pulled, .pushed:
        cells[index] = try Self.moved(cells[index], by: kind == .pulled ? 0.2 : -0.02)
        expected[kind == .pulled ? .gap : .overlap, default: 0] += 1
      }
    }
    let kept = cells.indices.filter { !removed.contains($0) }.map { cells[$0] }
    let examination = try await CoverageExamination(of: try Samples.layer(kept))
    try #require(!expected.isEmpty)
    for kind in CoverageFault.Kind.allCases where kind != .overlap {
      #expect(
        examination.faults.count { $0.kind == kind } == expected[kind] ?? 0, "\(kind)")
    }
    // One corner pushed outward may reach into several neighbours.
    #expect(examination.faults.count { $0.kind == .overlap } >= expected[.overlap] ?? 0)
  }

  /// The first corner moved towards the middle of the others, or away from it.
  static func moved(_ cell: MultiPolygon, by share: Double) throws -> MultiPolygon {
    var positions = Array(cell.polygons[0].shell.positions.dropLast())
    let others = positions.dropFirst()
    let middle = Position(
      x: others.reduce(0) { $0 + $1.x } / Double(others.count),
      y: others.reduce(0) { $0 + $1.y } / Double(others.count))
    positions[0] = Position(
      x: positions[0].x + (middle.x - positions[0].x) * share,
      y: positions[0].y + (middle.y - positions[0].y) * share)
    return MultiPolygon([Polygon(shell: try Ring(positions + positions.prefix(1)))])
  }

  @Test func `the answer does not depend on how many tasks read`() async throws {
    let cells = try Samples.jittered(columns: 40, rows: 40, seed: 5).enumerated()
      .filter { $0.offset % 17 != 0 }.map(\.element)
    let layer = try Samples.layer(cells)
    let one = try await CoverageExamination(of: layer, tasks: 1)
    let read = Mutex(0)
    let two = try await CoverageExamination(of: layer, tasks: 2) { count in
      read.withLock { $0 += count }
    }
    #expect(one.faults == two.faults)
    #expect(!one.faults.isEmpty)
    #expect(read.withLock { $0 } == layer.count)
  }

  @Test func `a cancelled examination ends`() async throws {
    let layer = try Samples.layer(try Samples.jittered(columns: 60, rows: 60, seed: 6))
    try #require(layer.count > 4_096)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await CoverageExamination(of: layer, tasks: 1)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
