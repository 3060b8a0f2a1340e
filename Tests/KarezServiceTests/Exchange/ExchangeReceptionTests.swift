import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Bundles on their way from one map into another.
@Suite struct ExchangeReceptionTests {
  typealias Patch = TimeFixture.Patch
  typealias Box = SurveyFixture.Box

  /// Both sides with the same state, and three bundles of the county's work since.
  static func withThree(
    _ engine: MapEngine = .folder,
    _ body: (ExchangeFixture, [URL]) async throws -> Void
  ) async throws {
    try await ExchangeFixture.with(engine) { fixture in
      for side in [fixture.county, fixture.prefecture] {
        try await side.record(IncrementTests.base, .state, from: "2024-01-01")
      }
      var files: [URL] = []
      for (index, landClass) in ["0301", "0201", "0101"].enumerated() {
        try await fixture.county.record(
          [Patch(id: "b", box: Box(10, 0, 20, 10), landClass: landClass)],
          from: "2025-0\(index + 2)-01")
        // What they have is said once; from then on it is what was sent last.
        files.append(
          try await fixture.seal("\(index + 1).karez", since: index == 0 ? 1 : nil))
      }
      try await body(fixture, files)
    }
  }

  @Test(arguments: MapEngine.installed)
  func `bundles are applied in their order, whatever the order they come in`(
    engine: MapEngine
  ) async throws {
    try await Self.withThree(engine) { fixture, files in
      let early = try await fixture.receive(files[2])
      #expect(early.map(\.bundle.state) == [.held])
      let status = try #require(try await fixture.receiving.status().first)
      #expect(status.gaps == [1, 2] && status.concluded == 0)
      #expect(status.lines(in: .zh).contains { $0.contains("缺 1, 2 号") })
      let first = try await fixture.receive(files[0])
      #expect(first.map(\.bundle.state) == [.applied])
      #expect(try await fixture.receiving.status().first?.gaps == [2])
      let both = try await fixture.receive(files[1])
      #expect(both.map(\.bundle.sequence) == [2, 3])
      #expect(both.allSatisfy { $0.bundle.state == .applied })
      #expect(
        try await IncrementTests.digest(fixture.county)
          == IncrementTests.digest(fixture.prefecture))
      // A bundle that comes again is nothing new, however old it is.
      let state = try await fixture.state()
      let last = try await fixture.prefecture.map.today().recorded
      fixture.clock.pass(seconds: 90 * 86_400)
      for file in files {
        #expect(try await fixture.receive(file).map(\.event) == [.replayed])
      }
      #expect(try await fixture.state() == state)
      #expect(try await fixture.prefecture.map.today().recorded == last)
      let log = try await fixture.prefecture.map.logEntries(after: 0, limit: 1_000)
      #expect(log.count { $0.kind == "exchange-replayed" } == 3)
    }
  }

  @Test func `every order of three bundles ends in the same state`() async throws {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    try await Self.withThree { fixture, files in
      let goal = try await IncrementTests.digest(fixture.county)
      // Each order on a map of its own, as this one is now.
      let now = fixture.folder.appending(path: "prefecture")
      for (index, order) in orders.enumerated() {
        let data = fixture.place("order-\(index)")
        try FileManager.default.copyItem(at: now, to: data)
        let map = try await OneMap.open(
          data: data,
          installation: Installation(home: Places.repository, programs: Program.folder),
          clock: fixture.clock.clock)
        for number in order {
          _ = try await map.exchange.receive(
            files[number], with: ExchangeFixture.receiverKey, by: .operator)
        }
        #expect(
          try await IncrementTests.digest(TimeFixture(on: map, in: data)) == goal, "\(order)")
      }
    }
  }

  @Test func `what was altered, is for another, or came too late leaves no trace but in the log`()
    async throws
  {
    try await Self.withThree { fixture, files in
      let before = try await fixture.state()
      func code(_ file: URL, _ opener: PrivateKey = ExchangeFixture.receiverKey) async -> String? {
        await SubmissionTests.code {
          _ = try await fixture.receiving.receive(file, with: opener, by: .operator)
        }
      }
      let whole = try Data(contentsOf: files[0])
      let altered = fixture.place("altered.karez")
      for index in [3, 30, 200, whole.count / 2, whole.count - 1] {
        var bytes = whole
        bytes[index] ^= 1
        try bytes.write(to: altered)
        let refused = await code(altered)
        #expect(["exchange-altered", "exchange-form"].contains(refused), "byte \(index)")
      }
      try whole.dropLast(9).write(to: altered)
      #expect(await code(altered) == "exchange-altered")
      #expect(await code(files[0], PrivateKey()) == "exchange-recipient")
      let stranger = try fixture.forged("s.karez", "x", by: PrivateKey())
      #expect(await code(stranger) == "exchange-signer")
      let zone = try fixture.forged("z.karez", "x") { $0.senderZone = .classified }
      #expect(await code(zone) == "exchange-zone")
      let elsewhere = try fixture.forged("e.karez", "x") { $0.recipientZone = .classified }
      #expect(await code(elsewhere) == "exchange-zone")
      fixture.clock.pass(seconds: 31 * 86_400)
      #expect(await code(files[0]) == "exchange-expired")
      #expect(try await fixture.state() == before)
      let log = try await fixture.prefecture.map.logEntries(after: 0, limit: 1_000)
      #expect(log.count { $0.kind == "exchange-turned-away" } == 11)
    }
  }

  @Test func `two bundles of one number, and one that follows another, are found out`()
    async throws
  {
    try await Self.withThree { fixture, files in
      _ = try await fixture.receive(files[0])
      let twin = try fixture.forged("twin.karez", "x", sequence: 1)
      #expect(
        await SubmissionTests.code { _ = try await fixture.receive(twin) } == "exchange-chain")
      let stray = try fixture.forged("stray.karez", "x", sequence: 2)
      #expect(
        await SubmissionTests.code { _ = try await fixture.receive(stray) } == "exchange-chain")
      // Held, it is found out when its turn comes, and the true one takes its place.
      let later = try fixture.forged("later.karez", "x", sequence: 3)
      #expect(try await fixture.receive(later).map(\.bundle.state) == [.held])
      #expect(try await fixture.receive(files[1]).map(\.bundle.state) == [.applied, .forked])
      #expect(try await fixture.receive(files[2]).map(\.bundle.state) == [.applied])
      #expect(
        try await IncrementTests.digest(fixture.county)
          == IncrementTests.digest(fixture.prefecture))
    }
  }

  @Test func `what the gate refuses stops the line until somebody sees to it`() async throws {
    try await Self.withThree { fixture, files in
      try await fixture.prefecture.record(
        [Patch(id: "b", box: Box(10, 0, 20, 10), landClass: "0401")], from: "2024-06-01")
      let first = try await fixture.receive(files[0])
      #expect(first.map(\.bundle.state) == [.blocked])
      let problem = first.first?.bundle.json["problem"]
      #expect(problem?["en"]?.string?.contains("base-changed") == true)
      #expect(try await fixture.receive(files[1]).map(\.bundle.state) == [.held])
      let again = try await fixture.receiving.resume(
        "county-a", with: ExchangeFixture.receiverKey, by: .operator)
      #expect(again.map(\.state) == [.blocked])
      let passed = try await fixture.receiving.resume(
        "county-a", with: ExchangeFixture.receiverKey, accepting: ["base-changed"],
        because: "以县级成果为准", by: .operator)
      // What was let pass for one is not let pass for the next.
      #expect(passed.map(\.state) == [.applied, .blocked])
      #expect(try await fixture.receive(files[2]).map(\.bundle.state) == [.held])
    }
  }

  @Test func `a blocked bundle is given up with a reason, and its sender learns of it`()
    async throws
  {
    try await Self.withThree { fixture, files in
      try await fixture.prefecture.record(
        [Patch(id: "b", box: Box(10, 0, 20, 10), landClass: "0401")], from: "2024-06-01")
      _ = try await fixture.receive(files[0])
      let refused = try await fixture.receiving.refuse(
        1, of: "county-a", because: "与地区成果不一致", by: .operator)
      let receipt = fixture.place("1.receipt")
      try Data(
        try fixture.receiving.receipt(of: refused, signedBy: ExchangeFixture.receiverKey)
      ).write(to: receipt)
      #expect(try await fixture.sending.status().first?.unacknowledged.count == 3)
      let confirmed = try await fixture.sending.confirm(receipt, by: .operator)
      #expect(confirmed.state == .acknowledged)
      #expect(confirmed.json["receipt"]?["state"]?.string == "refused")
      #expect(try await fixture.sending.status().first?.unacknowledged.count == 2)
      // A receipt somebody else signed, or that was altered, says nothing.
      var text = try String(contentsOf: receipt, encoding: .utf8)
      text = text.replacing("\"refused\"", with: "\"applied\"")
      try Data(text.utf8).write(to: receipt)
      #expect(
        await SubmissionTests.code {
          _ = try await fixture.sending.confirm(receipt, by: .operator)
        } == "exchange-signer")
    }
  }

  @Test func `where nobody records alone, what came in waits for a signature`() async throws {
    try await ExchangeFixture.with { fixture in
      let farmland = try #require(DatasetID("permanent-basic-farmland"))
      try await fixture.county.record(
        [Patch(id: "f1", box: Box(0, 0, 10, 10))], .state, from: "2025-01-01", in: farmland)
      let map = fixture.prefecture.map
      let li = try await ExchangeFixture.member("li", "submitter", of: map)
      _ = try await ExchangeFixture.member("wang", "approver", of: map)
      _ = try await fixture.sending.seal(
        ExchangeOrder(partner: "upstairs", datasets: [farmland.text]),
        by: ExchangeFixture.senderKey, as: .operator, to: fixture.place("f.karez"))
      let done = try await fixture.receiving.receive(
        fixture.place("f.karez"), with: ExchangeFixture.receiverKey, by: li)
      let outcome = done.first?.bundle.json["outcomes"]?[farmland.text]
      let id = try #require(outcome?["submission"]?.string, "\(done.map(\.bundle.json))")
      let handed = try #require(try await map.submissions.find(id))
      #expect(handed.submitter == "li" && handed.mode == .versions)
      #expect(try await map.today().recorded == CommitNumber.none, "nothing is recorded yet")
    }
  }

  @Test func `a bundle is given out again byte for byte, and a partner's region is its own`()
    async throws
  {
    try await Self.withThree { fixture, files in
      _ = try await fixture.sending.again(
        2, for: "upstairs", to: fixture.place("again.karez"), by: .operator)
      #expect(
        try Data(contentsOf: fixture.place("again.karez")) == Data(contentsOf: files[1]))
      var partner = try #require(try await fixture.receiving.partners().first)
      partner.regions = ["653121"]
      try await fixture.receiving.register(partner, by: .operator)
      let first = try await fixture.receive(files[0])
      #expect(first.map(\.bundle.state) == [.blocked])
      try await fixture.receiving.end("county-a", by: .operator)
      #expect(
        await SubmissionTests.code { _ = try await fixture.receive(files[1]) }
          == "exchange-signer")
    }
  }
}
