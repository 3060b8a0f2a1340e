import Foundation
import KarezCore
import KarezPacks
import TestSupport
import Testing

@testable import KarezService
@testable import KarezWeb

/// A server to which applicants come, and the forms they send.
struct ApplicantRoom {
  typealias Reply = WebServerTests.Reply

  static let procedure = "administrative-procedure/temporary-land"
  static let answers = [
    "contact_person": "某", "contact_phone": "13800000000", "land_use": "mining/exploration",
    "use_detail": "钻场", "exploration_licence": "T1", "area_requested": "1.5",
    "use_from": "2025-04-01", "use_days": "90", "takes_farmland": "false",
  ]

  let room: CaseRoom
  var map: OneMap { room.map }

  static func with(_ body: (ApplicantRoom) async throws -> Void) async throws {
    try await CaseRoom.with { room in
      // There is an office, so that there is a door.
      _ = try await room.person("clerk", ["submitter"])
      try await body(ApplicantRoom(room: room))
    }
  }

  func applicant(
    _ id: String = "a20250001", isVerified: Bool = true
  ) async throws -> [String: String] {
    let person = try await AccessMap.applicant(map, id: id, isVerified: isVerified)
    return ["Cookie": "karez-session=\(person.cookie)"]
  }

  func formKey(_ who: [String: String]) async throws -> String {
    try SignInTests.formKey(try await room.client.get("/my", headers: who))
  }

  /// A form sent the plain way, with its key.
  func post(
    _ path: String, _ fields: [String: String], _ who: [String: String]
  ) async throws -> Reply {
    var fields = fields
    fields["formKey"] = try await formKey(who)
    let body = fields.sorted { $0.key < $1.key }.map { name, value in
      Asked.escaped(name) + "=" + Asked.escaped(value)
    }.joined(separator: "&")
    return try await room.client.post(path, body, headers: who)
  }

  /// A new draft's address.
  func draft(
    _ who: [String: String], for applicant: String? = nil, of procedure: String = procedure
  ) async throws -> String {
    var fields = ["procedure": procedure]
    fields["applicant"] = applicant
    let reply = try await post("/my/drafts", fields, who)
    #expect(reply.status == 303, "\(reply.body.prefix(300))")
    return try #require(reply.headers["location"])
  }

  /// The form of a draft, with what is typed and brought.
  func send(
    _ draft: String, _ act: String, version: Int, _ who: [String: String],
    typing answers: [String: String] = answers, region: String = "653101", files: [String] = []
  ) async throws -> Reply {
    var fields = [
      "formKey": try await formKey(who), "expecting": String(version), "act": act,
      "region": region,
    ]
    for (id, text) in answers { fields["f:" + id] = text }
    return try await room.form(
      draft + "?lang=en", fields,
      files: files.map { ($0, CasePaper(of: $0).name, CasePaper(of: $0).text) }, who)
  }

  /// The agent accepts the mandate they were offered.
  func accept(_ agent: [String: String]) async throws {
    let page = try await room.client.get("/my/mandates?lang=en", headers: agent)
    let id = try #require(page.body.firstMatch(of: /name="accept" value="([0-9a-f]+)"/)).1
    #expect(try await post("/my/mandates", ["accept": String(id)], agent).status == 303)
  }

  func version(of draft: String, _ who: [String: String]) async throws -> Int {
    let page = try await room.client.get(draft, headers: who)
    let match = try #require(page.body.firstMatch(of: /name="expecting" value="([0-9]+)"/))
    return try #require(Int(match.1))
  }

  static let materials = ["boundary", "land-contract", "reclamation-plan"]

  /// The number of a case that was applied for on the pages.
  func submitted(_ who: [String: String], for applicant: String? = nil) async throws -> String {
    let draft = try await draft(who, for: applicant)
    let reply = try await send(
      draft, "submit", version: try await version(of: draft, who), who, files: Self.materials)
    #expect(reply.status == 200, "\(reply.body.prefix(400))")
    return String(try #require(reply.body.firstMatch(of: /LS[0-9]{15}/), "\(reply.body)").0)
  }
}
