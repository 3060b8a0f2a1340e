import Foundation
import KarezCore
import KarezTables
import TestSupport
import Testing

/// What is written is what others read.
///
/// The others are pyarrow and DuckDB, and Python's own reader for CSV. Without them nothing is
/// proved, so nothing is skipped without saying so.
@Suite(.enabled(if: Readers.areInstalled, "no readers: run make setup"))
struct RoundTripTests {
  static let seeds: Range<UInt64> = 0..<120

  @Test func `other programs read the Parquet that was written`() async throws {
    try await Places.withTemporaryFolder { folder in
      let tables = try Self.seeds.map(RandomTable.init)
      let files = try tables.enumerated().map { index, table in
        let file = folder.appending(path: "\(index).parquet")
        let options = ParquetOptions(rowsPerGroup: table.rowsPerGroup)
        try write(table, cutBy: 1) { schema throws(TableError) in
          try ParquetWriter(path: file.path, schema: schema, options: options)
        }
        return file
      }
      let found = try Readers.parquet(files)
      try #require(found.count == tables.count)
      for (seed, (table, read)) in zip(tables, found).enumerated() {
        #expect(read.pyarrow == table.cells, "pyarrow, seed \(seed)")
        #expect(read.duckdb == table.cells, "DuckDB, seed \(seed)")
        #expect(read.names == table.schema.columns.map(\.name), "seed \(seed)")
        #expect(read.types == table.schema.columns.map(Self.type), "seed \(seed)")
        #expect(read.groups.dropLast().allSatisfy { $0 == table.rowsPerGroup }, "seed \(seed)")
        #expect(read.disagreements.isEmpty, "seed \(seed)")
      }
      #expect(found.reduce(0) { $0 + $1.statistics } > 100, "too few bounds examined")
      #expect(found.contains { $0.pyarrow.isEmpty }, "no empty table among the seeds")
    }
  }

  @Test func `other programs read the CSV that was written`() async throws {
    try await Places.withTemporaryFolder { folder in
      let tables = try Self.seeds.map(RandomTable.init)
      let files = try tables.enumerated().map { index, table in
        let file = folder.appending(path: "\(index).csv")
        try write(table, cutBy: 1) { schema throws(TableError) in
          try CSVWriter(path: file.path, schema: schema)
        }
        return file
      }
      let found = try Readers.csv(files)
      try #require(found.count == tables.count)
      for (seed, (table, read)) in zip(tables, found).enumerated() {
        let cells = table.cells.map { row in
          // A null that stands alone on its line is written as an empty text.
          row.count == 1 ? [row[0] ?? ""] : row
        }
        let names = table.schema.columns.map(\.name)
        #expect(read.names.map(Self.unguarded) == names, "seed \(seed)")
        #expect(Self.cells(read.duckdb, table.schema) == cells, "DuckDB, seed \(seed)")
        #expect(Self.cells(read.pyarrow, table.schema) == cells, "pyarrow, seed \(seed)")
        let blank = cells.map { $0.map { $0 ?? "" } }
        #expect(Self.cells(read.python, table.schema) == blank, "Python, seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `the bytes do not depend on how rows were cut into batches`(seed: UInt64) async throws {
    let table = try RandomTable(seed: seed)
    try await Places.withTemporaryFolder { folder in
      for format in TableFormat.allCases {
        let bytes = try [1, 2, 3].map { (cut: UInt64) in
          let file = folder.appending(path: "\(cut).\(format.rawValue)")
          try write(table, cutBy: cut) { schema throws(TableError) in
            switch format {
            case .csv: try CSVWriter(path: file.path, schema: schema)
            case .parquet:
              try ParquetWriter(
                path: file.path, schema: schema,
                options: ParquetOptions(rowsPerGroup: table.rowsPerGroup, bytesPerGroup: 200))
            }
          }
          return try Data(contentsOf: file)
        }
        #expect(bytes[0] == bytes[1] && bytes[1] == bytes[2], "\(format)")
      }
    }
  }

  private func write(
    _ table: RandomTable, cutBy seed: UInt64,
    with writer: (TableSchema) throws(TableError) -> any TableWriter
  ) throws {
    let writer = try writer(table.schema)
    try table.append(to: writer, cutBy: seed)
    #expect(writer.rowCount == table.cells.count)
    try writer.finish()
  }

  private static func type(_ column: TableColumn) -> String {
    switch column.kind {
    case .text: "string"
    case .integer: "int64"
    case .number: "double"
    case .decimal(let places): "decimal128(18, \(places))"
    case .day: "date32[day]"
    case .flag: "bool"
    case .bytes: "binary"
    }
  }

  /// Cells of a CSV in the form of `RandomTable.cells`; a null stays what it was read as.
  private static func cells<Cell>(_ rows: [[Cell]], _ schema: TableSchema) -> [[String?]] {
    rows.map { row in
      zip(row, schema.columns).map { cell, column in
        guard let text = cell as? String else { return nil }
        switch column.kind {
        case .text: return unguarded(text)
        case .number: return Double(text).map(RandomTable.bits) ?? text
        case .bytes: return text.lowercased()
        case .integer, .decimal, .day, .flag: return text
        }
      }
    }
  }

  /// Takes back the apostrophe that keeps a spreadsheet from running a text.
  private static func unguarded(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard scalars.first == "'", let first = scalars.first(where: { $0 != "'" }),
      "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
    else { return text }
    return String(scalars.dropFirst())
  }
}
