import Foundation
import KarezCore
import KarezCrypto

/// A mail in plain text, as a server takes it.
///
/// - Shape: every line ends with CR LF and is at most 76 bytes long; words beyond ASCII are encoded,
///   so no server has to know more than the oldest do.
/// - Source: RFC 5322; RFC 2045, 6.8; RFC 2047; RFC 3834 for `Auto-Submitted`.
struct MailMessage {
  let from: MailAddress
  let name: String?
  let to: MailAddress
  let subject: String
  let paragraphs: [String]
  /// The same however often it is sent, so that a mailbox knows it again.
  let id: String
  let at: Timestamp

  /// - Errors: `mail-header` for a subject or a name that could end its line.
  func text() throws(Problem) -> String {
    guard !subject.hasControl, name?.hasControl != true else { throw Self.headerWrong }
    let sender = name.map { Self.encoded($0) + " <\(from)>" } ?? "<\(from)>"
    let mark = SM3.digest(id).description.prefix(40)
    let head = [
      "From: \(sender)", "To: <\(to)>", "Subject: \(Self.encoded(subject))",
      "Date: \(Self.day(at))", "Message-ID: <\(mark)@\(from.domain)>",
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
    ]
    let body = paragraphs.joined(separator: "\r\n\r\n") + "\r\n"
    return (head + [""] + Self.lines(of: Base64.text(of: Array(body.utf8))))
      .joined(separator: "\r\n") + "\r\n"
  }

  /// Words of a header, folded where they are long.
  static func encoded(_ text: String) -> String {
    guard !text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == " ") }) else {
      return text
    }
    // A word holds whole characters and, with the name of its header before it, at most 78 bytes.
    var words: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?utf-8?B?\(Base64.text(of: $0))?=" }.joined(separator: "\r\n ")
  }

  private static func lines(of text: String) -> [String] {
    let letters = Array(text.utf8)
    return stride(from: 0, to: letters.count, by: 76).map { from in
      String(decoding: letters[from..<min(from + 76, letters.count)], as: UTF8.self)
    }
  }

  private static func day(_ at: Timestamp) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
    return format.string(
      from: Date(timeIntervalSince1970: Double(at.millisecondsSince1970 / 1_000)))
  }

  private static let headerWrong = Wording(
    "mail-header", "邮件标题含换行等控制字符", "the subject of a mail holds what could end its line",
    do: "改正通知的标题", "mend the title of the notice"
  ).problem(at: "")
}
