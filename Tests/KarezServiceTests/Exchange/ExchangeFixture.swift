import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// Two installations that know each other, and a clock for both.
struct ExchangeFixture {
  typealias Box = SurveyFixture.Box
  typealias Patch = TimeFixture.Patch

  static let senderKey = PrivateKey()
  static let receiverKey = PrivateKey()

  let county: TimeFixture
  let prefecture: TimeFixture
  let clock: HandClock
  let folder: URL

  var sending: Exchange { county.map.exchange }
  var receiving: Exchange { prefecture.map.exchange }

  /// Runs the body with a sender in one zone and a receiver, on an engine, in another.
  static func with(
    _ engine: MapEngine = .folder, from: NetworkZone = .internal, to: NetworkZone = .internal,
    _ body: (ExchangeFixture) async throws -> Void
  ) async throws {
    try await engine.withServer { server in
      try await Places.withTemporaryFolder { folder in
        let clock = HandClock()
        let county = try await open(folder.appending(path: "county"), nil, from, clock)
        let prefecture = try await open(folder.appending(path: "prefecture"), server, to, clock)
        let fixture = ExchangeFixture(
          county: county, prefecture: prefecture, clock: clock, folder: folder)
        try await fixture.sending.register(
          ExchangePartner(
            id: "upstairs", title: "地区", zone: to, signingKeys: [receiverKey.publicKey],
            envelopeKey: receiverKey.publicKey), by: .operator)
        try await fixture.receiving.register(
          ExchangePartner(
            id: "county-a", title: "甲县", zone: from, signingKeys: [senderKey.publicKey],
            envelopeKey: senderKey.publicKey), by: .operator)
        try await body(fixture)
        for map in [county.map, prefecture.map] {
          #expect(try await map.verifyLog { _ in }.faults == [])
        }
      }
    }
  }

  private static func open(
    _ folder: URL, _ server: String?, _ zone: NetworkZone, _ clock: HandClock
  ) async throws -> TimeFixture {
    let installation = Installation(home: Places.repository, programs: Program.folder)
    let made = try await OneMap.initialise(
      data: folder, server: server, installation: installation, by: .operator)
    // The business zone is what the packs say where nothing was stated.
    if zone != .internal { try await made.stand(in: zone, by: .operator) }
    let map = try await OneMap.open(
      data: folder, server: server, installation: installation, clock: clock.clock)
    return TimeFixture(on: map, in: folder)
  }

  /// A person of an installation, who may see whatever its zone holds.
  static func member(_ id: String, _ role: String, of map: OneMap) async throws -> Principal {
    let order = AccountOrder(
      id: id, name: id, roles: [role], regions: nil, ceiling: .restricted)
    _ = try await map.accounts.add(order, by: .operator)
    return try await map.accounts.account(id).principal(in: map.offices)
  }

  func place(_ name: String) -> URL { folder.appending(path: name) }

  /// Seals changes of the patches.
  func seal(_ name: String, since: Int? = nil) async throws -> URL {
    var order = ExchangeOrder(partner: "upstairs", datasets: [TimeFixture.patches.text])
    order.since = since.flatMap { CommitNumber($0) }
    _ = try await sending.seal(
      order, by: Self.senderKey, as: .operator, to: place(name))
    return place(name)
  }

  func receive(_ file: URL) async throws -> [ExchangeReception] {
    try await receiving.receive(file, with: Self.receiverKey, by: .operator)
  }

  /// Whether the prefecture's map, and what it has received, are as they were.
  func state() async throws -> [String] {
    let received = try await receiving.bundles(ExchangedBundle.received, of: "county-a")
    return [try await IncrementTests.digest(prefecture)]
      + received.map { "\($0.sequence) \($0.state.rawValue)" }
  }

  // MARK: Bundles of a dishonest sender

  /// A bundle of a text for a dataset, as the county's key would sign it.
  func forged(
    _ name: String, _ text: String, sequence: Int64 = 1,
    by signer: PrivateKey = ExchangeFixture.senderKey,
    _ change: (inout Forgery) -> Void = { _ in }
  ) throws -> URL {
    var forgery = Forgery(text: text, sequence: sequence)
    change(&forgery)
    let plain = place(name + ".plain")
    try Data(forgery.text.utf8).write(to: plain)
    let part = ExchangeManifest.Part(
      dataset: forgery.dataset, form: forgery.form,
      validOn: forgery.form == .state ? LegalDate("2025-03-01") : nil,
      features: forgery.features, bytes: Int64(forgery.text.utf8.count),
      sm3: SM3.digest(forgery.text).description, classification: forgery.classification)
    let sender = ExchangeManifest.Party(
      key: forgery.claimedKey ?? signer.publicKey.id, zone: forgery.senderZone)
    let recipient = ExchangeManifest.Party(
      key: forgery.recipient.id, zone: forgery.recipientZone)
    let context = ExchangeManifest.context(
      sender: sender.key, recipient: recipient.key, sequence: forgery.sequence)
    let now = clock.now
    _ = try ExchangeFile.write(
      [plain], for: .init(recipient: forgery.recipient, context: context), signedBy: signer,
      to: place(name)
    ) { content in
      ExchangeManifest(
        sender: sender, recipient: recipient, sequence: forgery.sequence,
        previous: forgery.previous, created: now, expires: now.adding(seconds: 86_400),
        classification: forgery.classification, order: forgery.order, parts: [part],
        derivation: forgery.derivation, approvals: forgery.approvals, content: content)
    }
    return place(name)
  }

  struct Forgery {
    var text: String
    var sequence: Int64
    var dataset = TimeFixture.patches
    var form = ExchangeManifest.Part.Form.increment
    var features: Int64 = 1
    var classification = Classification.internal
    var previous = ExchangeManifest.noPrevious
    var senderZone = NetworkZone.internal
    var recipientZone = NetworkZone.internal
    var recipient = ExchangeFixture.receiverKey.publicKey
    var claimedKey: String?
    var order = JSONValue.object(["partner": .string("upstairs")])
    var derivation: ExchangeManifest.Derivation?
    var approvals: [ExchangeManifest.Approval] = []
  }
}
