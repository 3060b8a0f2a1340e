import KarezCore
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00.000Z", 0), ("1969-12-31T23:59:59.999Z", -1),
      ("2025-03-01T08:00:00.000Z", 1_740_816_000_000),
      ("2000-02-29T12:34:56.789Z", 951_827_696_789),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
      ("0001-01-01T00:00:00.000Z", -62_135_596_800_000),
    ] as [(String, Int64)])
  func `a moment is written and read the same`(text: String, milliseconds: Int64) {
    let moment = Timestamp(millisecondsSince1970: milliseconds)
    #expect(moment.description == text)
    #expect(Timestamp(text) == moment)
  }

  @Test func `decimals may be fewer, and are filled up`() throws {
    let base = try #require(Timestamp("2025-03-01T08:00:00.000Z"))
    #expect(Timestamp("2025-03-01T08:00:00Z") == base)
    #expect(Timestamp("2025-03-01T08:00:00.5Z") == base.adding(milliseconds: 500))
    #expect(Timestamp("2025-03-01T08:00:00.05Z") == base.adding(milliseconds: 50))
  }

  @Test(arguments: [
    "", "2025-03-01", "2025-03-01T08:00:00", "2025-03-01 08:00:00Z", "2025-02-29T08:00:00Z",
    "2025-03-01T24:00:00Z", "2025-03-01T08:60:00Z", "2025-03-01T08:00:60Z",
    "2025-03-01T08:00:00.Z", "2025-03-01T08:00:00.0000Z", "2025-03-01T08:00:00,1Z",
    "2025-03-01T08:00:00+08:00", "2025-03-01T0x:00:00Z",
  ])
  func `anything else is no moment`(text: String) { #expect(Timestamp(text) == nil) }

  @Test(arguments: 0..<200 as Range<Int64>)
  func `texts sort as moments do`(seed: Int64) {
    let one = Timestamp(millisecondsSince1970: seed * 7_919_000_333 - 900_000_000_000)
    let other = one.adding(milliseconds: seed * seed + 1)
    #expect(one < other && one.description < other.description)
    #expect(Timestamp(one.description) == one)
  }

  @Test func `the day depends on the zone`() throws {
    let evening = try #require(Timestamp("2025-02-28T16:00:00.000Z"))
    #expect(evening.day(secondsEast: 8 * 3_600)?.description == "2025-03-01")
    #expect(evening.day(secondsEast: 0)?.description == "2025-02-28")
    #expect(
      evening.adding(milliseconds: -1).day(secondsEast: 8 * 3_600)?.description == "2025-02-28")
  }
}
