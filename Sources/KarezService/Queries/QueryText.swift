import KarezCore
public import KarezGeometry

/// Reads CQL2 text: one Boolean expression.
///
/// - Source: OGC 21-065r2, annex B.
struct QueryText {
  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Errors: `malformed` with the byte, `tooLarge`, `shape`.
  static func node(of text: String) throws(QueryFault) -> QueryNode {
    let bytes = Array(text.utf8)
    guard bytes.count <= QueryBounds.bytes else { throw .tooLarge(.bytes) }
    var reader = QueryText(bytes)
    let node = try reader.expression()
    guard reader.isAtEnd() else { throw reader.malformed }
    try node.checkBounds()
    return node
  }

  private var malformed: QueryFault { .malformed(byte: offset) }

  // MARK: Logic

  private mutating func expression() throws(QueryFault) -> QueryNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= QueryBounds.depth else { throw .tooLarge(.depth) }
    var terms = [try term()]
    while takeWord("OR") { terms.append(try term()) }
    return terms.count == 1 ? terms[0] : .call("or", terms)
  }

  private mutating func term() throws(QueryFault) -> QueryNode {
    var factors = [try factor()]
    while takeWord("AND") { factors.append(try factor()) }
    return factors.count == 1 ? factors[0] : .call("and", factors)
  }

  private mutating func factor() throws(QueryFault) -> QueryNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= QueryBounds.depth else { throw .tooLarge(.depth) }
    if takeWord("NOT") { return .call("not", [try factor()]) }
    if take("(") {
      let inner = try expression()
      try expect(")")
      return inner
    }
    return try predicate()
  }

  private mutating func predicate() throws(QueryFault) -> QueryNode {
    let start = offset
    if let name = word()?.lowercased(), name.hasPrefix("s_") || name.hasPrefix("t_"), take("(") {
      let first = try operand()
      try expect(",")
      let second = try operand()
      try expect(")")
      return .call(name, [first, second])
    }
    offset = start
    let left = try operand()
    if let comparison = comparison() {
      return .call(comparison, [left, try operand()])
    }
    if takeWord("IS") {
      let isNot = takeWord("NOT")
      guard takeWord("NULL") else { throw malformed }
      let test = QueryNode.call("isnull", [left])
      return isNot ? .call("not", [test]) : test
    }
    let isNot = takeWord("NOT")
    guard let test = try listed(left) else {
      // A claim may stand alone.
      guard !isNot, case .boolean = left else { throw malformed }
      return left
    }
    return isNot ? .call("not", [test]) : test
  }

  private mutating func listed(_ left: QueryNode) throws(QueryFault) -> QueryNode? {
    if takeWord("LIKE") { return .call("like", [left, try operand()]) }
    if takeWord("BETWEEN") {
      let low = try operand()
      guard takeWord("AND") else { throw malformed }
      return .call("between", [left, low, try operand()])
    }
    guard takeWord("IN") else { return nil }
    try expect("(")
    var values: [QueryNode] = []
    repeat {
      guard values.count < QueryBounds.nodes else { throw .tooLarge(.nodes) }
      values.append(try operand())
    } while take(",")
    try expect(")")
    return .call("in", [left, .list(values)])
  }

  private mutating func comparison() -> String? {
    for sign in ["<=", ">=", "<>", "=", "<", ">"] where take(sign) { return sign }
    return nil
  }

  // MARK: Operands

  private mutating func operand() throws(QueryFault) -> QueryNode {
    skipSpace()
    guard offset < bytes.count else { throw malformed }
    switch bytes[offset] {
    case UInt8(ascii: "'"): return .text(try quoted("'"))
    case UInt8(ascii: "\""): return .property(try quoted("\""))
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return try number()
    default: break
    }
    let start = offset
    guard let name = word() else { throw malformed }
    switch name.uppercased() {
    case "TRUE": return .boolean(true)
    case "FALSE": return .boolean(false)
    case "AND", "OR", "NOT", "IS", "NULL", "LIKE", "IN", "BETWEEN":
      offset = start
      throw malformed
    case "DATE" where take("("): return try day(isMoment: false)
    case "TIMESTAMP" where take("("): return try day(isMoment: true)
    case "INTERVAL" where take("("):
      let first = try end()
      try expect(",")
      let last = try end()
      try expect(")")
      return .period(first, last)
    case "BBOX" where take("("): return try box()
    case let kind where Self.isShape(kind):
      if let shape = try shape(from: start) { return .shape(shape) }
    default: break
    }
    return .property(name)
  }

  private static func isShape(_ name: String) -> Bool {
    [
      "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
      "GEOMETRYCOLLECTION",
    ].contains(name)
  }

  /// `DATE('…')` or `TIMESTAMP('…')`, after the bracket.
  private mutating func day(isMoment: Bool) throws(QueryFault) -> QueryNode {
    skipSpace()
    let start = offset
    let text = try quoted("'")
    guard
      let node = isMoment
        ? Timestamp(text).map(QueryNode.moment) : LegalDate(text).map(QueryNode.day)
    else { throw .malformed(byte: start) }
    try expect(")")
    return node
  }

  /// One end of an interval: `'2025-01-01'`, a moment, `'..'`, or a property.
  private mutating func end() throws(QueryFault) -> QueryNode {
    skipSpace()
    let start = offset
    guard case .text(let text) = try operand() else {
      offset = start
      return try operand()
    }
    guard let node = QueryNode(end: text) else { throw .malformed(byte: start) }
    return node
  }

  private mutating func box() throws(QueryFault) -> QueryNode {
    let start = offset
    var numbers: [Double] = []
    repeat {
      guard numbers.count < 6 else { throw malformed }
      skipSpace()
      numbers.append(try number().double ?? 0)
    } while take(",")
    try expect(")")
    guard let box = BoundingBox(numbers) else { throw .malformed(byte: start) }
    return .box(box)
  }

  /// The WKT from here to the bracket that closes it; nil where none opens.
  private mutating func shape(from start: Int) throws(QueryFault) -> Geometry? {
    var end = offset
    var open = 0
    var hasOpened = false
    while end < bytes.count, !hasOpened || open > 0 {
      switch bytes[end] {
      case UInt8(ascii: "("):
        open += 1
        hasOpened = true
      case UInt8(ascii: ")"): open -= 1
      case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "<"): return nil
      default: break
      }
      if open < 0 { return nil }
      end += 1
    }
    guard hasOpened, open == 0 else { return nil }
    do throws(GeometryError) {
      let shape = try Geometry(wkt: Array(bytes[start..<end]))
      offset = end
      return shape
    } catch {
      throw .shape(error.moved(by: start))
    }
  }

  private mutating func number() throws(QueryFault) -> QueryNode {
    let start = offset
    while offset < bytes.count, NumberText.isPart(bytes[offset]) { offset += 1 }
    let part = bytes[start..<offset]
    if let whole = Int64(String(decoding: part, as: UTF8.self)) { return .integer(whole) }
    guard let value = NumberText.value(of: part) else {
      offset = start
      throw malformed
    }
    return .decimal(value)
  }

  private mutating func quoted(_ mark: Unicode.Scalar) throws(QueryFault) -> String {
    skipSpace()
    let mark = UInt8(ascii: mark)
    let start = offset
    guard offset < bytes.count, bytes[offset] == mark else { throw malformed }
    offset += 1
    var text: [UInt8] = []
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == mark else {
        text.append(byte)
        continue
      }
      // Twice is once.
      guard offset < bytes.count, bytes[offset] == mark else {
        return String(decoding: text, as: UTF8.self)
      }
      text.append(mark)
      offset += 1
    }
    throw .malformed(byte: start)
  }

  // MARK: Letters

  private mutating func skipSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func isAtEnd() -> Bool {
    skipSpace()
    return offset == bytes.count
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte & 0xDF) || byte == 0x5F || byte >= 0x80
  }

  /// A name: letters of any script, then digits, points and colons, too.
  private mutating func word() -> String? {
    skipSpace()
    let start = offset
    guard offset < bytes.count, Self.isLetter(bytes[offset]) else { return nil }
    while offset < bytes.count,
      Self.isLetter(bytes[offset]) || (0x30...0x3A).contains(bytes[offset]) || bytes[offset] == 0x2E
    {
      offset += 1
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func takeWord(_ expected: String) -> Bool {
    let start = offset
    if word()?.uppercased() == expected { return true }
    offset = start
    return false
  }

  private mutating func take(_ sign: String) -> Bool {
    skipSpace()
    guard bytes[offset...].starts(with: sign.utf8) else { return false }
    offset += sign.utf8.count
    return true
  }

  private mutating func expect(_ sign: String) throws(QueryFault) {
    guard take(sign) else { throw malformed }
  }
}

extension QueryNode {
  /// One end of an interval as it is written in quotes.
  init?(end text: String) {
    if text == ".." {
      self = .open
    } else if let day = LegalDate(text) {
      self = .day(day)
    } else if let moment = Timestamp(text) {
      self = .moment(moment)
    } else {
      return nil
    }
  }

  var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .decimal(let number): number
    default: nil
    }
  }
}

extension BoundingBox {
  /// The box of four numbers, or of six, whose heights are read over.
  public init?(_ numbers: [Double]) {
    guard [4, 6].contains(numbers.count), numbers.allSatisfy({ $0.isFinite && abs($0) <= 1e9 })
    else { return nil }
    let far = numbers.count / 2
    guard numbers[0] <= numbers[far], numbers[1] <= numbers[far + 1] else { return nil }
    self.init(minX: numbers[0], minY: numbers[1], maxX: numbers[far], maxY: numbers[far + 1])
  }
}

extension GeometryError {
  /// The same fault in a text of which this one begins so many bytes later.
  fileprivate func moved(by start: Int) -> GeometryError {
    .located(InputPlace(byte: start), cause)
  }
}
