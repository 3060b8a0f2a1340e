/// The prose of plans as the checks read it: one width of signs, no spaces.
enum PlanProse {
  private static let signs: [Character: Character] = [
    "（": "(", "）": ")", "：": ":", "，": ",", "；": ";", "％": "%", "－": "-", "～": "~",
  ]

  /// Signs of one width and no white space.
  static func plain(_ text: some StringProtocol) -> [Character] {
    text.compactMap { $0.isWhitespace ? nil : signs[$0] ?? $0 }
  }

  static func trimmed(_ text: some StringProtocol) -> Substring {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// `第一章 …`: a numeral of Chinese digits, then what it counts.
  static func isHeading(_ text: String, _ what: Character) -> Bool {
    guard text.first == "第", let end = text.firstIndex(of: what), text.count < 40 else {
      return false
    }
    let numeral = text[text.index(after: text.startIndex)..<end]
    return numeral.count <= 3 && PlanNumeral.value(of: numeral) != nil
  }

  /// How many single signs must be put in, left out or changed to make one of the other.
  ///
  /// - Assumes: names, not texts; it takes the product of both lengths.
  static func distance(_ one: [Character], _ other: [Character]) -> Int {
    var row = Array(0...other.count)
    for (index, sign) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, against) in other.enumerated() {
        let cost = diagonal + (sign == against ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(cost, row[place] + 1, diagonal + 1)
      }
    }
    return row[other.count]
  }
}

/// Numbers written in Chinese digits, below a hundred.
enum PlanNumeral {
  private static let digits: [Character: Int] = [
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
  ]

  /// Nil for what is no numeral; plain digits are one too.
  static func value(of text: some StringProtocol) -> Int? {
    if let plain = Int(text), plain >= 0 { return plain }
    guard !text.isEmpty, text.count <= 3 else { return nil }
    let parts = text.split(separator: "十", omittingEmptySubsequences: false)
    func digit(_ part: some StringProtocol, empty: Int) -> Int? {
      part.isEmpty ? empty : part.count == 1 ? part.first.flatMap { digits[$0] } : nil
    }
    switch parts.count {
    case 1: return digit(parts[0], empty: 0)
    case 2:
      guard let tens = digit(parts[0], empty: 1), let ones = digit(parts[1], empty: 0) else {
        return nil
      }
      return tens * 10 + ones
    default: return nil
    }
  }

  static func isSign(_ sign: Character) -> Bool {
    digits[sign] != nil || sign == "十" || ("0"..."9").contains(sign)
  }
}
