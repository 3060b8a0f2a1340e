public import Foundation
public import KarezCore
import KarezCrypto

/// 送达设置: what carries notices out of an installation, as its operator states it.
///
/// - Shape: `carriers.json` in the data folder, readable by its owner only, with `mail`, `webhook`,
///   both or neither; what it does not name stays a file for a gateway. A key nobody knows is
///   refused, so that a slip of the pen is not a carrier that never carries.
public struct CarrierSettings: Hashable, Sendable {
  static let file = "carriers.json"

  /// 邮件: the server that takes mail from here.
  struct Mail: Hashable, Sendable {
    enum Security: String, CaseIterable, Hashable, Sendable {
      /// TLS from the first byte.
      case tls
      /// TLS after asking; without it nothing is sent.
      case starttls
      /// On this very machine only.
      case none
    }

    let host: String
    let port: Int
    let security: Security
    let user: String?
    let password: HiddenText?
    let from: MailAddress
    /// What stands beside the address: the authority.
    let name: String?
    /// A file of certificates to believe instead of the system's.
    let authorities: String?
    /// How long one mail may take.
    let seconds: Int
  }

  /// 回调: an address that every notice is posted to, signed.
  struct Webhook: Hashable, Sendable {
    let address: String
    let secret: HiddenText
    let hash: HashFunction
    let authorities: String?
    let seconds: Int
  }

  let mail: Mail?
  let webhook: Webhook?

  static let none = CarrierSettings(mail: nil, webhook: nil)

  /// What the folder states.
  ///
  /// - Errors: `Problem` of kind unavailable for a file that is open to others or malformed;
  ///   nothing is carried by guesswork.
  public static func read(in data: URL) throws(Problem) -> CarrierSettings {
    switch OwnerFile.read(data.appending(path: file)) {
    case .missing: return .none
    case .openToOthers: throw openToOthers
    case .text(let text):
      guard let json = try? JSONValue(parsing: text), let settings = CarrierSettings(json) else {
        throw malformed
      }
      return settings
    }
  }

  /// One line a carrier, without its secret.
  public var lines: [String] {
    var lines: [String] = []
    if let mail {
      lines.append("mail\t\(mail.host):\(mail.port)\t\(mail.security.rawValue)\t\(mail.from)")
    }
    if let webhook { lines.append("webhook\t\(webhook.address)\thmac-\(webhook.hash.rawValue)") }
    return lines
  }

  private static let openToOthers = Wording(
    "carriers-open", "送达设置文件对他人可读", "the settings of the carriers can be read by others",
    do: "chmod 600 carriers.json", "chmod 600 carriers.json"
  ).problem(.unavailable, at: file)

  private static let malformed = Wording(
    "carriers-malformed", "送达设置不完整、有不认识的项，或地址不安全",
    "the settings of the carriers are incomplete, name what nobody knows, or are not safe",
    do: "按 docs/operations.md 填写", "fill them in as docs/operations.md says"
  ).problem(.unavailable, at: file)
}

extension CarrierSettings {
  init?(_ json: JSONValue) {
    guard case .object(let members) = json, Set(members.keys).isSubset(of: ["mail", "webhook"])
    else { return nil }
    let mail = members["mail"].map { Mail($0) }
    let webhook = members["webhook"].map { Webhook($0) }
    if case .some(.none) = mail { return nil }
    if case .some(.none) = webhook { return nil }
    self.init(mail: mail ?? nil, webhook: webhook ?? nil)
  }

  /// A file of certificates by its whole path; nil where none is named, empty for what is no path.
  fileprivate static func authorities(_ json: JSONValue) -> String? {
    guard let named = json["authorities"] else { return nil }
    guard let path = named.string, path.hasPrefix("/"), !path.hasControl else { return "" }
    return path
  }

  fileprivate static func seconds(_ json: JSONValue) -> Int? {
    guard let named = json["seconds"] else { return 30 }
    return named.integer.flatMap { (1...300).contains($0) ? Int($0) : nil }
  }

  /// Names of this very machine.
  fileprivate static let loopback: Set<String> = ["127.0.0.1", "localhost", "::1"]
}

extension CarrierSettings.Mail {
  private static let keys: Set<String> = [
    "host", "port", "security", "user", "password", "from", "name", "authorities", "seconds",
  ]

  init?(_ json: JSONValue) {
    guard case .object(let members) = json, Set(members.keys).isSubset(of: Self.keys),
      let host = json["host"]?.string, let port = json["port"]?.integer,
      (1...65_535).contains(port),
      let security = json["security"]?.string.flatMap({ Security(rawValue: $0) }),
      let from = json["from"]?.string.flatMap({ MailAddress($0) }),
      let seconds = CarrierSettings.seconds(json)
    else { return nil }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.allSatisfy(MailAddress.isLabel),
      security != .none || CarrierSettings.loopback.contains(host)
    else { return nil }
    let (user, password) = (json["user"]?.string, json["password"]?.string)
    guard (user == nil) == (password == nil), user?.contains(":") != true,
      ![user, password, json["name"]?.string].contains(where: { $0?.hasControl == true })
    else { return nil }
    let authorities = CarrierSettings.authorities(json)
    guard authorities?.isEmpty != true else { return nil }
    self.init(
      host: host, port: Int(port), security: security, user: user,
      password: password.map { HiddenText($0) }, from: from, name: json["name"]?.string,
      authorities: authorities, seconds: seconds)
  }
}

extension CarrierSettings.Webhook {
  private static let keys: Set<String> = [
    "address", "secret", "signature", "authorities", "seconds",
  ]
  /// As many bytes as the digest has; shorter keys are guessed.
  private static let leastSecretBytes = 32

  init?(_ json: JSONValue) {
    guard case .object(let members) = json, Set(members.keys).isSubset(of: Self.keys),
      let address = json["address"]?.string, DirectorySettings.isSafe(address),
      !address.hasControl, let secret = json["secret"]?.string,
      secret.utf8.count >= Self.leastSecretBytes, let seconds = CarrierSettings.seconds(json)
    else { return nil }
    let hash: HashFunction
    switch json["signature"]?.string ?? "hmac-sm3" {
    case "hmac-sm3": hash = .sm3
    case "hmac-sha256": hash = .sha256
    default: return nil
    }
    let authorities = CarrierSettings.authorities(json)
    guard authorities?.isEmpty != true else { return nil }
    self.init(
      address: address, secret: HiddenText(secret), hash: hash, authorities: authorities,
      seconds: seconds)
  }
}
