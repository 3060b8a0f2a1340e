public import KarezCore
import KarezCrypto
public import KarezPacks
import KarezStore

/// 服务令牌: what a program speaks for an account with, narrower than its owner and for a time.
public struct ServiceToken: Hashable, Sendable {
  static let kind = RecordKind.witnessed("service-token")
  static let prefix = "krz"

  public let id: String
  public let account: String
  /// What it is for, in its owner's words.
  public let title: String
  public let permissions: Set<Permission>
  public let ceiling: Classification
  /// Nil where the owner's own regions are the only bound.
  public let regions: [String]?
  public let issuedAt: Timestamp
  public let expiresAt: Timestamp
  public internal(set) var isRevoked = false
  let sm3: String
  var record: PlatformRecord?

  /// A fresh token, and the text its program has to bring, which nobody can read again.
  static func issue(
    _ order: TokenOrder, for account: String, at now: Timestamp
  ) -> (token: ServiceToken, text: String) {
    let secret = Secret.token()
    let id = String(Secret.token().prefix(16))
    let token = ServiceToken(
      id: id, account: account, title: order.title, permissions: order.permissions,
      ceiling: order.ceiling, regions: order.regions, issuedAt: now,
      expiresAt: now.adding(seconds: order.seconds), sm3: SM3.digest(secret).description)
    return (token, "\(prefix)_\(id)_\(secret)")
  }

  private init(
    id: String, account: String, title: String, permissions: Set<Permission>,
    ceiling: Classification, regions: [String]?, issuedAt: Timestamp, expiresAt: Timestamp,
    sm3: String
  ) {
    self.id = id
    self.account = account
    self.title = title
    self.permissions = permissions
    self.ceiling = ceiling
    self.regions = regions
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.sm3 = sm3
  }

  /// - Errors: `StoreError.corrupt` for a record that is none of a token.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let account = record.owner, let title = body["title"]?.string,
      let permissions = body["may"]?.texts, let sm3 = body["sm3"]?.string,
      let ceiling = body["ceiling"]?.string.flatMap({ Classification(rawValue: $0) }),
      let issuedAt = body["issuedAt"]?.string.flatMap({ Timestamp($0) }),
      let expiresAt = body["expiresAt"]?.string.flatMap({ Timestamp($0) })
    else { throw .corrupt(what: "service token \(record.key)") }
    self.init(
      id: record.key, account: account, title: title,
      permissions: Set(permissions.compactMap { Permission(rawValue: $0) }), ceiling: ceiling,
      regions: body["regions"]?.texts, issuedAt: issuedAt, expiresAt: expiresAt, sm3: sm3)
    isRevoked = record.state != "issued"
    self.record = record
  }

  /// The change that records the token as it is now.
  var change: RecordChange {
    let state = isRevoked ? "revoked" : "issued"
    let body = JSONValue.object([
      "title": .string(title), "may": .texts(permissions.map(\.rawValue).sorted()),
      "ceiling": .string(ceiling.rawValue), "regions": regions.map(JSONValue.texts) ?? .null,
      "issuedAt": .string(issuedAt.description), "expiresAt": .string(expiresAt.description),
      "sm3": .string(sm3),
    ])
    let due = isRevoked ? nil : expiresAt.description
    guard let record else {
      return .write(
        PlatformRecord(
          kind: Self.kind, key: id, state: state, due: due, owner: account, body: body))
    }
    return .write(record.next(state: state, due: due, owner: account, body: body))
  }

  public func isInForce(at now: Timestamp) -> Bool { !isRevoked && now < expiresAt }

  /// What the owner may do and reach, as far as the token goes, and as far as tokens go now.
  ///
  /// A token that was given more than offices give tokens today holds no more than that.
  func principal(of owner: Principal, within allowed: Set<Permission>) -> Principal {
    var scope = owner.scope.held(to: .datasets(upTo: ceiling), .attributes(upTo: ceiling))
    if let regions { scope = scope.held(to: .regions(regions)) }
    var principal = Principal(
      actor: owner.actor, name: owner.name, roles: owner.roles,
      permissions: owner.permissions.intersection(permissions).intersection(allowed),
      scope: scope, agency: owner.agency)
    principal.token = id
    return principal
  }

  /// What `karez user tokens --json` and the API say of it; never the secret's digest.
  public var json: JSONValue {
    .object([
      "token": .string(id), "account": .string(account), "title": .string(title),
      "may": .texts(permissions.map(\.rawValue).sorted()), "ceiling": .string(ceiling.rawValue),
      "regions": regions.map(JSONValue.texts) ?? .null,
      "issuedAt": .string(issuedAt.description), "expiresAt": .string(expiresAt.description),
      "revoked": .boolean(isRevoked),
    ])
  }
}

/// What a new token is to be.
public struct TokenOrder: Hashable, Sendable {
  public let title: String
  public let permissions: Set<Permission>
  public let ceiling: Classification
  public let regions: [String]?
  public let seconds: Int

  public init(
    title: String, permissions: Set<Permission>, ceiling: Classification, regions: [String]?,
    days: Int
  ) {
    self.title = title
    self.permissions = permissions
    self.ceiling = ceiling
    self.regions = regions
    seconds = min(max(days, 0), 100_000) * 86_400
  }
}
