import Foundation
import KarezCore
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// 注册: where it is open, how much of it there is, and how often one may try.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct RegistrationTests {
  static func order(_ contact: String) -> RegistrationOrder {
    RegistrationOrder(
      kind: .person, name: "Somebody", contact: contact, password: "Kz-water-77")
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch { return (error as? Problem)?.code }
  }

  /// The code that was sent last.
  static func sent(_ map: OneMap, to contact: String) throws -> String {
    let outbox = map.data.appending(path: "outbox/sms")
    for name in try FileManager.default.contentsOfDirectory(atPath: outbox.path) {
      let text = try String(contentsOf: outbox.appending(path: name), encoding: .utf8)
      guard text.hasPrefix(contact + "\t") else { continue }
      return String(try #require(text.firstMatch(of: /码是 ([0-9]{6})/)).1)
    }
    return ""
  }

  /// A map whose zone takes applicants, and an office.
  static func open(_ body: (CaseRoom) async throws -> Void) async throws {
    try await CaseRoom.with(changing: { $0.offices.zone.takesApplicants = true }) { room in
      _ = try await room.person("clerk", ["submitter"])
      try await body(room)
    }
  }

  @Test func `a zone is closed to applicants unless its packs open it, and says where to go`()
    async throws
  {
    try await CaseRoom.with { room in
      _ = try await room.person("clerk", ["submitter"])
      #expect(room.map.offices.zone.id == "internal")
      #expect(room.map.offices.standing(in: "public")?.zone.takesApplicants == true)
      #expect(room.map.offices.standing(in: "classified")?.zone.takesApplicants == false)
      for (language, words) in [("zh", "政务服务窗口"), ("ug", "كۆزنەكتە"), ("en", "at the window")] {
        let page = try await room.client.get("/join?lang=" + language)
        #expect(page.status == 200 && page.body.contains(words), "\(language)")
        #expect(!page.body.contains("name=\"password\"") && !page.body.contains("{{"))
        #expect(page.body.contains("href=\"/services\""))
      }
      let typed = "kind=person&name=Somebody&contact=13912345678&password=Kz-water-77"
      let reply = try await room.client.post("/join?lang=en", typed + "&again=Kz-water-77")
      #expect(reply.status == 422 && reply.body.contains("in this network zone"))
      #expect(!FileManager.default.fileExists(atPath: room.map.data.path + "/outbox"))
      #expect(try await room.map.accounts.all().count == 1)
      // What began while it was open does not end.
      var open = room.map
      open.offices.zone.takesApplicants = true
      let ticket = try await open.registration.begin(Self.order("13912345678"))
      let code = try Self.sent(open, to: "13912345678")
      let late = await Self.code {
        _ = try await room.map.registration.confirm(ticket, code: code)
      }
      #expect(late == "registration-elsewhere")
      _ = try await open.registration.confirm(ticket, code: code)
    }
  }

  @Test func `few codes go to one contact in an hour, however it is written`() async throws {
    try await Self.open { room in
      let most = try room.map.webLimits().applicants.mostCodesAnHour
      let ways = ["13912345678", "+8613912345678", "008613912345678", "8613912345678"]
      for number in 0..<most {
        _ = try await room.map.registration.begin(Self.order(ways[number % ways.count]))
      }
      for way in ways {
        let refused = await Self.code {
          _ = try await room.map.registration.begin(Self.order(way))
        }
        #expect(refused == "codes-too-many", "\(way)")
      }
      let typed = "kind=person&name=S&contact=13912345678&password=Kz-water-77&again=Kz-water-77"
      for (language, words) in [("zh", "一小时后再试"), ("ug", "بىر سائەتتىن"), ("en", "in an hour")] {
        let page = try await room.client.post("/join?lang=" + language, typed)
        #expect(page.status == 422 && page.body.contains(words), "\(language)")
      }
      _ = try await room.map.registration.begin(Self.order("li@example.cn"))
      #expect(Registration.plain("Li@Example.cn") == "li@example.cn")
      // Nothing kept for counting, and nothing in the log, says whose contact it was.
      let kept = try await room.map.store.records(
        RecordQuery(Pace.kind), after: nil, limit: 100
      ).records
      #expect(kept.count == 3)
      let entries = try await room.map.store.logEntries(after: 0, limit: 1_000)
      let told =
        kept.map { "\($0.key) \($0.body.canonicalText) \($0.owner ?? "")" }
        + entries.map(\.body.canonicalText)
      #expect(!told.contains { $0.contains("3912345678") || $0.contains("example.cn") })
      room.time.pass(days: 1)
      _ = try await room.map.registration.begin(Self.order("13912345678"))
      try await room.map.applicants.sweep()
    }
  }

  @Test func `an hour takes so many registrations and no more`() async throws {
    try await Self.open { room in
      let most = try room.map.webLimits().applicants.mostRegistrationsAnHour
      let record = PlatformRecord(
        kind: Pace.kind, key: "registration", state: "open",
        due: room.map.clock.now().adding(seconds: 60).description,
        body: .object(["count": .integer(Int64(most - 1))]))
      try await room.map.store.put(RecordBatch([.write(record)]), by: .operator)
      _ = try await room.map.registration.begin(Self.order("13900000001"))
      let refused = await Self.code {
        _ = try await room.map.registration.begin(Self.order("13900000002"))
      }
      #expect(refused == "registrations-too-many")
      room.time.pass(days: 1)
      try await room.map.applicants.sweep()
      _ = try await room.map.registration.begin(Self.order("13900000003"))
    }
  }

  @Test func `tries at a code at once are as many tries`() async throws {
    try await Self.open { room in
      let registration = room.map.registration
      let ticket = try await registration.begin(Self.order("13912345678"))
      let code = try Self.sent(room.map, to: "13912345678")
      let wrong = code == "111111" ? "222222" : "111111"
      let most = try room.map.webLimits().applicants.mostCodeTries
      func confirming(_ count: Int, _ ticket: String, _ typed: String) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
          for _ in 0..<count {
            group.addTask {
              await Self.code { _ = try await registration.confirm(ticket, code: typed) } ?? "made"
            }
          }
          return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
      }
      let tried = await confirming(20, ticket, wrong)
      #expect(tried == ["code-wrong": most, "registration-over": 20 - most], "\(tried)")
      let late = await confirming(1, ticket, code)
      #expect(late == ["registration-over": 1], "the right code is none of the tries left")
      // Two that are right make one account.
      let second = try await registration.begin(Self.order("13987654321"))
      let made = await confirming(2, second, try Self.sent(room.map, to: "13987654321"))
      #expect(made == ["made": 1, "registration-over": 1], "\(made)")
      let entries = try await room.map.store.logEntries(after: 0, limit: 1_000)
      #expect(entries.count { $0.kind == "applicant-registered" } == 1)
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a name is compared with few numbers a day, whatever is answered`() async throws {
    try await ApplicantRoom.with { rooms in
      let who = try await rooms.applicant(isVerified: false)
      let map = rooms.map
      let most = try map.webLimits().applicants.mostNameAsksADay
      let folder = map.data.appending(path: "real-name")
      func requests() throws -> Set<String> {
        let path = folder.appending(path: "requests").path
        return Set((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      }
      func refuse(_ name: String) throws {
        let id = name.split(separator: ".")[0]
        try "{\"id\":\"\(id)\",\"verified\":false}".write(
          to: folder.appending(path: "answers/\(id).json"), atomically: true, encoding: .utf8)
      }
      var known: Set<String> = []
      for number in 0..<most {
        let reply = try await rooms.post("/my/name", ["number": "11010519491231002\(number)"], who)
        #expect(reply.status == 303)
        let fresh = try requests().subtracting(known)
        #expect(fresh.count == 1)
        try refuse(try #require(fresh.first))
        known.formUnion(fresh)
        #expect(try await rooms.room.client.get("/my", headers: who).status == 200)
      }
      for (language, words) in [("zh", "明日再试"), ("en", "come back tomorrow"), ("ug", "ئەتە")] {
        let more = try await rooms.post(
          "/my/name?lang=" + language, ["number": "11010519491231002X"], who)
        #expect(more.status == 422 && more.body.contains(words), "\(language)")
      }
      #expect(try requests() == known)
      // At once, too.
      rooms.room.time.pass(days: 1)
      let again = try await rooms.applicant("a20250009", isVerified: false)
      let account = try #require(again["Cookie"]?.split(separator: "=").last)
      let principal = try #require(try await map.accounts.signedIn(String(account))?.principal)
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<9 {
          group.addTask {
            try? await map.applicants.askRealName(
              number: "11010519491231002\(number)", by: principal)
          }
        }
      }
      #expect(try requests().subtracting(known).count <= most)
    }
  }
}
