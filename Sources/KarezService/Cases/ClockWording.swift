import KarezCore
import KarezWorkflow

/// Sentences for how a due date was counted.
enum ClockWording {
  static func sentences(of due: DueDate, _ run: ClockRun) -> [LocalizedText] {
    let basis = cited(run.term.citations)
    let length = amount(run.term.length, run.term.unit)
    let first = LocalizedText(
      zh: "\(run.term.title.zh)：\(length.zh)，依据\(basis.zh)",
      en: "\(run.term.title.en): \(length.en), \(basis.en)",
      ug: "\(run.term.title[.ug]): \(length[.ug])، ئاساسى \(basis[.ug])")
    return [first] + due.steps.map(sentence)
  }

  private static func sentence(_ step: ClockStep) -> LocalizedText {
    switch step {
    case .began(let day):
      return LocalizedText(
        zh: "\(day) 开始，当日不计入", en: "begins on \(day), which is not counted",
        ug: "\(day) باشلىنىدۇ، شۇ كۈن ھېسابلانمايدۇ")
    case .counted(let count, let unit, let day):
      let amount = amount(count, unit)
      return LocalizedText(
        zh: "计 \(amount.zh)，至 \(day)", en: "\(amount.en), through \(day)",
        ug: "\(amount[.ug])، \(day) غىچە")
    case .excluded(let reason, let citations, let from, let through, let days):
      let basis = cited(citations)
      return LocalizedText(
        zh: "\(reason.zh)：\(from) 次日至 \(through) 的 \(days) 日不计入，依据\(basis.zh)",
        en: "\(reason.en): \(days) days after \(from) through \(through) not counted, \(basis.en)",
        ug: "\(reason[.ug]): \(from) دىن كېيىن \(through) غىچە \(days) كۈن ھېسابلانمايدۇ")
    case .extended(let day, let count, let unit, let citations):
      let (amount, basis) = (amount(count, unit), cited(citations))
      return LocalizedText(
        zh: "\(day) 批准延长 \(amount.zh)，依据\(basis.zh)",
        en: "extended by \(amount.en) on \(day), \(basis.en)",
        ug: "\(day) كۈنى \(amount[.ug]) ئۇزارتىلدى")
    case .movedToWorkingDay(let from, let to):
      return LocalizedText(
        zh: "\(from) 是休息日，顺延至 \(to)", en: "\(from) is a free day, so \(to)",
        ug: "\(from) دەم ئېلىش كۈنى، \(to) گە سۈرۈلدى")
    case .provisional(let day):
      return LocalizedText(
        zh: "\(day) 以后的放假安排尚未公布，只扣除周末，暂定",
        en: "no notice of holidays after \(day) yet: weekends only, provisional",
        ug: "\(day) دىن كېيىنكى دەم ئېلىش ئورۇنلاشتۇرۇلمىغان، ۋاقىتلىق")
    }
  }

  private static func amount(_ count: Int, _ unit: Term.Unit) -> LocalizedText {
    let many = count == 1 ? "" : "s"
    return switch unit {
    case .workingDays:
      LocalizedText(
        zh: "\(count) 个工作日", en: "\(count) working day\(many)", ug: "\(count) خىزمەت كۈنى")
    case .calendarDays:
      LocalizedText(zh: "\(count) 日", en: "\(count) day\(many)", ug: "\(count) كۈن")
    case .months: LocalizedText(zh: "\(count) 个月", en: "\(count) month\(many)", ug: "\(count) ئاي")
    case .years: LocalizedText(zh: "\(count) 年", en: "\(count) year\(many)", ug: "\(count) يىل")
    }
  }

  private static func cited(_ citations: [Citation]) -> LocalizedText {
    let names = citations.map { ($0.title, $0.articleName) }
    return LocalizedText(
      zh: names.map { "《\($0.zh)》\($1.zh)" }.joined(separator: "、"),
      en: names.map { "\($0.en), \($1.en)" }.joined(separator: "; "),
      ug: names.map { "«\($0[.ug])» \($1[.ug])" }.joined(separator: "، "))
  }
}
