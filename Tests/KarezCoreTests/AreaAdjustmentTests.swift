import KarezCore
import TestSupport
import Testing

@Suite struct AreaAdjustmentTests {
  @Test func `thirds of ten metres give the tail to the first`() {
    #expect(
      AreaAdjustment.adjusted([1, 1, 1], toHundredths: 1_000) == [334, 333, 333])
  }

  @Test func `the tail goes to the largest remainder before the largest area`() {
    // 100.004 and 200.003 and 300.003 sum to 600.01: what is cut off is .4, .3 and .3 hundredths.
    #expect(
      AreaAdjustment.adjusted([100.004, 200.003, 300.003], toHundredths: 60_001)
        == [10_001, 20_000, 30_000])
  }

  @Test func `of equal remainders the larger area has the tail`() {
    // Half a hundredth and one and a half.
    #expect(AreaAdjustment.adjusted([1, 3], toHundredths: 2) == [0, 2])
    #expect(AreaAdjustment.adjusted([3, 1], toHundredths: 2) == [2, 0])
  }

  @Test func `nothing is adjusted to nothing and to nothing else`() {
    #expect(AreaAdjustment.adjusted([], toHundredths: 0) == [])
    #expect(AreaAdjustment.adjusted([0, 0], toHundredths: 0) == [0, 0])
    #expect(AreaAdjustment.adjusted([0, 0], toHundredths: 1) == nil)
    #expect(AreaAdjustment.adjusted([], toHundredths: 1) == nil)
    #expect(AreaAdjustment.adjusted([5, 6], toHundredths: 0) == [0, 0])
  }

  /// Every choice of up to four areas among a few, and every small control figure.
  @Test func `in every small case the sum is the control figure and no area strays`() {
    let values: [Double] = [0, 0.004, 0.005, 0.01, 1]
    var cases: [[Double]] = [[]]
    var examined = 0
    for _ in 1...4 {
      cases = cases.flatMap { some in values.map { some + [$0] } }
      for areas in cases {
        for control in Int64(0)...7 {
          Self.check(areas, control)
          examined += 1
        }
      }
    }
    #expect(examined == (5 + 25 + 125 + 625) * 8)
  }

  @Test(arguments: 0..<60)
  func `any areas sum to any control figure near them`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let count = Int.random(in: 1...400, using: &random)
    let areas = (0..<count).map { _ in Double.random(in: 0.01...5e6, using: &random) }
    let sum = areas.reduce(0, +)
    let control = Int64((sum * 100).rounded()) + Int64.random(in: -300...300, using: &random)
    Self.check(areas, max(0, control))
  }

  @Test func `figures as large as a prefecture do not overflow`() throws {
    // Five thousand of 32 km² each: as much land as there is.
    let areas = (0..<5_000).map { 32_000_000 + Double($0 % 977) / 7 }
    let control = Int64((areas.reduce(0, +) * 100).rounded()) + 16_000
    let adjusted = try #require(AreaAdjustment.adjusted(areas, toHundredths: control))
    #expect(adjusted.reduce(0, +) == control)
  }

  @Test(arguments: 0..<20)
  func `the order in which equal areas stand decides nothing but the tail`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let areas = (0..<50).map { _ in Double.random(in: 1...900, using: &random) }
    let control = Int64((areas.reduce(0, +) * 100).rounded()) + 3
    let order = Array(areas.indices).shuffled(using: &random)
    let one = try #require(AreaAdjustment.adjusted(areas, toHundredths: control))
    let other = try #require(
      AreaAdjustment.adjusted(order.map { areas[$0] }, toHundredths: control))
    #expect(order.map { one[$0] } == other)
  }

  private static func check(_ areas: [Double], _ control: Int64) {
    let sum = areas.map(AreaAdjustment.millionths).reduce(0, +)
    guard let adjusted = AreaAdjustment.adjusted(areas, toHundredths: control) else {
      #expect(sum == 0 && control > 0)
      return
    }
    #expect(adjusted.reduce(0, +) == control, "\(areas) \(control)")
    for (area, found) in zip(areas.map(AreaAdjustment.millionths), adjusted) where sum > 0 {
      // Less than a hundredth from its scaled value, in integers.
      let apart = (Int128(found) * sum - area * Int128(control)).magnitude
      #expect(apart < sum.magnitude, "\(areas) \(control) \(found)")
    }
  }
}
