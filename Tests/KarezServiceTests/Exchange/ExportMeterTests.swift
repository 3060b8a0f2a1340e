import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezPacks
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// The ground a recipient comes to hold, whatever ways it takes.
@Suite struct ExportMeterTests {
  static let parcels = "parcels"

  /// A little less than a square kilometre, so that 25 are within the limit and 26 are not.
  static func cell(_ column: Int, _ row: Int, apart: Double = 1) throws -> MultiPolygon {
    let (x, y) = (76 + Double(column) * 0.0115 * apart, 39 + Double(row) * 0.009 * apart)
    let corners = [(x, y), (x + 0.0115, y), (x + 0.0115, y + 0.009), (x, y + 0.009), (x, y)]
    let ring = try Ring(corners.map { Position(x: $0.0, y: $0.1) })
    return MultiPolygon([Polygon(shell: ring)])
  }

  static func code(_ number: Int) -> String {
    "653101001001JC" + String(repeating: "0", count: 5 - String(number).count) + String(number)
  }

  /// Thirty parcels of a square kilometre; the first is number one.
  static func record(on fixture: TimeFixture, _ cells: [MultiPolygon]) async throws {
    let features = cells.enumerated().map { index, cell in
      Feature(
        id: code(index + 1), geometry: .polygons(cell),
        attributes: ["parcel_code": .text(code(index + 1))])
    }
    try await fixture.record(
      features, ending: [], .state, from: "2024-01-01", in: try #require(DatasetID(parcels)))
  }

  /// Asks for one parcel; whether it was given.
  static func ask(
    _ number: Int, by account: String = "li", on fixture: TimeFixture
  ) async throws -> Bool {
    let path = fixture.folder.appending(path: "\(account)-\(number).csv").path
    var order = ExportOrder(dataset: parcels, path: path)
    order.region = code(number)
    order.validOn = LegalDate("2025-01-01")
    let refused = await SubmissionTests.code {
      _ = try await fixture.map.exportFile(
        order, by: Actor(id: account), in: .all, progress: { _ in })
    }
    if let refused { #expect(refused == "ground-limit") }
    #expect(FileManager.default.fileExists(atPath: path) == (refused == nil), "nothing half-done")
    return refused == nil
  }

  static func block() throws -> [MultiPolygon] {
    try (0..<30).map { try cell($0 % 6, $0 / 6) }
  }

  @Test(arguments: MapEngine.installed)
  func `a square kilometre thirty times is stopped at the twenty-sixth`(
    engine: MapEngine
  ) async throws {
    try await TimeFixture.with(engine) { fixture in
      try await Self.record(on: fixture, try Self.block())
      var given: [Int] = []
      for number in 1...30 where try await Self.ask(number, on: fixture) { given.append(number) }
      #expect(given == Array(1...25))
      // What one has may be had again; somebody else begins anew; the operator is nobody's recipient.
      #expect(try await Self.ask(7, on: fixture))
      #expect(try await Self.ask(26, by: "wang", on: fixture))
      let held = try await fixture.map.heldGround()
      #expect(held.map(\.recipient) == ["account/li", "account/wang"])
      #expect(held.allSatisfy { $0.largest <= .hectares(2_500) })
      let log = try await fixture.map.logEntries(after: 0, limit: 1_000)
      #expect(log.count { $0.kind == "ground-refused" } == 5)
      #expect(log.count { $0.kind == "ground-delivered" } == 26)
      #expect(try await fixture.map.verifyLog { _ in }.faults == [])
    }
  }

  @Test(arguments: 0..<2 as Range<UInt64>)
  func `in any order, nobody comes to hold more in one piece`(seed: UInt64) async throws {
    try await TimeFixture.with { fixture in
      try await Self.record(on: fixture, try Self.block())
      var random = SplitMix64(seed: seed)
      var given = 0
      for number in (1...30).shuffled(using: &random)
      where try await Self.ask(number, on: fixture) { given += 1 }
      #expect(given >= 25 && given < 30)
      let held = try #require(try await fixture.map.heldGround().first)
      #expect(held.largest <= .hectares(2_500))
    }
  }

  @Test func `what overlaps counts once, and what lies apart does not count together`()
    async throws
  {
    try await TimeFixture.with { fixture in
      // Each covers the half of the one before: thirty of them are fifteen and a half.
      let steps = try (0..<30).map { number in
        try MultiPolygon(
          Self.cell(number, 0).polygons.map { polygon in
            Polygon(
              shell: try Ring(
                polygon.shell.positions.map {
                  Position(x: $0.x - Double(number) * 0.0115 / 2, y: $0.y)
                }))
          })
      }
      try await Self.record(on: fixture, steps)
      for number in 1...30 { #expect(try await Self.ask(number, on: fixture)) }
      let held = try #require(try await fixture.map.heldGround().first)
      #expect(abs(held.area.squareMetres / 1e6 - 15.4) < 0.2)
    }
    try await TimeFixture.with { fixture in
      let apart = try (0..<30).map { try Self.cell($0 % 6, $0 / 6, apart: 1.2) }
      try await Self.record(on: fixture, apart)
      for number in 1...30 { #expect(try await Self.ask(number, on: fixture)) }
      let held = try #require(try await fixture.map.heldGround().first)
      #expect(held.area > .hectares(2_900) && held.largest < .hectares(101))
    }
  }

  @Test func `a partner's bundles and its people's downloads are one recipient's`() async throws {
    try await ExchangeFixture.with { fixture in
      try await Self.record(on: fixture.county, Array(try Self.block().prefix(20)))
      // What one of them took before counts with the rest.
      #expect(try await Self.ask(20, by: "li", on: fixture.county))
      var partner = try #require(try await fixture.sending.partners().first)
      partner.accounts = ["li", "wang"]
      try await fixture.sending.register(partner, by: .operator)
      var order = ExchangeOrder(partner: "upstairs", datasets: [Self.parcels])
      _ = try await fixture.sending.seal(
        order, by: ExchangeFixture.senderKey, as: .operator, to: fixture.place("1.karez"))
      #expect(try await Self.ask(20, by: "li", on: fixture.county), "it has that already")
      let rest = Array(try Self.block().dropFirst(20))
      try await fixture.county.record(
        rest.enumerated().map { index, cell in
          Feature(
            id: Self.code(index + 21), geometry: .polygons(cell),
            attributes: ["parcel_code": .text(Self.code(index + 21))])
        }, ending: [], .changes, from: "2024-02-01", in: try #require(DatasetID(Self.parcels)))
      for number in 21...23 { #expect(try await Self.ask(number, by: "li", on: fixture.county)) }
      for number in 24...25 { #expect(try await Self.ask(number, by: "wang", on: fixture.county)) }
      #expect(try await !Self.ask(26, by: "wang", on: fixture.county))
      order.since = CommitNumber(1)
      let refused = await SubmissionTests.code {
        _ = try await fixture.sending.seal(
          order, by: ExchangeFixture.senderKey, as: .operator, to: fixture.place("2.karez"))
      }
      #expect(refused == "ground-limit")
      #expect(!FileManager.default.fileExists(atPath: fixture.place("2.karez").path))
      let status = try #require(try await fixture.sending.status().first)
      #expect(status.sent.count == 1 && status.ground?.recipient == "partner/upstairs")
      #expect(try await Self.ask(26, by: "zhao", on: fixture.county), "not one of theirs")
    }
  }

  @Test func `the people of an agency are one recipient`() async throws {
    try await TimeFixture.with { fixture in
      try await Self.record(on: fixture, try Self.block())
      let accounts = fixture.map.accounts
      for id in ["li", "wang", "zhao"] {
        _ = try await accounts.add(
          AccountOrder(id: id, name: id, roles: ["submitter"]), by: .operator)
      }
      // What one took before it was said where they work counts with the rest.
      #expect(try await Self.ask(1, by: "li", on: fixture))
      for id in ["li", "wang"] { try await accounts.assign(id, to: "一局", by: .operator) }
      for number in 2...13 { #expect(try await Self.ask(number, by: "wang", on: fixture)) }
      for number in 14...25 { #expect(try await Self.ask(number, by: "li", on: fixture)) }
      #expect(try await !Self.ask(26, by: "wang", on: fixture))
      #expect(try await !Self.ask(26, by: "li", on: fixture))
      #expect(try await Self.ask(26, by: "zhao", on: fixture), "of no agency, and not of that one")
      let held = try await fixture.map.heldGround()
      #expect(held.map(\.recipient).sorted() == ["account/li", "account/zhao", "agency/一局"])
      #expect(held.allSatisfy { $0.largest <= .hectares(2_500) })
    }
  }

  @Test func `packages and shapes taken over the net are ground that leaves, too`() async throws {
    try await TimeFixture.with { fixture in
      let (map, li) = (fixture.map, Actor(id: "li"))
      let cells = try Self.block()
      try await Self.record(on: fixture, cells)
      let dataset = try #require(DatasetID(Self.parcels))
      let shapes = cells.map(Geometry.polygons)
      try await map.count(Array(shapes.prefix(20)), of: dataset, to: li)
      #expect(try await Self.ask(21, on: fixture))
      try await map.count(Array(shapes.prefix(25)), of: dataset, to: li)
      let package = try await map.increment(
        IncrementOrder(dataset: Self.parcels, since: .none), in: .all)
      for take in [
        { try await map.count(package, to: li) },
        { try await map.count(Array(shapes.suffix(1)), of: dataset, to: li) },
      ] as [() async throws -> Void] {
        #expect(await SubmissionTests.code(take) == "ground-limit")
      }
      #expect(try await map.heldGround().first.map { $0.area < .hectares(2_500) } == true)
    }
  }

  @Test func `points show the ground around them, and a small scale shows none`() async throws {
    try await TimeFixture.with { fixture in
      let rule = try fixture.map.exchangeRules().meter
      var delivery = try GroundDelivery(
        to: "account/li", in: .internal, under: rule, .init(own: nil, others: []))
      try delivery.take(.points([Position(x: 76, y: 39), Position(x: 77, y: 39)]))
      try delivery.take(.lines([[Position(x: 78, y: 39), Position(x: 78.001, y: 39)]]))
      try delivery.take(nil)
      let said = try #require(try delivery.conclusion()).said
      let added = try #require(said["addedM2"]?.string.flatMap(Double.init))
      let around = 4 * rule.reachMetres * rule.reachMetres
      let line = 2 * rule.reachMetres * (86.6 + 2 * rule.reachMetres)
      #expect(abs(added - 2 * around - line) < 0.03 * added)
      #expect(
        try await fixture.map.delivery(of: TimeFixture.patches, to: Actor(id: "li")) == nil)
      let parcels = try #require(DatasetID(Self.parcels))
      #expect(try await fixture.map.delivery(of: parcels, to: .operator) == nil)
    }
  }
}
