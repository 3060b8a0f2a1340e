import Foundation
import KarezCore

/// The machine's clock; what is kept is UTC, what is legal is the day here.
enum Clock {
  /// RFC 3339, UTC, to the millisecond.
  @Sendable static func timestamp() -> String {
    Date().formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true)
        .timeZone(separator: .omitted))
  }

  static var today: LegalDate {
    let parts = Calendar(identifier: .gregorian)
      .dateComponents([.year, .month, .day], from: Date())
    let day = LegalDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
    guard let day else { preconditionFailure("the clock is outside years 1 to 9999") }
    return day
  }
}
