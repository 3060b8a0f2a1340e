import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// 累计输出 over the net: borders in numbers count for whoever is given them, by token or session.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct TakenGroundTests {
  @Test func `a session that takes borders in numbers is counted like a program`() async throws {
    let dataset = AccessMap.dataset(.internal)
    let feature = AccessMap.feature(.internal, AccessMap.counties[0])
    let ways = [
      "/ogc/collections/\(dataset)/items?limit=10000&f=json",
      "/ogc/collections/\(dataset)/items/\(feature)?f=json",
      "/api/v1/datasets/\(dataset)/features",
      AccessChannel.wfs + "request=GetFeature&typeNames=\(dataset)",
      "/api/v1/datasets/\(dataset)/diff?\(AccessChannel.days)&geometry=true",
      "/differences/shapes?dataset=\(dataset)&\(AccessChannel.days)",
    ]
    var cookies: [String] = []
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map)
      for number in ways.indices {
        cookies.append(
          try await AccessMap.session(
            of: AccountOrder(
              id: "reader\(number)", name: "r", roles: ["viewer"], ceiling: .internal), map))
      }
    } _: { client, map in
      for (number, way) in ways.enumerated() {
        let headers = ["Cookie": "karez-session=\(cookies[number])"]
        // Differences are shown once they are kept.
        let page = way.replacing("/differences/shapes", with: "/differences")
        if page != way { _ = try await client.get(page, headers: headers) }
        #expect(try await client.get(way, headers: headers).status == 200, "\(way)")
        let held = try await map.heldGround().first { $0.recipient == "account/reader\(number)" }
        #expect((held?.area.squareMetres ?? 0) > 500_000, "\(way) is not counted")
      }
      // To look at the map, or to ask without borders, takes nothing.
      let before = try await map.heldGround().count
      let cookie = try await AccessMap.session(
        of: AccountOrder(id: "looker", name: "l", roles: ["viewer"], ceiling: .internal), map)
      for way in [
        "/ogc/collections/\(dataset)/items?skipGeometry=true&f=json",
        "/ogc/collections/\(dataset)/tiles/WebMercatorQuad/10/421/796",
        "/catalogue/\(dataset)/features/\(feature)",
      ] {
        let reply = try await client.get(way, headers: ["Cookie": "karez-session=\(cookie)"])
        #expect([200, 204].contains(reply.status), "\(way) \(reply.status)")
      }
      #expect(try await map.heldGround().count == before)
    }
  }
}
