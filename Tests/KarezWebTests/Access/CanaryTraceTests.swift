import Foundation
import KarezCore
import KarezPacks
import KarezService
import KarezStore
import TestSupport
import Testing

@testable import KarezWeb

/// 查阅留痕 of the server: whatever address tells a fact that is not public, the log has an entry of
/// whoever was told.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct CanaryTraceTests {
  typealias Client = WebServerTests.Client

  /// Routes that tell such a word and are no read of the data, and why.
  static let exempt: [String: String] = [
    "GET /log": "the log itself, to whoever audits it",
    "GET /api/v1/jobs": "what a job found, to whoever looks after jobs; no feature is shown",
    "GET /jobs": "the same as a page", "GET /jobs/rows": "the same as a part of it",
  ]

  /// One address asked, and what came of it.
  struct Telling {
    let route: String
    let path: String
    let words: [String]
    let entries: Int
  }

  /// Words of rows that are above public, which the address does not hold itself.
  static func words(in text: String, asked path: String) -> [String] {
    let rows = /canary_(public|internal|restricted|confidential)_(6531\d\d)_([a-z]+)/
    let found = text.matches(of: rows).compactMap { match -> String? in
      let own = AccessMap.attributes.first { $0.0 == match.3 }?.1 ?? .public
      let word = String(match.0)
      guard match.1 != "public" || own > .public, !path.contains(word) else { return nil }
      return word
    }
    return Set(found).sorted()
  }

  /// The paths a channel is asked by: every dataset, county and attribute it names.
  static func paths(of channel: AccessChannel, _ fixed: [String: String]) -> [String] {
    channel.paths.flatMap { path -> [String] in
      var found = [fixed.reduce(path) { $0.replacing($1.key, with: $1.value) }]
      if path.contains("{dataset}") || path.contains("{feature}") {
        found = found.flatMap { path in
          AccessMap.levels.flatMap { level in
            AccessMap.counties.map { county in
              path.replacing("{dataset}", with: AccessMap.dataset(level))
                .replacing("{feature}", with: AccessMap.feature(level, county))
            }
          }
        }
      }
      if path.contains("{attribute}") {
        found = found.flatMap { path in
          AccessMap.attributes.map { path.replacing("{attribute}", with: $0.0) }
        }
      }
      if path.contains("{submission}") {
        found = AccessMap.levels.map {
          path.replacing("{submission}", with: AccessMap.submission($0))
        }
      }
      return Set(found).sorted()
    }
  }

  @Test(arguments: ["auditor", "submitter"])
  func `whoever is told what is not public leaves an entry, by every address that is read`(
    role: String
  ) async throws {
    var cookie = ""
    try await WebServerTests.withServer { map in
      try AccessMap.nameDirectory(map)
      try await AccessMap.prepare(map)
      cookie = try await AccessMap.session(
        of: AccountOrder(
          id: "reader", name: "reader", roles: [role], regions: nil, ceiling: .confidential), map)
    } _: { client, map in
      let request = CheckRequest(
        boundary: try map.readBoundary(geoJSON: try JSONValue(parsing: AccessChannel.square)),
        purpose: nil, validOn: try #require(LegalDate("2025-06-01")))
      let answer = try await map.check(request, by: .operator, in: .all).id
      let headers = ["Cookie": "karez-session=\(cookie)"]
      var tellings: [Telling] = []
      var last = try await Self.entries(map, after: 0).last?.number ?? 0
      // Twice over: what was made for the first time is kept for the second.
      for _ in 0..<2 {
        for (route, channels) in AccessChannel.all.sorted(by: { $0.key < $1.key })
        where route.hasPrefix("GET ") {
          for path in channels.flatMap({ Self.paths(of: $0, ["{answer}": answer]) })
          where !path.contains("{") {
            let reply = try await client.get(path, headers: headers)
            let entries = try await Self.entries(map, after: last)
            last = entries.last?.number ?? last
            let words = Self.words(in: reply.body, asked: path)
            guard !words.isEmpty else { continue }
            tellings.append(
              Telling(
                route: route, path: path, words: words,
                entries: entries.count { entry in
                  ["read", "export"].contains(entry.kind) && entry.actor.id == "reader"
                }))
          }
        }
      }
      let silent = tellings.filter { $0.entries == 0 && Self.exempt[$0.route] == nil }
      print(
        "traces of \(role): \(tellings.count) answers with words above public by "
          + "\(Set(tellings.map(\.route)).count) routes, \(silent.count) without an entry")
      #expect(tellings.count > 100 && Set(tellings.map(\.route)).count > 15)
      for route in Set(silent.map(\.route)).sorted() {
        let one = silent.first { $0.route == route }
        Issue.record("\(one?.path ?? route) tells \(one?.words.first ?? "") and leaves no entry")
      }
    }
  }

  private static func entries(_ map: OneMap, after number: Int64) async throws -> [LogEntry] {
    try await map.logEntries(after: number, limit: 100_000)
  }
}
