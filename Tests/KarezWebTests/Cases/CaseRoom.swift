import Foundation
import KarezCore
import KarezPacks
import KarezStore
import Synchronization
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// A server with a clock set by hand, and people who act in cases of two counties.
///
/// The clock begins on Saturday, 1 March 2025, at four in the afternoon of Beijing.
struct CaseRoom {
  typealias Client = WebServerTests.Client
  typealias Reply = WebServerTests.Reply

  static let procedure = "administrative-procedure/construction-land-permit"
  static let needed = ["application", "boundary", "project-approval", "land-contract"]
  static let counties = ["653101", "653121"]

  let client: Client
  let map: OneMap
  let time: Mutexed

  /// The moment, as long as a test does not let it pass.
  final class Mutexed: Sendable {
    private let now = Mutex(Timestamp(millisecondsSince1970: 1_740_816_000_000))

    var clock: WallClock { WallClock { [self] in now.withLock { $0 } } }
    func pass(days: Int) { now.withLock { $0 = $0.adding(seconds: days * 86_400) } }
  }

  static func with(
    limits: WebLimits? = nil, changing change: (inout OneMap) -> Void = { _ in },
    _ body: (CaseRoom) async throws -> Void
  ) async throws {
    let time = Mutexed()
    try await WebServerTests.withServer(
      limits: limits, clock: time.clock, changing: change, prepare: { _ in }
    ) { client, map in
      try await body(CaseRoom(client: client, map: map, time: time))
    }
  }

  // MARK: People

  /// Somebody who has signed in, and the headers that say so.
  func person(
    _ id: String, _ roles: [String], regions: [String]? = nil
  ) async throws -> [String: String] {
    let order = AccountOrder(id: id, name: id, roles: roles, regions: regions)
    return ["Cookie": "karez-session=\(try await AccessMap.session(of: order, map))"]
  }

  func formKey(_ headers: [String: String] = [:]) async throws -> String {
    try SignInTests.formKey(try await client.get("/desk", headers: headers))
  }

  // MARK: Forms and bodies

  /// A form with files, by the fields they are in.
  func form(
    _ path: String, _ fields: [String: String], files: [(String, String, String)] = [],
    _ headers: [String: String] = [:]
  ) async throws -> Reply {
    var body = fields.map {
      "--b\r\nContent-Disposition: form-data; name=\"\($0.key)\"\r\n\r\n\($0.value)\r\n"
    }.joined()
    for (field, name, text) in files {
      body +=
        "--b\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(name)\"\r\n"
        + "Content-Type: application/octet-stream\r\n\r\n\(text)\r\n"
    }
    return try await client.send(
      "POST", path, type: "multipart/form-data; boundary=b", body: Data((body + "--b--\r\n").utf8),
      headers: headers)
  }

  func post(
    _ path: String, _ body: String, _ headers: [String: String] = [:]
  ) async throws -> Reply {
    try await client.send(
      "POST", path, type: "application/json", body: Data(body.utf8), headers: headers)
  }

  static let paper = "%PDF-1.7 test"

  func opening(
    _ region: String = counties[0], documents: [String] = needed, key: String? = nil,
    _ headers: [String: String] = [:]
  ) async throws -> Reply {
    var headers = headers
    if let key { headers["Idempotency-Key"] = key }
    return try await form(
      "/api/v1/cases",
      ["procedure": Self.procedure, "region": region, "applicant": "a-1", "project": "2025-001"],
      files: documents.map { ($0, CasePaper(of: $0).name, CasePaper(of: $0).text) }, headers)
  }

  /// The number of a case that was opened.
  func opened(
    _ region: String = counties[0], documents: [String] = needed
  ) async throws -> String {
    let reply = try await opening(region, documents: documents)
    #expect(reply.status == 201, "\(reply.body.prefix(400))")
    return try #require(reply.json?["number"]?.string)
  }

  func act(
    _ number: String, _ body: String, _ headers: [String: String] = [:]
  ) async throws -> Reply {
    try await post("/api/v1/cases/\(number)/acts", body, headers)
  }
}
