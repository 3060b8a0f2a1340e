import KarezCore
import KarezCrypto
import KarezGeometry

extension LogVerifier {
  /// Compares a dataset's rows, in the order they were written, with its commits.
  mutating func verifyRows(of table: DatasetTable, _ commits: [CommitEntry]) throws {
    let numbers = Set(commits.map { SQLValue.integer(Int64($0.number)) })
    var expected = commits[...]
    let cursor = try session.rows(Self.scan(of: table))
    var next = try cursor.next()
    while let commit = expected.popFirst() {
      var digest = try supersededDigest(of: commit, table)
      let end = commit.firstRow + Int64(commit.written)
      var number = commit.firstRow
      while let row = next, case let fid = row.integer(0) ?? 0, fid < end {
        if fid < number {
          add(0, "row-unrecorded", "\(table.schema.id) row \(fid)")
        } else {
          addMissing(number..<fid, of: commit, table)
          number = fid + 1
          verify(row, of: commit, in: table, endedBy: numbers)
          digest.written(row.bytes(7) ?? [])
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
      add(0, "row-unrecorded", "\(table.schema.id) row \(row.integer(0) ?? 0)")
      next = try cursor.next()
    }
  }

  private static func scan(of table: DatasetTable) -> SQL {
    let columns = (DatasetTable.fixedColumns + table.contentColumns).map(\.name)
    let boxes = table.hasGeometry ? table.dialect.boxes(table) : nil
    let shown = SQL.names(columns, of: "h") + (boxes.map { ", \($0.columns)" } ?? "")
    return """
      SELECT \(shown) FROM \(table.history) h \(boxes?.join ?? "") ORDER BY h.fid
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
    let rows = try session.rows(
      "SELECT row_hash FROM \(table.history) WHERE recorded_until = \(commit.number) ORDER BY fid")
    while let row = try rows.next() {
      digest.superseded(row.bytes(0) ?? [])
      count += 1
    }
    if count != commit.superseded {
      let what = "\(table.schema.id) commit \(commit.number): \(count) of \(commit.superseded)"
      add(commit.entry, count < commit.superseded ? "row-missing" : "row-unrecorded", what)
    }
    return digest
  }

  private mutating func verify(
    _ row: any SQLRow, of commit: CommitEntry, in table: DatasetTable,
    endedBy numbers: Set<SQLValue>
  ) {
    let isWhole = (try? Self.isWhole(row, of: commit, in: table)) ?? false
    // A row ended by a number the log does not know of the dataset is in no commit's digest,
    // and no reader sees it any more.
    let end = row[5]
    guard !isWhole || !(end == .null || numbers.contains(end)) else { return }
    let id = row.text(1) ?? ""
    add(commit.entry, "row-altered", "\(table.schema.id) row \(row.integer(0) ?? 0) \(id)")
  }

  /// Whether the row's digest is that of what it says, and the row stands where it was written.
  private static func isWhole(
    _ row: any SQLRow, of commit: CommitEntry, in table: DatasetTable
  ) throws -> Bool {
    let start = DatasetTable.fixedColumns.count
    let end = start + table.valueColumns.count
    guard let id = row.text(1), let from = row.text(2),
      row[4] == .integer(Int64(commit.number))
    else { return false }
    var wkb: [UInt8]?
    if table.hasGeometry, let geometry = try row.geometry(end) {
      guard try row.isPlain(end, geometry), boxHolds(geometry, row, from: end + 1, in: table)
      else { return false }
      wkb = geometry.wkb()
    }
    let content = RowHash.content(
      id: id, wkb: wkb, attributes: try table.attributes(of: row, from: start))
    let hash = RowHash.row(
      content: content, from: from, until: row.text(3), areaM2: row.real(6))
    return content == row.bytes(8) && hash == row.bytes(7)
  }

  /// Whether the index would find the row wherever its geometry is.
  private static func boxHolds(
    _ geometry: Geometry, _ row: any SQLRow, from start: Int, in table: DatasetTable
  ) -> Bool {
    guard table.dialect.boxes(table) != nil, let box = geometry.boundingBox else { return true }
    guard let minX = row.real(start), let maxX = row.real(start + 1),
      let minY = row.real(start + 2), let maxY = row.real(start + 3)
    else { return false }
    return minX <= box.minX && maxX >= box.maxX && minY <= box.minY && maxY >= box.maxY
  }
}
