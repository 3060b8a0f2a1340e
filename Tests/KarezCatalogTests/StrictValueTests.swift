import KarezCore
import Testing

@testable import KarezCatalog

/// Values are taken over strictly; what the schema cannot hold is refused, not bent.
@Suite struct StrictValueTests {
  static let day = LegalDate("2024-02-29").map(AttributeValue.date) ?? .null

  static let taken: [(AttributeValue, AttributeType, AttributeValue)] = [
    (.text("0103"), .text, .text("0103")), (.text("0103   "), .text, .text("0103")),
    (.text("\u{0}\u{0}"), .text, .null), (.text(""), .integer, .null),
    (.integer(103), .text, .text("103")), (.decimal(19), .text, .text("19")),
    (.decimal(19), .integer, .integer(19)), (.text("-7"), .integer, .integer(-7)),
    (.text("007"), .integer, .integer(7)), (.integer(2), .decimal, .decimal(2)),
    (.text("1.50"), .decimal, .decimal(1.5)), (.text("-.5"), .decimal, .decimal(-0.5)),
    (.integer(1), .boolean, .boolean(true)), (.text("否"), .boolean, .boolean(false)),
    (.text("2024-02-29"), .date, day), (.text("2024/02/29"), .date, day),
    (.text("20240229"), .date, day), (.integer(20_240_229), .date, day),
    (day, .text, .text("2024-02-29")), (.null, .date, .null),
  ]

  static let refused: [(AttributeValue, AttributeType)] = [
    (.decimal(1.5), .text), (.decimal(1.5), .integer), (.decimal(.nan), .decimal),
    (.decimal(.infinity), .text), (.decimal(1e300), .integer), (.text("1,5"), .decimal),
    (.text("1e5"), .decimal), (.text("--5"), .integer), (.text("5.0"), .integer),
    (.text("1.2.3"), .decimal), (.text("."), .decimal), (.text("9223372036854775808"), .integer),
    (.text("nan"), .decimal), (.text("2023-02-29"), .date), (.text("29.02.2024"), .date),
    (.integer(2), .boolean), (.text("maybe"), .boolean), (.boolean(true), .text),
    (.boolean(true), .integer), (day, .integer), (.text("２０２４"), .integer),
  ]

  @Test(arguments: taken)
  func `a value the schema can hold is taken`(
    value: AttributeValue, type: AttributeType, expected: AttributeValue
  ) {
    #expect(StrictValue.coerced(value, to: type) == .value(expected))
  }

  @Test(arguments: refused)
  func `a value it cannot hold is refused`(value: AttributeValue, type: AttributeType) {
    #expect(StrictValue.coerced(value, to: type) == .wrongType)
  }

  @Test(arguments: ["a\u{7}", "\u{202E}abc", "\u{FFFD}", "\u{85}"])
  func `text that prints as something else is refused`(text: String) {
    #expect(StrictValue.coerced(.text(text), to: .text) == .unprintable)
    #expect(StrictValue.coerced(.text(text), to: nil) == .unprintable)
  }
}
