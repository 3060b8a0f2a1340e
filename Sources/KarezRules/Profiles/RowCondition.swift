public import KarezCore

/// A condition on the attributes of one row, made ready to be asked of millions.
///
/// Codes and parameters are looked up once, for the day of the draft.
public struct RowCondition: Sendable {
  private let expression: Expression
  private let vocabulary: Vocabulary
  private let day: LegalDate
  /// The attributes it reads, by name.
  public let attributes: [String]

  public init(_ expression: Expression, _ vocabulary: Vocabulary, on day: LegalDate) {
    self.expression = expression.resolved(with: vocabulary, on: day)
    // What is resolved needs no tables; a small vocabulary is quick to hand on.
    self.vocabulary = Vocabulary(facts: [], functions: Array(vocabulary.functions.values))
    self.day = day
    attributes = expression.facts.map(\.text)
  }

  /// True, false, or nil where an attribute that is not stated decides.
  ///
  /// `known` gives what the row says of an attribute.
  public func isTrue(knowing known: @escaping (FactID) -> FactValue?) -> Bool? {
    var evaluation = Evaluation(vocabulary: vocabulary, day: day, knowing: known)
    return evaluation.isTrue(expression)
  }
}

extension Expression {
  /// The same with codes and parameters as they are on a day.
  func resolved(with vocabulary: Vocabulary, on day: LegalDate) -> Expression {
    func resolved(_ part: Expression) -> Expression { part.resolved(with: vocabulary, on: day) }
    switch self {
    case .boolean, .text, .quantity, .list, .fact: return self
    case .parameter(let name, _):
      guard let value = vocabulary.parameters[name]?.version(on: day)?.value else { return self }
      return .quantity(value)
    case .codes(let name, let column, let value, _):
      guard let table = vocabulary.tables[name] else { return self }
      guard let column, let value else { return .list(table.codes(on: day).sorted()) }
      return .list(table.codes(where: column, is: value, on: day).sorted())
    case .call(let name, let arguments, let offset):
      return .call(name, arguments.map(resolved), offset: offset)
    case .not(let operand): return .not(resolved(operand))
    case .all(let operands): return .all(operands.map(resolved))
    case .any(let operands): return .any(operands.map(resolved))
    case .compare(let comparison, let left, let right, let offset):
      return .compare(comparison, resolved(left), resolved(right), offset: offset)
    case .isIn(let left, let right, let offset):
      return .isIn(resolved(left), resolved(right), offset: offset)
    case .arithmetic(let operation, let left, let right, let offset):
      return .arithmetic(operation, resolved(left), resolved(right), offset: offset)
    }
  }
}
