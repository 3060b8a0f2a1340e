/// How a CSV file is written where RFC 4180 leaves it open.
public struct CSVOptions: Hashable, Sendable {
  /// Whether the file begins with U+FEFF.
  ///
  /// Without it, spreadsheets on a Chinese system read UTF-8 as GBK.
  public var byteOrderMark: Bool

  /// Whether a text that a spreadsheet would run as a formula gets an apostrophe in front.
  public var guardsFormulas: Bool

  public init(byteOrderMark: Bool = true, guardsFormulas: Bool = true) {
    self.byteOrderMark = byteOrderMark
    self.guardsFormulas = guardsFormulas
  }
}

/// Writes a table as comma-separated values.
///
/// - Shape: RFC 4180 in UTF-8, but lines end in LF alone: every reader takes it, and tools that go
///   by lines do not find a carriage return in the last column. The first line holds the names.
///   A null is an empty field, an empty text is `""`; in a table of one column a null is `""` too,
///   since many readers skip an empty line.
/// - Shape: numbers read back bit for bit; decimals have all their places; days are `YYYY-MM-DD`,
///   flags `true` and `false`; bytes are hexadecimal, upper case.
/// - Errors: `TableError.notFinite`, `.tooLargeForDecimals`, and those of the file.
public final class CSVWriter: TableWriter {
  public let schema: TableSchema
  public private(set) var rowCount = 0
  private let file: WholeFile
  private let options: CSVOptions
  private var state = WriterState.open
  private var text: CSVText

  /// Bytes gathered before each call of the system.
  private static let bufferBytes = 1 << 20

  /// Begins a file; the one that is there, if any, stays until `finish()`.
  public convenience init(
    path: String, schema: TableSchema, options: CSVOptions = CSVOptions()
  ) throws(TableError) {
    self.init(file: try WholeFile(path: path), schema: schema, options: options)
  }

  /// Writes to a descriptor that the caller has opened and will close, as standard output; by
  /// default without a byte order mark.
  public convenience init(
    descriptor: Int32, schema: TableSchema, options: CSVOptions = CSVOptions(byteOrderMark: false)
  ) {
    self.init(file: WholeFile(descriptor: descriptor), schema: schema, options: options)
  }

  private init(file: WholeFile, schema: TableSchema, options: CSVOptions) {
    self.file = file
    self.schema = schema
    self.options = options
    text = CSVText(guardsFormulas: options.guardsFormulas, isOneColumn: schema.columns.count == 1)
    if options.byteOrderMark { text.appendByteOrderMark() }
    text.appendNames(of: schema)
  }

  public func append(_ batch: TableBatch) throws(TableError) {
    precondition(state == .open, "nothing can be appended any more")
    precondition(batch.schema == schema, "the batch is of another table")
    do {
      let columns = schema.columns.indices.map { batch[$0] }
      for row in 0..<batch.rowCount {
        try text.appendRow(row, of: columns, rowsBefore: rowCount)
        if text.bytes.count >= Self.bufferBytes { try flush() }
      }
      rowCount += batch.rowCount
    } catch {
      giveUp()
      throw error
    }
  }

  public func finish() throws(TableError) {
    precondition(state == .open, "the table was finished, or given up")
    do {
      try flush()
      try file.publish()
      state = .finished
    } catch {
      giveUp()
      throw error
    }
  }

  private func flush() throws(TableError) {
    try file.write(text.bytes)
    text.bytes.removeAll(keepingCapacity: true)
  }

  private func giveUp() {
    state = .failed
    file.abandon()
  }
}
