import Foundation
import KarezCore
import KarezRules
import KarezStore
import KarezWorkflow
import TestSupport
import Testing

@testable import KarezService

/// A fee of a case is charged once, paid once, let go or paid back, and never by whoever decides.
@Suite struct PaymentTests {
  static let procedure = "administrative-procedure/information-disclosure"
  static let secret = "of this run only, thirty-two bytes and more"

  /// Requests for information, and people: `clerk` and `other` are at the window and examine,
  /// `chief` signs.
  struct Office {
    let room: EffectRoom
    var payments: Payments { room.map.payments }

    func who(_ id: String) async throws -> Principal {
      try await room.map.accounts.account(id).principal(in: room.map.offices)
    }

    func act(
      _ step: String, _ number: String, as id: String, facts: [FactID: FactValue] = [:]
    ) async throws {
      var order = Cases.Order(.make(transition: step), key: UUID().uuidString)
      order.facts = facts
      try await room.cases.act(order, in: number, by: try await who(id))
    }

    /// A case in which a fee was charged, and the order of the event that did.
    func charged(_ amount: String = "120.00") async throws -> (number: String, order: Int) {
      var opening = Cases.OpeningOrder(
        procedure: PaymentTests.procedure, region: EffectRoom.county, applicant: "a-1",
        key: UUID().uuidString)
      opening.documents = [try room.file("request", "request.pdf", "%PDF-1.7 t")]
      let clerk = try await who("clerk")
      let number = try await room.cases.open(opening, by: clerk).opening.number
      try await act("examine", number, as: "clerk")
      try await act(
        "charge", number, as: "clerk", facts: [FactID("processing_fee"): .text(amount)])
      try await room.work()
      return (number, try await room.effect(.fee, number).position)
    }

    func order(_ number: String) async throws -> PaymentOrder {
      let view = try await room.view(number)
      return try #require(try await payments.orders(of: number, view.effects).last)
    }

    func states(_ number: String) async throws -> [String] {
      try await room.view(number).states.map(\.id)
    }

    /// States the gateway of the map.
    func openGateway() throws -> PaymentFolder {
      let file = room.map.data.appending(path: PaymentFolder.settings)
      try #"{"secret": "\#(PaymentTests.secret)"}"#.write(
        to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      return try #require(try room.map.paymentGateway())
    }

    func files(_ place: String) -> [String] {
      let folder = room.map.data.appending(path: "payments/" + place)
      return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }
  }

  static func withOffice(
    _ engine: MapEngine = .folder, _ body: (Office) async throws -> Void
  ) async throws {
    try await EffectRoom.with(engine) { room in
      for (id, role) in [("clerk", "submitter"), ("other", "submitter"), ("chief", "approver")] {
        _ = try await room.map.accounts.add(
          AccountOrder(id: id, name: id, roles: [role]), by: .operator)
      }
      try await body(Office(room: room))
    }
  }

  private static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch let problem as Problem { return problem.code } catch { return "\(error)" }
  }

  @Test(arguments: MapEngine.installed)
  func `a fee is owed until it is paid in cash; whoever took it does not decide, nor the reverse`(
    engine: MapEngine
  ) async throws {
    try await Self.withOffice(engine) { office in
      let (number, order) = try await office.charged()
      #expect(try await office.states(number) == ["fee-due"])
      let owed = try await office.order(number)
      #expect(owed.state == .due && owed.amountYuan == "120.00" && owed.applicant == "a-1")
      #expect(try await office.room.effect(.fee, number).standing == .waiting)
      let chief = try await office.who("chief")
      #expect(
        await Self.code {
          try await office.payments.act(.cash, on: order, in: number, note: "0012", by: chief)
        } == "case-wrong-role")
      let clerk = try await office.who("clerk")
      #expect(
        await Self.code {
          try await office.payments.act(.cash, on: order, in: number, note: "", by: clerk)
        } == "payment-note-missing")
      try await office.payments.act(.cash, on: order, in: number, note: "0012", by: clerk)
      let paid = try await office.order(number)
      #expect(paid.state == .paid && paid.payment?.reference == "0012")
      #expect(paid.payment?.by == "clerk" && paid.payment?.channel == .cash)
      #expect(try await office.states(number) == ["examining"], "the case goes on by itself")
      #expect(
        await Self.code {
          try await office.payments.act(.cash, on: order, in: number, note: "0013", by: clerk)
        } == "payment-not-due")
      let letter = try office.room.file("answer", "answer.pdf", "%PDF-1.7 t")
      try await office.room.cases.attach(letter, to: number, key: "a", by: clerk)
      let reviewed: [FactID: FactValue] = [FactID("legal_reviewed"): .boolean(true)]
      #expect(
        await Self.code {
          try await office.act("answer", number, as: "clerk", facts: reviewed)
        } == "case-same-person")
      try await office.act("answer", number, as: "other", facts: reviewed)
      #expect(try await office.states(number) == ["answered"])
      #expect(try await office.room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `what was paid is paid back once the case is over, by another than took it`()
    async throws
  {
    try await Self.withOffice { office in
      let (number, order) = try await office.charged()
      try await office.payments.act(
        .cash, on: order, in: number, note: "0012", by: try await office.who("other"))
      let chief = try await office.who("chief")
      #expect(
        await Self.code {
          try await office.payments.act(.refund, on: order, in: number, note: "x", by: chief)
        } == "payment-case-runs")
      let withdrawal = Cases.Order(.make(transition: "withdraw"), key: "w")
      try await office.room.cases.act(withdrawal, in: number, by: .operator)
      #expect(
        await Self.code {
          try await office.payments.act(
            .refund, on: order, in: number, note: "x", by: try await office.who("other"))
        } == "case-wrong-role")
      try await office.payments.act(.refund, on: order, in: number, note: "撤回", by: chief)
      let back = try await office.order(number)
      #expect(back.state == .refunded && back.refund?.by == "chief" && back.payment != nil)
      #expect(
        await Self.code {
          try await office.payments.act(.refund, on: order, in: number, note: "x", by: chief)
        } == "payment-not-paid")
      let entries = try await office.room.map.logEntries(after: 0, limit: 500)
      #expect(entries.contains { $0.kind == "payment-due" })
      #expect(entries.contains { $0.kind == "payment-refunded" })
      #expect(try await office.room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `a fee is let go with a reason, one of nothing by itself, and no amount is none`()
    async throws
  {
    try await Self.withOffice { office in
      let (number, order) = try await office.charged("80.5")
      #expect(try await office.order(number).amountYuan == "80.50")
      let chief = try await office.who("chief")
      try await office.payments.act(.waive, on: order, in: number, note: "低保户", by: chief)
      let waived = try await office.order(number)
      #expect(waived.state == .waived && waived.waiver?.reason == "低保户")
      #expect(try await office.states(number) == ["examining"])

      let (nothing, _) = try await office.charged("0.00")
      #expect(try await office.order(nothing).state == .waived)
      #expect(try await office.states(nothing) == ["examining"])
      #expect(
        await Self.code {
          try await office.act("charge", nothing, as: "clerk")
        } == "case-fee-charged")

      for text in ["12.345", "-1.00", "1e3", "一百", "120,00", " 120"] {
        let (unclear, at) = try await office.charged(text)
        let run = try await office.room.effect(.fee, unclear)
        #expect(run.refusal?.code == "payment-amount-unknown", "\(text)")
        #expect(try await office.states(unclear) == ["fee-due"])
        var mended = Cases.Order(.establish, key: UUID().uuidString)
        mended.facts = [FactID("processing_fee"): .text("900719925474099.31")]
        let clerk = try await office.who("clerk")
        try await office.room.cases.act(mended, in: unclear, by: clerk)
        try await office.room.cases.retry(at, in: unclear, key: UUID().uuidString, by: clerk)
        try await office.room.work()
        // Money is counted in hundredths, whole.
        #expect(try await office.order(unclear).amountYuan == "900719925474099.31")
      }
    }
  }

  @Test(arguments: MapEngine.installed)
  func `a gateway is asked once, its note counts once, and what it did not sign counts nothing`(
    engine: MapEngine
  ) async throws {
    try await Self.withOffice(engine) { office in
      let gateway = try office.openGateway()
      let (number, order) = try await office.charged()
      let name = "\(number)-F\(order)"
      #expect(office.files("orders") == ["\(name).pay.json"])
      let asked = try JSONValue(
        parsing: String(
          contentsOf: office.room.map.data.appending(path: "payments/orders/\(name).pay.json"),
          encoding: .utf8))
      #expect(asked["amountYuan"]?.string == "120.00")
      #expect(asked["signature"]?.string?.hasPrefix("hmac-sm3=") == true)

      func note(_ amount: String, _ reference: String, _ state: PaymentNote.State = .paid) throws {
        try gateway.write(
          PaymentNote(order: name, state: state, amountYuan: amount, reference: reference))
      }
      // Somebody who has not the secret, another amount, another order, what is no file.
      let notes = office.room.map.data.appending(path: "payments/notes")
      try note("120.00", "T1")
      let good = try String(
        contentsOf: notes.appending(path: "\(name).paid.json"), encoding: .utf8)
      try FileManager.default.removeItem(at: notes.appending(path: "\(name).paid.json"))
      try good.replacing("T1", with: "T2").write(
        to: notes.appending(path: "forged.json"), atomically: true, encoding: .utf8)
      try "{".write(to: notes.appending(path: "half.json"), atomically: true, encoding: .utf8)
      try FileManager.default.createSymbolicLink(
        at: notes.appending(path: "link.json"),
        withDestinationURL: office.room.map.data.appending(path: PaymentFolder.settings))
      try note("119.99", "T1")
      try gateway.write(
        PaymentNote(order: "X-F1", state: .paid, amountYuan: "120.00", reference: "T1"))
      #expect(try await office.payments.takeIn() == (0, 5))
      #expect(try await office.order(number).state == .due)
      #expect(office.files("refused").count { $0.hasSuffix(".json") } == 5)

      try note("120.00", "T1")
      #expect(try await office.payments.takeIn() == (1, 0))
      #expect(try await office.order(number).payment?.reference == "T1")
      #expect(try await office.states(number) == ["examining"])
      let version = try await office.room.view(number).version
      try note("120.00", "T1")
      #expect(try await office.payments.takeIn() == (1, 0), "the same once more is the same")
      #expect(try await office.room.view(number).version == version)
      try note("120.00", "T9")
      #expect(try await office.payments.takeIn() == (0, 1), "paid twice is for a person to see")
      let entries = try await office.room.map.logEntries(after: 0, limit: 900)
      #expect(entries.count { $0.kind == "payment-note-refused" } == 6)

      let withdrawal = Cases.Order(.make(transition: "withdraw"), key: "w")
      try await office.room.cases.act(withdrawal, in: number, by: .operator)
      try await office.payments.act(
        .refund, on: order, in: number, note: "撤回", by: try await office.who("chief"))
      try await office.room.work()
      #expect(try await office.order(number).state == .refunding)
      #expect(office.files("orders").contains("\(name).refund.json"))
      try note("120.00", "R1", .refunded)
      try await office.payments.takeIn()
      #expect(try await office.order(number).state == .refunded)
      #expect(try await office.room.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test func `cash and gateway at once: one of them counts, and the gateway is told`() async throws
  {
    try await Self.withOffice { office in
      let gateway = try office.openGateway()
      let (number, order) = try await office.charged()
      let name = "\(number)-F\(order)"
      try gateway.write(
        PaymentNote(order: name, state: .paid, amountYuan: "120.00", reference: "T1"))
      let clerk = try await office.who("clerk")
      await withTaskGroup(of: Void.self) { group in
        group.addTask { _ = try? await office.payments.takeIn() }
        group.addTask {
          try? await office.payments.act(.cash, on: order, in: number, note: "0012", by: clerk)
        }
        await group.waitForAll()
      }
      try await office.payments.takeIn()
      try await office.room.work()
      let settled = try await office.order(number)
      #expect(settled.state == .paid)
      let view = try await office.room.view(number)
      let done = view.events.count { event in
        if case .effectDone(order, _) = event.fact { true } else { false }
      }
      #expect(done == 1)
      if settled.payment?.channel == .cash {
        #expect(office.files("orders").contains("\(name).void.json"))
        #expect(office.files("refused").contains("\(name).paid.json"))
      }
    }
  }

  @Test func `settings that are open or say something else are refused`() async throws {
    try await Places.withTemporaryFolder { folder in
      #expect(try PaymentFolder(in: folder) == nil)
      let file = folder.appending(path: PaymentFolder.settings)
      for text in ["{}", #"{"secret": "short"}"#, #"{"secret": "\#(Self.secret)", "x": 1}"#, "["] {
        try text.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(throws: Problem.self, "\(text)") { _ = try PaymentFolder(in: folder) }
      }
      try #"{"secret": "\#(Self.secret)"}"#.write(to: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
      #expect(throws: Problem.self) { _ = try PaymentFolder(in: folder) }
    }
  }
}
