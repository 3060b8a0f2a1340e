import Foundation
import KarezCore
import KarezCrypto
import KarezStore
import TestSupport
import Testing

@testable import KarezService

/// 登记交换方: keys and zone of a partner are what two people found them to be.
@Suite struct PartnerRegistrationTests {
  @Test(arguments: MapEngine.installed)
  func `a partner or another key of it waits for a second person`(engine: MapEngine) async throws {
    try await TimeFixture.with(engine) { fixture in
      let map = fixture.map
      let key = PrivateKey()
      func partner(_ key: PrivateKey, _ zone: NetworkZone = .internal) -> ExchangePartner {
        ExchangePartner(
          id: "upstairs", title: "地区", zone: zone, signingKeys: [key.publicKey],
          envelopeKey: key.publicKey)
      }
      // Before the offices are filled, the machine registers alone.
      #expect(
        try await map.exchange.introduce(partner(key), because: "", by: .operator) == nil)
      let system = try await ExchangeFixture.member("sys", "operator", of: map)
      let security = try await ExchangeFixture.member("sec", "security", of: map)
      let other = PrivateKey()
      for who in [Principal.operator, system] {
        let made = try await map.exchange.introduce(
          partner(other, .public), because: "换钥", by: who)
        let proposal = try #require(made)
        #expect(map.twoPersons.words(proposal).zh.contains(other.publicKey.id))
        #expect(try await map.exchange.partners().map(\.zone) == [.internal])
        if who == .operator {
          _ = try await map.twoPersons.refuse(proposal.id, because: "未当面核对", by: security)
          continue
        }
        let late = try #require(
          try await map.exchange.introduce(partner(key, .classified), because: "x", by: system))
        _ = try await map.twoPersons.approve(proposal.id, because: "", by: security)
        let known = try #require(try await map.exchange.partners().first)
        #expect(known.zone == .public && known.envelopeKey == other.publicKey)
        #expect(known.signingKeys == [key.publicKey, other.publicKey])
        #expect(
          await SubmissionTests.code {
            _ = try await map.twoPersons.approve(late.id, because: "", by: security)
          } == "proposal-outdated")
      }
      #expect(try await map.verifyLog { _ in }.faults == [])
    }
  }
}
