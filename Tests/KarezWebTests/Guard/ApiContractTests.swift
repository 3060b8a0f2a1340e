import Foundation
import KarezCore
import KarezService
import TestSupport
import Testing

@testable import KarezWeb

/// `/api/v1/openapi.json` is what the server holds requests against, and names every route.
@Suite(.serialized, .enabled(if: WebServerTests.hasBrowserFiles)) struct ApiContractTests {
  static func contract() throws -> ApiContract {
    try ApiContract(portal: Places.repository.appending(path: "Portal"))
  }

  @Test func `what is described is what there is`() async throws {
    let described = try Self.contract().described.filter {
      $0.contains(" /api/v1/") || $0.contains(" /ogc")
    }
    try await Places.withTemporaryFolder { folder in
      let map = try await OneMap.initialise(
        data: folder.appending(path: "data"),
        installation: Installation(home: Places.repository, programs: Program.folder),
        by: .operator)
      let routes = try WebServer.routes(map: map).filter {
        $0.contains(" /api/v1/") || $0.contains(" /ogc")
      }
      #expect(routes.count >= 17)
      #expect(Set(routes).symmetricDifference(described).sorted() == [])
      let all = try WebServer.routes(map: map)
      #expect(RequestSort.routes.filter { !all.contains($0) && !$0.contains("directory") } == [])
    }
  }

  @Test(arguments: [
    ("integer", "1", true), ("integer", "01", false), ("integer", "1.0", false),
    ("integer", "+1", false), ("integer", "", false), ("integer", "99999999999999999999", false),
    ("number", "1.5", true), ("number", "nan", false), ("number", "inf", false),
    ("number", "0x1p3", false), ("number", "1e400", false), ("boolean", "true", true),
    ("boolean", "1", false), ("string", "a", true), ("string", "", false),
    ("string", "a\u{0}b", false), ("string", "a\nb", false),
  ])
  func `a value is what its schema says`(type: String, value: String, isAllowed: Bool) {
    let schema = JSONValue.object(["type": .string(type)])
    #expect(ApiContract.isAllowed(value, by: schema) == isAllowed)
  }

  @Test func `the bounds of a schema hold`() {
    func schema(_ members: [String: JSONValue]) -> JSONValue { .object(members) }
    let small = schema(["type": .string("integer"), "minimum": .integer(2), "maximum": .integer(3)])
    #expect((0...5).filter { ApiContract.isAllowed("\($0)", by: small) } == [2, 3])
    let word = schema(["type": .string("string"), "pattern": .string("^[a-z]{2}$")])
    #expect(
      ["aa", "a", "aaa", "aa\n", "AA"].filter { ApiContract.isAllowed($0, by: word) } == ["aa"])
    let broken = schema(["type": .string("string"), "pattern": .string("[")])
    #expect(!ApiContract.isAllowed("a", by: broken))
    let one = schema(["type": .string("string"), "enum": .array([.string("x")])])
    #expect(ApiContract.isAllowed("x", by: one) && !ApiContract.isAllowed("y", by: one))
    let day = schema(["type": .string("string"), "format": .string("date")])
    #expect(ApiContract.isAllowed("2025-02-28", by: day))
    #expect(!ApiContract.isAllowed("2025-02-30", by: day))
    let short = schema(["type": .string("string"), "maxLength": .integer(2)])
    #expect(ApiContract.isAllowed("图斑", by: short) && !ApiContract.isAllowed("aaa", by: short))
  }

  @Test func `what is not described is refused, and so is the same twice`() async throws {
    let client = try await SharedServer.shared.client().client
    let path = "/api/v1/datasets/counties/features"
    for query in [
      "limit=5&limit=6", "extra=1", "limit=", "lang=xx", "paint=yes", "recorded=1e3",
      "purpose=Who%20knows", "bbox=1,2,3,4,5", "validOn=2025-2-1",
    ] {
      let reply = try await client.get(path + "?" + query)
      #expect(reply.status == 400 && reply.code == "field-invalid", "\(query): \(reply)")
    }
    let fine = "?limit=5&lang=en&purpose=audit&bbox=70.5,30,80,40&paint=true&recorded=0"
    #expect(try await client.get(path + fine).status == 200)
    for (method, path, allowed) in [
      ("POST", "/api/v1/datasets", "GET"), ("DELETE", "/api/v1/datasets/x/features", "GET"),
      ("GET", "/api/v1/checks", "POST"), ("PUT", "/api/v1/checks", "POST"),
    ] {
      let reply = try await client.send(method, path)
      #expect(reply.status == 405 && reply.code == "method-not-allowed", "\(method) \(path)")
      #expect(reply.headers["allow"] == allowed)
    }
    #expect(try await client.get("/api/v1/nothing").status == 404)
  }
}
