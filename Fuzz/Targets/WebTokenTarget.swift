import KarezCore
import KarezCrypto

@testable import KarezService

/// The token a directory sends, what it claims, and the keys the directory publishes.
enum WebTokenTarget: FuzzTarget {
  static let name = "web-token"
  private static let expected = IDToken.Expectation(
    issuer: "https://id", audience: "karez", nonce: "n",
    now: Timestamp(millisecondsSince1970: 1_764_000_000_000))

  static func feed(_ bytes: [UInt8]) {
    guard let text = text(bytes) else { return }
    hold(
      (try? IDToken.subject(of: text, by: [], expected)) == nil, "nobody signed, and it is taken")
    guard let json = try? JSONValue(parsing: text) else { return }
    let keys = IDToken.keys(json) ?? []
    if let token = json["token"]?.string {
      _ = try? IDToken.subject(of: token, by: keys, expected)
    }
    if let subject = try? IDToken.subject(claimedBy: json, expected) {
      hold(!subject.isEmpty && json["iss"]?.string == expected.issuer, "a subject of nobody")
    }
    _ = DirectorySettings(json)
    _ = CarrierSettings(json)
  }
}
