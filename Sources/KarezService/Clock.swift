import Foundation
public import KarezCore

/// The machine's clock; what is kept is UTC, what is legal is the day in the country's own time.
public enum Clock {
  /// RFC 3339, UTC, to the millisecond.
  @Sendable static func timestamp() -> String {
    Date().formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true)
        .timeZone(separator: .omitted))
  }

  /// 北京时间: statutes begin at midnight here, whatever zone the machine is set to.
  private static let legalTime = TimeZone(secondsFromGMT: secondsEast)
  public static let secondsEast = 8 * 3_600

  /// The legal day it is now.
  public static var today: LegalDate {
    var calendar = Calendar(identifier: .gregorian)
    if let legalTime { calendar.timeZone = legalTime }
    let parts = calendar.dateComponents([.year, .month, .day], from: Date())
    let day = LegalDate(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
    guard let day else { preconditionFailure("the clock is outside years 1 to 9999") }
    return day
  }
}
