import KarezCore

/// Reads the expression language of rules.
///
/// `and or not in`, comparison, `+ − ×`, quantities with their unit, facts by name,
/// `parameter("…")`, `codes("…")` and registered functions; nothing else.
public struct ExpressionParser {
  public static let depthMax = 32
  public static let bytesMax = 4_000
  private static let reserved: Set<String> = ["and", "or", "not", "in", "true", "false"]

  private var scanner: ExpressionScanner
  private var token = ExpressionScanner.Token.end
  private var offset = 0
  private var depth = 0

  public static func expression(from text: String) throws(ExpressionError) -> Expression {
    let bytes = Array(text.utf8)
    guard bytes.count <= bytesMax else { throw .tooLong(bytes: bytes.count, allowed: bytesMax) }
    var parser = ExpressionParser(scanner: ExpressionScanner(bytes: bytes))
    try parser.advance()
    let expression = try parser.alternatives()
    guard parser.token == .end else { throw .unexpected(offset: parser.offset) }
    return expression
  }

  private init(scanner: ExpressionScanner) { self.scanner = scanner }

  // MARK: Tokens

  private mutating func advance() throws(ExpressionError) {
    (token, offset) = try scanner.next()
  }

  private mutating func skip(_ expected: ExpressionScanner.Token) throws(ExpressionError) -> Bool {
    guard token == expected else { return false }
    try advance()
    return true
  }

  private mutating func expect(_ sign: String) throws(ExpressionError) {
    guard try skip(.sign(sign)) else {
      if token == .end { throw .endsTooSoon }
      throw .unexpected(offset: offset)
    }
  }

  private mutating func text() throws(ExpressionError) -> String {
    guard case .text(let text) = token else {
      if token == .end { throw .endsTooSoon }
      throw .unexpected(offset: offset)
    }
    try advance()
    return text
  }

  // MARK: Grammar, loosest binding first

  private mutating func alternatives() throws(ExpressionError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw .tooDeep(offset: offset, allowed: Self.depthMax) }
    var operands = [try conjunction()]
    while try skip(.word("or")) { operands.append(try conjunction()) }
    return operands.count == 1 ? operands[0] : .any(operands)
  }

  private mutating func conjunction() throws(ExpressionError) -> Expression {
    var operands = [try negation()]
    while try skip(.word("and")) { operands.append(try negation()) }
    return operands.count == 1 ? operands[0] : .all(operands)
  }

  private mutating func negation() throws(ExpressionError) -> Expression {
    var isNegated = false
    while try skip(.word("not")) { isNegated.toggle() }
    let operand = try comparison()
    return isNegated ? .not(operand) : operand
  }

  private mutating func comparison() throws(ExpressionError) -> Expression {
    let left = try sum()
    let start = offset
    if case .sign(let sign) = token, let comparison = Expression.Comparison(rawValue: sign) {
      try advance()
      return .compare(comparison, left, try sum(), offset: start)
    }
    if try skip(.word("in")) { return .isIn(left, try sum(), offset: start) }
    if try skip(.word("not")) {
      guard try skip(.word("in")) else { throw .unexpected(offset: offset) }
      return .not(.isIn(left, try sum(), offset: start))
    }
    return left
  }

  private mutating func sum() throws(ExpressionError) -> Expression {
    var left = try product()
    var length = 0
    while case .sign(let sign) = token, sign == "+" || sign == "-" {
      let start = offset
      length += 1
      guard length <= Self.depthMax else { throw .tooDeep(offset: start, allowed: Self.depthMax) }
      try advance()
      left = .arithmetic(sign == "+" ? .plus : .minus, left, try product(), offset: start)
    }
    return left
  }

  private mutating func product() throws(ExpressionError) -> Expression {
    var left = try primary()
    var length = 0
    while token == .sign("*") {
      let start = offset
      length += 1
      guard length <= Self.depthMax else { throw .tooDeep(offset: start, allowed: Self.depthMax) }
      try advance()
      left = .arithmetic(.times, left, try primary(), offset: start)
    }
    return left
  }

  private mutating func primary() throws(ExpressionError) -> Expression {
    let start = offset
    switch token {
    case .quantity(let quantity):
      try advance()
      return .quantity(quantity)
    case .text(let text):
      try advance()
      return .text(text)
    case .word(let word):
      try advance()
      return try named(word, at: start)
    case .sign("("):
      try advance()
      let inner = try alternatives()
      try expect(")")
      return inner
    case .sign("["):
      try advance()
      var codes = [try text()]
      while try skip(.sign(",")) { codes.append(try text()) }
      try expect("]")
      return .list(codes)
    case .end: throw .endsTooSoon
    case .sign: throw .unexpected(offset: start)
    }
  }

  private mutating func named(
    _ word: String, at start: Int
  ) throws(ExpressionError) -> Expression {
    if word == "true" || word == "false" { return .boolean(word == "true") }
    guard !Self.reserved.contains(word) else { throw .unexpected(offset: start) }
    guard try skip(.sign("(")) else { return .fact(FactID(word), offset: start) }
    switch word {
    case "parameter":
      let name = try text()
      try expect(")")
      return .parameter(name, offset: start)
    case "codes":
      let table = try text()
      guard try skip(.sign(",")) else {
        try expect(")")
        return .codes(table: table, column: nil, value: nil, offset: start)
      }
      let column = try text()
      try expect(",")
      let value = try text()
      try expect(")")
      return .codes(table: table, column: column, value: value, offset: start)
    default:
      var arguments: [Expression] = []
      if try skip(.sign(")")) { return .call(word, [], offset: start) }
      repeat { arguments.append(try alternatives()) } while try skip(.sign(","))
      try expect(")")
      return .call(word, arguments, offset: start)
    }
  }
}
