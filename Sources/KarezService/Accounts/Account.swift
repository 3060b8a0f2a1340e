public import KarezCore
public import KarezPacks
import KarezStore

/// 账户: one person or service that may sign in.
///
/// - Shape: the id is what the log names; it is never used again for another, since the record of
///   an account is never removed.
public struct Account: Hashable, Sendable {
  static let kind = RecordKind.witnessed("account")

  public let id: String
  /// 姓名: shown to colleagues, never written into the log.
  public var name: String
  /// 单位: the agency its holder works for, as statistics name it; nil where it was not said.
  public var agency: String?
  /// Ids of roles.
  public var roles: [String]
  /// 行政区划代码 or their beginnings; nil is everywhere.
  public var regions: [String]?
  public var ceiling: Classification
  /// Datasets whose commits the account is told of.
  public var follows: [String]
  public var isActive: Bool
  /// The present secret was given by somebody else and only opens the way to a new one.
  public var mustChangePassword: Bool
  var password: String
  var passwordSince: Timestamp?
  /// Hashes of those before the present one, the latest first.
  var formerPasswords: [String] = []
  var failures = 0
  var lockedUntil: Timestamp?
  var factors = Factors()
  /// What it applies as; nil for an account of an office.
  public var applicant: Applicant?
  /// As it was read; nil for one that is not recorded yet.
  var record: PlatformRecord?

  /// A fresh account, whose first secret has to be changed.
  init(_ order: AccountOrder, password: String, at now: Timestamp) {
    id = order.id
    name = order.name
    agency = order.agency
    roles = order.roles
    regions = order.regions
    ceiling = order.ceiling
    follows = []
    isActive = true
    mustChangePassword = true
    passwordSince = now
    self.password = password
  }

  /// - Errors: `StoreError.corrupt` for a record that is none of an account.
  init(_ record: PlatformRecord) throws(StoreError) {
    let body = record.body
    guard let name = body["name"]?.string, let roles = body["roles"]?.texts,
      let ceiling = body["ceiling"]?.string.flatMap({ Classification(rawValue: $0) }),
      let follows = body["follows"]?.texts, let password = body["password"]?.string,
      case .boolean(let mustChange)? = body["mustChangePassword"],
      let failures = body["failures"]?.integer, let factors = Factors(body["factors"])
    else { throw .corrupt(what: "account \(record.key)") }
    id = record.key
    self.name = name
    agency = body["agency"]?.string
    self.roles = roles
    regions = body["regions"]?.texts
    self.ceiling = ceiling
    self.follows = follows
    isActive = record.state == "active"
    mustChangePassword = mustChange
    self.password = password
    passwordSince = body["passwordSince"]?.string.flatMap { Timestamp($0) }
    formerPasswords = body["formerPasswords"]?.texts ?? []
    self.failures = Int(clamping: failures)
    lockedUntil = body["lockedUntil"]?.string.flatMap { Timestamp($0) }
    self.factors = factors
    applicant = Applicant(body["applicant"])
    self.record = record
  }

  /// The change that records the account as it is now.
  var change: RecordChange {
    let state = isActive ? "active" : "disabled"
    var body: [String: JSONValue] = [
      "name": .string(name), "roles": .texts(roles),
      "regions": regions.map(JSONValue.texts) ?? .null, "ceiling": .string(ceiling.rawValue),
      "follows": .texts(follows), "mustChangePassword": .boolean(mustChangePassword),
      "password": .string(password), "passwordSince": .optional(passwordSince?.description),
      "formerPasswords": .texts(formerPasswords), "failures": .integer(Int64(failures)),
      "lockedUntil": .optional(lockedUntil?.description), "factors": factors.json,
    ]
    // Absent where it was not said, so that accounts made before are as they were.
    body["agency"] = agency.map(JSONValue.string)
    body["applicant"] = applicant?.json
    guard let record else {
      return .write(
        PlatformRecord(kind: Self.kind, key: id, state: state, owner: id, body: .object(body)))
    }
    return .write(record.next(state: state, due: nil, owner: id, body: .object(body)))
  }

  public var hasSecondFactor: Bool { factors.isAny }
  public var hasAuthenticator: Bool { factors.takesCode }
  public var recoveryCodesLeft: Int { factors.recovery.count }
  public var keys: [AccountKey] { factors.keys }

  public func isLocked(at now: Timestamp) -> Bool { lockedUntil.map { now < $0 } ?? false }

  /// Whether the password only opens the way to a new one: it is a first secret, or too old.
  func mustChange(at now: Timestamp, under policy: AccountPolicy) -> Bool {
    guard !mustChangePassword, let lasts = policy.passwordSeconds else { return mustChangePassword }
    return passwordSince.map { now >= $0.adding(seconds: lasts) } ?? true
  }

  /// Who the account is when it acts: the rights of its roles, within its own limits.
  ///
  /// Roles nobody may hold together give no rights at all, however the account came to them.
  func principal(in offices: Offices) -> Principal {
    if let applicant {
      return Principal(
        actor: Actor(id: id), name: name, roles: [], permissions: [],
        scope: Scope(ceiling: .public, regionPrefixes: []), applicant: applicant)
    }
    let isSeparate = offices.conflict(among: roles) == nil
    let held = isSeparate ? roles.compactMap(offices.role) : []
    let highest = held.map(\.ceiling).max() ?? .public
    let withheld = held.dropFirst().reduce(held.first?.withholds ?? []) {
      $0.intersection($1.withholds)
    }
    return Principal(
      actor: Actor(id: id), name: name, roles: held,
      permissions: held.reduce(into: []) { $0.formUnion($1.permissions) },
      scope: Scope(
        ceiling: min(ceiling, highest), regionPrefixes: isSeparate ? regions : [],
        withheld: withheld),
      agency: agency)
  }
}

/// What a new account is to be.
public struct AccountOrder: Hashable, Sendable {
  public let id: String
  public let name: String
  public let roles: [String]
  public let regions: [String]?
  public let ceiling: Classification
  public let agency: String?

  public init(
    id: String, name: String, roles: [String], regions: [String]? = nil,
    ceiling: Classification = .internal, agency: String? = nil
  ) {
    self.id = id
    self.name = name
    self.roles = roles
    self.regions = regions
    self.ceiling = ceiling
    self.agency = agency
  }
}

/// Who acts, what they may do, and what they may reach.
public struct Principal: Hashable, Sendable {
  public let actor: Actor
  /// Nil for whoever is at the machine.
  public let name: String?
  public let roles: [Role]
  public let permissions: Set<Permission>
  public let scope: Scope
  /// The agency the account is of; nil where it was not said.
  public var agency: String?
  /// The service token that speaks for the account; nil for the person themselves.
  public var token: String?
  /// What the account applies as; nil for one of an office.
  public var applicant: Applicant?
  /// What it acts as in a case that is its own; nil where its roles say.
  var caseRoles: Set<String>?

  /// Whoever is at the machine of an installation that has no accounts yet.
  public static let `operator` = Principal(
    actor: .operator, name: nil, roles: [], permissions: Set(Permission.allCases), scope: .all)

  /// Whoever has not signed in: nothing is theirs to do.
  public static let nobody = Principal(
    actor: Actor(id: "nobody"), name: nil, roles: [], permissions: [],
    scope: Scope(ceiling: .public, regionPrefixes: []))

  /// 公众读者: whoever reads the map in a zone that has a public edition and has not signed in.
  ///
  /// What is public is theirs to look at, in all regions; nothing is theirs to do.
  public static let publicReader = Principal(
    actor: Actor(id: "nobody"), name: nil, roles: [], permissions: [.view],
    scope: Scope(ceiling: .public))

  public func may(_ permission: Permission) -> Bool { permissions.contains(permission) }

  /// Refuses whoever lacks a permission.
  func require(_ permission: Permission) throws(Problem) { try require(anyOf: [permission]) }

  /// Refuses whoever may not hand in changes.
  public func mustSubmit() throws(Problem) { try require(.submit) }

  /// Refuses whoever has none of the permissions.
  func require(anyOf permissions: Set<Permission>) throws(Problem) {
    guard self.permissions.isDisjoint(with: permissions) else { return }
    throw Wording(
      "not-permitted", "您的岗位不能办理此事", "your role may not do this",
      do: "由有此岗位的人办理，或请系统管理员授予", "ask someone whose role may, or the administrator for the role"
    ).problem(.forbidden, at: permissions.map(\.rawValue).sorted().joined(separator: ", "))
  }

  /// Refuses a program that holds no more than a token, where the person is wanted.
  func requireInPerson() throws(Problem) {
    guard token != nil else { return }
    throw Wording(
      "in-person", "服务令牌不能办理此事", "a service token may not do this",
      do: "由本人登录后办理", "sign in and do it yourself"
    ).problem(.forbidden, at: "")
  }
}

extension JSONValue {
  static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  /// A list of nothing but texts.
  var texts: [String]? {
    guard let array else { return nil }
    let texts = array.compactMap(\.string)
    return texts.count == array.count ? texts : nil
  }
}
