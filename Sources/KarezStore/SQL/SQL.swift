/// A statement or a piece of one, with the values bound in it; only this module writes any.
///
/// What stands in `\( )` is bound and never becomes text. Names go through `\(name:)`, which
/// quotes them; pieces of SQL go in as they are.
struct SQL: Sendable {
  /// One more than there are values, which stand between them.
  private(set) var pieces = [""]
  private(set) var values: [SQLValue] = []
  /// Whether the statement comes so often that the engine should keep it prepared.
  var isKept = false

  init() {}

  /// Text of ours that binds nothing.
  init(raw text: String) { pieces = [text] }

  var isEmpty: Bool { values.isEmpty && pieces[0].isEmpty }

  /// The text with a mark in place of each value, which are counted from 1.
  func text(_ mark: (Int) -> String) -> String {
    var text = pieces[0]
    for (index, piece) in pieces.dropFirst().enumerated() { text += mark(index + 1) + piece }
    return text
  }

  /// The same statement, kept prepared by the engine.
  var kept: SQL {
    var copy = self
    copy.isKept = true
    return copy
  }

  mutating func append(raw text: String) { pieces[pieces.count - 1] += text }

  mutating func append(_ value: SQLValue) {
    values.append(value)
    pieces.append("")
  }

  mutating func append(_ other: SQL) {
    pieces[pieces.count - 1] += other.pieces[0]
    pieces += other.pieces.dropFirst()
    values += other.values
  }

  static func + (left: SQL, right: SQL) -> SQL {
    var sum = left
    sum.append(right)
    return sum
  }

  static func joined(_ parts: [SQL], by separator: String) -> SQL {
    var whole = SQL()
    for (index, part) in parts.enumerated() {
      if index > 0 { whole.append(raw: separator) }
      whole.append(part)
    }
    return whole
  }

  /// All conditions at once; true where there is none.
  static func and(_ conditions: [SQL]) -> SQL {
    conditions.isEmpty ? "1 = 1" : joined(conditions, by: " AND ")
  }

  /// A condition that no row meets.
  static let never: SQL = "1 = 0"
}

extension SQL {
  /// The name as an identifier; quotes inside it are doubled.
  static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// Names as a list of columns, of a table's alias where one is given.
  static func quoted(_ names: [String], of alias: String = "") -> String {
    names.map { (alias.isEmpty ? "" : alias + ".") + quoted($0) }.joined(separator: ", ")
  }

  /// Names as a list of columns.
  static func names(_ names: [String], of alias: String = "") -> SQL {
    SQL(raw: quoted(names, of: alias))
  }
}

extension SQL: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self.init(raw: value) }
  init(stringInterpolation: Interpolation) { self = stringInterpolation.sql }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) { sql.append(raw: literal) }
    mutating func appendInterpolation(_ value: (any SQLBindable)?) {
      sql.append(value?.sqlValue ?? .null)
    }
    mutating func appendInterpolation(_ other: SQL) { sql.append(other) }
    mutating func appendInterpolation(raw text: String) { sql.append(raw: text) }
    mutating func appendInterpolation(name: String) { sql.append(raw: SQL.quoted(name)) }
  }
}
