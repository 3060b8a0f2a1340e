import KarezCore

/// Lines of a CSV file, as they gather.
package struct CSVText {
  var bytes: [UInt8] = []
  let guardsFormulas: Bool
  let isOneColumn: Bool

  init(guardsFormulas: Bool, isOneColumn: Bool) {
    self.guardsFormulas = guardsFormulas
    self.isOneColumn = isOneColumn
  }

  mutating func appendByteOrderMark() { bytes.append(contentsOf: [0xEF, 0xBB, 0xBF]) }

  mutating func appendNames(of schema: TableSchema) {
    for (index, column) in schema.columns.enumerated() {
      if index > 0 { bytes.append(Byte.comma) }
      // Safe because the pointer does not leave the closure.
      Array(column.name.utf8).withUnsafeBufferPointer { append(text: $0) }
    }
    bytes.append(Byte.lineFeed)
  }

  mutating func appendRow(
    _ row: Int, of columns: [ColumnValues], rowsBefore: Int
  ) throws(TableError) {
    for index in columns.indices {
      if index > 0 { bytes.append(Byte.comma) }
      if columns[index].isNull(row) {
        if isOneColumn { appendQuotes() }
        continue
      }
      switch columns[index].column.kind {
      case .text:
        let range = columns[index].range(of: row)
        // Safe because the range lies in the array and the pointer does not leave the closure.
        columns[index].bytes.withUnsafeBufferPointer { bytes in
          append(text: UnsafeBufferPointer(rebasing: bytes[range]))
        }
      case .integer: append(integer: columns[index].integers[row])
      case .number:
        try append(number: columns[index].numbers[row], columns[index].column, rowsBefore + row + 1)
      case .decimal(let places):
        let units = try columns[index].units(row, places: places, rowsBefore: rowsBefore)
        append(units: units, places: places)
      case .day: append(day: columns[index].integers[row])
      case .flag:
        let word = columns[index].integers[row] == 1 ? "true" : "false"
        bytes.append(contentsOf: word.utf8)
      case .bytes: append(hexadecimal: columns[index].bytes[columns[index].range(of: row)])
      }
    }
    bytes.append(Byte.lineFeed)
  }

  /// Appends a text, guarded and quoted where it must be.
  mutating func append(text: UnsafeBufferPointer<UInt8>) {
    let isGuarded = guardsFormulas && Self.isFormula(text)
    guard isGuarded || Self.needsQuotes(text) else {
      bytes.append(contentsOf: text)
      return
    }
    bytes.append(Byte.quote)
    if isGuarded { bytes.append(Byte.apostrophe) }
    for byte in text {
      if byte == Byte.quote { bytes.append(Byte.quote) }
      bytes.append(byte)
    }
    bytes.append(Byte.quote)
  }

  mutating func append(integer: Int64) {
    if integer < 0 { bytes.append(Byte.minus) }
    append(digitsOf: integer.magnitude, atLeast: 1)
  }

  private mutating func append(
    number: Double, _ column: TableColumn, _ row: Int
  ) throws(TableError) {
    guard number.isFinite else { throw .notFinite(column: column.name, row: row) }
    // The shortest text that reads back as the same number.
    bytes.append(contentsOf: number.description.utf8)
  }

  private mutating func append(units: Int64, places: Int) {
    if units < 0 { bytes.append(Byte.minus) }
    append(digitsOf: units.magnitude, atLeast: places + 1, places: places)
  }

  private mutating func append(day: Int64) {
    guard let day = LegalDate(daysSince1970: Int(day)) else {
      preconditionFailure("no day of the calendar: \(day)")
    }
    append(digitsOf: UInt64(day.year), atLeast: 4)
    bytes.append(Byte.minus)
    append(digitsOf: UInt64(day.month), atLeast: 2)
    bytes.append(Byte.minus)
    append(digitsOf: UInt64(day.day), atLeast: 2)
  }

  private mutating func append(hexadecimal value: ArraySlice<UInt8>) {
    guard !value.isEmpty else { return appendQuotes() }
    for byte in value {
      bytes.append(Byte.digits[Int(byte >> 4)])
      bytes.append(Byte.digits[Int(byte & 15)])
    }
  }

  private mutating func appendQuotes() {
    bytes.append(Byte.quote)
    bytes.append(Byte.quote)
  }

  /// Appends digits with zeros in front up to a width, and a point before the last so many.
  private mutating func append(digitsOf number: UInt64, atLeast width: Int, places: Int = 0) {
    // As many as the greatest number has.
    var digits = InlineArray<20, UInt8>(repeating: Byte.zero)
    var first = digits.count
    var rest = number
    while rest > 0 || digits.count - first < width {
      first -= 1
      digits[first] = Byte.zero + UInt8(rest % 10)
      rest /= 10
    }
    for index in first..<digits.count {
      if places > 0, index == digits.count - places { bytes.append(Byte.point) }
      bytes.append(digits[index])
    }
  }
}

extension CSVText {
  private enum Byte {
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let apostrophe: UInt8 = 0x27
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let point: UInt8 = 0x2E
    static let zero: UInt8 = 0x30
    static let digits = Array("0123456789ABCDEF".utf8)
  }

  /// Whether a spreadsheet would run the text: after any apostrophes it begins with `=`, `+`, `-`,
  /// `@`, a tab or a line end, or one of the signs in full width.
  ///
  /// Apostrophes are looked past so that the guard can be undone: one apostrophe is taken from a
  /// text that begins so.
  static func isFormula(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.firstIndex(where: { $0 != Byte.apostrophe }) else { return false }
    switch text[first] {
    case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0A, 0x0D: return true
    case 0xEF:
      // U+FF1D, U+FF0B, U+FF0D and U+FF20: what an input method types for the same four.
      guard text.count - first >= 3, text[first + 1] == 0xBC else { return false }
      return [0x9D, 0x8B, 0x8D, 0xA0].contains(text[first + 2])
    default: return false
    }
  }

  /// A text as it was before it was guarded.
  package static func unguarded(_ text: [UInt8]) -> [UInt8] {
    guard text.first == Byte.apostrophe, text.withUnsafeBufferPointer(isFormula) else {
      return text
    }
    return Array(text.dropFirst())
  }

  /// Whether the field would end early, lose its outer spaces, or look like a null.
  static func needsQuotes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    if first == Byte.space || last == Byte.space { return true }
    for byte in text where byte <= Byte.comma {
      // Most bytes of most texts are above all four.
      if byte == Byte.comma || byte == Byte.quote || byte == 0x0A || byte == 0x0D { return true }
    }
    return false
  }
}
