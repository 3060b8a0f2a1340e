public import KarezCore
import KarezCrypto
import KarezPacks
import KarezStore

/// What is asked of the directory, and how it is sent is not decided here.
public struct DirectoryRequest: Hashable, Sendable {
  public let address: String
  /// A form to post; nil to get.
  public let form: [String: String]?
  /// Whom the caller is, by HTTP basic authentication, percent-encoded as OAuth wants it.
  public let user: String?
  public let password: String?
}

/// Signing in by a directory: OpenID Connect, code flow with PKCE; subjects are those of accounts
/// there are, and none is ever made.
///
/// - Source: OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700.
public struct Directory: Sendable {
  /// Sends a request and returns status and body; refuses redirections and large bodies.
  public typealias Fetch = @Sendable (DirectoryRequest) async throws(Problem) -> (Int, String)

  static let kind = RecordKind.transient("directory")
  public let settings: DirectorySettings
  let accounts: Accounts
  let fetch: Fetch

  public init(settings: DirectorySettings, accounts: Accounts, fetch: @escaping Fetch) {
    self.settings = settings
    self.accounts = accounts
    self.fetch = fetch
  }

  /// Where the browser goes, and what it has to bring back besides what the directory gives it.
  public func begin(
    returningTo back: String, next: String
  ) async throws(Problem) -> (address: String, ticket: String) {
    let provider = try await provider()
    let now = accounts.clock.now()
    let (ticket, state, nonce) = (Secret.token(), Secret.token(), Secret.token())
    let verifier = Base64.addressText(of: Secret.bytes(count: 48))
    let record = PlatformRecord(
      kind: Self.kind, key: Session.key(of: ticket), state: "open",
      due: now.adding(seconds: accounts.offices.secondFactor.withinSeconds).description,
      body: .object([
        "state": .string(SM3.digest(state).description), "nonce": .string(nonce),
        "verifier": .string(verifier), "back": .string(back), "next": .string(next),
      ]))
    do throws(StoreError) {
      try await accounts.store.put(RecordBatch([.write(record)]), by: Actor(id: "nobody"))
    } catch {
      throw .store(error)
    }
    let challenge = Base64.addressText(of: SHA256.digest(Array(verifier.utf8)))
    let query = [
      ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", back),
      ("scope", "openid"), ("state", state), ("nonce", nonce), ("code_challenge", challenge),
      ("code_challenge_method", "S256"),
    ].map { $0.0 + "=" + Self.escaped($0.1) }.joined(separator: "&")
    let joint = provider.authorization.contains("?") ? "&" : "?"
    return (provider.authorization + joint + query, ticket)
  }

  /// Takes what the directory sent the browser back with; what it leads to, and where to go on.
  ///
  /// What was begun is over with this, whatever comes of it.
  ///
  /// - Errors: `directory-refused` for anything that does not fit what was begun, for an answer of
  ///   another directory (RFC 9207), and for a subject no account has.
  public func finish(
    state: String, code: String, from issuer: String?, ticket: String
  ) async throws(Problem) -> (step: SignInStep, next: String) {
    let begun = try await take(ticket)
    guard let known = begun["state"]?.string, let nonce = begun["nonce"]?.string,
      let verifier = begun["verifier"]?.string, let back = begun["back"]?.string,
      Secret.isSame(SM3.digest(state).description, known), !code.isEmpty,
      issuer == nil || issuer == settings.issuer
    else { throw Self.refused("state") }
    let provider = try await provider()
    let text = try await token(
      provider, ["code": code, "code_verifier": verifier, "redirect_uri": back])
    let published = try await fetched(DirectoryRequest(provider.keys))
    let expectation = IDToken.Expectation(
      issuer: settings.issuer, audience: settings.clientID, nonce: nonce,
      now: accounts.clock.now())
    guard let keys = IDToken.keys(published) else { throw Self.refused("jwks") }
    let subject: String
    do throws(IDTokenFault) {
      subject = try IDToken.subject(of: text, by: keys, expectation)
    } catch {
      throw Self.refused(error.rawValue)
    }
    let step = try await accounts.begin(subject: subject, of: settings.issuer)
    return (step, begun["next"]?.string ?? "/")
  }

  // MARK: Parts

  /// Where the directory does what.
  private struct Provider {
    let authorization: String
    let token: String
    let keys: String
  }

  private func provider() async throws(Problem) -> Provider {
    let base = settings.issuer.hasSuffix("/") ? settings.issuer : settings.issuer + "/"
    let found = try await fetched(DirectoryRequest(base + ".well-known/openid-configuration"))
    guard found["issuer"]?.string == settings.issuer,
      let authorization = found["authorization_endpoint"]?.string,
      let token = found["token_endpoint"]?.string, let keys = found["jwks_uri"]?.string,
      [authorization, token, keys].allSatisfy(DirectorySettings.isSafe)
    else { throw Self.refused("discovery") }
    return Provider(authorization: authorization, token: token, keys: keys)
  }

  private func token(
    _ provider: Provider, _ parts: [String: String]
  ) async throws(Problem) -> String {
    let form = parts.merging(["grant_type": "authorization_code"]) { $1 }
    let answer = try await fetched(
      DirectoryRequest(
        provider.token, form: form, user: Self.escaped(settings.clientID),
        password: Self.escaped(settings.clientSecret)))
    guard let text = answer["id_token"]?.string else { throw Self.refused("token") }
    return text
  }

  private func fetched(_ request: DirectoryRequest) async throws(Problem) -> JSONValue {
    let (status, body) = try await fetch(request)
    guard status == 200, let json = try? JSONValue(parsing: body) else {
      throw Self.refused("\(status)")
    }
    return json
  }

  /// What was begun under a ticket, which is thereby over.
  private func take(_ ticket: String) async throws(Problem) -> JSONValue {
    guard ticket.utf8.count == 64 else { throw Self.refused("ticket") }
    let found: PlatformRecord?
    do throws(StoreError) {
      found = try await accounts.store.record(Self.kind, Session.key(of: ticket))
      if let found {
        try await accounts.store.put(RecordBatch([.remove(found)]), by: Actor(id: "nobody"))
      }
    } catch {
      if case .recordConflict = error { throw Self.refused("ticket") }
      throw .store(error)
    }
    let now = accounts.clock.now()
    guard let found, let due = found.due.flatMap({ Timestamp($0) }), now < due else {
      throw Self.refused("ticket")
    }
    return found.body
  }

  static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { out, byte in
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || "-._~".contains(character) {
        out.append(character)
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }

  /// One answer for all that does not fit; the place says which part, for the log and the operator.
  static func refused(_ part: String) -> Problem {
    Wording(
      "directory-refused", "统一认证未成功，或此人在本系统没有账户",
      "the directory did not confirm who this is, or they have no account here",
      do: "重新登录；没有账户请找系统管理员", "sign in again; without an account ask the administrator"
    ).problem(.forbidden, at: part)
  }
}

extension DirectoryRequest {
  init(
    _ address: String, form: [String: String]? = nil, user: String? = nil,
    password: String? = nil
  ) {
    self.address = address
    self.form = form
    self.user = user
    self.password = password
  }
}

extension Accounts {
  /// Opens a session for whom a directory has confirmed, or begins the second step.
  ///
  /// - Errors: `directory-refused` where no account that may sign in has the subject.
  func begin(subject: String, of issuer: String) async throws(Problem) -> SignInStep {
    let name = issuer + " " + subject
    for _ in 0..<Self.rounds {
      let now = clock.now()
      let found = try await all().first { $0.factors.subjects.contains(name) }
      guard var account = found, account.isActive, !account.isLocked(at: now),
        offices.conflict(among: account.roles) == nil
      else { throw Directory.refused("subject") }
      if account.factors.isAny {
        return .second(try await beginSecondStep(of: account, at: now))
      }
      if let token = try await open(&account, [], by: ["directory"], at: now) {
        return .open(token)
      }
    }
    throw Self.refused
  }

  /// Says that a subject of a directory is this account; a subject is one account's only.
  ///
  /// Whoever has the subject signs in as the account, so it is an act of two people where another
  /// could agree: only `TwoPersons.restore` calls this.
  func link(
    _ id: String, to subject: String, of issuer: String, by principal: Principal,
    spending agreement: RecordChange?
  ) async throws(Problem) {
    try await refuseLink(id, to: subject, of: issuer, by: principal)
    var account = try await account(id)
    account.factors.subjects.append(issuer + " " + subject)
    try await put(
      [account.change] + [agreement].compactMap { $0 }, "directory-linked",
      ["account": .string(id)], by: principal.actor)
  }

  /// Refuses a link that cannot be made, whoever agrees.
  func refuseLink(
    _ id: String, to subject: String, of issuer: String, by principal: Principal
  ) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    if principal.actor.id == id { throw Self.ownAccount(id) }
    guard !subject.isEmpty, subject.utf8.count <= 255, !subject.hasControl else {
      throw Directory.refused("subject")
    }
    for other in try await all() where other.factors.subjects.contains(issuer + " " + subject) {
      throw Self.taken(other.id)
    }
  }

  /// Ends every link of an account to a directory, and its sessions.
  ///
  /// One person's, as disabling is: it shuts a door and opens none to anybody.
  public func unlink(_ id: String, by principal: Principal) async throws(Problem) {
    try principal.require(.manageAccounts)
    try principal.requireInPerson()
    var account = try await account(id)
    account.factors.subjects = []
    try await put(
      [account.change] + (try await endings(of: id)), "directory-unlinked",
      ["account": .string(id)], by: principal.actor)
  }
}
