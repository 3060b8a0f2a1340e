import KarezCore

/// Evaluates a checked expression; what rests on an absent fact is unknown, not false.
///
/// Conjunction and alternative follow Kleene: `false and unknown` is false, so an absent fact only
/// matters where it could change the outcome.
struct Evaluation {
  let vocabulary: Vocabulary
  let day: LegalDate
  let known: (FactID) -> FactValue?
  /// Whether what is read is noted down.
  private let isTraced: Bool
  /// Facts read so far, in order.
  private(set) var read: [FactID] = []
  /// Parameters read so far, in order.
  private(set) var parameters: [String] = []

  init(vocabulary: Vocabulary, facts: Facts, day: LegalDate) {
    self.vocabulary = vocabulary
    self.day = day
    known = { facts[$0] }
    isTraced = true
  }

  /// An evaluation of which nobody asks what it rested on.
  init(vocabulary: Vocabulary, day: LegalDate, knowing known: @escaping (FactID) -> FactValue?) {
    self.vocabulary = vocabulary
    self.day = day
    self.known = known
    isTraced = false
  }

  /// True, false, or nil where an absent fact decides.
  mutating func isTrue(_ expression: Expression) -> Bool? {
    guard case .boolean(let value) = value(of: expression) else { return nil }
    return value
  }

  mutating func value(of expression: Expression) -> FactValue? {
    switch expression {
    case .boolean(let value): return .boolean(value)
    case .text(let text): return .text(text)
    case .list(let codes): return .codes(codes)
    case .quantity(let quantity): return .quantity(quantity.asPrinted)
    case .fact(let id, _): return fact(id)
    case .parameter(let name, _):
      if isTraced, !parameters.contains(name) { parameters.append(name) }
      return vocabulary.parameters[name]?.version(on: day).map { .quantity($0.value.asPrinted) }
    case .codes(let table, let column, let value, _):
      return codes(of: table, column: column, value: value)
    case .call(let name, let arguments, _): return call(name, arguments)
    case .not(let operand): return isTrue(operand).map { .boolean(!$0) }
    case .all(let operands): return decided(operands, by: false)
    case .any(let operands): return decided(operands, by: true)
    case .compare(let comparison, let left, let right, _):
      guard let first = value(of: left), let second = value(of: right) else { return nil }
      return Self.compare(comparison, first, second).map(FactValue.boolean)
    case .isIn(let left, let right, _):
      guard case .text(let code) = value(of: left), case .codes(let codes) = value(of: right)
      else { return nil }
      return .boolean(codes.contains(code))
    case .arithmetic(let operation, let left, let right, _):
      guard case .quantity(let first) = value(of: left),
        case .quantity(let second) = value(of: right)
      else { return nil }
      return .quantity(Self.result(of: operation, first, second))
    }
  }

  private mutating func fact(_ id: FactID) -> FactValue? {
    if isTraced, !read.contains(id) { read.append(id) }
    guard let value = known(id) else { return nil }
    guard case .quantity(let quantity) = value else { return value }
    return .quantity(quantity.asPrinted)
  }

  private func codes(of name: String, column: String?, value: String?) -> FactValue? {
    guard let table = vocabulary.tables[name] else { return nil }
    guard let column, let value else { return .codes(table.codes(on: day).sorted()) }
    return .codes(table.codes(where: column, is: value, on: day).sorted())
  }

  private mutating func call(_ name: String, _ arguments: [Expression]) -> FactValue? {
    guard let function = vocabulary.functions[name] else { return nil }
    var values: [FactValue] = []
    for argument in arguments {
      guard let value = value(of: argument) else { return nil }
      values.append(value)
    }
    return function.body(values)
  }

  /// The first operand with the deciding value decides; otherwise one unknown makes it unknown.
  private mutating func decided(_ operands: [Expression], by decisive: Bool) -> FactValue? {
    var isKnown = true
    for operand in operands {
      guard let value = isTrue(operand) else {
        isKnown = false
        continue
      }
      if value == decisive { return .boolean(decisive) }
    }
    return isKnown ? .boolean(!decisive) : nil
  }

  private static func compare(
    _ comparison: Expression.Comparison, _ left: FactValue, _ right: FactValue
  ) -> Bool? {
    guard case .quantity(let first) = left, case .quantity(let second) = right else {
      return comparison == .equal ? left == right : left != right
    }
    // The check at load time holds them alike; a fact given with another dimension is unknown.
    guard first.dimension == second.dimension else { return nil }
    return switch comparison {
    case .less: first < second
    case .atMost: first <= second
    case .equal: first == second
    case .notEqual: first != second
    case .atLeast: first >= second
    case .more: first > second
    }
  }

  private static func result(
    of operation: Expression.Operation, _ left: Quantity, _ right: Quantity
  ) -> Quantity {
    switch operation {
    case .plus: return left.with(left.value + right.value)
    case .minus: return left.with(left.value - right.value)
    case .times:
      let isFactorRight = right.dimension == .count || right.dimension == .share
      let (quantity, factor) = isFactorRight ? (left, right) : (right, left)
      let scale = factor.dimension == .share ? factor.value / 100 : factor.value
      return quantity.with(quantity.value * scale)
    }
  }
}

extension Quantity {
  /// Another value of the same dimension, as it would be printed.
  func with(_ value: Double) -> Quantity { Quantity(value, base).asPrinted }

  /// Rounded to what answers print, so that a decision rests on the figure the reader sees.
  ///
  /// Two decimals for areas and money, three for lengths; 35 ha measured as 350000.0000001 m² is
  /// not more than 35 ha.
  var asPrinted: Quantity {
    let scale: Double =
      switch dimension {
      case .area, .money: 100
      case .length, .mass, .volume: 1_000
      case .share, .count, .days: 1_000_000
      }
    let scaled = (value * scale).rounded(.toNearestOrAwayFromZero)
    return scaled.isFinite ? Quantity(scaled / scale, base) : self
  }

  private var base: Unit {
    switch dimension {
    case .area: .squareMetre
    case .length: .metre
    case .share: .percent
    case .count: .one
    case .money: .yuan
    case .days: .day
    case .mass: .tonne
    case .volume: .cubicMetre
    }
  }
}
