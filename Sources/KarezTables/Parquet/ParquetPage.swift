/// The values of one column that wait for their row group to be full, encoded as they will stand in
/// the group's only data page.
///
/// - Shape: PLAIN values of the rows that have one; which rows do is kept beside them.
/// - Source: Apache Parquet, "Encodings", PLAIN and RLE/bit-packing hybrid.
struct ParquetPage {
  let column: TableColumn
  private(set) var values: [UInt8] = []
  private(set) var rowCount = 0
  private(set) var nullCount = 0
  /// Which rows have a value, eight a byte, lowest bit first; only kept for a nullable column.
  private var presence: [UInt8] = []
  private var range = ParquetRange()
  /// How many flags there are among the values.
  private var flagCount = 0

  init(_ column: TableColumn) { self.column = column }

  var statistics: ParquetStatistics {
    ParquetStatistics(nullCount: nullCount, bounds: range.bounds(in: values, column.kind))
  }

  /// Appends some rows of a batch.
  ///
  /// - Errors: `TableError.notFinite`, `.tooLargeForDecimals`; the row is counted from 1 after
  ///   those before the batch.
  mutating func append(
    _ source: ColumnValues, rows: Range<Int>, rowsBefore: Int
  ) throws(TableError) {
    markPresence(source, rows)
    switch column.kind {
    case .text, .bytes: append(texts: source, rows)
    case .integer: append(integers: source, rows)
    case .number: try append(numbers: source, rows, rowsBefore: rowsBefore)
    case .decimal(let places):
      for row in rows where !source.isNull(row) {
        let units = try source.units(row, places: places, rowsBefore: rowsBefore)
        range.widen(integer: units)
        values.append(littleEndian: units)
      }
    case .day:
      for row in rows where !source.isNull(row) {
        range.widen(integer: source.integers[row])
        values.append(littleEndian: Int32(source.integers[row]))
      }
    case .flag: append(flags: source, rows)
    }
  }

  /// The levels that stand before the values: 1 where a row has a value, 0 where it is null.
  var levels: [UInt8] {
    guard column.isNullable else { return [] }
    var runs: [UInt8] = []
    if nullCount == 0 || nullCount == rowCount {
      // One run of one level, however many rows.
      runs.append(variable: UInt64(rowCount) << 1)
      runs.append(nullCount == 0 ? 1 : 0)
    } else {
      runs.append(variable: UInt64(presence.count) << 1 | 1)
      runs.append(contentsOf: presence)
    }
    var levels: [UInt8] = []
    levels.append(littleEndian: UInt32(runs.count))
    return levels + runs
  }

  mutating func removeAll() {
    values.removeAll(keepingCapacity: true)
    presence.removeAll(keepingCapacity: true)
    rowCount = 0
    nullCount = 0
    flagCount = 0
    range = ParquetRange()
  }

  private mutating func markPresence(_ source: ColumnValues, _ rows: Range<Int>) {
    guard column.isNullable else {
      rowCount += rows.count
      return
    }
    for row in rows {
      if rowCount % 8 == 0 { presence.append(0) }
      if source.isNull(row) {
        nullCount += 1
      } else {
        presence[rowCount / 8] |= 1 << UInt8(rowCount % 8)
      }
      rowCount += 1
    }
  }

  private mutating func append(texts source: ColumnValues, _ rows: Range<Int>) {
    let hasBounds = column.kind == .text
    let lengthBytes = MemoryLayout<UInt32>.size
    var place = values.count
    let payload = source.start(of: rows.upperBound) - source.start(of: rows.lowerBound)
    values.append(contentsOf: repeatElement(0, count: payload + rows.count * lengthBytes))
    for row in rows where !source.isNull(row) {
      let text = source.range(of: row)
      // Safe because both ranges lie in their arrays: `place` grows by what was made room for.
      values.withUnsafeMutableBytes { target in
        target.storeBytes(
          of: UInt32(text.count).littleEndian, toByteOffset: place, as: UInt32.self)
        source.bytes.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: target[(place + lengthBytes)...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[text]))
        }
      }
      place += lengthBytes
      if hasBounds { range.widen(text: place..<(place + text.count), in: values) }
      place += text.count
    }
    // A null had room made for its length.
    values.removeLast(values.count - place)
  }

  /// Eight a byte, lowest bit first.
  private mutating func append(flags source: ColumnValues, _ rows: Range<Int>) {
    for row in rows where !source.isNull(row) {
      if flagCount % 8 == 0 { values.append(0) }
      range.widen(integer: source.integers[row])
      values[flagCount / 8] |= UInt8(source.integers[row]) << UInt8(flagCount % 8)
      flagCount += 1
    }
  }

  private mutating func append(integers source: ColumnValues, _ rows: Range<Int>) {
    guard source.presence.isEmpty else {
      for row in rows where !source.isNull(row) {
        range.widen(integer: source.integers[row])
        values.append(littleEndian: source.integers[row])
      }
      return
    }
    for row in rows { range.widen(integer: source.integers[row]) }
    // Safe because Int64 has no padding, and Swift runs on little-endian machines only, whose
    // memory is PLAIN as it lies.
    source.integers[rows].withUnsafeBytes { values.append(contentsOf: $0) }
  }

  private mutating func append(
    numbers source: ColumnValues, _ rows: Range<Int>, rowsBefore: Int
  ) throws(TableError) {
    for row in rows {
      let number = source.numbers[row]
      guard number.isFinite else {
        throw .notFinite(column: column.name, row: rowsBefore + row + 1)
      }
      if !source.isNull(row) { range.widen(number: number) }
    }
    guard source.presence.isEmpty else {
      for row in rows where !source.isNull(row) {
        values.append(littleEndian: source.numbers[row].bitPattern)
      }
      return
    }
    // Safe for the reason given for integers; a Double is IEEE 754 in eight bytes.
    source.numbers[rows].withUnsafeBytes { values.append(contentsOf: $0) }
  }
}
