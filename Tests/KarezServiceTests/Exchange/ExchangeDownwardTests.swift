import Foundation
import KarezCore
import KarezCrypto
import KarezGeometry
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// What goes down to a lower zone: an edition, agreed to by two people, and nothing above its zone.
@Suite struct ExchangeDownwardTests {
  static func code(_ body: () async throws -> Void) async -> String? {
    await SubmissionTests.code(body)
  }

  /// A thousand features under six labels; texts above the public one carry a mark of their own.
  struct Labelled {
    static let datasets: [(name: String, secret: [String])] = [
      ("villages", []), ("townships", []), ("counties", []),
      ("hazard-shelters", ["note", "site_code"]), ("land-patches", ["location_code"]),
      ("survey-marks", ["mark_order", "coordinates"]),
    ]

    static func record(on fixture: TimeFixture, seed: UInt64) async throws -> Set<String> {
      var random = SplitMix64(seed: seed)
      var marks: Set<String> = []
      var counts = [Int](repeating: 0, count: datasets.count)
      for _ in 0..<1_000 { counts[Int.random(in: 0..<datasets.count, using: &random)] += 1 }
      for (index, (name, secret)) in datasets.enumerated() {
        let schema = try await fixture.map.schema(of: name, in: .all)
        var features: [Feature] = []
        for number in 0..<counts[index] {
          let mark = "secret-\(random.next())"
          let id = identifier(schema, number)
          var attributes: [String: AttributeValue] = [schema.identifier: .text(id)]
          for attribute in schema.attributes
          where attribute.isRequired && attribute.name != schema.identifier {
            attributes[attribute.name] = .text(attribute.format == nil ? "名\(number)" : "653101")
          }
          for attribute in secret { attributes[attribute] = .text(mark) }
          if schema.classification != .public { attributes[schema.identifier] = .text(mark) }
          if !secret.isEmpty { marks.insert(mark) }
          let corner = try SurveyFixture.Box(
            number % 40 * 10, number / 40 * 10 + 100 * index, number % 40 * 10 + 10,
            number / 40 * 10 + 10 + 100 * index
          ).geometry
          let place = corner.polygons[0].shell.positions[0]
          features.append(
            Feature(
              id: schema.classification == .public ? id : mark,
              geometry: schema.geometry == .polygon ? .polygons(corner) : .points([place]),
              attributes: attributes))
        }
        try await fixture.record(features, ending: [], .state, from: "2024-01-01", in: schema.id)
      }
      return marks
    }

    private static func identifier(_ schema: DatasetSchema, _ number: Int) -> String {
      let length = ["villages": 12, "townships": 9, "counties": 6][schema.id.text] ?? 12
      let digits = String(100_000_000_000 + number * 100_000_007 % 800_000_000_000)
      return String(digits.prefix(length))
    }
  }

  static func order(_ datasets: [String] = []) -> ExchangeOrder {
    var order = ExchangeOrder(partner: "upstairs", datasets: datasets, edition: "public")
    order.mapApproval = "新S(2025)001号"
    return order
  }

  @Test func `two people agree to an edition; one alone, or to something else, sends nothing`()
    async throws
  {
    try await ExchangeFixture.with(from: .internal, to: .public) { fixture in
      let map = fixture.county.map
      try await fixture.county.record(
        try (0..<4).map { number in
          Feature(
            id: "65310100100\(number)",
            geometry: .polygons(
              try SurveyFixture.Box(number * 10, 0, number * 10 + 10, 10).geometry),
            attributes: [
              "village_code": .text("65310100100\(number)"), "name": .text("村\(number)"),
              "township_code": .text("653101001"), "county_code": .text("653101"),
            ])
        }, ending: [], .state, from: "2024-01-01",
        in: try #require(DatasetID("villages")))
      let li = try await ExchangeFixture.member("li", "submitter", of: map)
      let wang = try await ExchangeFixture.member("wang", "approver", of: map)
      let exchange = fixture.sending
      let place = fixture.place("down.karez")
      let key = ExchangeFixture.senderKey
      // Changes as they are do not go down, nor an edition without its approvals.
      let plain = ExchangeOrder(partner: "upstairs", datasets: ["villages"])
      #expect(
        await Self.code { _ = try await exchange.seal(plain, by: key, as: .operator, to: place) }
          == "second-person-needed")
      #expect(
        await Self.code { _ = try await exchange.propose(plain, because: "x", by: li) }
          == "exchange-downward")
      var unapproved = Self.order(["villages"])
      unapproved.mapApproval = nil
      #expect(
        await Self.code { _ = try await exchange.propose(unapproved, because: "x", by: li) }
          == "map-approval-missing")
      #expect(
        await Self.code {
          _ = try await exchange.propose(Self.order(["land-patches"]), because: "x", by: li)
        } == "exchange-edition")
      let proposal = try await exchange.propose(
        Self.order(["villages"]), because: "年度公开版", by: li)
      #expect(map.twoPersons.words(proposal).zh.contains("public 版 新S(2025)001号：villages"))
      func seal() async throws {
        _ = try await exchange.seal(proposal: proposal.id, by: key, as: .operator, to: place)
      }
      #expect(await Self.code(seal) == "second-person-needed")
      #expect(
        await Self.code {
          _ = try await map.twoPersons.approve(proposal.id, because: "", by: li)
        } == "not-permitted")
      _ = try await map.twoPersons.approve(proposal.id, because: "同意", by: wang)
      try await seal()
      #expect(await Self.code(seal) == "second-person-needed", "an agreement is spent once")
      let manifest = try ExchangeFile(reading: place).manifest
      #expect(manifest.approvals.map(\.proposer) == ["li"] && manifest.classification == .public)
      #expect(manifest.approvals.map(\.approver) == ["wang"])
      #expect(manifest.derivation?.mapApproval == "新S(2025)001号")
      let certainties = manifest.derivation?.figures.map(\.certainty)
      #expect(certainties == [.unconfirmed, .unconfirmed, .unconfirmed])
      let done = try await fixture.receive(place)
      #expect(done.map(\.bundle.state) == [.applied], "\(done.map(\.bundle.json))")
      let found = try await fixture.prefecture.map.features(
        FeatureQuery(
          dataset: try #require(DatasetID("villages")),
          asOf: try await fixture.prefecture.map.today()), limit: 10, in: .all)
      #expect(found.features.count == 4)
      // The whole moved to the grid: none of the corners is where it was.
      let corner = found.features.first?.feature.geometry?.boundingBox
      #expect(corner.map { $0.minX != 76 && abs($0.minX - 76) < 0.0003 } == true)
    }
  }

  @Test func `of a thousand labelled features nothing leaves above its label`() async throws {
    try await ExchangeFixture.with(from: .internal, to: .public) { fixture in
      let marks = try await Labelled.record(on: fixture.county, seed: 20_250_301)
      try #require(marks.count > 300)
      let map = fixture.county.map
      let li = try await ExchangeFixture.member("li", "submitter", of: map)
      let wang = try await ExchangeFixture.member("wang", "approver", of: map)
      let proposal = try await fixture.sending.propose(Self.order(), because: "x", by: li)
      _ = try await map.twoPersons.approve(proposal.id, because: "", by: wang)
      let place = fixture.place("down.karez")
      let sealed = try await fixture.sending.seal(
        proposal: proposal.id, by: ExchangeFixture.senderKey, as: .operator, to: place)
      let out = fixture.place("out")
      _ = try await fixture.receiving.open(
        place, with: ExchangeFixture.receiverKey, into: out, by: .operator)
      var text = ""
      for name in try FileManager.default.contentsOfDirectory(atPath: out.path) {
        text += try String(contentsOf: out.appending(path: name), encoding: .utf8)
      }
      #expect(
        sealed.manifest.parts.map(\.dataset.text).sorted() == [
          "counties", "hazard-shelters", "townships", "villages",
        ])
      #expect(text.contains("名1") && text.contains("\"certainty\":\"unconfirmed\""))
      #expect(!text.contains("secret-"))
      #expect(!marks.contains { text.contains($0) }, "none of the marks leaves")
      // What was taken away is counted, in the manifest and in the log.
      let removed = sealed.manifest.derivation?.removed
      #expect((removed?["attributes"] ?? 0) >= 2 && (removed?["datasets"] ?? 0) > 50)
      let entry = try await map.logEntries(after: 0, limit: 1_000)
        .last { $0.kind == "exchange-sealed" }
      let logged = entry?.body["derivation"]?["removed"]
      #expect(logged?["attributes"]?.integer == removed?["attributes"])
      // Which it was stands in the log of whoever sent it, and goes nowhere.
      let leftOut = entry?.body["leftOut"]
      let datasets = leftOut?["datasets"]?.texts ?? []
      #expect(Int64(datasets.count) == removed?["datasets"] && datasets.contains("land-patches"))
      #expect(leftOut?["attributes"]?["hazard-shelters"]?.texts?.isEmpty == false)
      #expect(!sealed.manifest.json.canonicalText.contains("land-patches"))
      // The rest of what there is does not go, by whatever name it is asked for.
      for name in ["land-patches", "survey-marks"] {
        #expect(
          await Self.code {
            _ = try await fixture.sending.propose(Self.order([name]), because: "x", by: li)
          } == "exchange-edition")
      }
    }
  }

  @Test func `a sender whose packs say otherwise sends nothing up to be held in a lower zone`()
    async throws
  {
    try await ExchangeFixture.with(from: .internal, to: .public) { fixture in
      let before = try await fixture.prefecture.map.today().recorded
      var order: JSONValue { .object(["partner": .string("upstairs")]) }
      let now = fixture.clock.now
      let derivation = ExchangeManifest.Derivation(
        edition: "public", version: "1.0.0", sm3: SM3.digest("x").description,
        mapApproval: "x", figures: [], removed: [:])
      func approval(_ one: String, _ other: String, _ order: JSONValue) -> ExchangeManifest.Approval
      {
        .init(
          act: "zone-publication", proposal: "P-1", proposer: one, proposedAt: now,
          approver: other, approvedAt: now, order: ExchangeOrder.sm3(of: order))
      }
      let state = """
        {"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":null,"properties":{"identifier":"x"}}
        ]}

        """
      func forged(
        _ sequence: Int64, _ name: String, _ change: (inout ExchangeFixture.Forgery) -> Void
      ) async throws -> (state: ExchangedBundle.State?, code: String?) {
        let received = try await fixture.receiving.bundles(ExchangedBundle.received, of: "county-a")
        let file = try fixture.forged(name, state, sequence: sequence) { forgery in
          forgery.form = .state
          forgery.classification = .public
          forgery.recipientZone = .public
          forgery.previous = received.last?.sm3 ?? ExchangeManifest.noPrevious
          forgery.order = order
          change(&forgery)
        }
        let done = try await fixture.receive(file)
        return (done.last?.bundle.state, done.last?.bundle.json["problem"]?["code"]?.string)
      }
      let open = try await forged(1, "1.karez") { $0.classification = .internal }
      #expect(open.state == .refused && open.code == "exchange-above-zone")
      let plain = try await forged(2, "2.karez") { _ in }
      #expect(plain.state == .refused && plain.code == "exchange-downward")
      let alone = try await forged(3, "3.karez") {
        $0.derivation = derivation
        $0.approvals = [approval("li", "li", order)]
      }
      #expect(alone.state == .refused && alone.code == "exchange-approval")
      let other = try await forged(4, "4.karez") {
        $0.derivation = derivation
        $0.approvals = [approval("li", "wang", .object([:]))]
      }
      #expect(other.state == .refused && other.code == "exchange-approval")
      // Everything in order but the label, which says public of what is internal.
      let mislabelled = try await forged(5, "5.karez") {
        $0.derivation = derivation
        $0.approvals = [approval("li", "wang", order)]
      }
      #expect(mislabelled.state == .refused && mislabelled.code == "exchange-above-zone")
      #expect(try await fixture.prefecture.map.today().recorded == before, "nothing is recorded")
    }
  }
}
