import HTTPTypes
import Testing

@testable import KarezWeb

/// Who asks, when there may be a server in between.
@Suite struct CallerTests {
  static func caller(
    _ peer: String?, _ forwarded: String?, _ scheme: String? = nil, proxies: Set<String> = []
  ) throws -> Caller {
    var headers: HTTPFields = [:]
    headers[try #require(HTTPField.Name("X-Forwarded-For"))] = forwarded
    headers[try #require(HTTPField.Name("X-Forwarded-Proto"))] = scheme
    return Caller(peer: peer, headers: headers, proxies: proxies)
  }

  @Test func `what a client writes itself counts for nothing`() throws {
    let direct = try Self.caller("192.0.2.7", "10.9.9.9", "https")
    #expect(direct == Caller(address: "192.0.2.7", isSecure: false))
    let other = try Self.caller("192.0.2.7", "10.9.9.9", "https", proxies: ["192.0.2.8"])
    #expect(other == direct)
  }

  @Test(arguments: [
    ("203.0.113.5", "203.0.113.5"), ("6.6.6.6, 203.0.113.5", "203.0.113.5"),
    ("6.6.6.6, 203.0.113.5, 192.0.2.2", "203.0.113.5"), ("nonsense", "192.0.2.1"),
    ("203.0.113.5, nonsense", "192.0.2.1"), ("", "192.0.2.1"),
    ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
    ("::ffff:203.0.113.5", "203.0.113.5"),
  ])
  func `behind a proxy the last address that is not a proxy's counts`(
    forwarded: String, address: String
  ) throws {
    let proxies: Set = ["192.0.2.1", "192.0.2.2"]
    let found = try Self.caller("192.0.2.1", forwarded, "https", proxies: proxies)
    #expect(found == Caller(address: address, isSecure: true))
    #expect(try !Self.caller("192.0.2.1", forwarded, "http", proxies: proxies).isSecure)
    #expect(try !Self.caller("192.0.2.1", forwarded, nil, proxies: proxies).isSecure)
  }

  @Test func `one address in two ways of writing is one`() {
    #expect(Caller.plain("0:0:0:0:0:0:0:1") == Caller.plain("::1"))
    #expect(Caller.plain("::ffff:127.0.0.1") == "127.0.0.1")
    for text in ["", "1.2.3", "1.2.3.4.5", "localhost", "1.2.3.4:80", "[::1]", "::g"] {
      #expect(Caller.plain(text) == nil, "\(text)")
    }
  }
}
