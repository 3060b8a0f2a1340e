public import KarezCore

/// The values of one column of a batch.
///
/// - Shape: texts and bytes lie end to end in one array, numbers in another; no value is boxed, and
///   a null takes its place with an empty value. Which rows are null is kept only once one is.
public struct ColumnValues: Sendable {
  let column: TableColumn
  /// Texts as UTF-8, or bytes.
  private(set) var bytes: [UInt8] = []
  /// Where each text or byte value ends in `bytes`.
  private(set) var ends: [Int] = []
  /// Integers, days since 1970-01-01, or flags as 0 and 1.
  private(set) var integers: [Int64] = []
  /// Numbers; those of a decimal column not yet rounded.
  private(set) var numbers: [Double] = []
  /// Which rows have a value; empty while all have.
  private(set) var presence: [Bool] = []

  init(_ column: TableColumn, capacity: Int) {
    self.column = column
    switch column.kind {
    case .text, .bytes: ends.reserveCapacity(capacity)
    case .integer, .day, .flag: integers.reserveCapacity(capacity)
    case .number, .decimal: numbers.reserveCapacity(capacity)
    }
  }

  public var count: Int {
    switch column.kind {
    case .text, .bytes: ends.count
    case .integer, .day, .flag: integers.count
    case .number, .decimal: numbers.count
    }
  }

  /// Appends a text, or a null.
  ///
  /// - Precondition: the column is one of texts, and nullable if the value is nil; so for the others.
  public mutating func append(text: String?) {
    guard let text else { return appendNull() }
    expect(.text)
    bytes.append(contentsOf: text.utf8)
    endValue()
  }

  /// Appends a text that lies in memory as UTF-8, as in a mapped file.
  public mutating func append(text: borrowing UTF8Span) {
    expect(.text)
    append(copying: text.span)
  }

  /// Appends bytes, or a null.
  public mutating func append(bytes value: [UInt8]?) {
    guard let value else { return appendNull() }
    expect(.bytes)
    bytes.append(contentsOf: value)
    endValue()
  }

  /// Appends bytes that lie in memory.
  public mutating func append(bytes value: borrowing Span<UInt8>) {
    expect(.bytes)
    append(copying: value)
  }

  public mutating func append(integer: Int64?) {
    guard let integer else { return appendNull() }
    expect(.integer)
    integers.append(integer)
    markPresent()
  }

  /// Appends a number to a column of numbers or decimals, or a null.
  public mutating func append(number: Double?) {
    guard let number else { return appendNull() }
    switch column.kind {
    case .number, .decimal: numbers.append(number)
    default: preconditionFailure("\(column.name) holds \(column.kind), not numbers")
    }
    markPresent()
  }

  public mutating func append(day: LegalDate?) {
    guard let day else { return appendNull() }
    expect(.day)
    integers.append(Int64(day.daysSince1970))
    markPresent()
  }

  public mutating func append(flag: Bool?) {
    guard let flag else { return appendNull() }
    expect(.flag)
    integers.append(flag ? 1 : 0)
    markPresent()
  }

  public mutating func appendNull() {
    precondition(column.isNullable, "\(column.name) may not be null")
    if presence.isEmpty { presence = Array(repeating: true, count: count) }
    switch column.kind {
    case .text, .bytes: ends.append(bytes.count)
    case .integer, .day, .flag: integers.append(0)
    case .number, .decimal: numbers.append(0)
    }
    presence.append(false)
  }

  /// Appends the same numbers as one by one, in one go.
  public mutating func append(numbers values: [Double]) {
    switch column.kind {
    case .number, .decimal: numbers.append(contentsOf: values)
    default: preconditionFailure("\(column.name) holds \(column.kind), not numbers")
    }
    markPresent(values.count)
  }

  /// Appends the same integers as one by one, in one go.
  public mutating func append(integers values: [Int64]) {
    expect(.integer)
    integers.append(contentsOf: values)
    markPresent(values.count)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    integers.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    presence.removeAll(keepingCapacity: true)
  }

  /// Where the bytes of a row lie.
  func range(of row: Int) -> Range<Int> { start(of: row)..<ends[row] }

  /// Where the bytes of a row begin; of the row past the last, where the bytes end.
  func start(of row: Int) -> Int { row == 0 ? 0 : ends[row - 1] }

  func isNull(_ row: Int) -> Bool { !presence.isEmpty && !presence[row] }

  private mutating func append(copying value: borrowing Span<UInt8>) {
    // Safe because the pointer does not leave the closure, within which the span lives.
    value.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    endValue()
  }

  private mutating func endValue() {
    ends.append(bytes.count)
    markPresent()
  }

  private mutating func markPresent(_ rows: Int = 1) {
    // An empty list means no null so far, and the first value of a column is no exception.
    guard !presence.isEmpty else { return }
    presence.append(contentsOf: repeatElement(true, count: rows))
  }

  private func expect(_ kind: ColumnKind) {
    precondition(column.kind == kind, "\(column.name) holds \(column.kind), not \(kind)")
  }
}

extension ColumnValues {
  /// A decimal in units of its last place.
  func units(_ row: Int, places: Int, rowsBefore: Int) throws(TableError) -> Int64 {
    let value = numbers[row]
    if let units = DecimalText.units(of: value, decimals: places) { return units }
    let number = rowsBefore + row + 1
    guard value.isFinite else { throw .notFinite(column: column.name, row: number) }
    throw .tooLargeForDecimals(column: column.name, row: number, value: value, places: places)
  }
}
