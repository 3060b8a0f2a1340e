import KarezCore
import Testing

@Suite struct AreaTests {
  @Test func `one hectare is fifteen mu, and a mu two thousand thirds of a square metre`() {
    #expect(Area.hectares(1) == .mu(15))
    #expect(Area.mu(3) == .squareMetres(2_000))
    #expect(Area.mu(1).text == "666.67")
    #expect(Area.hectares(35).mu == 525)
    #expect(Area.squareMetres(350_000).hectares == 35)
  }

  @Test func `thirty-five hectares is not more than thirty-five hectares`() {
    #expect(!(Area.squareMetres(350_000) > .hectares(35)))
    #expect(Area.squareMetres(350_000.01) > .hectares(35))
    #expect(Area.hectares(35) >= .squareMetres(350_000))
  }

  @Test func `areas add up and print with two decimals`() {
    #expect((Area.zero + .squareMetres(0.125)).text == "0.13")
    #expect([Area.hectares(1), .mu(15)].reduce(.zero, +).text == "20000.00")
  }

  @Test(arguments: [
    ("35 ha", 350_000.0, Dimension.area), ("1 mu", 2_000.0 / 3, .area), ("0.5 km2", 500_000, .area),
    ("70 ha", 700_000, .area), ("30 d", 30, .days), ("5 10k-yuan", 50_000, .money),
    ("12.5 %", 12.5, .share), ("3 1", 3, .count), ("2 km", 2_000, .length),
  ])
  func `a quantity is a number, a space and a unit`(
    text: String, value: Double, dimension: Dimension
  ) throws {
    let quantity = try #require(Quantity(text))
    #expect(quantity.value == value)
    #expect(quantity.dimension == dimension)
  }

  @Test(arguments: [
    "35", "35ha", "35  ha", " 35 ha", "35 ha ", "35 acres", "-1 ha", "1e3 ha", "1,000 ha", "nan ha",
    "1.2.3 ha", ". ha", " ha", "", "0x10 ha", String(repeating: "9", count: 400) + " ha",
    String(repeating: "9", count: 308) + " ha",
  ])
  func `anything else is not`(text: String) {
    #expect(Quantity(text) == nil)
  }
}
