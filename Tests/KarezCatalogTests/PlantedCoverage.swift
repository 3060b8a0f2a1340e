import KarezCore
import KarezGeometry
import TestSupport

/// A gapless coverage of wavy cells, and faults planted far enough apart to be told one by one.
///
/// Neighbours draw their common border through the very same vertices; the same seed gives the
/// same coverage and the same faults.
struct PlantedCoverage {
  enum Kind: String, CaseIterable {
    /// A vertex of the border pushed two metres into the neighbour.
    case overlap
    /// The same vertex drawn back two metres.
    case gap
    /// A cell handed in twice.
    case duplicate = "geometry-duplicate"
    /// A small square in the middle of a cell.
    case contained
    /// A cell left out.
    case hole
    /// A vertex on the border that the neighbour does not have, half a millimetre beside it.
    case mismatch

    /// The rule that has to tell of it.
    var rule: String { self == .hole ? "gap" : rawValue }
  }

  struct Fault {
    let kind: Kind
    /// The features that have to be named.
    let features: Set<String>
    let place: Position
  }

  private typealias Cell = (column: Int, row: Int)
  private static let size = 0.001
  private static let (west, south) = (76.0, 39.0)

  private let side: Int
  private let seed: UInt64
  private(set) var faults: [Fault] = []
  private(set) var rows: [(id: String, geometry: Geometry)] = []

  /// So many cells, at least, with so many faults among them.
  init(cells: Int, faults count: Int, seed: UInt64) throws {
    side = Int(Double(cells).squareRoot().rounded(.up))
    self.seed = seed
    var random = SplitMix64(seed: seed)
    var planted: [Int: Kind] = [:]
    // Three cells apart, so that no fault touches the neighbours of another.
    let places = stride(from: 1, to: side - 2, by: 4).flatMap { row in
      stride(from: 1, to: side - 2, by: 4).map { row * side + $0 }
    }.shuffled(using: &random)
    for (number, place) in places.prefix(count).enumerated() {
      planted[place] = Kind.allCases[number % Kind.allCases.count]
    }
    for row in 0..<side {
      for column in 0..<side { try add((column, row), planted[row * side + column]) }
    }
  }

  // MARK: Cells and faults

  private mutating func add(_ cell: Cell, _ kind: Kind?) throws {
    let id = Self.id(cell)
    var ring = ring(of: cell)
    guard let kind else { return rows.append((id, try Self.polygon(ring))) }
    let neighbour = Self.id((cell.column + 1, cell.row))
    // The middle vertex of the eastern side: four of the southern come before its five.
    let middle = 6
    let border = ring[middle]
    var fault = Fault(kind: kind, features: [id, neighbour], place: border)
    switch kind {
    case .overlap: ring[middle] = Position(x: border.x + 2.3e-5, y: border.y)
    case .gap: ring[middle] = Position(x: border.x - 2.3e-5, y: border.y)
    case .duplicate:
      fault = Fault(kind: kind, features: [id, id + "-again"], place: Self.middle(cell))
      rows.append((id + "-again", try Self.polygon(ring)))
    case .contained:
      fault = Fault(kind: kind, features: [id, id + "-inner"], place: Self.middle(cell))
      rows.append((id + "-inner", try Self.square(around: Self.middle(cell))))
    case .hole:
      let around = [(1, 0), (-1, 0), (0, 1), (0, -1)].map { (east, north) in
        Self.id((cell.column + east, cell.row + north))
      }
      faults.append(Fault(kind: kind, features: Set(around), place: Self.middle(cell)))
      return
    case .mismatch:
      let next = ring[middle + 1]
      ring.insert(
        Position(x: (border.x + next.x) / 2 + 5e-9, y: (border.y + next.y) / 2), at: middle + 1)
    }
    faults.append(fault)
    rows.append((id, try Self.polygon(ring)))
  }

  private static func id(_ cell: Cell) -> String { "\(cell.column)-\(cell.row)" }

  private static func middle(_ cell: Cell) -> Position {
    Position(
      x: west + (Double(cell.column) + 0.5) * size, y: south + (Double(cell.row) + 0.5) * size)
  }

  private static func square(around place: Position) throws -> Geometry {
    let half = size / 10
    return try polygon([
      Position(x: place.x - half, y: place.y - half),
      Position(x: place.x + half, y: place.y - half),
      Position(x: place.x + half, y: place.y + half),
      Position(x: place.x - half, y: place.y + half),
    ])
  }

  private static func polygon(_ corners: [Position]) throws -> Geometry {
    .polygons(MultiPolygon([Polygon(shell: try Ring(corners + corners.prefix(1)))]))
  }

  // MARK: Borders

  /// The corners and the three vertices of each side, counter-clockwise from the south-west.
  private func ring(of cell: Cell) -> [Position] {
    let (column, row) = (cell.column, cell.row)
    let south = border(column, row, isEastward: true)
    let east = border(column + 1, row, isEastward: false)
    let north = border(column, row + 1, isEastward: true)
    let west = border(column, row, isEastward: false)
    return Array(
      south.dropLast() + east.dropLast() + north.reversed().dropLast()
        + west.reversed().dropLast())
  }

  /// From one node of the grid to the next one east or north of it.
  private func border(_ column: Int, _ row: Int, isEastward: Bool) -> [Position] {
    let from = node(column, row)
    let to = isEastward ? node(column + 1, row) : node(column, row + 1)
    let between = (1...3).map { step in
      let share = Double(step) / 4
      let sway = Self.size * 0.03 * chance(column, row, isEastward ? step : step + 3)
      return Self.rounded(
        from.x + (to.x - from.x) * share + (isEastward ? 0 : sway),
        from.y + (to.y - from.y) * share + (isEastward ? sway : 0))
    }
    return [from] + between + [to]
  }

  private func node(_ column: Int, _ row: Int) -> Position {
    Self.rounded(
      Self.west + (Double(column) + 0.15 * chance(column, row, 7)) * Self.size,
      Self.south + (Double(row) + 0.15 * chance(column, row, 8)) * Self.size)
  }

  private static func rounded(_ x: Double, _ y: Double) -> Position {
    Position(x: (x * 1e9).rounded() / 1e9, y: (y * 1e9).rounded() / 1e9)
  }

  /// From −1 to 1, by place and purpose alone.
  private func chance(_ column: Int, _ row: Int, _ purpose: Int) -> Double {
    var random = SplitMix64(
      seed: seed &+ UInt64(column) &* 1_000_003 &+ UInt64(row) &* 7_919 &* 1_000_003
        &+ UInt64(purpose) &* 101)
    return Double.random(in: -1...1, using: &random)
  }
}
