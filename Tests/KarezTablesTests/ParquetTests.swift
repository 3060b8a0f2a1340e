import Foundation
import KarezCore
import TestSupport
import Testing

@testable import KarezTables

@Suite(.enabled(if: Readers.areInstalled, "no readers: run make setup"))
struct ParquetTests {
  @Test func `metadata is handed on, and so GeoParquet can be written`() async throws {
    let geo = """
      {"version":"1.1.0","primary_column":"geometry","columns":{"geometry":\
      {"encoding":"WKB","geometry_types":["Point"]}}}
      """
    let pairs = ["geo": geo, "来源": "一张图"]
    // Little endian, a point, 1 and 2.
    let point: [UInt8] =
      [1, 1, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] + [0, 0, 0, 0, 0, 0, 0, 0x40]
    let found = try await read { path throws(TableError) in
      let writer = try ParquetWriter(
        path: path, schema: TableSchema([TableColumn("geometry", .bytes)]),
        options: ParquetOptions(metadata: pairs))
      var batch = TableBatch(writer.schema)
      batch[0].append(bytes: point)
      try writer.append(batch)
      return writer
    }
    #expect(found.metadata == pairs)
    #expect(found.types == ["binary"])
    #expect(found.pyarrow == [["0101000000000000000000f03f0000000000000040"]])
    // DuckDB knows the key: it refuses a wrong one, and reads a geometry by a right one.
    #expect(found.duckdb == found.pyarrow)
  }

  @Test func `a group is closed when its bytes are enough`() async throws {
    let found = try await read { path throws(TableError) in
      let writer = try ParquetWriter(
        path: path, schema: TableSchema([TableColumn("a", .text), TableColumn("b", .bytes)]),
        options: ParquetOptions(bytesPerGroup: 1_000))
      var batch = TableBatch(writer.schema)
      for row in 0..<25 {
        batch[0].append(text: String(repeating: "a", count: 60))
        // One value greater than a group is a group of its own.
        batch[1].append(bytes: Array(repeating: 7, count: row == 20 ? 5_000 : 40))
      }
      try writer.append(batch)
      return writer
    }
    #expect(found.groups == [10, 10, 1, 4])
    #expect(found.pyarrow.count == 25)
  }

  @Test(arguments: [1, 3, 12])
  func `rows without bytes do not join a group that is full`(rowsPerBatch: Int) async throws {
    let lengths = [50, 50, 0, 0, 99, 0, 1, 0, 0, 100, 0, 0]
    let found = try await read { path throws(TableError) in
      let writer = try ParquetWriter(
        path: path, schema: TableSchema([TableColumn("a", .text)]),
        options: ParquetOptions(bytesPerGroup: 100))
      var batch = TableBatch(writer.schema)
      for (row, length) in lengths.enumerated() {
        batch[0].append(text: String(repeating: "a", count: length))
        guard (row + 1) % rowsPerBatch == 0 else { continue }
        try writer.append(batch)
        batch.removeAll()
      }
      return writer
    }
    #expect(found.groups == [2, 5, 3, 2])
    #expect(found.duckdb.map { $0[0]?.count } == lengths)
  }

  @Test func `a table of exactly one group has one, and an empty table none`() async throws {
    for (rows, groups) in [(0, []), (16, [16]), (17, [16, 1])] {
      let found = try await read { path throws(TableError) in
        let writer = try ParquetWriter(
          path: path, schema: TableSchema([TableColumn("n", .integer)]),
          options: ParquetOptions(rowsPerGroup: 16))
        var batch = TableBatch(writer.schema)
        batch[0].append(integers: (0..<Int64(rows)).map { $0 })
        try writer.append(batch)
        return writer
      }
      #expect(found.groups == groups)
      #expect(found.duckdb == (0..<rows).map { [String($0)] })
    }
  }

  @Test func `a table of forty columns is read`() async throws {
    let found = try await read { path throws(TableError) in
      let columns = (0..<40).map { TableColumn("c\($0)", .number, isNullable: $0 % 2 == 0) }
      let writer = try ParquetWriter(path: path, schema: TableSchema(columns))
      var batch = TableBatch(writer.schema)
      for index in columns.indices { batch[index].append(numbers: [Double(index), -1]) }
      try writer.append(batch)
      return writer
    }
    #expect(found.names.count == 40)
    #expect(found.pyarrow[0] == (0..<40).map { RandomTable.bits(of: Double($0)) })
    #expect(found.duckdb == found.pyarrow)
  }

  @Test func `the bounds of the two zeros hold both`() {
    var page = ParquetPage(TableColumn("n", .number))
    var values = ColumnValues(page.column, capacity: 2)
    values.append(numbers: [0, -0.0])
    #expect(throws: Never.self) { try page.append(values, rows: 0..<2, rowsBefore: 0) }
    let bounds = page.statistics.bounds
    #expect(bounds?.least == [0, 0, 0, 0, 0, 0, 0, 0x80])
    #expect(bounds?.greatest == [0, 0, 0, 0, 0, 0, 0, 0])
  }

  @Test func `a long text is no bound, and bytes have none`() throws {
    for (column, isBound) in [
      (TableColumn("short", .text), true), (TableColumn("long", .text), false),
      (TableColumn("bytes", .bytes), false),
    ] {
      var page = ParquetPage(column)
      var values = ColumnValues(column, capacity: 1)
      let text = String(repeating: "x", count: column.name == "long" ? 65 : 64)
      if column.kind == .text { values.append(text: text) } else { values.append(bytes: [1]) }
      try page.append(values, rows: 0..<1, rowsBefore: 0)
      #expect((page.statistics.bounds != nil) == isBound, "\(column.name)")
    }
  }

  @Test func `the bytes of a small file are known`() async throws {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "small.parquet")
      let schema = try TableSchema([
        TableColumn("id", .text), TableColumn("area", .decimal(places: 2), isNullable: true),
        TableColumn("on", .day, isNullable: true),
      ])
      let writer = try ParquetWriter(path: file.path, schema: schema)
      var batch = TableBatch(schema)
      for (id, area) in [("地1", 35.125), ("地2", nil)] {
        batch[0].append(text: id)
        batch[1].append(number: area)
        batch[2].append(day: LegalDate("2025-10-01"))
      }
      try writer.append(batch)
      try writer.finish()
      try expectGolden(Self.dump(Array(Data(contentsOf: file))), named: "small.parquet.txt")
    }
  }

  private func read(
    _ fill: (String) throws(TableError) -> ParquetWriter
  ) async throws -> Readers.Found {
    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: "t.parquet")
      try fill(file.path).finish()
      return try #require(try Readers.parquet([file]).first)
    }
  }

  /// Sixteen bytes a line, with what they are as ASCII.
  private static func dump(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 16).map { start in
      let line = bytes[start..<min(start + 16, bytes.count)]
      let digits = line.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      let text = line.map { (0x21...0x7E).contains($0) ? String(UnicodeScalar($0)) : "." }
      let padding = Array(repeating: "  ", count: 16 - line.count)
      return (digits + padding).joined(separator: " ") + "  " + text.joined()
    }.joined(separator: "\n") + "\n"
  }
}
