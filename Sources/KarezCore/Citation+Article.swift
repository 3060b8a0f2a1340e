extension Citation {
  /// 条款项: the place in the law as people write it: 第四十六条第一款第二项.
  ///
  /// What is not an article number (`全文`, `一(二)`) stays as it is.
  public var articleName: LocalizedText {
    let parts = article.split(separator: "(").map { $0.hasSuffix(")") ? $0.dropLast() : $0 }
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
    }
    guard numbers.count == parts.count, let first = numbers.first, numbers.count <= 3,
      numbers.allSatisfy({ (1...9_999).contains($0) })
    else {
      return article == "全文"
        ? LocalizedText(zh: "全文", en: "the whole document")
        : LocalizedText(zh: article, en: "section \(article)")
    }
    var zh = "第\(Self.numeral(first))条"
    if numbers.count > 1 { zh += "第\(Self.numeral(numbers[1]))款" }
    if numbers.count > 2 { zh += "第\(Self.numeral(numbers[2]))项" }
    let rest = article.drop { $0 != "(" }
    return LocalizedText(zh: zh, en: "Article \(article)", ug: "\(first)-ماددا\(rest)")
  }

  /// A whole number below ten thousand in Chinese numerals: 1109 is 一千一百零九.
  static func numeral(_ number: Int) -> String {
    let digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
    let units = [(1_000, "千"), (100, "百"), (10, "十"), (1, "")]
    var text = ""
    var isGap = false
    for (unit, name) in units {
      let digit = number / unit % 10
      if digit == 0 {
        isGap = !text.isEmpty
        continue
      }
      if isGap { text += digits[0] }
      isGap = false
      // Ten to nineteen are said without the leading one.
      let isBareTen = unit == 10 && digit == 1 && text.isEmpty
      text += (isBareTen ? "" : digits[digit]) + name
    }
    return text
  }
}
