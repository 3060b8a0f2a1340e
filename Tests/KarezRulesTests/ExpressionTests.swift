import KarezCore
import KarezRules
import TestSupport
import Testing

@Suite struct ExpressionTests {
  func outcome(
    _ text: String, _ values: [String: FactValue] = [:], on day: String = "2024-05-01"
  ) throws -> Finding? {
    let book = RuleBook(rules: [try Sample.rule("r", when: text)], vocabulary: Sample.vocabulary)
    #expect(try Sample.vocabulary.type(of: book.rules[0].condition) == .boolean)
    return book.findings(given: Sample.facts(values), on: Sample.day(day)).first
  }

  func isTrue(
    _ text: String, _ values: [String: FactValue] = [:], on day: String = "2024-05-01"
  ) throws -> Bool? {
    guard let finding = try outcome(text, values, on: day) else { return false }
    return finding.outcome == "needs-determination" ? nil : true
  }

  func area(_ text: String) -> FactValue { .quantity(Sample.quantity(text)) }

  @Test func `more than excludes the number, at least includes it`() throws {
    let exactly = ["farmland": area("35 ha")]
    #expect(try isTrue("farmland > 35 ha", exactly) == false)
    #expect(try isTrue("farmland >= 35 ha", exactly) == true)
    #expect(try isTrue("farmland < 35 ha", exactly) == false)
    #expect(try isTrue("farmland <= 35 ha", exactly) == true)
    #expect(try isTrue("farmland == 525 mu", exactly) == true)
    #expect(try isTrue("farmland > 35 ha", ["farmland": area("350000.01 m2")]) == true)
  }

  @Test func `figures are compared as they are printed`() throws {
    let noisy = ["farmland": FactValue.quantity(Quantity(350_000.000_000_1, .squareMetre))]
    #expect(try isTrue("farmland > 35 ha", noisy) == false)
    #expect(try isTrue("farmland > 0 m2", ["farmland": area("0.004 m2")]) == false)
    #expect(try isTrue("farmland > 0 m2", ["farmland": area("0.005 m2")]) == true)
    let parts: [String: FactValue] = [
      "farmland": area("349999.99 m2"), "other_land": area("0.01 m2"),
    ]
    #expect(try isTrue("farmland + other_land > 35 ha", parts) == false)
    #expect(try isTrue("farmland + other_land >= 35 ha", parts) == true)
  }

  @Test func `sums, differences and shares keep their dimension`() throws {
    let values: [String: FactValue] = [
      "farmland": area("3 ha"), "other_land": area("1 ha"), "sites": area("2 1"),
    ]
    #expect(try isTrue("farmland - other_land == 2 ha", values) == true)
    #expect(try isTrue("other_land - farmland < 0 m2", values) == true)
    #expect(try isTrue("other_land * sites == 2 ha", values) == true)
    #expect(try isTrue("50 % * farmland == 1.5 ha", values) == true)
    #expect(try isTrue("farmland − other_land × 2 1 ≥ 1 ha", values) == true)
  }

  /// Every pair of true, false and unknown under `and`, `or` and `not`.
  @Test func `what rests on an absent fact is unknown only where it decides`() throws {
    let values: [String: FactValue] = ["farmland": area("1 ha")]
    let operands: [(text: String, value: Bool?)] = [
      ("farmland > 0 m2", true), ("farmland > 2 ha", false), ("other_land > 0 m2", nil),
    ]
    for left in operands {
      #expect(try isTrue("not \(left.text)", values) == left.value.map { !$0 })
      for right in operands {
        let both: Bool? =
          left.value == false || right.value == false
          ? false : (left.value == nil || right.value == nil ? nil : true)
        let either: Bool? =
          left.value == true || right.value == true
          ? true : (left.value == nil || right.value == nil ? nil : false)
        #expect(try isTrue("\(left.text) and \(right.text)", values) == both)
        #expect(try isTrue("\(left.text) or \(right.text)", values) == either)
      }
    }
  }

  @Test func `and binds closer than or, not closer than and`() throws {
    for a in [false, true] {
      for b in [false, true] {
        for c in [false, true] {
          #expect(try isTrue("\(a) or \(b) and \(c)") == (a || (b && c)))
          #expect(try isTrue("(\(a) or \(b)) and \(c)") == ((a || b) && c))
          #expect(try isTrue("not \(a) and \(b)") == (!a && b))
          #expect(try isTrue("not (\(a) and \(b)) or not not \(c)") == (!(a && b) || c))
        }
      }
    }
  }

  @Test func `codes are those of the day`() throws {
    let canal: [String: FactValue] = ["purpose": .text("canal")]
    let linear = "purpose in codes('purposes', 'linear', 'yes')"
    #expect(try isTrue(linear, canal, on: "2024-12-31") == false)
    #expect(try isTrue(linear, canal, on: "2025-01-01") == true)
    #expect(try isTrue("purpose not in codes('purposes')", canal, on: "2024-12-31") == true)
    #expect(try isTrue("purpose in [\"road\", \"house\"]", ["purpose": .text("house")]) == true)
    #expect(try isTrue("purpose != 'road'", ["purpose": .text("house")]) == true)
    #expect(try isTrue("has_copper(minerals)", ["minerals": .codes(["copper"])]) == true)
    #expect(try isTrue("has_copper(minerals)") == nil)
  }

  @Test func `a parameter has the value of the day`() throws {
    let values = ["farmland": area("40 ha")]
    let text = "farmland > parameter('threshold')"
    #expect(try isTrue(text, values, on: "2025-06-30") == true)
    #expect(try isTrue(text, values, on: "2025-07-01") == false)
    let before = try outcome(text, values, on: "2025-06-30")
    #expect(before?.certainty == .certain)
    #expect(before?.trace.map(\.value) == ["400000.00 m2", "35 ha"])
    let large = try outcome(text, ["farmland": area("60 ha")], on: "2025-07-01")
    #expect(large?.certainty == .unconfirmed)
  }

  static let refused: [(String, ExpressionError)] = [
    ("", .endsTooSoon),
    ("farmland >", .endsTooSoon),
    ("farmland > 35", .bareNumber(offset: 11)),
    ("farmland > 35 and approved", .bareNumber(offset: 11)),
    ("farmland > 35 acres", .unknownUnit("acres", offset: 11)),
    ("farmland > 35 ha ha", .unexpected(offset: 17)),
    ("farm > 35 ha", .unknownFact("farm", offset: 0)),
    ("farmland > 35 km", .notComparable(.quantity(.area), .quantity(.length), offset: 9)),
    ("farmland + 1 km > 1 ha", .notComparable(.quantity(.area), .quantity(.length), offset: 9)),
    ("farmland * farmland > 1 ha", .notComparable(.quantity(.area), .quantity(.area), offset: 9)),
    ("purpose > 'road'", .notComparable(.text, .text, offset: 8)),
    ("purpose == 'boat'", .unknownCode("boat", table: "purposes", offset: 8)),
    ("purpose in ['road', 'boat']", .unknownCode("boat", table: "purposes", offset: 8)),
    ("purpose in codes('boats')", .unknownTable("boats", offset: 11)),
    (
      "purpose in codes('purposes', 'wet', 'yes')",
      .unknownColumn("wet", table: "purposes", offset: 11)
    ),
    (
      "purpose in codes('purposes', 'linear', 'maybe')",
      .unknownCode("maybe", table: "purposes", offset: 11)
    ),
    (
      "farmland in ['road']",
      .typeMismatch(found: .quantity(.area), expected: .text, offset: 0)
    ),
    ("farmland > parameter('none')", .unknownParameter("none", offset: 11)),
    ("has_gold(minerals)", .unknownFunction("has_gold", offset: 0)),
    (
      "has_copper(minerals, minerals)",
      .wrongArgumentCount("has_copper", found: 2, expected: 1, offset: 0)
    ),
    ("has_copper(purpose)", .typeMismatch(found: .text, expected: .codes, offset: 11)),
    (
      "farmland and approved",
      .typeMismatch(found: .quantity(.area), expected: .boolean, offset: 0)
    ),
    ("farmland / 2 1 > 1 ha", .unexpected(offset: 9)),
    ("farmland = 1 ha", .unexpected(offset: 9)),
    ("(farmland > 1 ha", .endsTooSoon),
    ("purpose == 'road", .textNotClosed(offset: 11)),
    ("in", .unexpected(offset: 0)),
    ("approved approved", .unexpected(offset: 9)),
  ]

  @Test(arguments: refused)
  func `what does not fit is refused where it stands`(
    text: String, expected: ExpressionError
  ) throws {
    #expect(throws: expected) {
      _ = try Sample.vocabulary.type(of: try ExpressionParser.expression(from: text))
    }
  }

  @Test func `depth and length are limited`() {
    let deep = String(repeating: "(", count: 3_000)
    #expect(throws: ExpressionError.tooDeep(offset: 32, allowed: 32)) {
      try ExpressionParser.expression(from: deep)
    }
    let long = String(repeating: "not ", count: 2_000)
    #expect(throws: ExpressionError.tooLong(bytes: 8_000, allowed: 4_000)) {
      try ExpressionParser.expression(from: long)
    }
    let sum = String(repeating: "farmland + ", count: 100)
    #expect(throws: ExpressionError.tooDeep(offset: 361, allowed: 32)) {
      try ExpressionParser.expression(from: sum)
    }
  }

  @Test(arguments: 0..<400)
  func `any text is read or refused, and what is read can be judged`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "farmland", "other_land", "purpose", "minerals", "approved", "and", "or", "not", "in", ">",
      "<=", "==", "!=", "+", "-", "*", "(", ")", "[", "]", ",", "35 ha", "2 1", "10 %", "'road'",
      "\"house\"", "codes('purposes')", "parameter('threshold')", "has_copper(", "true", "35",
      "'", "≥", "耕", "/",
    ]
    let count = Int.random(in: 1...14, using: &random)
    let text = (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }
      .joined(separator: " ")
    do throws(ExpressionError) {
      let expression = try ExpressionParser.expression(from: text)
      guard try Sample.vocabulary.type(of: expression) == .boolean else { return }
    } catch {
      return
    }
    let book = RuleBook(rules: [try Sample.rule("r", when: text)], vocabulary: Sample.vocabulary)
    let facts = Sample.facts(["farmland": area("36 ha"), "purpose": .text("road")])
    #expect(book.findings(given: facts, on: Sample.day("2024-05-01")).count <= 1)
  }
}
