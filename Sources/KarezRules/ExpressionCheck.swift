import KarezCore

extension Vocabulary {
  /// The type an expression has, if everything it names exists and fits.
  ///
  /// - Errors: the first `ExpressionError` in reading order.
  public func type(of expression: Expression) throws(ExpressionError) -> FactType {
    switch expression {
    case .boolean: return .boolean
    case .text: return .text
    case .list: return .codes
    case .quantity(let quantity): return .quantity(quantity.dimension)
    case .fact(let id, let offset):
      guard let fact = facts[id] else { throw .unknownFact(id.text, offset: offset) }
      return fact.type
    case .parameter(let name, let offset):
      guard let value = parameters[name]?.versions.first?.value else {
        throw .unknownParameter(name, offset: offset)
      }
      return .quantity(value.dimension)
    case .codes(let table, let column, let value, let offset):
      try check(table: table, column: column, value: value, offset: offset)
      return .codes
    case .call(let name, let arguments, let offset):
      return try type(ofCall: name, arguments, offset: offset)
    case .not(let operand):
      try check([operand], are: .boolean)
      return .boolean
    case .all(let operands), .any(let operands):
      try check(operands, are: .boolean)
      return .boolean
    case .compare(let comparison, let left, let right, let offset):
      try checkComparison(comparison, left, right, offset: offset)
      return .boolean
    case .isIn(let left, let right, let offset):
      try check([left], are: .text, offset: offset)
      try check([right], are: .codes, offset: offset)
      try checkLiterals(left, right, offset: offset)
      return .boolean
    case .arithmetic(let operation, let left, let right, let offset):
      return try type(of: operation, left, right, offset: offset)
    }
  }

  private func check(
    _ operands: [Expression], are expected: FactType, offset: Int = 0
  ) throws(ExpressionError) {
    for operand in operands {
      let found = try type(of: operand)
      guard found == expected else {
        throw .typeMismatch(found: found, expected: expected, offset: operand.offset ?? offset)
      }
    }
  }

  private func check(
    table name: String, column: String?, value: String?, offset: Int
  ) throws(ExpressionError) {
    guard let table = tables[name] else { throw .unknownTable(name, offset: offset) }
    guard let column, let value else { return }
    guard table.columns.contains(column) else {
      throw .unknownColumn(column, table: name, offset: offset)
    }
    guard table.rows.contains(where: { $0.columns[column] == value }) else {
      throw .unknownCode(value, table: name, offset: offset)
    }
  }

  private func type(
    ofCall name: String, _ arguments: [Expression], offset: Int
  ) throws(ExpressionError) -> FactType {
    guard let function = functions[name] else { throw .unknownFunction(name, offset: offset) }
    guard function.parameters.count == arguments.count else {
      throw .wrongArgumentCount(
        name, found: arguments.count, expected: function.parameters.count, offset: offset)
    }
    for (argument, expected) in zip(arguments, function.parameters) {
      try check([argument], are: expected, offset: offset)
    }
    return function.result
  }

  private func checkComparison(
    _ comparison: Expression.Comparison, _ left: Expression, _ right: Expression, offset: Int
  ) throws(ExpressionError) {
    let first = try type(of: left)
    let second = try type(of: right)
    guard first == second else { throw .notComparable(first, second, offset: offset) }
    switch (first, comparison) {
    case (.quantity, _), (_, .equal), (_, .notEqual): break
    default: throw .notComparable(first, second, offset: offset)
    }
    try checkLiterals(left, right, offset: offset)
  }

  /// Codes written in the rule must exist in the table of the fact they are compared with.
  private func checkLiterals(
    _ left: Expression, _ right: Expression, offset: Int
  ) throws(ExpressionError) {
    for (one, other) in [(left, right), (right, left)] {
      guard case .fact(let id, _) = one, let name = tableOfFact[id], let table = tables[name]
      else { continue }
      let literals: [String] =
        switch other {
        case .text(let code): [code]
        case .list(let codes): codes
        default: []
        }
      for code in literals where !table.rows.contains(where: { $0.code == code }) {
        throw .unknownCode(code, table: name, offset: offset)
      }
    }
  }

  private func type(
    of operation: Expression.Operation, _ left: Expression, _ right: Expression, offset: Int
  ) throws(ExpressionError) -> FactType {
    let first = try type(of: left)
    let second = try type(of: right)
    guard case .quantity(let one) = first, case .quantity(let other) = second else {
      throw .notComparable(first, second, offset: offset)
    }
    switch operation {
    case .plus, .minus:
      guard one == other else { throw .notComparable(first, second, offset: offset) }
      return first
    case .times:
      // Only a count or a share multiplies; an area times an area is no quantity of a statute.
      if other == .count || other == .share { return first }
      if one == .count || one == .share { return second }
      throw .notComparable(first, second, offset: offset)
    }
  }
}

extension Expression {
  /// Where it stands in its text, if it kept that.
  var offset: Int? {
    switch self {
    case .fact(_, let offset), .parameter(_, let offset), .codes(_, _, _, let offset),
      .call(_, _, let offset), .compare(_, _, _, let offset), .isIn(_, _, let offset),
      .arithmetic(_, _, _, let offset):
      offset
    case .boolean, .text, .quantity, .list, .not, .all, .any: nil
    }
  }
}
