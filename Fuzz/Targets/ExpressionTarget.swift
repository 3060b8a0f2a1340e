import KarezCore

@testable import KarezRules

/// The expression language of rules: parsed, its types checked, and evaluated without facts.
enum ExpressionTarget: FuzzTarget {
  static let name = "expression"
  private static let vocabulary = Vocabulary(facts: [])

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    _ = MessageText.filled(LocalizedText(zh: text, en: text)) { id, _ in id.text }
    guard let expression = try? ExpressionParser.expression(from: text) else { return }
    hold(bytes.count <= ExpressionParser.bytesMax, "longer than may be")
    _ = expression.facts
    _ = expression.parameters
    guard (try? vocabulary.type(of: expression)) != nil,
      let day = LegalDate(year: 2_025, month: 1, day: 1)
    else { return }
    var evaluation = Evaluation(vocabulary: vocabulary, facts: Facts(), day: day)
    _ = evaluation.value(of: expression)
  }
}
