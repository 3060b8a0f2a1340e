import KarezCore
import TestSupport
import Testing

@Suite struct DecimalTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.0, 2, "0.00"), (-0.004, 2, "0.00"), (-0.005, 2, "-0.01"),
    (0.005, 2, "0.01"), (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (1.005, 2, "1.00"),
    (1.115, 2, "1.11"), (2.5, 0, "3"), (3.5, 0, "4"), (0.5, 0, "1"), (999_820.0849, 2, "999820.08"),
    (999.999, 2, "1000.00"), (0.000_000_001, 9, "0.000000001"), (12.3, 9, "12.300000000"),
    (9_007_199_254_740_991, 2, "9007199254740991.00"),
    (9_007_199_254_740_991, 9, "9007199254740991.000000000"),
    (9_007_199_254_740_992, 2, "9007199254740992.00"),
    (1e22, 0, "10000000000000000000000"), (1e23, 1, "99999999999999991611392.0"),
  ])
  func `a number prints with the decimals asked for`(value: Double, decimals: Int, text: String) {
    #expect(DecimalText.fixed(value, decimals: decimals) == text)
  }

  @Test func `the greatest number prints in full`() {
    let text = DecimalText.fixed(.greatestFiniteMagnitude, decimals: 0)
    #expect(text.count == 309)
    #expect(text.hasPrefix("179769313486231570814527423731704356798070567525844996598917476803157"))
    #expect(Double(text) == .greatestFiniteMagnitude)
    #expect(DecimalText.fixed(-.greatestFiniteMagnitude, decimals: 0) == "-" + text)
  }

  @Test(arguments: 0..<200)
  func `a number of hundredths reads back`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let hundredths = Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random)
    let value = Double(hundredths) / 100
    #expect(Double(DecimalText.fixed(value, decimals: 2)) == value)
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `units of the last decimal are what prints`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let decimals = Int.random(in: 0...9, using: &random)
    let size = Double.random(in: -9...8.9, using: &random)
    let value = Double(sign: .plus, exponent: Int(size * 3), significand: 1) * size
    let units = try #require(DecimalText.units(of: value, decimals: decimals))
    let digits = DecimalText.fixed(value, decimals: decimals).filter { $0 != "." }
    #expect(units == Int64(digits))
  }

  @Test(
    arguments: [
      (1e18, 0, nil), (-1e18, 0, nil), (999_999_999_999_999_872, 0, 999_999_999_999_999_872),
      (-999_999_999_999_999_872, 0, -999_999_999_999_999_872), (1e16, 2, nil),
      (9_999_999_999_999_998, 2, 999_999_999_999_999_800), (1e9, 9, nil),
      (999_999_999.999_999_9, 9, 999_999_999_999_999_881), (.infinity, 2, nil), (.nan, 2, nil),
      (-0.0, 2, 0), (-0.004, 2, 0), (1.005, 2, 100), (0.125, 2, 13),
    ] as [(Double, Int, Int64?)])
  func `eighteen digits are the most`(value: Double, decimals: Int, units: Int64?) {
    #expect(DecimalText.units(of: value, decimals: decimals) == units)
  }
}
