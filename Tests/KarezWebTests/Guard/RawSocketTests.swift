import Foundation
import KarezPacks
import TestSupport
import Testing

@testable import KarezWeb

/// Requests as no client library would send them.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct RawSocketTests {
  /// A request hidden in the body of another, as a server in front might pass it on.
  static let hidden = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"

  static let doubtful: [(what: String, headers: String)] = [
    ("a length and chunks", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"),
    ("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n"),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 43\r\n"),
    ("two lengths in one", "Content-Length: 0, 43\r\n"),
    ("a length with a sign", "Content-Length: +0\r\n"),
    ("a length below nothing", "Content-Length: -1\r\n"),
    ("a length no number holds", "Content-Length: 99999999999999999999\r\n"),
    ("a length in hexadecimal", "Content-Length: 0x0\r\n"),
    ("chunks that are not the last coding", "Transfer-Encoding: chunked, identity\r\n"),
    ("an unknown coding", "Transfer-Encoding: xchunked\r\n"),
    ("a space before the colon", "Content-Length : 0\r\n"),
    ("a folded line", "X-A: b\r\n Content-Length: 43\r\n"),
    ("a name that is none", "X\u{1}A: b\r\n"),
    ("a zero byte", "X-A: b\u{0}c\r\n"),
  ]

  @Test func `a request of doubtful length is refused, and what hides in it is never answered`()
    async throws
  {
    let client = try await SharedServer.shared.client().client
    for (what, headers) in Self.doubtful {
      let raw = try RawClient(client.base)
      raw.send(
        "POST /healthz HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n0\r\n\r\n"
          + Self.hidden)
      let (text, isClosed) = await raw.receive()
      #expect(isClosed, "\(what): \(text)")
      #expect(!text.contains("ready"), "\(what): \(text)")
      #expect(text.components(separatedBy: "HTTP/1.1 ").count <= 2, "\(what): \(text)")
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(what): \(text)")
    }
    let raw = try RawClient(client.base)
    raw.send(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        + "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    let text = await raw.receive().text
    #expect(text.contains("alive") && text.contains("ready"), "a plain one is answered")
  }

  @Test func `a hundred kilobytes of headers, or a thousand headers, are refused`() async throws {
    let client = try await SharedServer.shared.client().client
    let long = String(repeating: "a", count: 9_000)
    let reply = try await client.get("/api/v1/catalogue?search=" + long)
    #expect(reply.status == 414 && reply.code == "address-too-long")
    let large = "X-A: " + String(repeating: "a", count: 100_000) + "\r\n"
    let many = (0..<1_000).map { "X-\($0): a\r\n" }.joined()
    let address = String(repeating: "a", count: 100_000)
    for request in [
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(large)\r\n",
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n",
      "GET /\(address) HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
      let raw = try RawClient(client.base)
      raw.send(request)
      let (text, isClosed) = await raw.receive()
      #expect(isClosed && !text.contains("alive"), "\(text.prefix(200))")
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text.prefix(200))")
    }
    #expect(try await client.get("/healthz").status == 200)
  }

  @Test func `whoever sends a byte now and then is sent away, and others do not notice`()
    async throws
  {
    var limits = try WebServerTests.generous()
    limits.connections.idleFor = 1
    limits.connections.readingStartsWithin = 1
    try await WebServerTests.withServer(limits: limits, prepare: { _ in }) { client, _ in
      let head = "POST /api/v1/checks HTTP/1.1\r\nHost: localhost\r\n"
      var slow: [RawClient] = []
      for number in 0..<100 {
        let raw = try RawClient(client.base)
        // Half of them never end their head, half of them their body.
        let isBody = number.isMultiple(of: 2)
        raw.send(isBody ? head + "Content-Length: 1000000\r\n\r\n{" : head + "X-A: b")
        slow.append(raw)
      }
      // While they wait, others are served.
      for _ in 0..<5 { #expect(try await client.get("/readyz").status == 200) }
      var open = Set(slow.indices)
      for _ in 0..<2_400 where !open.isEmpty {
        for index in open where !slow[index].send("a") { open.remove(index) }
        try await Task.sleep(for: .milliseconds(250))
      }
      #expect(open.isEmpty, "\(open.count) are still let")
      #expect(try await client.get("/healthz").status == 200)
    }
  }

  @Test func `whoever asks for much and reads nothing is sent away`() async throws {
    var limits = try WebServerTests.generous()
    limits.connections.writingStallsFor = 1
    try await WebServerTests.withServer(limits: limits, prepare: { _ in }) { client, _ in
      let raw = try RawClient(client.base)
      // More than the buffers of both sides hold.
      let one = "GET /assets/ol.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
      raw.send(String(repeating: one, count: 40))
      var isOpen = true
      for _ in 0..<2_400 where isOpen {
        try await Task.sleep(for: .milliseconds(250))
        isOpen = raw.send(one)
      }
      #expect(!isOpen)
      #expect(try await client.get("/healthz").status == 200)
    }
  }
}
