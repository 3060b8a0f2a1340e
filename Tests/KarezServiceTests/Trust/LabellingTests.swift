import Foundation
import KarezCore
import KarezPacks
import KarezStore
import KarezWriting
import TestSupport
import Testing

@testable import KarezService

/// 定级: up by one person, down by two, in force on every channel from then.
@Suite struct LabellingTests {
  struct Staff {
    let approver: Principal
    let security: Principal
    let viewer: Principal
  }

  static func with(
    _ engine: MapEngine = .folder, _ body: (TimeFixture, Staff) async throws -> Void
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      let map = fixture.map
      try await fixture.record(
        [.init(id: "p1", box: .init(0, 0, 4, 4))], .state, from: "2024-01-01")
      func member(_ id: String, _ role: String) async throws -> Principal {
        try await ExchangeFixture.member(id, role, of: map)
      }
      // Whoever comes after the security administrator waits for the second person.
      let viewer = try await member("zhao", "viewer")
      let approver = try await member("wang", "approver")
      let security = try await member("sec", "security")
      try await body(fixture, Staff(approver: approver, security: security, viewer: viewer))
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }

  static func code(_ body: () async throws -> Void) async -> String? {
    await SubmissionTests.code(body)
  }

  static func order(
    _ level: Classification, _ attribute: String? = nil, _ dataset: String = "land-patches"
  ) -> LabelOrder { LabelOrder(dataset: dataset, attribute: attribute, level: level) }

  @Test(arguments: MapEngine.installed)
  func `one person raises a level at once; two lower it again`(engine: MapEngine) async throws {
    try await Self.with(engine) { fixture, staff in
      let labelling = fixture.map.labelling
      let scope = staff.viewer.scope
      #expect(try await fixture.map.record(of: "land-patches", in: scope).decisions == [])
      guard
        case .inForce(let raised) = try await labelling.change(
          Self.order(.restricted), because: "专项保密", by: staff.approver)
      else {
        Issue.record("it waits")
        return
      }
      #expect(raised.former == .internal && raised.second == nil)
      #expect(
        await Self.code { _ = try await fixture.map.record(of: "land-patches", in: scope) }
          == "dataset-unknown")
      // Down it goes when another agrees, who knows of it by office and not by reach.
      #expect(
        await Self.code {
          _ = try await labelling.change(Self.order(.internal), because: "x", by: staff.viewer)
        } == "dataset-unknown")
      guard
        case .proposed(let proposal) = try await labelling.change(
          Self.order(.internal), because: "专项结束", by: staff.approver)
      else {
        Issue.record("it does not wait")
        return
      }
      let twoPersons = fixture.map.twoPersons
      #expect(
        await Self.code {
          _ = try await twoPersons.approve(proposal.id, because: "", by: staff.approver)
        } == "not-permitted")
      let both = Principal(
        actor: staff.approver.actor, name: nil, roles: [], permissions: [.signOff, .classify],
        scope: .all)
      #expect(
        await Self.code { _ = try await twoPersons.approve(proposal.id, because: "", by: both) }
          == "second-person")
      _ = try await twoPersons.approve(proposal.id, because: "同意", by: staff.security)
      let record = try await fixture.map.record(of: "land-patches", in: scope)
      #expect(record.schema.classification == .internal)
      #expect(record.decisions.map(\.second) == ["sec", nil])
      #expect(record.decisions.map(\.reason) == ["专项结束", "专项保密"])
      #expect(record.json["classifications"]?.array?.count == 2)
    }
  }

  @Test func `whoever cannot know of the dataset learns nothing from the proposal`() async throws {
    try await Self.with { fixture, staff in
      let map = fixture.map
      _ = try await map.labelling.change(
        Self.order(.restricted), because: "x", by: staff.approver)
      _ = try await map.labelling.change(Self.order(.internal), because: "y", by: staff.approver)
      let accounts = Principal(
        actor: Actor(id: "sys"), name: nil, roles: [], permissions: [.manageAccounts],
        scope: Scope(ceiling: .internal))
      #expect(try await map.twoPersons.all(for: accounts).isEmpty)
      #expect(try await map.twoPersons.waiting(for: accounts).isEmpty)
      #expect(try await map.twoPersons.waiting(for: staff.security).count == 1)
      let auditor = Principal(
        actor: Actor(id: "aud"), name: nil, roles: [], permissions: [.readLog],
        scope: Scope(ceiling: .confidential))
      #expect(try await map.twoPersons.all(for: auditor).count == 1)
    }
  }

  @Test func `nothing goes below the packs, above the zone, nowhere, or by what has changed`()
    async throws
  {
    try await Self.with { fixture, staff in
      let labelling = fixture.map.labelling
      func code(_ order: LabelOrder, because reason: String = "x") async -> String? {
        await Self.code {
          _ = try await labelling.change(order, because: reason, by: staff.approver)
        }
      }
      #expect(await code(Self.order(.public)) == "label-below-packs")
      #expect(await code(Self.order(.internal)) == "label-unchanged")
      #expect(await code(Self.order(.confidential)) == "label-above-zone")
      #expect(await code(Self.order(.restricted, "no_such")) == "attribute-unknown")
      #expect(await code(Self.order(.restricted, nil, "no-such")) == "dataset-unknown")
      #expect(await code(Self.order(.restricted), because: "") == "reason-missing")
      _ = try await labelling.change(
        Self.order(.restricted, "land_class"), because: "x", by: staff.approver)
      let shown = try await fixture.map.record(of: "land-patches", in: staff.viewer.scope)
      #expect(!shown.schema.attributes.contains { $0.name == "land_class" })
      #expect(shown.decisions.isEmpty, "a decision on an attribute is for who may know of it")
      guard
        case .proposed(let first) = try await labelling.change(
          Self.order(.internal, "land_class"), because: "x", by: staff.approver),
        case .proposed(let second) = try await labelling.change(
          Self.order(.internal, "land_class"), because: "y", by: staff.approver)
      else {
        Issue.record("it does not wait")
        return
      }
      let twoPersons = fixture.map.twoPersons
      _ = try await twoPersons.approve(first.id, because: "", by: staff.security)
      #expect(
        await Self.code {
          _ = try await twoPersons.approve(second.id, because: "", by: staff.security)
        } == "proposal-outdated")
    }
  }

  @Test func `what was made before a level was raised is not given out any more`() async throws {
    try await Self.with { fixture, staff in
      let map = fixture.map
      let boundary = try ReadBoundary(drawn: [SurveyFixture.Box(1, 1, 3, 3).geometry])
      let answer = try await map.check(
        CheckRequest(
          boundary: boundary, purpose: nil, documents: [],
          validOn: try TimeFixture.day("2025-03-01")),
        by: staff.viewer.actor, in: staff.viewer.scope)
      #expect(
        answer.publication
          == AnsweredPublication(
            number: 1, sm3: map.publication.contents.sm3))
      _ = try await map.answer(id: answer.id, in: staff.viewer.scope)
      var order = ExportOrder(dataset: "land-patches", path: "")
      order.format = .csv
      let name = try await map.orderDownload(order, by: staff.viewer)
      _ = try await map.download(name, for: staff.viewer)
      _ = try await map.labelling.change(
        Self.order(.restricted, "land_class"), because: "x", by: staff.approver)
      #expect(
        await Self.code { _ = try await map.download(name, for: staff.viewer) }
          == "download-unknown")
      _ = try await map.answer(id: answer.id, in: staff.viewer.scope)
      _ = try await map.labelling.change(
        Self.order(.restricted), because: "x", by: staff.approver)
      #expect(
        await Self.code { _ = try await map.answer(id: answer.id, in: staff.viewer.scope) }
          == "answer-unknown")
      #expect(try await map.downloads(of: staff.viewer).isEmpty)
    }
  }
}
