import Foundation
import GRDB
import KarezGeometry

/// Fills an R*Tree that is empty, from its leaves up.
///
/// Boxes put in one by one are moved about again and again; laid out in Hilbert order they are
/// written once. Later rows go in by SQLite's own statements.
///
/// - Shape: a node is `depth u16 · cells u16 · cells`, big endian, the depth in the root only; a
///   cell is `number i64 · min x, max x, min y, max y f32`, its number that of the row in a leaf and
///   that of the node below elsewhere. Node 1 is the root.
/// - Source: the SQLite documentation, "The SQLite R*Tree Module", 5.1 shadow tables.
struct BoxTree {
  /// Boxes are held in memory, 40 bytes each; more than these go in one by one.
  static let most = 8_000_000
  private static let cellLength = 24
  private static let headLength = 4

  struct Entry {
    var number: Int64
    /// Min x, max x, min y, max y.
    var box: SIMD4<Float>
  }

  private let db: Database
  private let schema: String
  private let name: String
  private let nodeLength: Int

  /// The tree of this name, if it is empty.
  init?(_ name: String, in schema: String, _ db: Database) throws {
    self.db = db
    self.schema = schema
    self.name = name
    let root = try Row.fetchOne(
      db,
      sql: """
        SELECT length(data), (SELECT count(*) FROM (SELECT 1 FROM \(Self.table(schema, name, "rowid"))
          LIMIT 1)) FROM \(Self.table(schema, name, "node")) WHERE nodeno = 1
        """)
    guard let root, let length = root[0] as Int?, let rows = root[1] as Int?, rows == 0,
      length >= Self.headLength + 4 * Self.cellLength
    else { return nil }
    nodeLength = length
  }

  private static func table(_ schema: String, _ name: String, _ part: String) -> String {
    "\(schema).\(SQL.quoted("\(name)_\(part)"))"
  }

  private func insertion(_ part: String) throws -> Statement {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO \(Self.table(schema, name, part)) VALUES (?,?)")
  }

  /// Puts entries into the tree, at least one; their numbers rise.
  func fill(_ entries: [Entry]) throws {
    // An eighth of each node is left free, so that the next rows do not split every one.
    let capacity = (nodeLength - Self.headLength) / Self.cellLength * 7 / 8
    let order = HilbertCurve.order(of: entries.map(\.middle))
    var level = order.map { entries[Int($0)] }
    var depth: UInt16 = 0
    var next: Int64 = 2
    let nodes = try insertion("node")
    let parents = try insertion("parent")
    while true {
      let count = (level.count + capacity - 1) / capacity
      let isRoot = count <= 1
      var above: [Entry] = []
      above.reserveCapacity(count)
      var homes: [Int64] = []
      homes.reserveCapacity(level.count)
      for index in 0..<count {
        // As even as can be, so that no node is all but empty.
        let cells = level[(level.count * index / count)..<(level.count * (index + 1) / count)]
        let number = isRoot ? 1 : next
        if !isRoot { next += 1 }
        try nodes.execute(arguments: [number, node(cells, depth: isRoot ? depth : 0)])
        homes += repeatElement(number, count: cells.count)
        above.append(Entry(number: number, box: Self.union(cells)))
      }
      if depth == 0 {
        try writeRows(order, homes, entries)
      } else {
        for (entry, home) in zip(level, homes) {
          try parents.execute(arguments: [entry.number, home])
        }
      }
      if isRoot { return }
      level = above
      depth += 1
    }
  }

  /// Which leaf each row is in, in the order of the rows.
  private func writeRows(_ order: [UInt32], _ homes: [Int64], _ entries: [Entry]) throws {
    var home = [Int64](repeating: 0, count: entries.count)
    for (place, index) in order.enumerated() { home[Int(index)] = homes[place] }
    let rows = try insertion("rowid")
    let filling = DirectStatement(rows, db)
    for (index, entry) in entries.enumerated() {
      try filling.run([.integer(entry.number), .integer(home[index])])
    }
  }

  private func node(_ cells: ArraySlice<Entry>, depth: UInt16) -> Data {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(nodeLength)
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
    append(depth)
    append(UInt16(truncatingIfNeeded: cells.count))
    for cell in cells {
      append(cell.number)
      for axis in 0..<4 { append(cell.box[axis].bitPattern) }
    }
    bytes += repeatElement(0, count: nodeLength - bytes.count)
    return Data(bytes)
  }

  private static func union(_ cells: ArraySlice<Entry>) -> SIMD4<Float> {
    guard var box = cells.first?.box else { return .zero }
    for cell in cells.dropFirst() {
      box[0] = min(box[0], cell.box[0])
      box[1] = max(box[1], cell.box[1])
      box[2] = min(box[2], cell.box[2])
      box[3] = max(box[3], cell.box[3])
    }
    return box
  }
}

extension BoxTree.Entry {
  init(number: Int64, _ box: BoundingBox) {
    self.number = number
    self.box = SIMD4(
      Self.floor(box.minX), Self.ceiling(box.maxX), Self.floor(box.minY), Self.ceiling(box.maxY))
  }

  /// Within what a map can show; what lies beyond only has to stand somewhere.
  fileprivate var middle: SIMD2<Float> {
    let far = SIMD4<Float>(repeating: 1_000)
    let near = pointwiseMax(pointwiseMin(box, far), -far)
    return SIMD2(near[0] + near[1], near[2] + near[3]) / 2
  }

  /// As SQLite rounds the lower edges of a box, so that it holds what it stands for.
  private static func floor(_ number: Double) -> Float {
    let rounded = Float(number)
    guard Double(rounded) > number else { return rounded }
    return Float(number * (number < 0 ? awayFromZero : towardsZero))
  }

  private static func ceiling(_ number: Double) -> Float {
    let rounded = Float(number)
    guard Double(rounded) < number else { return rounded }
    return Float(number * (number < 0 ? towardsZero : awayFromZero))
  }

  private static let towardsZero = 1.0 - 1.0 / 8_388_608
  private static let awayFromZero = 1.0 + 1.0 / 8_388_608
}
