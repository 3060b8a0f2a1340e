public import ArgumentParser
import Foundation
public import KarezCore
import KarezPacks
import KarezService

/// `karez user`: the accounts, seen from the machine.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "账户 · accounts",
    subcommands: [
      Bootstrap.self, Add.self, Disable.self, Unlock.self, Roles.self, Agency.self, Password.self,
      List.self,
      FactorCommand.self, SessionsCommand.self, TokenCommand.self, TokensCommand.self,
      RevokeCommand.self, LinkCommand.self,
    ])

  /// Makes an account and prints its first secret.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "建立账户，首次口令只显示一次 · add an account; its first secret is shown once")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "账户名 · account") var id: String
    @Option(name: .long, help: "姓名 · name of the person") var name: String
    @Option(name: .long, help: "岗位，可多次 · role, repeatable") var role: [String]
    @Option(name: .long, help: "行政区划代码，可多次；不写为全部 · region, repeatable; all without")
    var region: [String] = []
    @Option(name: .long, help: "public | internal | restricted | confidential")
    var ceiling: Classification = .internal
    @Option(name: .long, help: "单位 · agency") var agency: String?

    func run() async throws {
      let map = try await store.open()
      let order = AccountOrder(
        id: id, name: name, roles: role, regions: region.isEmpty ? nil : region, ceiling: ceiling,
        agency: agency)
      let secret = try await map.accounts.add(order, by: acting.orOperator(on: map))
      Self.show(secret, of: id, isJSON: common.json)
      guard try await map.accounts.account(id).roles.isEmpty else { return }
      Terminal.say(
        "岗位须由第二人同意后生效，见 karez proposal list",
        "the roles wait for a second person; see karez proposal list")
    }

    static func show(_ secret: String, of id: String, isJSON: Bool) {
      if isJSON {
        Terminal.json(.object(["account": .string(id), "secret": .string(secret)]))
        return
      }
      Terminal.say(
        "账户 \(id) 的首次口令如下，只显示这一次；首次登录时须更换",
        "the first secret of \(id), shown this once; it has to be changed at the first sign-in")
      Terminal.line(secret)
    }
  }

  /// Ends an account.
  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "停用账户并立即结束其会话 · disable an account and end its sessions")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "账户名 · account") var id: String

    func run() async throws {
      let map = try await store.open()
      try await map.accounts.disable(id, by: acting.orOperator(on: map))
      Terminal.say("已停用 \(id)", "\(id) is disabled")
    }
  }

  /// Lets an account in again that failures have locked.
  struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "解除账户锁定 · end the lock of an account")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "账户名 · account") var id: String

    func run() async throws {
      let map = try await store.open()
      try await map.accounts.unlock(id, by: acting.orOperator(on: map))
      Terminal.say("已解除 \(id) 的锁定", "\(id) is unlocked")
    }
  }

  /// Fills the three administrators' offices of an installation that has no accounts.
  struct Bootstrap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "首次设岗：系统、安全、审计三员，首次口令只显示一次 · the first three offices")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Option(name: .long, help: "系统管理员：账户名=姓名 · account=name") var system: String
    @Option(name: .long, help: "安全管理员：账户名=姓名 · account=name") var security: String
    @Option(name: .long, help: "审计员：账户名=姓名 · account=name") var audit: String

    func run() async throws {
      let map = try await store.open()
      let orders = [(system, "operator"), (security, "security"), (audit, "auditor")].map {
        let parts = $0.0.split(separator: "=", maxSplits: 1).map(String.init)
        return AccountOrder(
          id: parts.first ?? "", name: parts.count == 2 ? parts[1] : "", roles: [$0.1],
          ceiling: .confidential)
      }
      let secrets = try await map.accounts.bootstrap(orders)
      if common.json {
        Terminal.json(
          .array(
            zip(orders, secrets).map { order, secret in
              .object(["account": .string(order.id), "secret": .string(secret)])
            }))
        return
      }
      for (order, secret) in zip(orders, secrets) { Add.show(secret, of: order.id, isJSON: false) }
    }
  }

  /// Proposes what an account may do; a second person has to agree.
  struct Roles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "提出变更岗位，须第二人同意 · propose other roles; a second person agrees")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "账户名 · account") var id: String
    @Option(name: .long, help: "岗位，可多次；不写为无岗位 · role, repeatable") var role: [String] = []
    @Option(name: .long, help: "行政区划代码，可多次；不写为全部 · region, repeatable; all without")
    var region: [String] = []
    @Option(name: .long, help: "public | internal | restricted | confidential")
    var ceiling: Classification = .internal
    @Option(name: .long, help: "理由 · why") var reason: String

    func run() async throws {
      let map = try await store.open()
      let order = AccountOrder(
        id: id, name: "", roles: role, regions: region.isEmpty ? nil : region, ceiling: ceiling)
      let proposal = try await map.twoPersons.grant(
        order, because: reason, by: acting.orOperator(on: map))
      proposal.show(in: map.twoPersons, isJSON: common.json)
    }
  }

  /// Says which agency an account is of.
  struct Agency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "写明账户所属单位，访问统计按单位计 · say which agency an account is of")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "账户名 · account") var id: String
    @Argument(help: "单位；不写为清除 · agency; none clears it") var agency: String?

    func run() async throws {
      let map = try await store.open()
      try await map.accounts.assign(id, to: agency, by: acting.orOperator(on: map))
      Terminal.say("\(id)：\(agency ?? "–")", "\(id): \(agency ?? "–")")
    }
  }

  /// Gives an account a new first secret, or changes one's own.
  struct Password: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "重发首次口令，待第二人同意后再办一次；--own 更换自己的口令 · new first secret, once another agrees; --own changes yours"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Option(name: .long, help: "理由（须第二人同意时）· why, where a second person has to agree")
    var reason = ""
    @Argument(help: "账户名 · account") var id: String
    @Flag(name: .long, help: "用原口令换新口令 · from the present password to another") var own = false

    func run() async throws {
      let map = try await store.open()
      let accounts = map.accounts
      guard own else {
        let restored = try await map.twoPersons.restore(
          .password, of: id, because: reason, by: try await acting.orOperator(on: map))
        switch restored {
        case .proposed(let proposal):
          proposal.show(in: map.twoPersons, isJSON: common.json)
        case .done(let secret):
          Add.show(secret ?? "", of: id, isJSON: common.json)
        }
        return
      }
      let old = Terminal.secret("原口令", "present password", variable: "KAREZ_PASSWORD")
      let new = Terminal.secret("新口令", "new password", variable: "KAREZ_NEW_PASSWORD")
      try await accounts.changePassword(of: id, from: old, to: new, keeping: nil)
      Terminal.say("已更换 \(id) 的口令", "the password of \(id) is changed")
    }
  }

  /// Lists the accounts, each with the mark the server's log has of it.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出账户 · list the accounts")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let known = try await store.open().accounts
      let accounts = try await known.all()
      if common.json {
        Terminal.json(.array(accounts.map(\.json)))
        return
      }
      for account in accounts {
        Terminal.line(
          [
            account.id, account.name, account.isActive ? "active" : "disabled",
            account.roles.joined(separator: ","),
            account.regions?.joined(separator: ",") ?? "*", account.ceiling.rawValue,
            known.mark(of: Actor(id: account.id)),
          ].joined(separator: "\t"))
      }
    }
  }
}

/// `karez role`: what each role may do.
struct RoleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "岗位 · roles", subcommands: [List.self])

  /// Lists the roles of this installation.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出岗位 · list the roles")

    @OptionGroup var common: CommonOptions

    func run() async throws {
      let roles = try OneMap.roles(of: try Installation.find())
      if common.json {
        Terminal.json(.array(roles.map(\.json)))
        return
      }
      for role in roles {
        Terminal.line(
          [
            role.id, role.title[Terminal.language],
            role.permissions.map(\.rawValue).sorted().joined(separator: ","),
            role.ceiling.rawValue,
          ].joined(separator: "\t"))
      }
    }
  }
}

extension Classification: ExpressibleByArgument {}
