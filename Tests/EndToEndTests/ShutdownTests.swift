import Foundation
import KarezCore
import TestSupport
import Testing

/// 平稳停机: the real program told to stop while somebody still waits for an answer.
@Suite(.serialized) struct ShutdownTests {
  /// Serves an empty map; the body gets the address and the process id.
  private static func serving<Result>(
    _ limits: (String) -> String = { $0 }, _ body: (String, Int32) async throws -> Result
  ) async throws -> Program.Served<Result> {
    try await Places.withTemporaryFolder { folder in
      let data = folder.appending(path: "data").path
      #expect(try karez("init", "--data", data).status == 0)
      return try await ServedMap.serving(data: data, limits: limits) { address, process in
        try await body(String(address.dropLast()), process)
      }
    }
  }

  /// Waits until nobody listens any more.
  private static func untilClosed(_ address: String) async throws {
    while (try? RawClient(address)) != nil { try await Task.sleep(for: .milliseconds(20)) }
  }

  private static let head = "POST /api/v1/checks HTTP/1.1\r\nHost: localhost\r\n"
  private static let body =
    "{\"boundary\":{\"type\":\"Polygon\",\"coordinates\":[[[100,30],[100.01,30],[100.01,30.01],"
    + "[100,30]]]}}"

  @Test func `what is under way is ended, nothing new is taken, and all is well`() async throws {
    let served = try await Self.serving { address, process in
      let idle = try RawClient(address)
      let raw = try RawClient(address)
      raw.send(
        Self.head + "Content-Type: application/json\r\nContent-Length: \(Self.body.utf8.count)"
          + "\r\n\r\n" + Self.body.prefix(20))
      // It is under way once others that came later were answered on every loop there is.
      for _ in 0..<8 {
        let other = try RawClient(address)
        other.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(await other.receive().text.contains("alive"))
      }
      kill(process, SIGTERM)
      try await Self.untilClosed(address)
      #expect(await idle.receive().isClosed, "who asks nothing is not waited for")
      raw.send(String(Self.body.dropFirst(20)))
      return await raw.receive().text
    }
    #expect(served.result.hasPrefix("HTTP/1.1 200 OK") && served.result.contains("\"digest\""))
    #expect(served.status == 0)
    #expect(served.log.contains("\"message\":\"stopped\""), "\(served.log)")
    #expect(served.log.firstMatch(of: /"level":"(warning|error|critical)"/) == nil)
  }

  @Test func `whoever never ends is not waited for longer than the limit`() async throws {
    let served = try await Self.serving {
      $0.replacing(/shutdown:\s+within: ".*"/, with: "shutdown:\n  within: \"1 s\"")
    } _: { address, process in
      let raw = try RawClient(address)
      raw.send(Self.head + "Content-Length: 1000\r\n\r\n{")
      let other = try RawClient(address)
      other.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      #expect(await other.receive().text.contains("alive"))
      kill(process, SIGTERM)
      return await raw.receive().isClosed
    }
    #expect(served.result && served.status == 0)
  }
}
