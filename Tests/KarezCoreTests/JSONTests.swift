import KarezCore
import TestSupport
import Testing

@Suite struct JSONTests {
  /// Source: RFC 8785, appendix B, the numbers that are finite.
  @Test(
    arguments: [
      (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"),
      (0x0000_0000_0000_0001, "5e-324"), (0x8000_0000_0000_0001, "-5e-324"),
      (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
      (0x4340_0000_0000_0000, "9007199254740992"), (0xC340_0000_0000_0000, "-9007199254740992"),
      (0x4430_0000_0000_0000, "295147905179352830000"),
      (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
      (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
      (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
      (0x444B_1AE4_D6E2_EF50, "1e+21"), (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
      (0x3EB0_C6F7_A0B5_ED8D, "0.000001"), (0x41B3_DE43_5555_5553, "333333333.3333332"),
      (0x41B3_DE43_5555_5557, "333333333.33333343"),
      (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
      (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
    ] as [(UInt64, String)])
  func `a number is written as the canonical form asks`(bits: UInt64, text: String) {
    #expect(JSONValue.number(Double(bitPattern: bits)).canonicalText == text)
  }

  /// Source: RFC 8785, 3.2.3; keys sort by UTF-16 units and not by code points.
  @Test func `keys are sorted by their UTF-16 units`() throws {
    let text = """
      {"\\u20ac": 1, "\\r": 2, "\\ufb33": 3, "1": 4, "\\ud83d\\ude00": 5, "\\u0080": 6, "\\u00f6": 7}
      """
    let value = try JSONValue(parsing: text)
    let numbers = value.canonicalText.filter { $0.isASCII && $0.isNumber }
    #expect(numbers == "2" + "14" + "6" + "7" + "1" + "5" + "3")
  }

  @Test func `control characters are escaped and nothing else`() {
    let text = "\u{0}\u{1F}\u{8}\u{9}\u{A}\u{C}\u{D}\"\\/\u{7F}é喀"
    #expect(
      JSONValue.string(text).canonicalText
        == #""\u0000\u001f\b\t\n\f\r\"\\/"# + "\u{7F}é喀\"")
  }

  @Test func `the readable form has sorted keys and numbers on one line`() throws {
    let value = try JSONValue(parsing: #"{"b":[[75.5,39],[76,40]],"a":{},"c":[],"d":[null,true]}"#)
    #expect(
      value.prettyText == """
        {
          "a": {},
          "b": [
            [75.5,39],
            [76,40]
          ],
          "c": [],
          "d": [
            null,
            true
          ]
        }

        """)
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "[,1]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "'a'", "01", "-", "+1", "1.",
    ".5", "1e", "1e+", "NaN", "Infinity", "tru", "nulll", "\"\u{1}\"", "\"\\x\"", "\"\\u12\"",
    "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"abc", "1 2", "[1}", "1e400", "-1e400",
    "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "[\"\\u00zz\"]", "\u{FEFF}\u{FEFF}1",
  ])
  func `what is not JSON is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func `bytes that are not UTF-8 are refused with their place`() {
    let bytes = Array(#"["ok",""#.utf8) + [0xC3, 0x28] + Array(#""]"#.utf8)
    #expect(throws: JSONError.invalidText(offset: 6)) { try JSONValue(parsing: bytes) }
  }

  @Test func `depth has a limit and says where`() throws {
    let atLimit = String(repeating: "[", count: 64) + "1" + String(repeating: "]", count: 64)
    #expect(try JSONValue(parsing: atLimit).array?.count == 1)
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.tooDeep(offset: 65)) { try JSONValue(parsing: deep) }
  }

  @Test func `whole numbers stay whole`() throws {
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
    #expect(try JSONValue(parsing: "1.0") == .number(1))
    #expect(try JSONValue(parsing: "-0").double == 0)
  }

  @Test(arguments: 0..<200)
  func `what is written reads back`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let value = Self.value(depth: 0, using: &random)
    #expect(try JSONValue(parsing: value.canonicalText) == value)
    #expect(try JSONValue(parsing: value.prettyText) == value)
  }

  static func value(depth: Int, using random: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 7 : 5), using: &random) {
    case 0: return .null
    case 1: return .boolean(.random(using: &random))
    case 2:
      return .integer(Int64(bitPattern: random.next()) >> Int64.random(in: 0...40, using: &random))
    case 3:
      // Not a whole number, which would read back as an integer.
      let value = Double(bitPattern: random.next())
      return value.isFinite && value != value.rounded() ? .number(value) : .number(0.5)
    case 4:
      let scalars = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
        Unicode.Scalar(UInt32.random(in: 0...0x10_FFFF, using: &random))
      }
      return .string(String(String.UnicodeScalarView(scalars)))
    case 5:
      return .array(
        (0..<Int.random(in: 0...4, using: &random)).map { _ in
          value(depth: depth + 1, using: &random)
        })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        members[String(random.next() % 50)] = value(depth: depth + 1, using: &random)
      }
      return .object(members)
    }
  }
}
