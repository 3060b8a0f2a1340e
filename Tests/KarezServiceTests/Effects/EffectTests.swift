import Foundation
import KarezCore
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// What a step of a case sets going is carried out, once, and the case says what came of it.
@Suite struct EffectTests {
  @Test(arguments: MapEngine.installed)
  func `from receipt to issue every effect is done, and the case tells what it led to`(
    engine: MapEngine
  ) async throws {
    try await EffectRoom.with(engine) { room in
      try await room.issue("20000.00")
      let number = try await room.open(0)
      let boundary = try #require(try await room.view(number).boundary)
      #expect(boundary.parcels == 1 && boundary.areaM2.hasPrefix("96"))
      try await room.make("accept", number)
      #expect(try await room.effect(.complianceCheck, number).standing == .waiting)
      try await room.work()

      let check = try #require(try await room.effect(.complianceCheck, number).result)
      let id = try #require(check["answer"]?.string)
      let answer = try await room.map.answer(id: id, in: .all)
      #expect(answer.verdict.rawValue == check["verdict"]?.string)
      #expect(answer.digest == check["digest"]?.string)
      let known = try await room.cases.loaded(number, for: .operator)
      #expect(known.state.facts[FactID("compliance_checked")] == .boolean(true))
      // What the verdict proposes, an officer decides.
      #expect(known.state.facts[FactID("conforms")] == nil)

      try await room.make("grant", number, facts: EffectRoom.grants)
      try await room.work()
      let change = try #require(try await room.effect(.datasetChange, number).result)
      let land = try await room.land(number)
      #expect(land.count == 1)
      #expect(land.first?.recordedFrom.value == change["commit"]?.integer.map { Int($0) })
      #expect(
        land.first?.feature.attributes["expires_on"] == .date(try TimeFixture.day("2027-03-01")))
      #expect(
        land.first?.feature.attributes["approved_on"] == .date(try TimeFixture.day("2025-03-01")))
      #expect(try await room.commits(number).count == 1)
      let posted = try #require(try await room.effect(.accountPosting, number).result)
      #expect(try await room.postings(number).map(String.init) == [posted["transaction"]?.string])

      try await room.make("issue", number)
      try await room.work()
      let sub = try #require(try await room.effect(.subCase, number).result?["case"]?.string)
      let opened = try await room.view(sub)
      #expect(opened.opening.parent == number && opened.opening.applicant == "a-1")
      #expect(opened.boundary == boundary, "the land goes with it")
      #expect(try await room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `not enough in the account: the case waits, says why, and goes on once there is`()
    async throws
  {
    try await EffectRoom.with { room in
      try await room.issue("12000.00")
      for place in 0...1 {
        let number = try await room.open(place)
        try await room.make("accept", number)
        try await room.work()
        try await room.make("grant", number, facts: EffectRoom.grants)
      }
      try await room.work()
      let (first, second) = ("SY653101202500001", "SY653101202500002")
      var waiting: [String] = []
      for number in [first, second] {
        if try await room.effect(.accountPosting, number).refusal != nil { waiting.append(number) }
      }
      try #require(waiting.count == 1, "one of the two finds the account used")
      let late = waiting[0]
      let refusal = try #require(try await room.effect(.accountPosting, late).refusal)
      #expect(refusal.code == "ledger-overdrawn")
      #expect(refusal.what.zh.contains("annual-plan-quota") && !refusal.remedy.zh.isEmpty)
      #expect(try await room.postings(late).isEmpty)
      let stuck = try await room.view(late)
      #expect(stuck.tasks.first { $0.transition == "issue" }?.missing == ["quota_used"])
      let line = try await room.effect(.accountPosting, late).line(in: .zh)
      #expect(line.hasPrefix("✗") && line.contains(refusal.remedy.zh))

      try await room.issue("9000.00")
      let order = try await room.effect(.accountPosting, late).position
      try await room.cases.retry(order, in: late, key: "again", by: .operator)
      try await room.work()
      #expect(try await room.postings(late).count == 1)
      #expect(try await room.view(late).tasks.first { $0.transition == "issue" }?.missing == [])
      // Done is done: nothing is there to be tried again.
      do {
        try await room.cases.retry(order, in: late, key: "more", by: .operator)
        Issue.record("tried again")
      } catch let problem as Problem {
        #expect(problem.code == "case-effect-not-refused")
      }
    }
  }

  @Test func `a file that is no boundary is refused in one line, and nothing happens`() async throws
  {
    try await EffectRoom.with { room in
      let number = try await room.open(0)
      let before = try await room.view(number).version
      let bad = [
        try room.file("boundary", "b.pdf", "%PDF-1.7 no boundary"),
        try room.file("boundary", "b.txt", "not a boundary at all\n"),
        try room.file("boundary", "b.geojson", "{\"type\":\"FeatureCollection\",\"features\":[]}"),
      ]
      for attachment in bad {
        do {
          try await room.cases.attach(
            attachment, to: number, key: UUID().uuidString, by: .operator)
          Issue.record("\(attachment.name) was taken")
        } catch let problem as Problem {
          #expect(problem.kind == .refused, "\(problem)")
          #expect(!problem.line(in: .zh).contains("\n"), "\(problem)")
        }
      }
      #expect(try await room.view(number).version == before)
    }
  }

  @Test func `a boundary is read whatever form it comes in`() async throws {
    try await EffectRoom.with { room in
      let number = try await room.open(0)
      let drawn = try #require(try await room.view(number).boundary)
      let text = """
        [属性描述]
        坐标系=2000国家大地坐标系
        几度分带=3
        投影类型=高斯克吕格
        计量单位=米
        带号=25
        精度=0.001
        转换参数=0,0,0,0,0,0,0
        [地块坐标]
        4,0.92,1,地块一,面,,,,@
        J1,1,4318000.000,25500100.000
        J2,1,4318000.000,25500200.000
        J3,1,4317900.000,25500200.000
        J4,1,4317900.000,25500100.000
        J1,1,4318000.000,25500100.000

        """
      let view = try await room.cases.attach(
        try room.file("boundary", "b.txt", text), to: number, key: "txt", by: .operator)
      let read = try #require(view.boundary)
      #expect(read != drawn && read.parcels == 1)
      #expect(abs((Double(read.areaM2) ?? 0) - 10_000) < 20, "\(read)")
      #expect(try room.cases.boundary(read).parcels == 1)
    }
  }

  @Test func `what cannot be done here is given up visibly, and can be tried again`() async throws {
    try await EffectRoom.with { room in
      try await room.issue("20000.00")
      let number = try await room.open(0)
      try await room.make("accept", number)
      try await room.work()
      try await room.make("grant", number, facts: EffectRoom.grants)
      try await room.work()
      try await room.make("issue", number)
      // Nothing prints here; the queue tries some times, then the case is told.
      for _ in 0..<8 {
        try await room.work()
        room.clock.pass(seconds: 4 * 3_600)
      }
      let certificate = try await room.effect(.certificate, number)
      #expect(certificate.refusal?.code == "printer-missing")
      let undescribed = try await room.effect(.datasetChange, number)
      #expect(undescribed.effect.of == "nobody-described-this")
      #expect(undescribed.refusal?.code == "effect-undescribed")
      // A notice nobody worded says at least that there is news.
      #expect(try await room.effect(.notice, number).result != nil)
      #expect(try await room.view(number).isOver)
      let again = try await room.cases.retry(
        certificate.position, in: number, key: "again", by: .operator)
      #expect(again.effects.first { $0.position == certificate.position }?.standing == .waiting)
    }
  }

  @Test func `a worker that died over an effect leaves it to the next, and it is done once`()
    async throws
  {
    try await EffectRoom.with { room in
      try await room.issue("20000.00")
      let number = try await room.open(0)
      try await room.make("accept", number)
      try await room.work()
      try await room.make("grant", number, facts: EffectRoom.grants)
      // What a run does before it is cut off: the change is recorded, the case is not told.
      let known = try await room.cases.loaded(number, for: .operator)
      for run in known.state.effectRuns where run.standing == .waiting {
        _ = try await EffectWork(map: room.map, known: known, run: run).outcome()
        _ = try await EffectWork(map: room.map, known: known, run: run).outcome()
      }
      #expect(try await room.effect(.datasetChange, number).standing == .waiting)
      try await room.work()
      #expect(try await room.effect(.datasetChange, number).result != nil)
      #expect(try await room.commits(number).count == 1)
      #expect(try await room.land(number).count == 1)
      #expect(try await room.postings(number).count == 1)
    }
  }

  @Test func `an officer who acts meanwhile does not keep the case from being told`() async throws {
    try await EffectRoom.with { room in
      let number = try await room.open(0)
      try await room.make("accept", number)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await room.work() }
        group.addTask {
          let letter = try room.file("letter", "letter.pdf", "%PDF-1.7 letter")
          for round in 0..<10 {
            _ = try? await room.cases.attach(
              letter, to: number, key: "l\(round)", by: .operator)
          }
        }
        try await group.waitForAll()
      }
      room.clock.pass(seconds: 3_600)
      try await room.work()
      let view = try await room.view(number)
      #expect(view.effects.count == 2)
      #expect(view.effects.allSatisfy { $0.result != nil }, "\(view.effects)")
    }
  }

  @Test func `a notice lies in the outbox and as files, once, and goes nowhere else`() async throws
  {
    try await EffectRoom.with { room in
      let number = try await room.open(0)
      try await room.make("accept", number)
      try await room.work()
      let records = try await room.map.store.records(
        RecordQuery(CaseOutbox.kind), after: nil, limit: 10
      ).records
      #expect(records.map(\.state) == ["laid-out"])
      #expect(records.first?.owner == "a-1")
      let outbox = room.map.data.appending(path: "outbox")
      let sms = try FileManager.default.contentsOfDirectory(
        atPath: outbox.appending(path: "sms").path)
      #expect(sms == ["case-\(number)-\(try await room.effect(.notice, number).position).txt"])
      let text = try String(
        contentsOf: outbox.appending(path: "sms/\(sms[0])"), encoding: .utf8)
      #expect(text == "a-1\t您申请的试验用地（\(number)）已于2025-03-01受理。\n")
      let mail = try FileManager.default.contentsOfDirectory(
        atPath: outbox.appending(path: "mail").path)
      #expect(mail.count == 1)
    }
  }
}
