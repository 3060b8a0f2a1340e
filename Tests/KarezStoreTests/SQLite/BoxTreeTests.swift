import GRDB
import KarezGeometry
import TestSupport
import Testing

@testable import KarezStore

@Suite("An index of places laid out whole")
struct BoxTreeTests {
  @Test(
    "is one SQLite finds sound, and answers windows as one filled box by box does",
    arguments: [1, 2, 44, 45, 51, 52, 89, 1_936, 1_937, 5_000])
  func answersAlike(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let boxes = (0..<count).map { index in
      let x = Double.random(in: -200...200, using: &random)
      let y = Double.random(in: -90...90, using: &random)
      let side = Double.random(in: 0...5, using: &random)
      return (Int64(index * 3 + 1), BoundingBox(minX: x, minY: y, maxX: x + side, maxY: y + side))
    }
    try DatabaseQueue().write { db in
      for name in ["whole", "single"] {
        try db.execute(
          sql: "CREATE VIRTUAL TABLE \(name) USING rtree(id, minx, maxx, miny, maxy)")
      }
      let tree = try #require(try BoxTree("whole", in: "main", db))
      try tree.fill(boxes.map { BoxTree.Entry(number: $0.0, $0.1) })
      for (number, box) in boxes { try insert(number, box, into: "single", db) }
      #expect(try String.fetchOne(db, sql: "SELECT rtreecheck('whole')") == "ok")

      func agree() throws {
        for _ in 0..<40 {
          let x = Double.random(in: -210...210, using: &random)
          let y = Double.random(in: -95...95, using: &random)
          let side = Double.random(in: 0...40, using: &random)
          let window = BoundingBox(minX: x, minY: y, maxX: x + side, maxY: y + side)
          #expect(try rows("whole", window, db) == rows("single", window, db))
        }
      }
      try agree()

      // SQLite goes on with it as with any other.
      for number in 0..<Int64(200) {
        let box = BoundingBox(minX: 10, minY: 10, maxX: 10.5, maxY: 10.5 + Double(number) / 100)
        for name in ["whole", "single"] { try insert(100_000 + number, box, into: name, db) }
      }
      for (number, _) in boxes.prefix(count / 2) {
        for name in ["whole", "single"] {
          try db.execute(sql: "DELETE FROM \(name) WHERE id = ?", arguments: [number])
        }
      }
      #expect(try String.fetchOne(db, sql: "SELECT rtreecheck('whole')") == "ok")
      try agree()
    }
  }

  @Test("is made only where there is none yet")
  func leavesWhatIsThere() throws {
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE VIRTUAL TABLE box USING rtree(id, minx, maxx, miny, maxy)")
      let near = BoundingBox(minX: 1, minY: 1, maxX: 2, maxY: 2)
      try insert(1, near, into: "box", db)
      #expect(try BoxTree("box", in: "main", db) == nil)
    }
  }

  @Test("holds boxes no map could show")
  func holdsWhatIsFar() throws {
    try DatabaseQueue().write { db in
      try db.execute(sql: "CREATE VIRTUAL TABLE box USING rtree(id, minx, maxx, miny, maxy)")
      let far = [1e300, -1e300, 1e39, 5].map {
        BoundingBox(minX: $0, minY: -1e300, maxX: 1e308, maxY: 1e308)
      }
      let tree = try #require(try BoxTree("box", in: "main", db))
      try tree.fill(far.enumerated().map { BoxTree.Entry(number: Int64($0.offset), $0.element) })
      #expect(try String.fetchOne(db, sql: "SELECT rtreecheck('box')") == "ok")
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM box") == 4)
    }
  }

  private func insert(_ number: Int64, _ box: BoundingBox, into name: String, _ db: Database) throws
  {
    try db.execute(
      sql: "INSERT INTO \(name) VALUES (?,?,?,?,?)",
      arguments: [number, box.minX, box.maxX, box.minY, box.maxY])
  }

  private func rows(_ name: String, _ window: BoundingBox, _ db: Database) throws -> [Int64] {
    try Int64.fetchAll(
      db,
      sql: """
        SELECT id FROM \(name) WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ? ORDER BY id
        """, arguments: [window.maxX, window.minX, window.maxY, window.minY])
  }
}
