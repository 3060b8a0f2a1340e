import Foundation
import GRDB
import KarezCore
import KarezCrypto
import KarezGeometry

extension LogVerifier {
  /// Compares a dataset's rows, in the order they were written, with its commits.
  mutating func verifyRows(of table: DatasetTable, _ commits: [CommitEntry]) throws {
    let numbers = Set(commits.map { Int64($0.number).databaseValue })
    var expected = commits[...]
    let cursor = try Row.fetchCursor(db, sql: Self.scan(of: table))
    var next = try cursor.next()
    while let commit = expected.popFirst() {
      var digest = try supersededDigest(of: commit, table)
      let end = commit.firstRow + Int64(commit.written)
      var number = commit.firstRow
      while let row = next, (row[0] as Int64) < end {
        let fid = row[0] as Int64
        if fid < number {
          add(0, "row-unrecorded", "\(table.schema.id) row \(fid)")
        } else {
          addMissing(number..<fid, of: commit, table)
          number = fid + 1
          verify(row, of: commit, in: table, endedBy: numbers)
          digest.written(row.digest(7))
        }
        countRow()
        next = try cursor.next()
      }
      addMissing(number..<end, of: commit, table)
      if digest.finish().description != commit.sm3 {
        add(commit.entry, "row-altered", "\(table.schema.id) commit \(commit.number)")
      }
    }
    while let row = next {
      add(0, "row-unrecorded", "\(table.schema.id) row \(row[0] as Int64)")
      next = try cursor.next()
    }
  }

  private static func scan(of table: DatasetTable) -> String {
    let columns =
      DatasetTable.fixedColumns + table.valueColumns + (table.hasGeometry ? ["geom"] : [])
    let history = GeoPackageTables.quoted(table.history)
    let shown = DatasetTable.quoted(columns, of: "h")
    guard table.hasGeometry else { return "SELECT \(shown) FROM \(history) h ORDER BY h.fid" }
    return """
      SELECT \(shown), b.minx, b.maxx, b.miny, b.maxy FROM \(history) h
      LEFT JOIN \(GeoPackageTables.quoted(table.rtree)) b ON b.id = h.fid ORDER BY h.fid
      """
  }

  private mutating func addMissing(
    _ numbers: Range<Int64>, of commit: CommitEntry, _ table: DatasetTable
  ) {
    guard let first = numbers.first, let last = numbers.last else { return }
    let range = first == last ? "row \(first)" : "rows \(first)–\(last)"
    add(commit.entry, "row-missing", "\(table.schema.id) \(range)")
  }

  /// The digest so far: of the rows the commit superseded.
  private mutating func supersededDigest(
    of commit: CommitEntry, _ table: DatasetTable
  ) throws -> CommitDigest {
    var digest = CommitDigest()
    var count = 0
    let cursor = try Row.fetchCursor(
      db,
      sql: """
        SELECT row_hash FROM \(GeoPackageTables.quoted(table.history))
        WHERE recorded_until = ? ORDER BY fid
        """,
      arguments: [commit.number])
    while let row = try cursor.next() {
      digest.superseded(row.digest(0))
      count += 1
    }
    if count != commit.superseded {
      let what = "\(table.schema.id) commit \(commit.number): \(count) of \(commit.superseded)"
      add(commit.entry, count < commit.superseded ? "row-missing" : "row-unrecorded", what)
    }
    return digest
  }

  private mutating func verify(
    _ row: Row, of commit: CommitEntry, in table: DatasetTable, endedBy numbers: Set<DatabaseValue>
  ) {
    let isWhole = (try? Self.isWhole(row, of: commit, in: table)) ?? false
    // A row ended by a number the log does not know of the dataset is in no commit's digest,
    // and no reader sees it any more.
    let end = row[5] as DatabaseValue
    guard !isWhole || !(end.isNull || numbers.contains(end)) else { return }
    let id = String.fromDatabaseValue(row[1] as DatabaseValue) ?? ""
    add(commit.entry, "row-altered", "\(table.schema.id) row \(row[0] as Int64) \(id)")
  }

  /// Whether the row's digest is that of what it says, and the row stands where it was written.
  private static func isWhole(
    _ row: Row, of commit: CommitEntry, in table: DatasetTable
  ) throws -> Bool {
    let start = DatasetTable.fixedColumns.count
    let end = start + table.valueColumns.count
    guard let id = String.fromDatabaseValue(row[1] as DatabaseValue),
      let from = String.fromDatabaseValue(row[2] as DatabaseValue),
      (row[4] as DatabaseValue) == commit.number.databaseValue
    else { return false }
    let blob = table.hasGeometry ? Data.fromDatabaseValue(row[end] as DatabaseValue) : nil
    var wkb: Data?
    if let blob {
      let geometry = try GeoPackageBlob.geometry(in: blob)
      // The header is no part of the digest, so it is compared with what it must be.
      guard Data(GeoPackageBlob.bytes(of: geometry)) == blob,
        let offset = GeoPackageBlob.wkbOffset(in: blob), boxHolds(geometry, row, from: end + 1)
      else { return false }
      wkb = blob.dropFirst(offset)
    }
    let content = RowHash.content(
      id: id, wkb: wkb, attributes: try table.attributes(of: row, from: start))
    let hash = RowHash.row(
      content: content, from: from,
      until: String.fromDatabaseValue(row[3] as DatabaseValue),
      areaM2: Double.fromDatabaseValue(row[6] as DatabaseValue))
    return Data(content) == Data.fromDatabaseValue(row[8] as DatabaseValue)
      && Data(hash) == Data.fromDatabaseValue(row[7] as DatabaseValue)
  }

  /// Whether the index would find the row wherever its geometry is.
  private static func boxHolds(_ geometry: Geometry, _ row: Row, from start: Int) -> Bool {
    guard let box = geometry.boundingBox else { return true }
    guard let minX = row[start] as Double?, let maxX = row[start + 1] as Double?,
      let minY = row[start + 2] as Double?, let maxY = row[start + 3] as Double?
    else { return false }
    return minX <= box.minX && maxX >= box.maxX && minY <= box.minY && maxY >= box.maxY
  }
}

extension Row {
  /// The column's digest; empty where someone put what is none.
  fileprivate func digest(_ index: Int) -> Data {
    Data.fromDatabaseValue(self[index] as DatabaseValue) ?? Data()
  }
}
