import KarezCore
import KarezCrypto

/// 第二鉴别因素: what an account proves itself by besides its password.
struct Factors: Hashable, Sendable {
  /// Codes of an authenticator program.
  struct Authenticator: Hashable, Sendable {
    /// Sealed; see `FactorVault`.
    var secret: String
    /// The step of the last code that was used; no earlier one counts.
    var lastStep: Int64
    /// Whether a first code showed that the program has the secret.
    var isConfirmed: Bool
  }

  var authenticator: Authenticator?
  /// SM3 of the codes that are left for the day the telephone is lost.
  var recovery: [String] = []
  var keys: [AccountKey] = []
  /// Who the account is to a directory: `issuer subject`.
  var subjects: [String] = []

  var takesCode: Bool { authenticator?.isConfirmed == true }
  var isAny: Bool { takesCode || !keys.isEmpty }

  init() {}

  /// Nil for what is none; an account that never had any says nothing.
  init?(_ json: JSONValue?) {
    guard let json, json != .null else { return }
    guard let recovery = json["recovery"]?.texts, let subjects = json["subjects"]?.texts,
      let listed = json["keys"]?.array
    else { return nil }
    let keys = listed.compactMap(AccountKey.init)
    guard keys.count == listed.count else { return nil }
    self.recovery = recovery
    self.keys = keys
    self.subjects = subjects
    guard let known = json["authenticator"], known != .null else { return }
    guard let secret = known["secret"]?.string, let lastStep = known["lastStep"]?.integer,
      case .boolean(let isConfirmed)? = known["confirmed"]
    else { return nil }
    authenticator = Authenticator(secret: secret, lastStep: lastStep, isConfirmed: isConfirmed)
  }

  var json: JSONValue {
    .object([
      "authenticator": authenticator.map { known in
        .object([
          "secret": .string(known.secret), "lastStep": .integer(known.lastStep),
          "confirmed": .boolean(known.isConfirmed),
        ])
      } ?? .null,
      "recovery": .texts(recovery), "keys": .array(keys.map(\.json)),
      "subjects": .texts(subjects),
    ])
  }

  /// Takes a code of the authenticator, or one for recovery, and spends it; false for any other.
  ///
  /// `secret` is the authenticator's, opened.
  mutating func spend(_ code: String, _ secret: String?, at now: Timestamp) -> Bool {
    guard takesCode else { return false }
    let typed = code.lowercased().filter { !$0.isWhitespace }
    return spendAuthenticator(typed, secret, at: now) || spendRecovery(typed)
  }

  /// Takes the first code of an authenticator that was just set up.
  mutating func confirm(_ code: String, _ secret: String?, at now: Timestamp) -> Bool {
    guard authenticator?.isConfirmed == false,
      spendAuthenticator(code.filter { !$0.isWhitespace }, secret, at: now)
    else { return false }
    authenticator?.isConfirmed = true
    return true
  }

  private mutating func spendAuthenticator(
    _ code: String, _ secret: String?, at now: Timestamp
  ) -> Bool {
    guard let known = authenticator, let secret = secret.flatMap({ Base32.bytes(of: $0) }) else {
      return false
    }
    let found = OneTimePassword(secret: secret).step(
      of: code, atSeconds: now.millisecondsSince1970 / 1_000, after: known.lastStep)
    guard let found else { return false }
    authenticator?.lastStep = found
    return true
  }

  private mutating func spendRecovery(_ code: String) -> Bool {
    let hash = SM3.digest(code).description
    guard let index = recovery.firstIndex(where: { Secret.isSame($0, hash) }) else { return false }
    recovery.remove(at: index)
    return true
  }
}

/// 账户密钥: a public key whose owner can sign a challenge.
public struct AccountKey: Hashable, Sendable {
  public let id: String
  public let title: String
  /// `sm2` or `p256`.
  public let algorithm: String
  /// The public key as `SubjectPublicKeyInfo`, in hexadecimal.
  let key: String
  public let since: String

  init(id: String, title: String, algorithm: String, key: String, since: String) {
    self.id = id
    self.title = title
    self.algorithm = algorithm
    self.key = key
    self.since = since
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, let title = json["title"]?.string,
      let algorithm = json["algorithm"]?.string, let key = json["key"]?.string,
      let since = json["since"]?.string
    else { return nil }
    self.init(id: id, title: title, algorithm: algorithm, key: key, since: since)
  }

  var json: JSONValue {
    .object([
      "id": .string(id), "title": .string(title), "algorithm": .string(algorithm),
      "key": .string(key), "since": .string(since),
    ])
  }
}
