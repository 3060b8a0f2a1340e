import Foundation
import KarezCore
import KarezStore

/// 发件箱: notices of cases, kept in the store and laid out as files for gateways to fetch.
///
/// Nothing is sent from here: what carries a message further reads the folder.
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
  static func message(_ body: JSONValue) -> String {
    let text = body["text"]?["zh"]?.string ?? ""
    return "\(body["to"]?.string ?? "")\t\(text)\n"
  }

  /// 邮件: plain text in every language, without an address, which the gateway knows.
  static func mail(_ body: JSONValue) -> String {
    let title = body["title"]
    let heading = ["zh", "en"].compactMap { title?[$0]?.string }.joined(separator: " · ")
    let texts = ["zh", "ug", "en"].compactMap { body["text"]?[$0]?.string }
    let head = [
      "X-Karez-To: \(body["to"]?.string ?? "")",
      "X-Karez-Case: \(body["case"]?.string ?? "")",
      "Subject: =?utf-8?B?\(Data(heading.utf8).base64EncodedString())?=",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
    ]
    return
      (head.joined(separator: "\r\n") + "\r\n\r\n" + texts.joined(separator: "\r\n\r\n")
      + "\r\n")
  }
}

extension CaseOutbox {
  /// Writes the files of one notice, for every gateway.
  static func lay(_ body: JSONValue, named file: String, in data: URL) throws(Problem) {
    let outbox = data.appending(path: Self.folder)
    for (channel, ending, text) in [("sms", "txt", message(body)), ("mail", "eml", mail(body))] {
      let folder = outbox.appending(path: channel)
      do {
        try FileManager.default.createDirectory(
          at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw .unreadableFile(Self.folder)
      }
      try OutputFile.write(text, to: folder.appending(path: "\(file).\(ending)").path)
    }
  }
}

/// Lays notices out: one file for the SMS gateway and one for mail, whole or not at all.
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
    guard let key = run.subject["notice"]?.string else { return JobEnd(by: run.actor) }
    let record = try await map.asked { store throws(StoreError) in
      try await store.record(CaseOutbox.kind, key)
    }
    guard let record, record.state == "waiting" else { return JobEnd(by: run.actor) }
    let notice = CaseOutbox.Notice(key: key, body: record.body)
    try CaseOutbox.lay(try await addressed(record), named: notice.file, in: map.data)
    let laid = record.next(state: "laid-out", due: nil, owner: record.owner, body: record.body)
    return JobEnd(changes: [.write(laid)], by: run.actor)
  }

  /// The notice with the contact of an applicant who has an account, which is kept nowhere else.
  private func addressed(_ record: PlatformRecord) async throws(Problem) -> JSONValue {
    guard let owner = record.owner, case .object(var members) = record.body,
      let applicant = try await map.accounts.find(owner)?.applicant
    else { return record.body }
    members["to"] = .string(applicant.contact)
    return .object(members)
  }
}
