import KarezCore

/// Dates that cannot be, such as those before there was anything to date.
final class DateCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let from: LegalDate
  private let until: LegalDate
  private let attributes: [(attribute: Attribute, place: AttributePlace)]

  init(_ frame: ProfileCheckFrame, from: LegalDate, until: LegalDate, attributes: [String]?) {
    self.frame = frame
    self.from = from
    self.until = until
    self.attributes = frame.schema.attributes.filter {
      $0.type == .date && (attributes?.contains($0.name) ?? true)
    }.map { ($0, frame.place(of: $0.name)) }
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    for (attribute, place) in attributes {
      guard case .date(let day)? = row[place], day < from || day >= until,
        frame.applies(to: row)
      else { continue }
      let name = attribute.title
      let what = LocalizedText(
        zh: "\(name.zh) \(day) 不在 \(from) 至 \(until)（不含）之间",
        en: "\(name.en) \(day) is not from \(from) until \(until) (exclusive)")
      let remedy = LocalizedText(zh: "请核对日期", en: "check the date")
      report.note(frame.finding(row, what: what, remedy: remedy))
    }
  }
}
