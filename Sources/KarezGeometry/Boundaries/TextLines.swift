/// Lines and fields of text, found by bytes because files may have millions of them.
enum TextLines {
  /// The lines, whatever ends them; a carriage return before the line feed stays and is trimmed.
  static func split(_ text: String) -> [Substring] {
    let hasLineFeed = text.utf8.contains(0x0A)
    return text.utf8.split(
      separator: hasLineFeed ? 0x0A : 0x0D, omittingEmptySubsequences: false
    ).map(Substring.init)
  }

  /// The text without white space and byte-order marks at its ends.
  static func trimmed(_ text: Substring) -> Substring {
    var bytes = text.utf8
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    var rest = Substring(bytes)
    // Only a character that is not ASCII can still be a space, such as the ideographic one.
    guard (bytes.first ?? 0) >= 0x80 || (bytes.last ?? 0) >= 0x80 else { return rest }
    while let first = rest.first, first.isWhitespace || first == "\u{FEFF}" { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// The fields of a line, trimmed; runs of spaces separate once, other separators every time.
  static func fields(of line: Substring, separator: UInt8) -> [Substring] {
    line.utf8.split(separator: separator, omittingEmptySubsequences: separator == 0x20)
      .map { trimmed(Substring($0)) }
  }
}
