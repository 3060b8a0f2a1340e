/// 句式: words of a plan with numbers in them: `需编制{villages}个村`.
///
/// - Shape: `{name}` takes a whole number or one with decimals, `{*}` at most sixty signs of the same
///   sentence; everything else stands for itself, whatever the width of its signs and spaces.
public struct PlanPattern: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case words([Character])
    case number(String)
    case gap
  }

  /// What one place of a text says.
  public struct Match: Hashable, Sendable {
    /// As printed, by name.
    public let numbers: [String: String]

    public func value(_ name: String) -> Double? { numbers[name].flatMap(PlanNumber.value(of:)) }
  }

  public let text: String
  let pieces: [Piece]
  private static let gapMax = 60

  /// Nil for a brace that is not closed, or a pattern without words.
  public init?(pattern text: String) {
    self.text = text
    var pieces: [Piece] = []
    var words: [Character] = []
    var name: String?
    for sign in PlanProse.plain(text) {
      if let open = name {
        guard sign == "}" else {
          name = open + String(sign)
          continue
        }
        pieces.append(open == "*" ? .gap : .number(open))
        name = nil
      } else if sign == "{" {
        if !words.isEmpty { pieces.append(.words(words)) }
        (words, name) = ([], "")
      } else {
        words.append(sign)
      }
    }
    if !words.isEmpty { pieces.append(.words(words)) }
    let hasWords = pieces.contains { if case .words = $0 { true } else { false } }
    guard name == nil, hasWords, pieces.count <= 24 else { return nil }
    self.pieces = pieces
  }

  /// Every place of a text that says it, from left to right, without overlap.
  public func matches(in text: String) -> [Match] { matches(in: PlanProse.plain(text)) }

  func matches(in signs: [Character]) -> [Match] {
    var found: [Match] = []
    var start = 0
    while start < signs.count {
      var numbers: [String: String] = [:]
      if let end = end(of: 0, at: start, in: signs, &numbers) {
        found.append(Match(numbers: numbers))
        start = max(end, start + 1)
      } else {
        start += 1
      }
    }
    return found
  }

  private func end(
    of piece: Int, at start: Int, in signs: [Character], _ numbers: inout [String: String]
  ) -> Int? {
    guard piece < pieces.count else { return start }
    switch pieces[piece] {
    case .words(let words):
      guard signs[start...].starts(with: words) else { return nil }
      return end(of: piece + 1, at: start + words.count, in: signs, &numbers)
    case .number(let name):
      // A number begins at its first digit, not in its middle.
      guard start == 0 || !Self.isDigit(signs[start - 1]) else { return nil }
      let digits = signs[start...].prefix { Self.isDigit($0) }
      guard let first = digits.first, first != "." else { return nil }
      numbers[name] = String(digits)
      return end(of: piece + 1, at: start + digits.count, in: signs, &numbers)
    case .gap:
      for length in 0...Self.gapMax where start + length <= signs.count {
        if let end = end(of: piece + 1, at: start + length, in: signs, &numbers) { return end }
        guard start + length < signs.count, signs[start + length] != "。" else { return nil }
      }
      return nil
    }
  }

  static func isDigit(_ sign: Character) -> Bool { ("0"..."9").contains(sign) || sign == "." }
}

/// A number of a text and the words around it.
struct PlanFigure: Hashable {
  let printed: String
  /// The word after it, up to ten signs that are no digits.
  let following: [Character]
  /// Where it begins, and where its words go on.
  let start: Int
  let end: Int

  var value: Double { PlanNumber.value(of: printed) ?? .nan }

  /// The unit after it, the longest that is known.
  var unit: PlanUnit? {
    for length in stride(from: following.count, to: 0, by: -1) {
      if let unit = PlanUnit(named: String(following.prefix(length))) { return unit }
    }
    return nil
  }

  /// Every number of a text, from left to right.
  static func all(in signs: [Character]) -> [PlanFigure] {
    var found: [PlanFigure] = []
    var index = 0
    while index < signs.count {
      guard PlanPattern.isDigit(signs[index]), signs[index] != "." else {
        index += 1
        continue
      }
      let digits = signs[index...].prefix { PlanPattern.isDigit($0) }
      let end = index + digits.count
      let words = signs[end...].prefix(10).prefix { !",;。、()".contains($0) }
      found.append(
        PlanFigure(
          printed: String(digits), following: Array(words), start: index, end: end))
      index = end
    }
    return found
  }
}
