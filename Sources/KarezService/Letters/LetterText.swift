public import KarezCore

/// 决定书正文: a title and paragraphs, as they are edited and printed.
public struct LetterText: Hashable, Sendable {
  static let mostParagraphs = 400
  static let mostBytes = 64 << 10

  public let title: String
  public let paragraphs: [String]

  public init(title: String, paragraphs: [String]) {
    self.title = title
    self.paragraphs = paragraphs
  }

  /// The first line is the title, every other line that is not empty a paragraph; nil for a text
  /// without both, or one longer than any letter.
  public init?(plain text: String) {
    guard text.utf8.count <= Self.mostBytes, !text.utf8.contains(0) else { return nil }
    let lines = text.split(whereSeparator: \.isNewline)
      .map { String($0.trimmingPrefix { $0.isWhitespace }) }.filter { !$0.isEmpty }
    guard lines.count > 1, lines.count <= Self.mostParagraphs else { return nil }
    self.init(title: lines[0], paragraphs: Array(lines.dropFirst()))
  }

  public init?(_ json: JSONValue) {
    guard let title = json["title"]?.string, let list = json["paragraphs"]?.array else {
      return nil
    }
    let paragraphs = list.compactMap(\.string)
    guard paragraphs.count == list.count else { return nil }
    self.init(title: title, paragraphs: paragraphs)
  }

  public var json: JSONValue {
    .object([
      "title": .string(title), "paragraphs": .array(paragraphs.map(JSONValue.string)),
    ])
  }

  public var plain: String { ([title] + paragraphs).joined(separator: "\n\n") + "\n" }
}

/// 修订: what became of a text, piece by piece.
public struct TextRevision: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case kept
    case removed
    case added
  }

  public struct Piece: Hashable, Sendable {
    public let change: Change
    public let text: String
  }

  /// One paragraph; a paragraph that is there no more has only what was removed.
  public struct Paragraph: Hashable, Sendable {
    public let pieces: [Piece]

    public var isRemoved: Bool { pieces.allSatisfy { $0.change == .removed } }
    public var isAdded: Bool { pieces.allSatisfy { $0.change == .added } }
  }

  public let title: Paragraph
  public let paragraphs: [Paragraph]

  public init(from draft: LetterText, to current: LetterText) {
    title = Self.compared(draft.title, current.title)
    paragraphs = Self.paragraphs(draft.paragraphs, current.paragraphs)
  }

  public var isNone: Bool {
    ([title] + paragraphs).allSatisfy { $0.pieces.allSatisfy { $0.change == .kept } }
  }

  private static func paragraphs(_ old: [String], _ new: [String]) -> [Paragraph] {
    var result: [Paragraph] = []
    var (removed, added): ([String], [String]) = ([], [])
    // Paragraphs that stand in the same gap are taken for one another, in order.
    func close() {
      for index in 0..<max(removed.count, added.count) {
        switch (removed.indices.contains(index), added.indices.contains(index)) {
        case (true, true): result.append(compared(removed[index], added[index]))
        case (true, false):
          result.append(Paragraph(pieces: [Piece(change: .removed, text: removed[index])]))
        default: result.append(Paragraph(pieces: [Piece(change: .added, text: added[index])]))
        }
      }
      (removed, added) = ([], [])
    }
    for (change, text) in aligned(old, new) {
      switch change {
      case .kept:
        close()
        result.append(Paragraph(pieces: [Piece(change: .kept, text: text)]))
      case .removed: removed.append(text)
      case .added: added.append(text)
      }
    }
    close()
    return result
  }

  private static func compared(_ old: String, _ new: String) -> Paragraph {
    if old == new { return Paragraph(pieces: [Piece(change: .kept, text: old)]) }
    var pieces: [Piece] = []
    for (change, character) in aligned(Array(old), Array(new)) {
      if let last = pieces.last, last.change == change {
        pieces[pieces.count - 1] = Piece(change: change, text: last.text + String(character))
      } else {
        pieces.append(Piece(change: change, text: String(character)))
      }
    }
    return Paragraph(pieces: pieces)
  }

  /// Both rows as one, what was removed before what was added in its place.
  private static func aligned<Element: Hashable>(
    _ old: [Element], _ new: [Element]
  ) -> [(Change, Element)] {
    let difference = new.difference(from: old)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var row: [(Change, Element)] = []
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if left < old.count, removed.contains(left) {
        row.append((.removed, old[left]))
        left += 1
      } else if right < new.count, added.contains(right) {
        row.append((.added, new[right]))
        right += 1
      } else {
        row.append((.kept, new[right]))
        left += 1
        right += 1
      }
    }
    return row
  }
}
