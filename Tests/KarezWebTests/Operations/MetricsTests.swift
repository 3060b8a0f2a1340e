import Foundation
import KarezCore
import KarezPacks
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// `/metrics`: what an operator's collector reads, and nobody else.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct MetricsTests {
  /// The samples of a text, by name and labels; every line is one of the format's.
  static func samples(_ text: String) throws -> [String: Double] {
    var samples: [String: Double] = [:]
    var typed: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# HELP ") { continue }
      if line.hasPrefix("# TYPE ") {
        let name = try #require(line.split(separator: " ").dropFirst(2).first)
        #expect(typed.insert(name).inserted, "\(name) is told of twice")
        continue
      }
      let match = try #require(
        line.firstMatch(
          of: /^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})? (-?[0-9.e+-]+|\+Inf|NaN)$/),
        "\(line)")
      let name = match.output.1.replacing(/_(bucket|sum|count)$/, with: "")
      #expect(typed.contains(Substring(name)) || typed.contains(match.output.1), "\(line)")
      let key = String(match.output.1) + String(match.output.2 ?? "")
      #expect(samples[key] == nil, "\(key) is there twice")
      samples[key] = Double(match.output.3)
    }
    return samples
  }

  @Test func `requests are counted by route and class, and nothing of what was asked is told`()
    async throws
  {
    try await WebServerTests.withServer { client in
      for path in ["/catalogue/land-patches", "/catalogue/no-such", "/secret-path/123"] {
        _ = try await client.get(path)
      }
      let first = try Self.samples(try await client.get("/metrics").body)
      let found = "karez_requests_total{method=\"GET\",route=\"/catalogue/{id}\",class="
      #expect(first[found + "\"2xx\"}"] == 1 && first[found + "\"4xx\"}"] == 1)
      #expect(first["karez_requests_total{method=\"GET\",route=\"-\",class=\"4xx\"}"] == 1)
      #expect(first["karez_request_seconds_count{route=\"/catalogue/{id}\"}"] == 2)
      #expect(first["karez_request_seconds_bucket{route=\"/catalogue/{id}\",le=\"+Inf\"}"] == 2)
      #expect((first["karez_response_bytes_total"] ?? 0) > 1_000)
      #expect(first["karez_requests_in_flight"] == 1, "the one that asks")
      let again = try await client.get("/metrics")
      #expect(again.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      let second = try Self.samples(again.body)
      #expect(
        second["karez_requests_total{method=\"GET\",route=\"/metrics\",class=\"2xx\"}"] == 1)
      for name in [
        "karez_work_places", "karez_work_running", "karez_work_waiting",
        "karez_work_turned_away_total", "karez_store_bytes", "karez_commit_last",
        "karez_log_entries", "karez_tiles_total{from=\"memory\"}", "karez_packs_publication",
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
      ] {
        #expect(second[name] != nil, "\(name)")
      }
      #expect((second["process_resident_memory_bytes"] ?? 0) > 1_000_000)
      for word in ["land-patches", "no-such", "secret-path", "operator"] {
        #expect(!again.body.contains(word), "\(word)")
      }
    }
  }

  @Test func `a downloaded file counts by all its bytes`() async throws {
    try await WebServerTests.withServer { client in
      let before = try Self.samples(try await client.get("/metrics").body)
      let file = try await client.get("/api/v1/datasets/counties/export?format=csv")
      let after = try Self.samples(try await client.get("/metrics").body)
      let key = "karez_response_bytes_total"
      #expect((after[key] ?? 0) - (before[key] ?? 0) >= Double(file.body.utf8.count))
    }
  }

  @Test func `whoever comes from elsewhere finds nothing, unless a token is known`() async throws {
    var limits = try WebServerTests.generous()
    // SM3 of "abc", as the standard prints it.
    limits.readers.tokens = ["66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"]
    try await WebServerTests.withServer(limits: limits, prepare: { _ in }) { client, _ in
      #expect(try await client.get("/metrics").status == 200)
      // Passed on by a server that was not named: from anywhere.
      for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
        let reply = try await client.get("/metrics", headers: [header: "127.0.0.1"])
        #expect(reply.status == 404, "\(header)")
      }
      let known = ["Authorization": "Bearer abc", "X-Forwarded-For": "203.0.113.1"]
      #expect(try await client.get("/metrics", headers: known).status == 200)
      let wrong = ["Authorization": "Bearer abcd"]
      #expect(try await client.get("/metrics", headers: wrong).status == 404)
    }
    try await WebServerTests.withServer(proxies: ["127.0.0.1"], prepare: { _ in }) { client, _ in
      let here = try await client.get("/metrics")
      #expect(here.status == 200, "on the machine itself")
      let outside = ["X-Forwarded-For": "127.0.0.1, 203.0.113.1"]
      #expect(try await client.get("/metrics", headers: outside).status == 404)
    }
  }

  @Test func `the figures need no sign-in where there are accounts, and are free`() async throws {
    var limits = try WebServerTests.generous()
    limits.address = WebLimits.Allowance(perMinute: 1, atOnce: 1)
    try await LimitTests.withPerson(limits) { client, _ in
      for _ in 0..<3 {
        let reply = try await client.get("/metrics")
        #expect(reply.status == 200)
      }
    }
  }

  @Test func `texts are escaped, and times are counted up to their bounds`() throws {
    var text = MetricsText()
    text.add("a", .gauge, "help\nwith \\", [([("l", "x\"y\\z\n")], 1.5)])
    text.add("b", .gauge, "left out", nil as Double?)
    var times = RequestCounts.Times()
    for seconds in [0.004, 0.005, 0.2, 99] { times.add(seconds) }
    text.add("c", "times", [([], times)])
    #expect(text.text.contains("# HELP a help\\nwith \\\\\n"))
    #expect(text.text.contains("a{l=\"x\\\"y\\\\z\\n\"} 1.5\n"))
    #expect(!text.text.contains("left out"))
    #expect(text.text.contains("c_bucket{le=\"0.005\"} 2\n"))
    #expect(text.text.contains("c_bucket{le=\"30\"} 3\nc_bucket{le=\"+Inf\"} 4\n"))
    #expect(text.text.contains("c_count 4\n"))
  }

  @Test func `a process is read from what the kernel writes`() {
    let fields = (3...52).map { $0 == 24 ? "250" : $0 == 14 || $0 == 15 ? "100" : "\($0)" }
    let stat = "7 (a name) with ) brackets) " + fields.joined(separator: " ")
    let figures = ProcessFigures(stat: stat, boot: 1_000)
    let page = Double(sysconf(Int32(_SC_PAGESIZE)))
    #expect(figures.residentBytes == 250 * page)
    #expect(figures.threads == 20 && figures.virtualBytes == 23)
    #expect(figures.processorSeconds == 200 / Double(sysconf(Int32(_SC_CLK_TCK))))
    let none = ProcessFigures(stat: "", boot: nil)
    #expect(none.residentBytes == nil && none.startedAt == nil)
  }

  @Test(arguments: [
    ("/catalogue/{id}", ServedChannel.page), ("/catalogue/{id}/download", .download),
    ("/ogc/collections/{id}", .metadata), ("/ogc/collections/{id}/items/{feature}", .features),
    ("/ogc/collections/{id}/tiles/{a}/{b}/{c}/{d}", .tiles),
    ("/ogc/collections/{id}/tiles", .metadata), ("/api/v1/datasets/{id}/features", .features),
    ("/api/v1/datasets/{id}/export", .download), ("/wms", .image), ("/wfs", .features),
    ("/wmts/1.0.0/{layer}", .tiles), ("/", nil), ("/catalogue", nil), ("/ogc/collections", nil),
    ("/healthz", nil),
  ])
  func `a route is of one channel`(route: String, channel: ServedChannel?) {
    #expect(ServedRequest.channel(of: route) == channel)
  }
}
