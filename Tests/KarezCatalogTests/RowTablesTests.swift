import KarezCore
import TestSupport
import Testing

@testable import KarezCatalog

/// What the gate keeps of rows in small tables of its own.
@Suite struct RowTablesTests {
  @Test(arguments: 0..<50)
  func `numbers of rows are those of a plain table, in whatever order rows come`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    var numbers = RowNumbers()
    var plain: [Int64: Int32] = [:]
    var row: Int64 = 0
    for _ in 0..<500 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0: row = row > 9_000 ? 1 : row + Int64.random(in: 1...3_000, using: &random)
      case 1: row = Int64.random(in: -3...5_000, using: &random)
      case 2: row = [Int64.max, .min, 0].randomElement(using: &random) ?? 0
      default: row = row == .max ? 1 : row + 1
      }
      let number = Int32.random(in: 0...9, using: &random)
      numbers[row] = number
      plain[row] = number
    }
    for row in plain.keys { #expect(numbers[row] == plain[row]) }
    for row in Int64(-10)...9_000 { #expect(numbers[row] == plain[row]) }
  }

  @Test func `no two short texts are taken for one another`() {
    let texts = [
      "", "0", "00", "01", "10", "\u{0}", "\u{0}\u{0}", "1107A", "0103", "0301", "等", "等别",
      "1234567",
    ]
    let keys = texts.map { ShortAnswers.key(of: .text($0)) } + [ShortAnswers.key(of: nil)]
    #expect(Set(keys).count == texts.count + 1 && !keys.contains(nil) && !keys.contains(0))
    #expect(ShortAnswers.key(of: .null) == ShortAnswers.key(of: nil))
    for value in [AttributeValue.text("12345678"), .integer(1), .decimal(1), .boolean(true)] {
      #expect(ShortAnswers.key(of: value) == nil)
    }
  }

  @Test(arguments: 0..<20)
  func `an answer is the one last given for these texts, or none`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var answers = ShortAnswers()
    var plain: [SIMD2<UInt64>: Bool?] = [:]
    for _ in 0..<5_000 {
      let pair = (0..<2).map { _ in
        ShortAnswers.key(of: .text("\(Int.random(in: 0..<40, using: &random))")) ?? 0
      }
      let key = SIMD2(pair[0], pair[1])
      if let known = answers[key] {
        #expect(known.answer == plain[key] ?? nil)
      } else {
        let answer = [true, false, nil].randomElement(using: &random) ?? nil
        answers[key] = ShortAnswers.Answer(answer: answer)
        plain.updateValue(answer, forKey: key)
      }
    }
  }
}
