import Foundation
public import KarezCore
import KarezStore

/// 发件箱: notices of cases, kept in the store, laid out as files for gateways to fetch, and handed
/// to what the installation names to carry them.
enum CaseOutbox {
  static let kind = RecordKind.transient("case-notice")
  static let folder = "outbox"

  /// 办件通知: what an applicant is told.
  struct Notice: Hashable {
    let key: String
    let body: JSONValue

    func change(owner: String) -> RecordChange {
      .write(
        PlatformRecord(
          kind: CaseOutbox.kind, key: key, state: "waiting", owner: owner, body: body))
    }

    /// The name of its files.
    var file: String { key.map { $0 == "/" ? "-" : String($0) }.joined() }
  }

  /// 短信: one line.
  static func message(to: String, _ text: LocalizedText) -> String { "\(to)\t\(text.zh)\n" }

  /// 邮件: plain text in every language, without an address, which the gateway knows.
  static func mail(_ notice: CarriedNotice) -> String {
    let heading = [notice.title.zh, notice.title.en].filter { !$0.isEmpty }
    let texts = [notice.text.zh, notice.text.ug, notice.text.en].compactMap { $0 }
    let head = [
      "X-Karez-To: \(notice.to)", "X-Karez-Case: \(notice.caseNumber ?? "")",
      "Subject: \(MailMessage.encoded(heading.joined(separator: " · ")))",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
    ]
    return
      (head.joined(separator: "\r\n") + "\r\n\r\n" + texts.joined(separator: "\r\n\r\n")
      + "\r\n")
  }

  /// Writes a file for a gateway.
  static func lay(
    _ text: String, _ channel: String, _ name: String, in data: URL
  ) throws(Problem) {
    let folder = data.appending(path: Self.folder).appending(path: channel)
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .unreadableFile(Self.folder)
    }
    try OutputFile.write(text, to: folder.appending(path: name).path)
  }

  /// What carries a notice: at once what only writes files, by a job of its own what sends.
  static func carriers(
    for notice: CarriedNotice, named file: String, _ settings: CarrierSettings, _ map: OneMap
  ) -> (files: [any NoticeCarrier], sending: [any NoticeCarrier]) {
    var files: [any NoticeCarrier] = [MessageFiles(data: map.data, file: file)]
    var sending: [any NoticeCarrier] = []
    if let mail = settings.mail.map({ MailCarrier(settings: $0, clock: map.clock) }) {
      // Who has an address of mail is written to, and everybody else is sent a message.
      if mail.takes(notice) {
        files = []
        sending.append(mail)
      }
    } else {
      files.append(MailFiles(data: map.data, file: file))
    }
    if let webhook = settings.webhook {
      sending.append(WebhookCarrier(settings: webhook, clock: map.clock))
    }
    return (files, sending)
  }
}

/// Lays notices out as files, whole or not at all, and has them sent by whatever else carries them.
struct CaseOutboxHandler: JobHandler {
  static let name = "case-outbox"
  let map: OneMap

  var name: String { Self.name }

  static func job(for notice: CaseOutbox.Notice, at now: Timestamp) -> Job {
    Job(
      name, of: notice.key, subject: .object(["notice": .string(notice.key)]), by: .operator,
      at: now)
  }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let key = run.subject["notice"]?.string,
      let record = try await map.caseNotice(key), record.state == "waiting"
    else { return JobEnd(by: run.actor) }
    let notice = try await map.carried(record)
    let file = CaseOutbox.Notice(key: key, body: record.body).file
    let ways = CaseOutbox.carriers(for: notice, named: file, try map.carriers(), map)
    for carrier in ways.files { try await carrier.carry(notice) }
    let laid = record.next(state: "laid-out", due: nil, owner: record.owner, body: record.body)
    let jobs = ways.sending.map { CarryNoticeHandler.job(for: key, by: $0, at: map.clock.now()) }
    return JobEnd(changes: [.write(laid)] + jobs.map(\.change), by: run.actor)
  }
}

/// Has one carrier carry one notice; tried again for days, and where that is of no use given up.
///
/// What was given up stays a failed job with its reason; `karez jobs retry` asks anew.
struct CarryNoticeHandler: JobHandler {
  static let name = "carry-notice"
  let map: OneMap

  var name: String { Self.name }

  /// Some four days at an hour and more each, as RFC 5321, 4.5.4.1, has it for mail.
  var mostAttempts: Int? { 72 }

  static func job(for key: String, by carrier: any NoticeCarrier, at now: Timestamp) -> Job {
    Job(
      name, of: "\(carrier.name)/\(key)",
      subject: .object(["notice": .string(key), "carrier": .string(carrier.name)]),
      by: .operator, at: now)
  }

  func run(_ run: JobRun) async throws(Problem) -> JobEnd? {
    guard let key = run.subject["notice"]?.string, let name = run.subject["carrier"]?.string,
      let record = try await map.caseNotice(key)
    else { return JobEnd(by: run.actor) }
    let notice = try await map.carried(record)
    let ways = CaseOutbox.carriers(for: notice, named: "", try map.carriers(), map)
    guard let carrier = ways.sending.first(where: { $0.name == name }) else {
      throw Self.carrierGone(name)
    }
    try await carrier.carry(notice)
    return JobEnd(result: .object(["carried": .string(name)]), by: run.actor)
  }

  func abandoned(_ job: Job, because problem: Problem?) async throws(Problem) -> JobEnd {
    JobEnd(
      entry: RecordBatch.Entry(
        kind: "notice-undelivered",
        body: [
          "notice": job.subject["notice"] ?? .null, "carrier": job.subject["carrier"] ?? .null,
          "code": .optional(problem?.code),
        ]), by: Actor(id: job.requestedBy))
  }

  private static func carrierGone(_ name: String) -> Problem {
    Wording(
      "carrier-gone", "送达设置中已没有此通道，或它不送此收件人",
      "the settings name no such carrier any more, or it does not take this recipient",
      do: "改正 carriers.json，再用 karez jobs retry", "mend carriers.json, then karez jobs retry"
    ).problem(at: name)
  }
}

extension OneMap {
  /// 送达设置, as the data folder states it now.
  public func carriers() throws(Problem) -> CarrierSettings { try CarrierSettings.read(in: data) }

  /// Sends a text to an address of mail at once, as a trial of the settings.
  ///
  /// - Errors: `carrier-none` where no server of mail is named; what the server says.
  public func tryMail(to address: String) async throws(Problem) {
    guard let settings = try carriers().mail else { throw Self.noMail }
    let notice = CarriedNotice(
      key: "trial/\(clock.now())", to: address,
      title: LocalizedText(zh: "试发", en: "Trial"),
      text: LocalizedText(
        zh: "此邮件用于检验送达设置。", en: "This mail tries the settings of the carriers.",
        ug: "بۇ خەت يەتكۈزۈش تەڭشىكىنى سىناش ئۈچۈن ئەۋەتىلدى."))
    try await MailCarrier(settings: settings, clock: clock).carry(notice)
  }

  func caseNotice(_ key: String) async throws(Problem) -> PlatformRecord? {
    try await asked { store throws(StoreError) in try await store.record(CaseOutbox.kind, key) }
  }

  /// A notice with the contact of an applicant who has an account, which is kept nowhere else.
  func carried(_ record: PlatformRecord) async throws(Problem) -> CarriedNotice {
    guard let owner = record.owner, case .object(var members) = record.body,
      let applicant = try await accounts.find(owner)?.applicant
    else { return CarriedNotice(key: record.key, record.body) }
    members["to"] = .string(applicant.contact)
    return CarriedNotice(key: record.key, .object(members))
  }

  private static let noMail = Wording(
    "carrier-none", "送达设置没有邮件服务器", "the settings name no server of mail",
    do: "写 carriers.json，见 docs/operations.md", "write carriers.json, see docs/operations.md"
  ).problem(.unavailable, at: CarrierSettings.file)
}
