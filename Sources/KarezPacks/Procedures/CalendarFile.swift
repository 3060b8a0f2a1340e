import KarezCore
import KarezWorkflow

/// Reads `years/*.yaml`: what one year's notice says of holidays.
enum CalendarFile {
  static func year(from node: PackNode) -> (year: WorkCalendar.Year?, faults: [PackFault]) {
    var fields = PackFields(node)
    let year = fields.neededCount("year")
    let notice = fields.localized("notice")
    let certainty = fields.choice("certainty", of: Certainty.self)
    var holidays: [WorkCalendar.Holiday] = []
    for item in fields.list("holidays") {
      var parts = PackFields(item)
      let title = parts.localized("title")
      let first = parts.date("first")
      let last = parts.date("last")
      fields.add(parts.finish())
      guard let title, let first, let last else { continue }
      holidays.append(WorkCalendar.Holiday(title: title, first: first, last: last))
    }
    if holidays.isEmpty { fields.add(.keyMissing("holidays")) }
    let makeUpDays = fields.dates("makeUpDays")
    let faults = fields.finish()
    guard let year, let notice, let certainty else { return (nil, faults) }
    return (
      WorkCalendar.Year(
        year: year, notice: notice, certainty: certainty, holidays: holidays,
        makeUpDays: makeUpDays), faults
    )
  }
}

extension PackFields {
  /// As `optionalCount`, of a key that must be there.
  mutating func neededCount(_ key: String) -> Int? {
    guard required(key) != nil else { return nil }
    return optionalCount(key)
  }

  /// As `neededCount`, of what is no longer than any term a law gives.
  mutating func termLength(_ key: String) -> Int? {
    guard let count = neededCount(key) else { return nil }
    guard count < 10_000 else {
      add(.notNumber(key: key, text: String(count)))
      return nil
    }
    return count
  }

  mutating func dates(_ key: String) -> [LegalDate] {
    texts(key).compactMap { text in
      guard let date = LegalDate(text) else {
        add(.notDate(key: key, text: text))
        return nil
      }
      return date
    }
  }
}
