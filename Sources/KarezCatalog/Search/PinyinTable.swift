/// 拼音: how characters are read, so that a title is found by what can be typed without an input
/// method: `yjjbnt` or `yongjiujiben` for 永久基本农田.
///
/// - Shape: readings in lower-case ASCII without tones; a character read in several ways has all
///   of them, and any of them finds it.
public struct PinyinTable: Hashable, Sendable {
  /// How well letters matched a text.
  public enum Match: Int, Hashable, Sendable, Comparable {
    /// From some character on.
    case within
    /// From its first character on.
    case beginning
    /// The whole of it.
    case whole

    public static func < (left: Match, right: Match) -> Bool { left.rawValue < right.rawValue }
  }

  private let readings: [Character: [[UInt8]]]

  public init(readings: [Character: [String]]) {
    self.readings = readings.mapValues { $0.map { Array($0.utf8) } }
  }

  /// Whether letters spell a part of the text, each character by at least its first letter.
  ///
  /// Initials, whole syllables and anything between may be mixed: `yongjjben` is 永久基本. What is
  /// not in the table, such as a letter or a digit, stands for itself.
  ///
  /// - Assumes: `letters` are lower-case ASCII.
  /// - Complexity: O(characters × letters × readings).
  public func match(_ letters: String, in text: String) -> Match? {
    let wanted = Array(letters.utf8)
    guard !wanted.isEmpty else { return nil }
    let characters = Array(text)
    var best: Match?
    for start in characters.indices {
      guard let end = end(of: wanted, in: characters, from: start) else { continue }
      let isWhole = start == 0 && end == characters.count
      let found: Match = isWhole ? .whole : start == 0 ? .beginning : .within
      best = max(best ?? found, found)
    }
    return best
  }

  /// The first character after the fewest or most characters that spell all letters; the furthest
  /// end, so that a whole text is known as such.
  private func end(
    of wanted: [UInt8], in characters: [Character], from start: Int
  ) -> Int? {
    // How many letters may have been spelled when a character is reached.
    var reached: Set<Int> = [0]
    var end: Int?
    for index in start..<characters.count {
      var next: Set<Int> = []
      for reading in spelling(of: characters[index]) {
        for done in reached where done < wanted.count {
          var length = 0
          while length < reading.count, done + length < wanted.count,
            wanted[done + length] == reading[length]
          {
            length += 1
            next.insert(done + length)
          }
        }
      }
      if next.contains(wanted.count) { end = index + 1 }
      next.remove(wanted.count)
      if next.isEmpty { break }
      reached = next
    }
    return end
  }

  private func spelling(of character: Character) -> [[UInt8]] {
    readings[character] ?? [Array(character.lowercased().utf8)]
  }
}
