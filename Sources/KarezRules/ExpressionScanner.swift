import KarezCore

/// Cuts the text of an expression into tokens.
struct ExpressionScanner {
  enum Token: Hashable {
    case word(String)
    case text(String)
    case quantity(Quantity)
    /// One of `( ) [ ] , + - * < <= == != >= >`.
    case sign(String)
    case end
  }

  let bytes: [UInt8]
  var offset = 0

  mutating func next() throws(ExpressionError) -> (token: Token, offset: Int) {
    while offset < bytes.count, bytes[offset] == 0x20 || bytes[offset] == 0x0A { offset += 1 }
    let start = offset
    guard offset < bytes.count else { return (.end, start) }
    let byte = bytes[offset]
    switch byte {
    case 0x61...0x7A: return (.word(word()), start)
    case 0x30...0x39: return (.quantity(try quantity()), start)
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return (.text(try text()), start)
    default: return (.sign(try sign()), start)
    }
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> String {
    let start = offset
    while offset < bytes.count, isPart(bytes[offset]) { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func word() -> String {
    take { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
  }

  /// A number, a space and a unit; a number without a unit is refused.
  private mutating func quantity() throws(ExpressionError) -> Quantity {
    let start = offset
    let number = take { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    guard offset < bytes.count, bytes[offset] == 0x20 else { throw .bareNumber(offset: start) }
    offset += 1
    let unit = take { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "%-".utf8.contains(byte)
    }
    guard !unit.isEmpty, unit != "-" else { throw .bareNumber(offset: start) }
    guard let quantity = Quantity("\(number) \(unit)") else {
      throw ["and", "or", "in", "not"].contains(unit)
        ? .bareNumber(offset: start) : .unknownUnit(unit, offset: start)
    }
    return quantity
  }

  /// Text in single or double quotes; single ones read better inside a pack's own quotes.
  private mutating func text() throws(ExpressionError) -> String {
    let start = offset
    let mark = bytes[start]
    offset += 1
    let text = take { $0 != mark }
    guard offset < bytes.count else { throw .textNotClosed(offset: start) }
    offset += 1
    return text
  }

  private static let spelled: [(String, String)] = [
    ("≤", "<="), ("≥", ">="), ("≠", "!="), ("−", "-"), ("×", "*"), ("<=", "<="), (">=", ">="),
    ("==", "=="), ("!=", "!="),
  ]

  private mutating func sign() throws(ExpressionError) -> String {
    for (spelling, sign) in Self.spelled where bytes[offset...].starts(with: spelling.utf8) {
      offset += spelling.utf8.count
      return sign
    }
    guard "()[],+-*<>".utf8.contains(bytes[offset]) else { throw .unexpected(offset: offset) }
    offset += 1
    return String(decoding: [bytes[offset - 1]], as: UTF8.self)
  }
}
