import KarezCore
import KarezTables
import TestSupport

/// A table made from a seed, and its cells as text in one form that no reader can blur.
struct RandomTable {
  let schema: TableSchema
  let rowsPerGroup: Int
  /// By row; numbers as sixteen hexadecimal digits of their bits, bytes in hexadecimal.
  private(set) var cells: [[String?]] = []
  private var filled: [Cell] = []

  private enum Cell {
    case null
    case text(String)
    case integer(Int64)
    case number(Double)
    case day(LegalDate)
    case flag(Bool)
    case bytes([UInt8])
  }

  static let texts = [
    "", "0103", "永久基本农田", "يەر ئىشلىتىش تۈرى", "𠮷\u{2EBF0}", "a,b", "say \"no\"", "two\nlines",
    "carriage\rreturn", " outer spaces ", "=SUM(A1)", "+86", "-1", "@x", "\tтаб", "'=quoted", "''",
    "'s", "＝全角", "－5", "NULL", "null", "NaN", "\u{FEFF}mark", String(repeating: "长", count: 40),
  ]
  static let numbers = [
    0, -0.0, 1, -1.5, 0.1, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    12_345.678_901_234_567, 1e16,
  ]
  static let names = ["id", "地类编码", "面积 (m²)", "a,b", "=x", "ئىسمى", "\"q\""]

  init(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let kinds: [ColumnKind] = [
      .text, .integer, .number, .decimal(places: 2), .decimal(places: 0), .day, .bytes, .text,
      .flag,
    ]
    let names = Self.names.shuffled(using: &random).prefix(Int.random(in: 1...7, using: &random))
    schema = try TableSchema(
      names.map { name in
        TableColumn(
          name, kinds.randomElement(using: &random) ?? .text, isNullable: .random(using: &random))
      })
    rowsPerGroup = [1, 7, 8, 9, 64].randomElement(using: &random) ?? 8
    let counts = [0, 1, rowsPerGroup - 1, rowsPerGroup, rowsPerGroup + 1, 2 * rowsPerGroup, 100]
    let rowCount = counts.randomElement(using: &random) ?? 0
    // All null, none, and in between: the three forms the levels take.
    let nullShares = [0, 0.3, 1]
    let nullShare: Double = nullShares.randomElement(using: &random) ?? 0
    for _ in 0..<rowCount {
      var row: [String?] = []
      for column in schema.columns {
        let draw = Double.random(in: 0..<1, using: &random)
        let isNull = column.isNullable && draw < nullShare
        let cell = isNull ? .null : Self.cell(column.kind, &random)
        filled.append(cell)
        row.append(Self.text(of: cell, column.kind))
      }
      cells.append(row)
    }
  }

  /// Appends the rows, cut into batches as another seed says.
  func append(to writer: any TableWriter, cutBy seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var batch = TableBatch(schema)
    var row = 0
    while row < cells.count {
      let until = min(cells.count, row + Int.random(in: 0...40, using: &random))
      for index in row..<until { fill(&batch, row: index) }
      try writer.append(batch)
      batch.removeAll()
      row = until
    }
  }

  private func fill(_ batch: inout TableBatch, row: Int) {
    for column in schema.columns.indices {
      switch filled[row * schema.columns.count + column] {
      case .null: batch[column].appendNull()
      case .text(let value): batch[column].append(text: value)
      case .integer(let value): batch[column].append(integer: value)
      case .number(let value): batch[column].append(number: value)
      case .day(let value): batch[column].append(day: value)
      case .flag(let value): batch[column].append(flag: value)
      case .bytes(let value): batch[column].append(bytes: value)
      }
    }
  }

  private static func cell(_ kind: ColumnKind, _ random: inout SplitMix64) -> Cell {
    switch kind {
    case .text: return .text(texts.randomElement(using: &random) ?? "")
    case .integer:
      let any = Int64(bitPattern: random.next())
      return .integer([.min, .max, 0, any].randomElement(using: &random) ?? 0)
    case .number: return .number(numbers.randomElement(using: &random) ?? 0)
    case .decimal: return .number(Double.random(in: -1e12...1e12, using: &random))
    case .day:
      let days = Int.random(in: -719_162...2_932_896, using: &random)
      return LegalDate(daysSince1970: days).map(Cell.day) ?? .null
    case .flag: return .flag(.random(using: &random))
    case .bytes:
      let count = Int.random(in: 0...9, using: &random)
      return .bytes((0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    }
  }

  private static func text(of cell: Cell, _ kind: ColumnKind) -> String? {
    switch cell {
    case .null: return nil
    case .text(let value): return value
    case .integer(let value): return String(value)
    case .number(let value):
      guard case .decimal(let places) = kind else { return bits(of: value) }
      return DecimalText.fixed(value, decimals: places)
    case .day(let value): return value.description
    case .flag(let value): return value ? "true" : "false"
    case .bytes(let value):
      return value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// Sixteen hexadecimal digits, so that -0 is not 0.
  static func bits(of number: Double) -> String {
    let digits = String(number.bitPattern, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
