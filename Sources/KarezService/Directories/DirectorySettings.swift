public import Foundation
public import KarezCore

/// 统一认证: the directory an installation lets people sign in by, as its operator states it.
///
/// - Shape: `oidc.json` in the data folder, readable by its owner only:
///   `{"issuer", "clientID", "clientSecret", "title": {"zh", "en", "ug"}}`.
public struct DirectorySettings: Hashable, Sendable {
  public let issuer: String
  public let clientID: String
  let clientSecret: String
  public let title: LocalizedText

  /// Nil where the folder states none.
  ///
  /// - Errors: `Problem` of kind unavailable for a file that is open to others or states no
  ///   provider; nobody signs in by guesswork.
  public static func read(in data: URL) throws(Problem) -> DirectorySettings? {
    let text: String
    switch OwnerFile.read(data.appending(path: "oidc.json")) {
    case .missing: return nil
    case .openToOthers: throw openToOthers
    case .text(let read): text = read
    }
    guard let json = try? JSONValue(parsing: text), let settings = DirectorySettings(json) else {
      throw malformed
    }
    return settings
  }

  init?(_ json: JSONValue) {
    guard let issuer = json["issuer"]?.string, Self.isSafe(issuer),
      let clientID = json["clientID"]?.string, !clientID.isEmpty,
      let clientSecret = json["clientSecret"]?.string, let zh = json["title"]?["zh"]?.string,
      let en = json["title"]?["en"]?.string
    else { return nil }
    self.issuer = issuer
    self.clientID = clientID
    self.clientSecret = clientSecret
    title = LocalizedText(zh: zh, en: en, ug: json["title"]?["ug"]?.string)
  }

  /// Whether secrets may be sent there: over TLS, or on this very machine.
  static func isSafe(_ address: String) -> Bool {
    guard let url = URL(string: address), let host = url.host, url.user == nil else { return false }
    if url.scheme == "https" { return true }
    return url.scheme == "http" && ["127.0.0.1", "localhost", "::1"].contains(host)
  }

  private static let openToOthers = Wording(
    "directory-open", "统一认证的设置文件对他人可读", "the directory’s settings can be read by others",
    do: "chmod 600 oidc.json", "chmod 600 oidc.json"
  ).problem(.unavailable, at: "oidc.json")

  private static let malformed = Wording(
    "directory-malformed", "统一认证的设置不完整，或地址不是 https",
    "the directory’s settings are incomplete, or its address is not https",
    do: "按 docs/operations.md 填写", "fill them in as docs/operations.md says"
  ).problem(.unavailable, at: "oidc.json")
}
