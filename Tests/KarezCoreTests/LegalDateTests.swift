import KarezCore
import Testing

@Suite struct LegalDateTests {
  @Test func `every day of two centuries follows the day before`() throws {
    var previous = try #require(LegalDate("1899-12-31"))
    var examined = 0
    for year in 1900...2100 {
      for month in 1...12 {
        for day in 1...31 {
          guard let date = LegalDate(year: year, month: month, day: day) else { continue }
          #expect(previous.adding(days: 1) == date)
          #expect(LegalDate(daysSince1970: date.daysSince1970) == date)
          #expect(LegalDate(date.description) == date)
          #expect(previous < date)
          previous = date
          examined += 1
        }
      }
    }
    #expect(examined == 73_414)
  }

  @Test func `1970 begins on day zero and the calendar ends where it ends`() throws {
    #expect(LegalDate("1970-01-01")?.daysSince1970 == 0)
    #expect(LegalDate("2025-11-01")?.daysSince1970 == 20_393)
    let first = try #require(LegalDate("0001-01-01"))
    let last = try #require(LegalDate("9999-12-31"))
    #expect(first.adding(days: -1) == nil)
    #expect(last.adding(days: 1) == nil)
    #expect(last.adding(days: .max) == nil)
    #expect(first.adding(days: .min) == nil)
    #expect(first.adding(days: last.daysSince1970 - first.daysSince1970) == last)
  }

  @Test(arguments: [
    "2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00",
    "2024-04-31", "0000-01-01", "2024-1-1", "24-01-01", "2024/01/01", "2024-01-01 ", " 2024-01-01",
    "２024-01-01", "2024-01-1a", "+024-01-01", "",
  ])
  func `what the calendar lacks, or is written otherwise, is no day`(text: String) {
    #expect(LegalDate(text) == nil)
  }

  /// All pairs of intervals on five days, open-ended ones included.
  @Test func `two validities overlap exactly when some day is in both`() throws {
    let days = try (1...5).map { try #require(LegalDate(year: 2024, month: 2, day: $0 + 24)) }
    var validities: [Validity] = []
    for (index, from) in days.enumerated() {
      for until in days[index...].dropFirst().map(Optional.some) + [nil] {
        validities.append(try #require(Validity(from: from, until: until)))
      }
    }
    let far = try #require(LegalDate("2999-01-01"))
    #expect(validities.count == 15)
    for one in validities {
      for other in validities {
        let shared = (days + [far]).contains { one.contains($0) && other.contains($0) }
        #expect(one.overlaps(other) == shared, "\(one) \(other)")
      }
      #expect(one.contains(one.from))
      if let until = one.until { #expect(!one.contains(until)) }
    }
    #expect(Validity(from: days[1], until: days[1]) == nil)
    #expect(Validity(from: days[1], until: days[0]) == nil)
  }
}
