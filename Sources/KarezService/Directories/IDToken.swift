import KarezCore
import KarezCrypto

/// Why an ID token is not taken.
enum IDTokenFault: String, Error, Hashable, Sendable {
  case malformed
  case algorithm
  case key
  case signature
  case issuer
  case audience
  case expired
  case early
  case nonce
  case subject
}

/// A signed statement of a directory that somebody has signed in there.
///
/// - Source: OpenID Connect Core 1.0, 3.1.3.7; RFC 7515, 7519.
enum IDToken {
  /// What it has to say to be taken.
  struct Expectation {
    let issuer: String
    let audience: String
    let nonce: String
    let now: Timestamp
  }

  /// A key of the directory, by its id where it has one.
  struct NamedKey {
    let id: String?
    let key: WebKey
  }

  /// Clocks of two machines may differ by so much.
  private static let skewSeconds: Int64 = 60

  /// The keys for signatures of a published set; nil for what is none.
  ///
  /// Keys of other kinds are left out.
  static func keys(_ json: JSONValue) -> [NamedKey]? {
    json["keys"]?.array?.compactMap { item in
      guard item["use"]?.string ?? "sig" == "sig" else { return nil }
      func bytes(_ name: String) -> [UInt8] {
        item[name]?.string.flatMap { Base64.bytes(of: $0) } ?? []
      }
      let key: WebKey? =
        switch item["kty"]?.string {
        case "RSA": WebKey(modulus: bytes("n"), exponent: bytes("e"))
        case "EC" where item["crv"]?.string == "P-256": WebKey(x: bytes("x"), y: bytes("y"))
        default: nil
        }
      return key.map { NamedKey(id: item["kid"]?.string, key: $0) }
    }
  }

  /// Who the token says signed in; the signature is checked before anything else it says.
  static func subject(
    of text: String, by keys: [NamedKey], _ expected: Expectation
  ) throws(IDTokenFault) -> String {
    try subject(claimedBy: verified(text, by: keys), expected)
  }

  /// Who claims that were verified say signed in.
  static func subject(
    claimedBy claims: JSONValue, _ expected: Expectation
  ) throws(IDTokenFault) -> String {
    guard claims["iss"]?.string == expected.issuer else { throw .issuer }
    try checkAudience(claims, expected.audience)
    let now = expected.now.millisecondsSince1970 / 1_000
    guard let expires = seconds(claims["exp"]), now < expires + skewSeconds else { throw .expired }
    guard let issued = seconds(claims["iat"]), issued <= now + skewSeconds else { throw .early }
    if let from = claims["nbf"] {
      guard let from = seconds(from), from <= now + skewSeconds else { throw .early }
    }
    guard let nonce = claims["nonce"]?.string, Secret.isSame(nonce, expected.nonce) else {
      throw .nonce
    }
    guard let subject = claims["sub"]?.string, !subject.isEmpty, subject.utf8.count <= 255 else {
      throw .subject
    }
    return subject
  }

  private static func verified(
    _ text: String, by keys: [NamedKey]
  ) throws(IDTokenFault) -> JSONValue {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard text.utf8.count <= 16 << 10, parts.count == 3, let header = json(parts[0]),
      let claims = json(parts[1]), let signature = Base64.bytes(of: parts[2])
    else { throw .malformed }
    guard let algorithm = header["alg"]?.string.flatMap({ WebKey.Algorithm(rawValue: $0) }),
      header["crit"] == nil
    else { throw .algorithm }
    let id = header["kid"]?.string
    let fitting = keys.filter { $0.key.algorithm == algorithm && (id == nil || $0.id == id) }
    // Without an id there may be one key only, or anybody's old key would do.
    guard let key = fitting.first, id != nil || fitting.count == 1 else { throw .key }
    guard key.key.isValid(signature, over: Array((parts[0] + "." + parts[1]).utf8)) else {
      throw .signature
    }
    return claims
  }

  private static func checkAudience(
    _ claims: JSONValue, _ audience: String
  ) throws(IDTokenFault) {
    let named = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.texts ?? []
    guard named.contains(audience) else { throw .audience }
    let party = claims["azp"]?.string
    guard party == audience || (party == nil && named.count == 1) else { throw .audience }
  }

  private static func seconds(_ value: JSONValue?) -> Int64? {
    if let whole = value?.integer { return whole.magnitude < 1 << 50 ? whole : nil }
    guard let number = value?.double, abs(number) < 1e15 else { return nil }
    return Int64(number)
  }

  private static func json(_ part: String) -> JSONValue? {
    Base64.bytes(of: part).flatMap { try? JSONValue(parsing: String(decoding: $0, as: UTF8.self)) }
  }
}
