/// A day as a statute means it: a date without time or zone.
public struct LegalDate: Hashable, Sendable {
  public let year: Int
  public let month: Int
  public let day: Int

  /// The day, if the calendar has it.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    guard day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day written `YYYY-MM-DD`; nothing else is read.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for byte in bytes[range] {
        guard (0x30...0x39).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  /// The day that is `days` after 1970-01-01, within years 1 to 9999.
  ///
  /// - Source: the era arithmetic of the proleptic Gregorian calendar.
  public init?(daysSince1970 days: Int) {
    guard (-719_162...2_932_896).contains(days) else { return nil }
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day so many days later (earlier if negative), or nil outside years 1 to 9999.
  public func adding(days: Int) -> LegalDate? {
    let (sum, overflow) = daysSince1970.addingReportingOverflow(days)
    return overflow ? nil : LegalDate(daysSince1970: sum)
  }

  static func days(inMonth month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension LegalDate: Comparable, CustomStringConvertible {
  public static func < (left: LegalDate, right: LegalDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

/// 有效时间: from a day, until another that is no longer part of it.
public struct Validity: Hashable, Sendable {
  public let from: LegalDate
  /// The first day on which it no longer holds; nil while no end is known.
  public let until: LegalDate?

  /// The interval, unless it would be empty.
  public init?(from: LegalDate, until: LegalDate? = nil) {
    if let until, until <= from { return nil }
    self.from = from
    self.until = until
  }

  public func contains(_ day: LegalDate) -> Bool {
    guard day >= from else { return false }
    guard let until else { return true }
    return day < until
  }

  public func overlaps(_ other: Validity) -> Bool {
    let startsBeforeOtherEnds = other.until.map { from < $0 } ?? true
    let otherStartsBeforeEnd = until.map { other.from < $0 } ?? true
    return startsBeforeOtherEnds && otherStartsBeforeEnd
  }
}
