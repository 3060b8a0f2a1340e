import Foundation
import Glibc
import KarezCore
import TestSupport
import Testing

@testable import KarezTables

/// A table is there whole, or not at all; and an error says where.
@Suite struct FileTests {
  @Test(arguments: TableFormat.allCases)
  func `the file has its name only when it is finished`(format: TableFormat) async throws {
    try await Places.withTemporaryFolder { folder in
      let path = folder.appending(path: "t.\(format.rawValue)").path
      try Data("before".utf8).write(to: URL(filePath: path))
      let writer = try format.writer(to: path, schema: Self.schema)
      try writer.append(Self.batch(1))
      #expect(try Data(contentsOf: URL(filePath: path)) == Data("before".utf8))
      #expect(try names(in: folder).count == 2)
      try writer.finish()
      #expect(try Data(contentsOf: URL(filePath: path)) != Data("before".utf8))
      #expect(try names(in: folder) == ["t.\(format.rawValue)"])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect((mode as? NSNumber)?.intValue == 0o600, "its owner says who else reads it")
    }
  }

  @Test(arguments: TableFormat.allCases)
  func `a writer let go leaves nothing behind`(format: TableFormat) async throws {
    try await Places.withTemporaryFolder { folder in
      let path = folder.appending(path: "t").path
      try {
        let writer = try format.writer(to: path, schema: Self.schema)
        try writer.append(Self.batch(1))
      }()
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test(arguments: TableFormat.allCases)
  func `a number that is none ends the table, and says where`(format: TableFormat) async throws {
    for value in [Double.nan, .infinity, -.infinity, .signalingNaN] {
      try await expectRefusal(format, .number, value, .notFinite(column: "v", row: 5))
      try await expectRefusal(
        format, .decimal(places: 2), value, .notFinite(column: "v", row: 5))
    }
  }

  @Test(arguments: TableFormat.allCases)
  func `a decimal of more than eighteen digits is refused`(format: TableFormat) async throws {
    for (value, places) in [(1e16, 2), (-1e18, 0), (1e300, 9), (-1e16, 2)] {
      let error = TableError.tooLargeForDecimals(
        column: "v", row: 5, value: value, places: places)
      try await expectRefusal(format, .decimal(places: places), value, error)
    }
  }

  @Test func `a value too long for a page is refused`() async throws {
    try await Places.withTemporaryFolder { folder in
      let path = folder.appending(path: "t.parquet").path
      let schema = try TableSchema([TableColumn("wkb", .bytes)])
      let writer = try ParquetWriter(
        file: WholeFile(path: path), schema: schema, options: ParquetOptions(), longestValue: 8)
      var batch = TableBatch(schema)
      for count in [8, 0, 9] { batch[0].append(bytes: Array(repeating: 0, count: count)) }
      #expect(throws: TableError.valueTooLong(column: "wkb", row: 3, bytes: 9, limit: 8)) {
        try writer.append(batch)
      }
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test(arguments: TableFormat.allCases)
  func `a path that cannot be written is an error before any work`(format: TableFormat) async throws
  {
    try await Places.withTemporaryFolder { folder in
      let inNoFolder = folder.appending(path: "none/t").path
      let inAFile = folder.appending(path: "file")
      try Data().write(to: inAFile)
      let cases = [
        (inNoFolder, ENOENT), (inAFile.path + "/t", ENOTDIR), (folder.path, EISDIR), ("", ENOENT),
      ]
      for (path, number) in cases {
        #expect(throws: TableError.pathNotWritable(path: path, errorNumber: number)) {
          _ = try format.writer(to: path, schema: Self.schema)
        }
      }
    }
  }

  @Test func `a full disk is an error of its own`() throws {
    let full = open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let csv = CSVWriter(descriptor: full, schema: Self.schema)
    #expect(throws: TableError.diskFull(path: "")) { try csv.finish() }
    let large = CSVWriter(descriptor: full, schema: Self.schema)
    #expect(throws: TableError.diskFull(path: "")) { try large.append(Self.batch(100_000)) }
    #expect(throws: TableError.diskFull(path: "")) {
      _ = try ParquetWriter(
        file: WholeFile(descriptor: full), schema: Self.schema, options: ParquetOptions(),
        longestValue: 8)
    }
  }

  @Test func `another fault of the disk keeps its number`() throws {
    let readOnly = open("/dev/null", O_RDONLY)
    try #require(readOnly >= 0)
    defer { close(readOnly) }
    let writer = CSVWriter(descriptor: readOnly, schema: Self.schema)
    #expect(throws: TableError.writeFailed(path: "", errorNumber: EBADF)) { try writer.finish() }
  }

  @Test func `a name may be as long as a name can be`() async throws {
    try await Places.withTemporaryFolder { folder in
      let name = String(repeating: "n", count: 251) + ".csv"
      try CSVWriter(path: folder.appending(path: name).path, schema: Self.schema).finish()
      #expect(try names(in: folder) == [name])
    }
  }

  @Test func `columns have names, each its own`() throws {
    #expect(throws: TableError.columnsMissing) { _ = try TableSchema([]) }
    #expect(throws: TableError.columnNameEmpty(column: 2)) {
      _ = try TableSchema([TableColumn("a", .text), TableColumn("", .text)])
    }
    #expect(throws: TableError.columnNameRepeated(name: "a")) {
      _ = try TableSchema([TableColumn("a", .text), TableColumn("a", .number)])
    }
  }

  @Test(arguments: [
    ("a.csv", TableFormat.csv), ("dir.parquet/b.CSV", .csv), ("c.Parquet", .parquet),
    ("csv", nil), ("d.csv.gz", nil), ("", nil), (".", nil),
  ])
  func `the ending of a name asks for a form`(path: String, format: TableFormat?) {
    #expect(TableFormat(path: path) == format)
  }

  static let schema: TableSchema = {
    do {
      return try TableSchema([TableColumn("id", .text), TableColumn("areaM2", .number)])
    } catch { preconditionFailure("\(error)") }
  }()

  static func batch(_ rows: Int) -> TableBatch {
    var batch = TableBatch(schema, capacity: rows)
    for row in 0..<rows {
      batch[0].append(text: "patch \(row)")
      batch[1].append(number: Double(row) / 3)
    }
    return batch
  }

  /// The fifth row, the second of the second batch, is refused; nothing is left.
  private func expectRefusal(
    _ format: TableFormat, _ kind: ColumnKind, _ value: Double, _ error: TableError
  ) async throws {
    try await Places.withTemporaryFolder { folder in
      let schema = try TableSchema([TableColumn("v", kind)])
      let path = folder.appending(path: "t").path
      let writer = try format.writer(to: path, schema: schema)
      var batch = TableBatch(schema)
      batch[0].append(numbers: [1, 2, 3])
      try writer.append(batch)
      batch.removeAll()
      batch[0].append(numbers: [4, value, 5])
      #expect(throws: error) { try writer.append(batch) }
      #expect(try names(in: folder).isEmpty)
    }
  }

  private func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
  }
}
