import KarezCore

/// Attributes that some rows must state, or must not.
final class PresenceCheck: GateCheck {
  private let frame: ProfileCheckFrame
  private let attributes: [AttributePlace]
  private let isWanted: Bool

  init(_ frame: ProfileCheckFrame, _ attributes: [String], isWanted: Bool) {
    self.frame = frame
    self.attributes = attributes.map { frame.place(of: $0) }
    self.isWanted = isWanted
  }

  func examine(_ row: ExaminedRow, _ report: inout GateReport) {
    // Cheaper than the condition, and mostly enough.
    guard attributes.contains(where: { row.isEmpty($0) == isWanted }), frame.applies(to: row)
    else { return }
    for place in attributes where row.isEmpty(place) == isWanted {
      // Nobody reads the words of what is only counted.
      guard report.keepsMore(of: frame.rule) else {
        report.count(1, of: frame.rule)
        continue
      }
      let title = frame.title(of: place.name)
      let value = GateWords.value(row[place])
      let what =
        isWanted
        ? LocalizedText(zh: "\(title.zh)为空", en: "\(title.en) is empty")
        : LocalizedText(
          zh: "\(title.zh)应为空，写有“\(value)”", en: "\(title.en) must be empty, and is “\(value)”")
      let remedy =
        isWanted
        ? LocalizedText(zh: "请补填", en: "state it") : LocalizedText(zh: "请清空", en: "empty it")
      report.note(frame.finding(row, what: what, remedy: remedy))
    }
  }
}
