/// What a Parquet file carries beside its rows, and how large its groups may grow.
public struct ParquetOptions: Hashable, Sendable {
  /// Pairs for the readers that know their keys, as `geo` of GeoParquet.
  public var metadata: [String: String]

  /// Rows of a group; the writer holds so many at a time.
  public var rowsPerGroup: Int

  /// Bytes of text and of binary values at which a group is closed before it has all its rows.
  public var bytesPerGroup: Int

  /// - Precondition: a group has 1 to 2^24 rows, and 1 to 2^29 bytes.
  public init(
    metadata: [String: String] = [:], rowsPerGroup: Int = 65_536, bytesPerGroup: Int = 1 << 26
  ) {
    precondition((1...(1 << 24)).contains(rowsPerGroup), "rows of a group: \(rowsPerGroup)")
    precondition((1...(1 << 29)).contains(bytesPerGroup), "bytes of a group: \(bytesPerGroup)")
    self.metadata = metadata
    self.rowsPerGroup = rowsPerGroup
    self.bytesPerGroup = bytesPerGroup
  }
}

/// Writes a table as Parquet: version 1 data pages, PLAIN, not compressed, one page a column and
/// group, with bounds and null counts.
///
/// - Shape: text is STRING, days are DATE, decimals DECIMAL(18, places) in INT64, integers INT64,
///   numbers DOUBLE, flags BOOLEAN, bytes BYTE_ARRAY; a column that is not nullable is required.
/// - Errors: `TableError.notFinite`, `.tooLargeForDecimals`, `.valueTooLong`, and those of the file.
/// - Accuracy: pyarrow and DuckDB read back what was appended; held by `RoundTripTests`.
/// - Source: Apache Parquet format 2.11, of which this is the part that every reader knows.
public final class ParquetWriter: TableWriter {
  public let schema: TableSchema
  public private(set) var rowCount = 0
  /// Pairs for the readers that know their keys; may change until `finish()`.
  public var metadata: [String: String]
  private let file: WholeFile
  private let options: ParquetOptions
  private let longestValue: Int
  private var state = WriterState.open
  private var pages: [ParquetPage]
  private var pendingRows = 0
  private var pendingBytes = 0
  private var footer: ParquetFooter

  private static let magic = Array("PAR1".utf8)
  /// With a group's other bytes and lengths a page stays below the 2^31 its header can say.
  static let longestValue = 1 << 30

  /// Begins a file; the one that is there, if any, stays until `finish()`.
  public convenience init(
    path: String, schema: TableSchema, options: ParquetOptions = ParquetOptions()
  ) throws(TableError) {
    try self.init(
      file: try WholeFile(path: path), schema: schema, options: options,
      longestValue: Self.longestValue)
  }

  init(
    file: WholeFile, schema: TableSchema, options: ParquetOptions, longestValue: Int
  ) throws(TableError) {
    self.file = file
    self.schema = schema
    self.options = options
    self.longestValue = longestValue
    pages = schema.columns.map(ParquetPage.init)
    metadata = options.metadata
    footer = ParquetFooter(schema: schema)
    try file.write(Self.magic)
  }

  public func append(_ batch: TableBatch) throws(TableError) {
    precondition(state == .open, "nothing can be appended any more")
    precondition(batch.schema == schema, "the batch is of another table")
    do {
      let count = batch.rowCount
      let columns = schema.columns.indices.map { batch[$0] }
      try checkLengths(columns)
      var row = 0
      while row < count {
        let rows = row..<endOfGroup(from: row, until: count, columns)
        for index in pages.indices {
          try pages[index].append(columns[index], rows: rows, rowsBefore: rowCount)
        }
        pendingRows += rows.count
        pendingBytes += byteCount(of: rows, columns)
        if pendingRows == options.rowsPerGroup || pendingBytes >= options.bytesPerGroup {
          try writeGroup()
        }
        row = rows.upperBound
      }
      rowCount += count
    } catch {
      giveUp()
      throw error
    }
  }

  public func finish() throws(TableError) {
    precondition(state == .open, "the table was finished, or given up")
    do {
      if pendingRows > 0 { try writeGroup() }
      var end = footer.bytes(rowCount: rowCount, metadata: metadata)
      end.append(littleEndian: UInt32(end.count))
      try file.write(end + Self.magic)
      try file.publish()
      state = .finished
    } catch {
      giveUp()
      throw error
    }
  }

  /// The row after the last that goes into the open group; it depends on the rows alone, not on
  /// how they were cut into batches.
  private func endOfGroup(from first: Int, until count: Int, _ columns: [ColumnValues]) -> Int {
    let last = min(count, first + options.rowsPerGroup - pendingRows)
    let room = options.bytesPerGroup - pendingBytes
    guard byteCount(of: first..<last, columns) >= room else { return last }
    // The bytes up to a row only grow with it, so the row that fills the group is searched for.
    var (low, high) = (first + 1, last)
    while low < high {
      let middle = (low + high) / 2
      if byteCount(of: first..<middle, columns) >= room { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func byteCount(of rows: Range<Int>, _ columns: [ColumnValues]) -> Int {
    columns.reduce(0) { sum, values in
      guard !values.ends.isEmpty else { return sum }
      return sum + values.start(of: rows.upperBound) - values.start(of: rows.lowerBound)
    }
  }

  private func checkLengths(_ columns: [ColumnValues]) throws(TableError) {
    for values in columns where values.bytes.count > longestValue {
      for row in 0..<values.count where values.range(of: row).count > longestValue {
        throw .valueTooLong(
          column: values.column.name, row: rowCount + row + 1,
          bytes: values.range(of: row).count, limit: longestValue)
      }
    }
  }

  private func writeGroup() throws(TableError) {
    var chunks: [ParquetFooter.Chunk] = []
    for index in pages.indices {
      let levels = pages[index].levels
      let byteCount = levels.count + pages[index].values.count
      let header = ParquetFooter.pageHeader(rowCount: pendingRows, byteCount: byteCount)
      chunks.append(
        ParquetFooter.Chunk(
          column: pages[index].column, offset: file.bytesWritten,
          byteCount: header.count + byteCount, rowCount: pendingRows,
          statistics: pages[index].statistics))
      try file.write(header + levels)
      try file.write(pages[index].values)
      pages[index].removeAll()
    }
    footer.groups.append(ParquetFooter.Group(rowCount: pendingRows, chunks: chunks))
    pendingRows = 0
    pendingBytes = 0
  }

  private func giveUp() {
    state = .failed
    file.abandon()
  }
}
