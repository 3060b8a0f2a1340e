public import KarezCore

/// 计算: what a formula comes to on a day, and what it rested on.
public struct Calculation: Hashable, Sendable {
  /// Nil where something it rests on is absent, or a function has no result for it.
  public let value: FactValue?
  /// Facts it read, in order.
  public let read: [FactID]
  /// Those of them that were absent.
  public let missing: [FactID]
}

extension Vocabulary {
  /// Calculates a checked expression; an absent fact leaves it without a value.
  public func calculate(
    _ expression: Expression, given facts: Facts, on day: LegalDate
  ) -> Calculation {
    // Every fact counts, so that one run names all that is missing and not only the first.
    let read = expression.facts
    var evaluation = Evaluation(vocabulary: self, facts: facts, day: day)
    return Calculation(
      value: evaluation.value(of: expression), read: read,
      missing: read.filter { facts[$0] == nil })
  }
}
