public import KarezCore

/// A condition or a sum, as read from a rule; not yet checked against the facts.
///
/// - Shape: at most `ExpressionParser.depthMax` deep, so that recursion over it is safe.
public indirect enum Expression: Hashable, Sendable {
  case boolean(Bool)
  case text(String)
  case quantity(Quantity)
  /// `["a", "b"]`
  case list([String])
  case fact(FactID, offset: Int)
  /// `parameter("name")`
  case parameter(String, offset: Int)
  /// `codes("table")` or `codes("table", "column", "value")`
  case codes(table: String, column: String?, value: String?, offset: Int)
  case call(String, [Expression], offset: Int)
  case not(Expression)
  case all([Expression])
  case any([Expression])
  case compare(Comparison, Expression, Expression, offset: Int)
  case isIn(Expression, Expression, offset: Int)
  case arithmetic(Operation, Expression, Expression, offset: Int)

  public enum Comparison: String, CaseIterable, Hashable, Sendable {
    case less = "<"
    case atMost = "<="
    case equal = "=="
    case notEqual = "!="
    case atLeast = ">="
    case more = ">"
  }

  public enum Operation: String, CaseIterable, Hashable, Sendable {
    case plus = "+"
    case minus = "-"
    case times = "*"
  }

  /// Every fact it names, in order, without repetition.
  public var facts: [FactID] {
    var found: [FactID] = []
    visit { part in
      if case .fact(let id, _) = part, !found.contains(id) { found.append(id) }
    }
    return found
  }

  /// Every parameter it names, in order, without repetition.
  public var parameters: [String] {
    var found: [String] = []
    visit { part in
      if case .parameter(let name, _) = part, !found.contains(name) { found.append(name) }
    }
    return found
  }

  private func visit(_ body: (Expression) -> Void) {
    body(self)
    switch self {
    case .fact, .boolean, .text, .quantity, .list, .parameter, .codes: break
    case .not(let operand): operand.visit(body)
    case .all(let operands), .any(let operands), .call(_, let operands, _):
      for operand in operands { operand.visit(body) }
    case .compare(_, let left, let right, _), .isIn(let left, let right, _),
      .arithmetic(_, let left, let right, _):
      left.visit(body)
      right.visit(body)
    }
  }
}

/// Why an expression is refused; `offset` counts bytes from its start.
public enum ExpressionError: Error, Hashable, Sendable {
  case tooLong(bytes: Int, allowed: Int)
  case tooDeep(offset: Int, allowed: Int)
  case endsTooSoon
  case unexpected(offset: Int)
  case bareNumber(offset: Int)
  case unknownUnit(String, offset: Int)
  case textNotClosed(offset: Int)
  case unknownFact(String, offset: Int)
  case unknownParameter(String, offset: Int)
  case unknownTable(String, offset: Int)
  case unknownColumn(String, table: String, offset: Int)
  case unknownCode(String, table: String, offset: Int)
  case unknownFunction(String, offset: Int)
  case wrongArgumentCount(String, found: Int, expected: Int, offset: Int)
  case typeMismatch(found: FactType, expected: FactType, offset: Int)
  case notComparable(FactType, FactType, offset: Int)
}
