import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// Two maps that differ only in what somebody may not know answer that person alike, whatever is
/// asked: nothing can be found out by asking around it.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles))
struct OracleTests {
  /// Everything one person is told, by address.
  static func told(
    _ variant: AccessMap.Variant, to regions: [String]?
  ) async throws -> [String: String] {
    var person: AccessMap.Person?
    var told: [String: String] = [:]
    try await WebServerTests.withServer { map in
      try await AccessMap.prepare(map, variant)
      person = try await AccessMap.people(map, ceilings: [.internal]).first {
        $0.role.id == "viewer" && $0.regions == regions
      }
    } _: { client, _ in
      let asking = try #require(person)
      let cookies = ["Cookie": "karez-session=\(asking.cookie)"]
      for path in Self.paths {
        let reply = try await client.get(path, headers: cookies)
        told[path] = Self.plain(reply)
      }
      let check = try await client.send(
        "POST", "/api/v1/checks", type: "application/json",
        body: Data("{\"boundary\":\(AccessChannel.square)}".utf8), headers: cookies)
      told["check"] = Self.plain(check)
    }
    return told
  }

  /// Every address of the matrix, for every dataset and feature there is.
  static let paths: [String] = {
    var paths: Set<String> = []
    func add(_ path: String) {
      for level in AccessMap.levels {
        for region in AccessMap.counties {
          for (attribute, _) in AccessMap.attributes {
            paths.insert(
              path.replacing("{dataset}", with: AccessMap.dataset(level))
                .replacing("{feature}", with: AccessMap.feature(level, region))
                .replacing("{attribute}", with: attribute)
                .replacing("{submission}", with: AccessMap.submission(level))
                .replacing("{answer}", with: "none")
                .replacing("{download}", with: "none").replacing("{edit}", with: "none")
                .replacing("{process}", with: "none")
                .replacing("{case}", with: "YD653121202500001")
                .replacing("{own}", with: "YD653121202500001")
                .replacing("{draft}", with: "none").replacing("{transaction}", with: "1")
                .replacing("{account}", with: AccessMap.account("653121")))
          }
        }
      }
    }
    for channel in AccessChannel.all.values.flatMap(\.self) {
      switch channel {
      case .listing(let some), .dataset(let some), .feature(let some), .attribute(let some),
        .submission(let some), .answer(let some), .own(let some), .ofCase(let some),
        .papers(let some), .account(let some), .mine(let some):
        some.forEach(add)
      case .sent, .figures: break
      }
    }
    return paths.sorted()
  }()

  /// The reply without what no two replies have in common.
  private static func plain(_ reply: WebServerTests.Reply) -> String {
    let names = ["date", "x-request-id", "set-cookie", "content-length", "etag"]
    let headers = reply.headers.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value)" }
    return "\(reply.status) \(headers) \(reply.body)"
      .replacing(reply.headers["x-request-id"] ?? "-", with: "REQUEST")
      .replacing(/[0-9-]{10}[T ][0-9:]{5}(:[0-9.]+Z)?/, with: "TIME")
      .replacing(/(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "ID")
      // Each server has a port and a key of its own.
      .replacing(/127\.0\.0\.1:[0-9]+/, with: "HOST")
      .replacing(/cursor=[-_0-9A-Za-z]+/, with: "CURSOR")
      // Keys of forms and names of sessions.
      .replacing(/value="[0-9a-f]{16,64}"/, with: "KEY")
  }

  static func differences(_ variant: AccessMap.Variant, to regions: [String]?) async throws
    -> [String]
  {
    let plain = try await told(.plain, to: regions)
    let other = try await told(variant, to: regions)
    #expect(plain.count == other.count && plain.count > 100)
    return plain.keys.sorted().compactMap { path in
      guard let left = plain[path], let right = other[path], left != right else { return nil }
      let place = zip(left, right).prefix { $0 == $1 }.count
      let start = max(0, place - 60)
      let (one, two) = (left.dropFirst(start).prefix(120), right.dropFirst(start).prefix(120))
      return "\(path): …\(one) ≠ …\(two)"
    }
  }

  @Test func `what another county holds cannot be found out from this one`() async throws {
    let found = try await Self.differences(.otherCounty, to: ["653101"])
    #expect(found.isEmpty, "\(found.count): \(found.prefix(6).joined(separator: "\n"))")
  }

  @Test func `what attributes above the ceiling say cannot be found out`() async throws {
    let found = try await Self.differences(.otherValues, to: nil)
    #expect(found.isEmpty, "\(found.count): \(found.prefix(6).joined(separator: "\n"))")
  }

  @Test func `the pairs differ for who may know`() async throws {
    let one = try AccessMap.rows(.internal, 1)
    #expect(try AccessMap.rows(.internal, 1, .otherCounty).count == one.count + 1)
    let other = try AccessMap.rows(.internal, 1, .otherValues)
    #expect(one.first?.feature.attributes["qowner"] != other.first?.feature.attributes["qowner"])
    #expect(one.first?.feature.attributes["qgrade"] == other.first?.feature.attributes["qgrade"])
  }
}
