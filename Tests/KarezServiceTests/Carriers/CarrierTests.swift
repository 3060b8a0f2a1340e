import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Notices are carried to real servers: taken, refused, put off, never answered; each once, and
/// what is of no use is given up where somebody sees it.
@Suite(
  .enabled(if: Receivers.isInstalled, "the receivers are not installed: run make setup"))
struct CarrierTests {
  /// A notice in the outbox of a map, as an effect leaves it there.
  private static func lay(_ number: Int, to address: String, in room: EffectRoom) async throws {
    let key = "case/SY653101202500001/\(number)"
    let body = JSONValue.object([
      "case": .string("SY653101202500001"), "of": .string("acceptance"), "to": .string(address),
      "on": .string("2025-03-01"), "title": LocalizedText(zh: "受理通知", en: "Accepted").json,
      "text": LocalizedText(
        zh: "您的申请已受理。", en: "Your application is accepted.", ug: "ئىلتىماسىڭىز قوبۇل قىلىندى."
      ).json,
    ])
    let notice = CaseOutbox.Notice(key: key, body: body)
    try await room.map.store.put(
      RecordBatch([
        notice.change(owner: "nobody-here"),
        CaseOutboxHandler.job(for: notice, at: room.clock.now).change,
      ]), by: .operator)
    try await room.work()
  }

  private static func job(
    _ carrier: String, _ number: Int, _ room: EffectRoom
  ) async throws -> Job {
    try #require(
      try await room.map.jobs.job("carry-notice/\(carrier)/case/SY653101202500001/\(number)"))
  }

  @Test func `mail goes out over TLS to whoever has an address, once, and others get a message`()
    async throws
  {
    try await Receivers.running { receivers in
      try await EffectRoom.with { room in
        let secure: [String: JSONValue] = [
          "host": .string("localhost"), "security": .string("starttls"),
          "user": .string("karez"), "password": .string("of \"this\" run\\only"),
          "name": .string("喀什市自然资源局"),
          "authorities": .string(receivers.folder.appending(path: "ca.pem").path),
        ]
        try Receivers.state(["mail": receivers.mail("secure", secure)], in: room.map)
        try await Self.lay(1, to: "li.na@mail.example.cn", in: room)
        try await Self.lay(2, to: "13800000000", in: room)
        #expect(try await Self.job("mail", 1, room).state == .done)
        #expect(try await room.map.jobs.job("carry-notice/mail/case/SY653101202500001/2") == nil)
        try await room.work()
        let mails = try receivers.arrived("mail")
        try #require(mails.count == 1)
        #expect(mails[0]["isSecure"] == .boolean(true) && mails[0]["isSignedIn"] == .boolean(true))
        #expect(mails[0]["to"]?.texts == ["li.na@mail.example.cn"])
        #expect(mails[0]["from"]?.string == "karez@land.example.cn")
        let data = try #require(mails[0]["data"]?.string)
        let parts = data.components(separatedBy: "\r\n\r\n")
        let body = Base64.bytes(of: parts.dropFirst().joined().filter { !$0.isNewline }) ?? []
        let texts = ["您的申请已受理。", "ئىلتىماسىڭىز قوبۇل قىلىندى.", "Your application is accepted."]
        #expect(
          String(decoding: body, as: UTF8.self) == texts.joined(separator: "\r\n\r\n") + "\r\n")
        #expect(parts[0].contains("To: <li.na@mail.example.cn>\r\n"))
        #expect(parts[0].contains("\r\nDate: Sat, 01 Mar 2025 08:00:00 +0000\r\n"))
        #expect(data.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
        let sms = try FileManager.default.contentsOfDirectory(
          atPath: room.map.data.appending(path: "outbox/sms").path)
        #expect(sms == ["case-SY653101202500001-2.txt"])
        #expect(!FileManager.default.fileExists(atPath: room.map.data.path + "/outbox/mail"))
        #expect(try await room.map.verifyLog { _ in }.faults == [])
      }
    }
  }

  @Test func `a refusal is given up at once and told; what is put off or silent is tried again`()
    async throws
  {
    try await Receivers.running { receivers in
      try await EffectRoom.with { room in
        try Receivers.state(["mail": receivers.mail("refusing")], in: room.map)
        try await Self.lay(1, to: "no.one@mail.example.cn", in: room)
        let refused = try await Self.job("mail", 1, room)
        #expect(refused.state == .failed && refused.attempts == 1)
        #expect(refused.problem?["code"]?.string == "mail-refused")
        let entries = try await room.map.logEntries(after: 0, limit: 500)
        let told = try #require(entries.first { $0.kind == "notice-undelivered" })
        #expect(told.body["notice"]?.string == "case/SY653101202500001/1")
        #expect(!entries.contains { "\($0)".contains("no.one") }, "no address in the log")

        try Receivers.state(["mail": receivers.mail("busy")], in: room.map)
        try await Self.lay(2, to: "li.na@mail.example.cn", in: room)
        #expect(try await Self.job("mail", 2, room).state == .queued)
        let hanging = receivers.mail("hanging", ["seconds": .integer(1)])
        try Receivers.state(["mail": hanging], in: room.map)
        room.clock.pass(seconds: 60)
        try await room.work()
        let waiting = try await Self.job("mail", 2, room)
        #expect(waiting.state == .queued && waiting.attempts == 2)
        #expect(waiting.problem?["code"]?.string == "mail-put-off")
        try Receivers.state(["mail": receivers.mail("plain")], in: room.map)
        room.clock.pass(seconds: 600)
        try await room.work()
        #expect(try await Self.job("mail", 2, room).state == .done)

        // Somebody mended what was wrong with the first, and has it tried anew.
        try await room.map.jobs.retry(refused.id, by: .operator)
        try await room.work()
        #expect(try await Self.job("mail", 1, room).state == .done)
        #expect(try receivers.arrived("mail").count == 2)
      }
    }
  }

  @Test func `a server that may not be believed is sent nothing`() async throws {
    try await Receivers.running { receivers in
      try await EffectRoom.with { room in
        let wrong: [[String: JSONValue]] = [
          // A certificate of nobody's that is known.
          [
            "host": .string("localhost"), "security": .string("starttls"),
            "user": .string("karez"), "password": .string("of \"this\" run\\only"),
          ],
          // A password that is not it.
          [
            "host": .string("localhost"), "security": .string("starttls"),
            "user": .string("karez"), "password": .string("another"),
            "authorities": .string(receivers.folder.appending(path: "ca.pem").path),
          ],
        ]
        for (settings, code) in zip(wrong, ["mail-put-off", "mail-sign-in"]) {
          try Receivers.state(["mail": receivers.mail("secure", settings)], in: room.map)
          do {
            try await room.map.tryMail(to: "li.na@mail.example.cn")
            Issue.record("sent")
          } catch let problem as Problem {
            #expect(problem.code == code && problem.kind == .unavailable)
            #expect(!problem.line(in: .zh).contains("run"), "no secret")
          }
        }
        // A server that offers no TLS is not spoken to in the clear.
        let plain = receivers.mail(
          "plain", ["host": .string("localhost"), "security": .string("starttls")])
        try Receivers.state(["mail": plain], in: room.map)
        await #expect(throws: Problem.self) {
          try await room.map.tryMail(to: "li.na@mail.example.cn")
        }
        #expect(try receivers.arrived("mail").isEmpty)
      }
    }
  }

  @Test func `a webhook gets what it can verify, and is not followed elsewhere`() async throws {
    try await Receivers.running { receivers in
      try await EffectRoom.with { room in
        try Receivers.state(["webhook": receivers.webhook("/hook/200")], in: room.map)
        try await Self.lay(1, to: "13800000000", in: room)
        let hooks = try receivers.arrived("hook")
        try #require(hooks.count == 1)
        let headers = try #require(hooks[0]["headers"])
        let body = try #require(hooks[0]["body"]?.string)
        let time = try #require(headers["X-Karez-Time"]?.string)
        let key = try #require(headers["X-Karez-Delivery"]?.string)
        #expect(key == "case/SY653101202500001/1")
        let code = HashFunction.sm3.code(
          of: Array("\(time)\n\(key)\n\(body)".utf8), key: Array(Receivers.secret.utf8))
        #expect(headers["X-Karez-Signature"]?.string == "hmac-sm3=" + Hexadecimal.text(code))
        #expect(try JSONValue(parsing: body)["to"]?.string == "13800000000")
        // Files are laid out as before, for whom mail and a webhook do not replace.
        #expect(FileManager.default.fileExists(atPath: room.map.data.path + "/outbox/mail"))

        for (number, status, state) in [
          (2, 302, Job.State.failed), (3, 400, .failed), (4, 503, .queued),
        ] {
          try Receivers.state(
            ["webhook": receivers.webhook("/hook/\(status)")], in: room.map)
          try await Self.lay(number, to: "13800000000", in: room)
          #expect(try await Self.job("webhook", number, room).state == state, "\(status)")
        }
        #expect(try receivers.arrived("hook").count == 4, "a redirection leads nowhere")
      }
    }
  }

  @Test func `a code of registration goes by mail, and a server that is away is told`() async throws
  {
    try await Receivers.running { receivers in
      try await EffectRoom.with { room in
        _ = try await room.map.accounts.add(
          AccountOrder(id: "li", name: "李娜", roles: ["viewer"]), by: .operator)
        var map = room.map
        map.offices = map.offices.standing(in: "public") ?? map.offices
        try Receivers.state(
          ["mail": receivers.mail("plain"), "webhook": receivers.webhook("/hook/200")], in: map)
        let order = RegistrationOrder(
          kind: .person, name: "阿依古丽", contact: "a@mail.example.cn",
          password: "long-enough-Pass-1")
        let ticket = try await map.registration.begin(order)
        #expect(!ticket.isEmpty)
        let mails = try receivers.arrived("mail")
        #expect(mails.count == 1 && mails[0]["to"]?.texts == ["a@mail.example.cn"])
        #expect(try receivers.arrived("hook").isEmpty, "a code goes to its contact alone")
        #expect(!FileManager.default.fileExists(atPath: map.data.path + "/outbox"))
        try Receivers.state(["mail": receivers.mail("busy")], in: map)
        do {
          _ = try await map.registration.begin(order)
          Issue.record("sent")
        } catch let problem as Problem {
          #expect(problem.code == "code-not-sent")
        }
      }
    }
  }
}

/// What is refused before anything is sent.
@Suite struct CarrierRefusalTests {
  @Test(arguments: [
    "a@b.cn\r\nBcc: all@b.cn", "a@b.cn,c@b.cn", "a b@b.cn", "<a@b.cn>", "a@b", "a@-b.cn",
    ".a@b.cn", "a..b@b.cn", "a@b.cn\n", "\"a b\"@b.cn", "a@b@c.cn", "用户@b.cn", "",
    "a(comment)@b.cn", "a@b..cn", "a@b.cn>", "a@[127.0.0.1]",
    String(repeating: "a", count: 65) + "@b.cn",
  ])
  func `what could end a line or begin another address is no address`(text: String) {
    #expect(MailAddress(text) == nil)
  }

  @Test func `plain addresses are addresses`() {
    for text in ["a@b.cn", "li.na+land@mail.example.gov.cn", "o'neil@example.org"] {
      #expect(MailAddress(text)?.text == text)
    }
  }

  @Test func `a subject with a line's end is refused, a long one is folded`() throws {
    func message(_ subject: String, name: String? = nil) throws -> String {
      try MailMessage(
        from: try #require(MailAddress("a@b.cn")), name: name,
        to: try #require(MailAddress("c@d.cn")), subject: subject, paragraphs: ["x"], id: "1",
        at: Timestamp(millisecondsSince1970: 0)
      ).text()
    }
    for bad in ["a\r\nBcc: all@b.cn", "a\nb", "a\u{0}b", "a\u{85}b"] {
      #expect(throws: Problem.self) { _ = try message(bad) }
      #expect(throws: Problem.self) { _ = try message("a", name: bad) }
    }
    let long = try message(String(repeating: "土地", count: 60))
    #expect(long.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    #expect(!long.contains("\n\n") && !long.replacing("\r\n", with: "").contains("\n"))
  }

  @Test func `an option for curl is one option, and its marks are kept`() throws {
    var curl = Curl(
      address: "smtp://127.0.0.1:1/x", protocols: "smtp", seconds: 1, bodyOption: "upload-file")
    curl.options = [("user", "a:\"b\\c")]
    #expect(try curl.text("body").contains("user = \"a:\\\"b\\\\c\"\n"))
    curl.options = [("mail-rcpt", "a@b.cn\"\nurl = \"file:///etc/passwd")]
    #expect(throws: Problem.self) { _ = try curl.text("body") }
  }

  @Test func `settings that are not safe, unknown or open to others carry nothing`() async throws {
    let mail: [String: JSONValue] = [
      "host": .string("mail.example.cn"), "port": .integer(465), "security": .string("tls"),
      "from": .string("a@b.cn"),
    ]
    let hook: [String: JSONValue] = [
      "address": .string("https://gate.example.cn/in"), "secret": .string(Receivers.secret),
    ]
    func read(_ key: String, _ base: [String: JSONValue], _ more: [String: JSONValue]) -> Bool {
      CarrierSettings(.object([key: .object(base.merging(more) { $1 })])) != nil
    }
    #expect(read("mail", mail, [:]) && read("webhook", hook, [:]))
    let wrongMail: [[String: JSONValue]] = [
      ["security": .string("none")], ["port": .integer(0)], ["from": .string("a@b.cn\r\nX: y")],
      ["user": .string("a")], ["hots": .string("x")], ["host": .string("a b")],
      ["name": .string("a\nb")], ["authorities": .string("relative.pem")],
      ["seconds": .integer(0)], ["host": .string("x/../y")],
    ]
    for wrong in wrongMail { #expect(!read("mail", mail, wrong), "\(wrong)") }
    let wrongHook: [[String: JSONValue]] = [
      ["address": .string("http://gate.example.cn/in")], ["secret": .string("short")],
      ["address": .string("https://user@gate.example.cn/in")],
      ["address": .string("file:///etc/passwd")], ["address": .string("gopher://127.0.0.1/")],
      ["signature": .string("md5")], ["address": .string("https://gate.example.cn/\n")],
    ]
    for wrong in wrongHook { #expect(!read("webhook", hook, wrong), "\(wrong)") }
    let known = try #require(CarrierSettings(.object(["webhook": .object(hook)])))
    #expect(!"\(known)".contains(Receivers.secret) && !String(reflecting: known).contains("thirty"))

    try await Places.withTemporaryFolder { folder in
      let file = folder.appending(path: CarrierSettings.file)
      #expect(try CarrierSettings.read(in: folder) == .none)
      try "{}".write(to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      #expect(throws: Problem.self) { _ = try CarrierSettings.read(in: folder) }
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      #expect(try CarrierSettings.read(in: folder) == .none)
    }
  }
}
