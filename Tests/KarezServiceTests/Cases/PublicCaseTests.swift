import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// What everybody may see of procedures and cases, over a real store of both engines.
@Suite struct PublicCaseTests {
  private static func opening(
    _ room: CaseTests.Room, _ region: String = "653101", procedure: String = CaseTests.procedure,
    documents: [String] = ["application"], key: String = UUID().uuidString
  ) async throws -> OpenedCase {
    var order = Cases.OpeningOrder(
      procedure: procedure, region: region, applicant: "applicant-canary", key: key)
    order.documents = try documents.map { try room.attachment($0) }
    return try await room.map.cases.openTracked(order, by: .operator)
  }

  /// Brings the letter that says so, and does not accept the case.
  private static func refuse(_ number: String, _ room: CaseTests.Room) async throws {
    try await room.map.cases.attach(
      try room.attachment("letter"), to: number, key: UUID().uuidString, by: .operator)
    try await room.make("not-accept", number)
  }

  @Test(arguments: MapEngine.installed)
  func `who has number and code sees how far a case is, and who has one of them learns nothing`(
    engine: MapEngine
  ) async throws {
    try await CaseTests.withRoom(engine) { room in
      let opened = try await Self.opening(room, key: "once")
      let number = opened.view.opening.number
      let code = try #require(opened.trackingCode)
      let again = try await Self.opening(room, key: "once")
      #expect(again.view.opening.number == number && again.trackingCode == nil, "told once")
      let window = room.map.publicCases
      let typed = [code, code.uppercased(), code.replacing("-", with: ""), " \(code) "]
      for text in typed {
        let found = try await window.tracking(number.lowercased(), code: text)
        #expect(found.number == number && found.stages.map(\.zh) == ["已收件"])
      }
      let found = try await window.tracking(number, code: code)
      #expect(found.clocks.first?.due.day.description == "2025-03-07")
      let why = found.clocks.flatMap(\.explanation).map(\.zh)
      #expect(why.contains { $0.contains("第三十二条") })
      #expect(
        found.documents.map(\.standing) == [.handedIn, .missing, .missing, .reused]
          && found.documents.map(\.isNeeded) == [false, true, true, false])
      let other = try #require(try await Self.opening(room).trackingCode)
      var refusals: Set<Problem> = []
      for (number, code) in [
        (number, other), (number, ""), (number, String(code.dropLast())), ("YD0", code),
        ("", ""), (number + "0", code), (String(repeating: "9", count: 9_999), code),
      ] {
        do throws(Problem) {
          _ = try await window.tracking(number, code: code)
          Issue.record("\(number) \(code) opened something")
        } catch { refusals.insert(error) }
      }
      #expect(refusals == [PublicCases.trackingUnknown])
      let record = try await room.map.store.record(TrackingCode.kind, number)
      let kept = try #require(record).body.canonicalText
      #expect(!kept.contains(code) && !kept.contains(code.replacing("-", with: "")))
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what was decided is told with its day, and nobody's name`() async throws {
    try await CaseTests.withRoom { room in
      let opened = try await Self.opening(room)
      let (number, code) = (opened.view.opening.number, try #require(opened.trackingCode))
      try await room.map.cases.act(
        Cases.Order(
          .review(document: "application", isAccepted: false, note: "note-canary"), key: "r"),
        in: number, by: .operator)
      room.pass(days: 2)
      try await Self.refuse(number, room)
      let found = try await room.map.publicCases.tracking(number, code: code)
      #expect(found.isOver && found.decisions.map(\.outcome?.zh) == ["不予受理"])
      #expect(found.decisions.map(\.on.description) == ["2025-03-03"])
      #expect(found.documents.first?.standing == .rejected)
      #expect(found.documents.allSatisfy { !$0.isNeeded }, "nothing is missing any more")
      let told = found.json.canonicalText
      #expect(!told.contains("canary") && !told.contains("\"operator\"") && !told.contains("sm3"))
    }
  }

  @Test func `a code that was lost is renewed by whoever opened the case, and by no one else`()
    async throws
  {
    try await CaseTests.withRoom { room in
      let opened = try await Self.opening(room)
      let number = opened.view.opening.number
      let stranger = Principal(
        actor: Actor(id: "li"), name: "li", roles: [], permissions: [.view],
        scope: Scope(ceiling: .internal, regionPrefixes: ["6531"]))
      let refused = await room.code {
        _ = try await room.map.cases.renewTrackingCode(of: number, by: stranger)
      }
      #expect(refused == "tracking-code-not-yours")
      let code = try await room.map.cases.renewTrackingCode(of: number, by: .operator)
      _ = try await room.map.publicCases.tracking(number, code: code)
      let first = try #require(opened.trackingCode)
      let old = await room.code {
        _ = try await room.map.publicCases.tracking(number, code: first)
      }
      #expect(old == "tracking-unknown")
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: MapEngine.installed)
  func `the register has each licence once, page by page, and nothing that is not public`(
    engine: MapEngine
  ) async throws {
    try await CaseTests.withRoom(engine) { room in
      var numbers: [String] = []
      for place in 0..<5 {
        let region = ["653101", "653121", "653121101"][place % 3]
        numbers.append(try await Self.opening(room, region).view.opening.number)
      }
      let works = "administrative-procedure/construction-works-permit"
      numbers.append(
        try await Self.opening(room, "653121", procedure: works).view.opening.number)
      let hidden = try await Self.opening(
        room, procedure: "administrative-procedure/information-disclosure",
        documents: ["request"])
      room.pass(days: 2)
      try await Self.refuse(numbers[0], room)
      func read(_ filter: CaseRegister.Filter, by limit: Int) async throws -> [CaseRegister.Row] {
        var (rows, after): ([CaseRegister.Row], String?) = ([], nil)
        repeat {
          let page = try await room.map.publicCases.register(filter, after: after, limit: limit)
          #expect(page.rows.count <= limit)
          rows += page.rows
          after = page.next
        } while after != nil
        return rows
      }
      for limit in [1, 2, 5, 6, 100] {
        let rows = try await read(CaseRegister.Filter(), by: limit)
        #expect(rows.map(\.number) == numbers.sorted(by: >), "by \(limit)")
      }
      let all = try await read(CaseRegister.Filter(), by: 100)
      let decided = try #require(all.first { $0.number == numbers[0] })
      #expect(decided.outcome?.en == "Not accepted")
      #expect(decided.decidedOn?.description == "2025-03-03")
      #expect(all.filter { $0.number != numbers[0] }.allSatisfy { $0.decidedOn == nil })
      let county = try await read(CaseRegister.Filter(county: "653121"), by: 2)
      #expect(Set(county.map(\.number)) == Set(numbers.filter { $0.contains("653121") }))
      #expect(county.map(\.region).contains("653121101"))
      let one = try await read(CaseRegister.Filter(procedure: works), by: 2)
      #expect(one.map(\.number) == [numbers[5]])
      let closed = try await read(
        CaseRegister.Filter(procedure: hidden.view.opening.procedure), by: 2)
      #expect(closed.isEmpty && !all.map(\.number).contains(hidden.view.opening.number))
      let told = try await room.map.publicCases.register(CaseRegister.Filter(), limit: 100)
      #expect(!told.json.canonicalText.contains("canary"))
    }
  }

  @Test func `every procedure in force says what it is for, and only licences are public`()
    async throws
  {
    try await CaseTests.withRoom { room in
      let services = try room.map.publicCases.services()
      let all = room.map.packs.procedures
      #expect(services.count >= 10 && all.count >= 13)
      for definition in all {
        let service = try #require(definition.service, "\(definition.id)")
        #expect(service.purpose.ug != nil && service.eligibility.ug != nil, "\(definition.id)")
        #expect(!definition.broughtDocuments.isEmpty && !service.outcomes.isEmpty)
        #expect(!service.decidedBy.isEmpty, "\(definition.id)")
        #expect(service.isRegistered == (service.kind == .licence), "\(definition.id)")
      }
      let registered = room.map.publicCases.registered().map(\.id)
      #expect(!registered.isEmpty && Set(all.map(\.id)).isSuperset(of: registered))
    }
  }
}
