import Foundation
import KarezCore
import KarezCrypto
import TestSupport
import Testing

@testable import KarezService

/// Statements of a directory: which are taken, and which part of the others is wrong.
///
/// The tokens of `Tests/Directory/tokens.json` were signed once by another library (joserfc 1.8).
@Suite struct IDTokenTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let token: String
    let fault: String?

    var testDescription: String { name }
  }

  static let file: JSONValue = {
    let url = Places.repository.appending(path: "Tests/Directory/tokens.json")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    return (try? JSONValue(parsing: text)) ?? .null
  }()

  static let cases = (file["cases"]?.array ?? []).map { item in
    Case(
      name: item["name"]?.string ?? "", token: item["token"]?.string ?? "",
      fault: item["fault"]?.string)
  }

  static let expectation = IDToken.Expectation(
    issuer: file["issuer"]?.string ?? "", audience: file["audience"]?.string ?? "",
    nonce: file["nonce"]?.string ?? "", now: HandClock().now)

  @Test func `there are tokens of every fault`() {
    let faults = Set(Self.cases.compactMap(\.fault))
    #expect(Self.cases.count > 20 && faults.count == 10, "\(faults.sorted())")
  }

  @Test(arguments: cases)
  func `a token is taken, or refused for what is wrong with it`(one: Case) throws {
    let published = try #require(Self.file["keys"])
    let keys = try #require(IDToken.keys(published))
    #expect(keys.count == 2, "the key for encryption is left out")
    do {
      let subject = try IDToken.subject(of: one.token, by: keys, Self.expectation)
      #expect(one.fault == nil && subject == Self.file["subject"]?.string)
    } catch {
      #expect(error.rawValue == one.fault)
    }
  }

  @Test func `a set that is none, and keys too weak, give nothing`() throws {
    #expect(IDToken.keys(.object([:])) == nil)
    let weak = JSONValue.object([
      "keys": .array([
        .object(["kty": .string("RSA"), "n": .string("AQAB"), "e": .string("AQAB")]),
        .object([
          "kty": .string("EC"), "crv": .string("P-256"), "x": .string("AA"), "y": .string("AA"),
        ]), .string("x"),
      ])
    ])
    #expect(IDToken.keys(weak)?.isEmpty == true)
  }
}
