import Foundation
import KarezCore
import KarezCrypto
import KarezStore

/// 待送通知: a notice on its way to whoever it is for.
struct CarriedNotice: Hashable, Sendable {
  /// The same however often it is carried.
  let key: String
  let to: String
  let title: LocalizedText
  let text: LocalizedText
  let caseNumber: String?
  let on: String?

  private static let nothing = LocalizedText(zh: "", en: "")

  var json: JSONValue {
    .object([
      "id": .string(key), "to": .string(to), "title": title.json, "text": text.json,
      "case": .optional(caseNumber), "on": .optional(on),
    ])
  }

  init(key: String, to: String, title: LocalizedText, text: LocalizedText) {
    self.key = key
    self.to = to
    self.title = title
    self.text = text
    caseNumber = nil
    on = nil
  }

  init(key: String, _ body: JSONValue) {
    self.key = key
    to = body["to"]?.string ?? ""
    title = body["title"].flatMap { LocalizedText(kept: $0) } ?? Self.nothing
    text = body["text"].flatMap { LocalizedText(kept: $0) } ?? Self.nothing
    caseNumber = body["case"]?.string
    on = body["on"]?.string
  }
}

/// 送达通道: carries notices one way.
///
/// - Assumes: it may be asked twice for the same notice, where a machine stopped in between; the
///   notice's key says that it is the same.
protocol NoticeCarrier: Sendable {
  var name: String { get }
  func takes(_ notice: CarriedNotice) -> Bool

  /// - Errors: `Problem` of kind unavailable where it may be tried again; of any other kind where
  ///   that is of no use.
  func carry(_ notice: CarriedNotice) async throws(Problem)
}

/// 邮件通道: hands mail to the installation's server.
struct MailCarrier: NoticeCarrier {
  static let name = "mail"
  let settings: CarrierSettings.Mail
  let clock: WallClock

  var name: String { Self.name }

  func takes(_ notice: CarriedNotice) -> Bool { MailAddress(notice.to) != nil }

  func carry(_ notice: CarriedNotice) async throws(Problem) {
    guard let to = MailAddress(notice.to) else { throw Self.addressWrong }
    let title = [notice.title.zh, notice.title.en].filter { !$0.isEmpty }
    let message = MailMessage(
      from: settings.from, name: settings.name, to: to,
      subject: title.joined(separator: " · "),
      paragraphs: [notice.text.zh, notice.text.ug, notice.text.en].compactMap { $0 },
      id: notice.key, at: clock.now())
    let isTLS = settings.security == .tls
    var curl = Curl(
      address: "\(isTLS ? "smtps" : "smtp")://\(settings.host):\(settings.port)/"
        + settings.from.domain,
      protocols: isTLS ? "smtps" : "smtp", seconds: settings.seconds, bodyOption: "upload-file")
    curl.options = [("mail-from", settings.from.text), ("mail-rcpt", to.text)]
    if settings.security == .starttls { curl.options.append(("ssl-reqd", nil)) }
    if let file = settings.authorities { curl.options.append(("cacert", file)) }
    if let user = settings.user, let password = settings.password {
      curl.options.append(("user", user + ":" + password.plain))
    }
    let outcome = try await curl.run(try message.text())
    guard let problem = Self.problem(outcome) else { return }
    throw problem
  }

  /// Why a mail was not taken; nil where it was.
  static func problem(_ outcome: Curl.Outcome) -> Problem? {
    if outcome.status == 0, (200..<300).contains(outcome.answer) { return nil }
    let place = "mail \(outcome.answer)/\(outcome.status)"
    // Who we are is for the operator to mend; whom it is for is not.
    let ours = [530, 534, 535, 538]
    if outcome.status == 67 || ours.contains(outcome.answer) {
      return signInRefused.problem(.unavailable, at: place)
    }
    if (500..<600).contains(outcome.answer) { return refused.problem(at: place) }
    return putOff.problem(.unavailable, at: place)
  }

  private static let signInRefused = Wording(
    "mail-sign-in", "邮件服务器不认账号或口令", "the mail server does not take the account or its password",
    do: "改正 carriers.json", "mend carriers.json")

  private static let refused = Wording(
    "mail-refused", "邮件服务器拒收", "the mail server refuses it for good",
    do: "核对收件地址，改用其他方式告知", "see to the address, and tell the applicant another way")

  private static let putOff = Wording(
    "mail-put-off", "邮件服务器没有回应、暂不接收或不安全",
    "the mail server does not answer, puts it off, or is not secure",
    do: "系统会再试；检查网络与服务器", "it is tried again; see to network and server")

  private static let addressWrong = Wording(
    "mail-address", "收件地址不是可用的邮箱地址", "the recipient is no address of mail that can be used",
    do: "改用其他方式告知", "tell the applicant another way"
  ).problem(at: "mail")
}

/// 回调通道: posts notices to a system of the installation's own, signed.
///
/// - Shape: JSON; `X-Karez-Delivery` is the notice's key, `X-Karez-Time` the seconds since 1970, and
///   `X-Karez-Signature` is `hmac-sm3=` with the code over time, key and body, a line feed between.
struct WebhookCarrier: NoticeCarrier {
  static let name = "webhook"
  let settings: CarrierSettings.Webhook
  let clock: WallClock

  var name: String { Self.name }

  func takes(_ notice: CarriedNotice) -> Bool { true }

  func carry(_ notice: CarriedNotice) async throws(Problem) {
    let body = notice.json.canonicalText
    let time = String(clock.now().millisecondsSince1970 / 1_000)
    let code = settings.hash.code(
      of: Array("\(time)\n\(notice.key)\n\(body)".utf8), key: Array(settings.secret.plain.utf8))
    var curl = Curl(
      address: settings.address,
      protocols: settings.address.hasPrefix("https:") ? "https" : "http",
      seconds: settings.seconds, bodyOption: "data-binary")
    curl.options = [
      ("user-agent", "karez/" + Installation.version),
      ("header", "Content-Type: application/json"),
      ("header", "X-Karez-Delivery: \(notice.key)"), ("header", "X-Karez-Time: \(time)"),
      (
        "header",
        "X-Karez-Signature: hmac-\(settings.hash.rawValue)=\(Hexadecimal.text(code))"
      ),
    ]
    if let file = settings.authorities { curl.options.append(("cacert", file)) }
    let outcome = try await curl.run(body)
    guard let problem = Self.problem(outcome) else { return }
    throw problem
  }

  static func problem(_ outcome: Curl.Outcome) -> Problem? {
    if outcome.status == 0, (200..<300).contains(outcome.answer) { return nil }
    let place = "webhook \(outcome.answer)/\(outcome.status)"
    let mayPass = [0, 408, 425, 429].contains(outcome.answer) || outcome.answer >= 500
    return mayPass
      ? putOff.problem(.unavailable, at: place) : refused.problem(at: place)
  }

  private static let refused = Wording(
    "webhook-refused", "接收方拒收，或把请求转向别处", "the receiver refuses it, or sends it elsewhere",
    do: "与接收方核对地址与签名，再用 karez jobs retry",
    "settle address and signature with the receiver, then karez jobs retry")

  private static let putOff = Wording(
    "webhook-put-off", "接收方没有回应或暂不接收", "the receiver does not answer or puts it off",
    do: "系统会再试；检查网络与接收方", "it is tried again; see to network and receiver")
}

/// 短信文件: the gateway of short messages fetches a file for each.
struct MessageFiles: NoticeCarrier {
  let data: URL
  let file: String

  var name: String { "sms" }

  func takes(_ notice: CarriedNotice) -> Bool { true }

  func carry(_ notice: CarriedNotice) async throws(Problem) {
    try CaseOutbox.lay(
      CaseOutbox.message(to: notice.to, notice.text), "sms", "\(file).txt", in: data)
  }
}

/// 邮件文件: where no server of mail is named, something else fetches mail as files.
struct MailFiles: NoticeCarrier {
  let data: URL
  let file: String

  var name: String { "mail-files" }

  func takes(_ notice: CarriedNotice) -> Bool { true }

  func carry(_ notice: CarriedNotice) async throws(Problem) {
    try CaseOutbox.lay(CaseOutbox.mail(notice), "mail", "\(file).eml", in: data)
  }
}
