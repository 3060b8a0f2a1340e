public import ArgumentParser
import Foundation
import KarezCore
public import KarezPacks
import KarezReport
import KarezService

/// `karez user factor`: one's own second factor, and taking away one that was lost.
struct FactorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "factor", abstract: "第二鉴别因素 · the second factor",
    subcommands: [Set.self, Confirm.self, Remove.self, Clear.self, RotateKey.self])

  /// Begins to set an authenticator up.
  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "设置验证器，密钥只显示一次 · set an authenticator up; its secret is shown once")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "账户名 · account") var id: String
    @Option(name: .long, help: "二维码写入此 SVG · write the picture there") var qr: String?

    func run() async throws {
      let password = Terminal.secret("口令", "password", variable: "KAREZ_PASSWORD")
      let enrolment = try await store.open().accounts.enrol(id, password: password)
      if let qr {
        guard let code = QRCode(enrolment.address) else { throw ValidationError("--qr") }
        try Data(code.svg.utf8).write(to: URL(filePath: qr), options: .atomic)
      }
      if common.json {
        Terminal.json(
          .object([
            "secret": .string(enrolment.secret), "address": .string(enrolment.address),
          ]))
        return
      }
      Terminal.say(
        "把下面的地址加入验证器，再用 karez user factor confirm 输入验证码",
        "add this address to the authenticator, then confirm with karez user factor confirm")
      Terminal.line(enrolment.address)
    }
  }

  /// Ends setting it up, with the first code.
  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "用首个验证码确认，恢复码只显示一次 · confirm; the recovery codes are shown once")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "账户名 · account") var id: String

    func run() async throws {
      let code = Terminal.secret("验证码", "code", variable: "KAREZ_CODE")
      let codes = try await store.open().accounts.confirm(id, code: code)
      if common.json {
        Terminal.json(.array(codes.map(JSONValue.string)))
        return
      }
      Terminal.say("恢复码，每个用一次，妥善保存", "recovery codes, each for one use; keep them safe")
      for code in codes { Terminal.line(code) }
    }
  }

  /// Takes one's own away.
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "移除验证器或密钥 · take the authenticator or a key away")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "账户名 · account") var id: String
    @Option(name: .long, help: "密钥；不写为验证器 · a key; the authenticator without") var key: String?

    func run() async throws {
      let password = Terminal.secret("口令", "password", variable: "KAREZ_PASSWORD")
      try await store.open().accounts.removeFactor(key, of: id, password: password)
      Terminal.say("已移除", "it is gone")
    }
  }

  /// Takes away all that an account has lost.
  struct Clear: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "清除遗失的全部因素，待第二人同意后再办一次 · take away every lost factor, once another agrees")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Option(name: .long, help: "理由（须第二人同意时）· why, where a second person has to agree")
    var reason = ""
    @Argument(help: "账户名 · account") var id: String

    func run() async throws {
      let map = try await store.open()
      let restored = try await map.twoPersons.restore(
        .factors, of: id, because: reason, by: try await acting.orOperator(on: map))
      if case .proposed(let proposal) = restored {
        return proposal.show(in: map.twoPersons, isJSON: common.json)
      }
      Terminal.say("已清除 \(id) 的第二因素", "the second factors of \(id) are gone")
    }
  }
}

extension FactorCommand {
  /// Seals the secrets of authenticators with a new key.
  struct RotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rotate-key",
      abstract: "更换封存验证器密钥的钥匙（先停服务）· seal with another key; stop the server first")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let count = try await store.open().rotateFactorKey()
      Terminal.say("已用新钥匙重新封存 \(count) 个", "\(count) sealed anew")
    }
  }
}

/// `karez user sessions`: the sessions of an account, and their end.
struct SessionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sessions", abstract: "账户的会话；--end 结束全部 · sessions; --end ends all")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "账户名 · account") var id: String
  @Flag(name: .long, help: "结束全部 · end all") var end = false

  func run() async throws {
    let accounts = try await store.open().accounts
    if end { try await accounts.endSessions(of: id, but: nil) }
    let sessions = try await accounts.sessions(of: id, asking: nil)
    if common.json {
      Terminal.json(.array(sessions.map(\.json)))
      return
    }
    for session in sessions {
      Terminal.line(
        [
          session.id, session.startedAt.description, session.seenAt.description,
          session.methods.joined(separator: "+"),
        ].joined(separator: "\t"))
    }
  }
}

/// `karez user token`: a token for a program.
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "签发服务令牌，只显示一次 · issue a service token, shown once")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "账户名 · account") var id: String
  @Option(name: .long, help: "用途 · what it is for") var title: String
  @Option(name: .long, help: "权限，可多次 · permission, repeatable") var may: [Permission]
  @Option(name: .long, help: "有效天数 · days it is valid") var days: Int
  @Option(name: .long, help: "行政区划代码，可多次 · region, repeatable") var region: [String] = []
  @Option(name: .long, help: "public | internal | restricted | confidential")
  var ceiling: Classification = .internal

  func run() async throws {
    let map = try await store.open()
    let order = TokenOrder(
      title: title, permissions: Swift.Set(may), ceiling: ceiling,
      regions: region.isEmpty ? nil : region, days: days)
    let (token, text) = try await map.accounts.issueToken(
      order, for: id, by: acting.orOperator(on: map))
    if common.json {
      guard case .object(var members) = token.json else { return }
      members["bearer"] = .string(text)
      Terminal.json(.object(members))
      return
    }
    Terminal.say("令牌如下，只显示这一次", "the token, shown this once")
    Terminal.line(text)
  }
}

/// `karez user tokens`: the tokens of an account.
struct TokensCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "账户的服务令牌 · the service tokens of an account")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "账户名 · account") var id: String

  func run() async throws {
    let tokens = try await store.open().accounts.tokens(of: id)
    if common.json {
      Terminal.json(.array(tokens.map(\.json)))
      return
    }
    for token in tokens {
      Terminal.line(
        [
          token.id, token.isRevoked ? "revoked" : token.expiresAt.description, token.title,
          token.permissions.map(\.rawValue).sorted().joined(separator: ","),
        ].joined(separator: "\t"))
    }
  }
}

/// `karez user revoke`: the end of a token.
struct RevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "撤销服务令牌 · revoke a service token")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "令牌 · token") var token: String

  func run() async throws {
    let map = try await store.open()
    try await map.accounts.revokeToken(token, by: acting.orOperator(on: map))
    Terminal.say("已撤销 \(token)", "\(token) is revoked")
  }
}

extension Permission: ExpressibleByArgument {}

/// `karez user link`: who an account is to the directory people sign in by.
struct LinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "对应统一认证的用户，待第二人同意后再办一次；--remove 解除 · who it is to the directory, once another agrees")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @OptionGroup var acting: ActingOptions
  @Argument(help: "账户名 · account") var id: String
  @Option(name: .long, help: "统一认证给出的 sub · the subject there") var subject: String?
  @Flag(name: .long, help: "解除 · end the links") var remove = false
  @Option(name: .long, help: "理由（须第二人同意时）· why, where a second person has to agree")
  var reason = ""

  func validate() throws {
    guard remove == (subject == nil) else { throw ValidationError("--subject | --remove") }
  }

  func run() async throws {
    let map = try await store.open()
    let principal = try await acting.orOperator(on: map)
    guard let subject else {
      try await map.accounts.unlink(id, by: principal)
      Terminal.say("已解除 \(id)", "\(id) is no longer linked")
      return
    }
    guard let directory = try DirectorySettings.read(in: map.data) else {
      throw ValidationError("oidc.json")
    }
    let restored = try await map.twoPersons.restore(
      .directory(subject: subject, issuer: directory.issuer), of: id, because: reason,
      by: principal)
    if case .proposed(let proposal) = restored {
      return proposal.show(in: map.twoPersons, isJSON: common.json)
    }
    Terminal.say("已对应 \(id)", "\(id) is linked")
  }
}
