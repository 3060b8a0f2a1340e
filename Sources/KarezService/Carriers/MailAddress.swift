/// 邮箱地址: an address of mail that may stand in a command and in a header as it is.
///
/// - Shape: `local@domain`; words of the plain alphabet with dots between them, a domain of two
///   labels or more. Quoted words, comments, other alphabets and lists are refused, so nothing in it
///   can end a line or begin another address.
/// - Source: RFC 5321, 4.1.2 (Dot-string, Domain) and 4.5.3.1 for the lengths.
struct MailAddress: Hashable, Sendable, CustomStringConvertible {
  let text: String
  let domain: String

  private static let marks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  init?(_ text: String) {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false)
    guard halves.count == 2, text.utf8.count <= 254, (1...64).contains(halves[0].utf8.count)
    else { return nil }
    let words = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    let labels = halves[1].split(separator: ".", omittingEmptySubsequences: false)
    let areWords = words.allSatisfy { word in
      !word.isEmpty && word.utf8.allSatisfy { Self.isPlain($0) || Self.marks.contains($0) }
    }
    guard areWords, labels.count >= 2, labels.allSatisfy(Self.isLabel) else { return nil }
    self.text = text
    domain = String(halves[1])
  }

  var description: String { text }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// A label of a name of a host.
  static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
      && label.utf8.allSatisfy { isPlain($0) || $0 == UInt8(ascii: "-") }
  }
}
