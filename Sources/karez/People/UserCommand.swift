public import ArgumentParser
import Foundation
public import KarezCore
import KarezPacks
import KarezService

/// `karez user`: the accounts, seen from the machine.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "账户 · accounts",
    subcommands: [Add.self, Disable.self, Password.self, List.self])

  /// Makes an account and prints its first secret.
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "建立账户，首次口令只显示一次 · add an account; its first secret is shown once")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "账户名 · account") var id: String
    @Option(name: .long, help: "姓名 · name of the person") var name: String
    @Option(name: .long, help: "岗位，可多次 · role, repeatable") var role: [String]
    @Option(name: .long, help: "行政区划代码，可多次；不写为全部 · region, repeatable; all without")
    var region: [String] = []
    @Option(name: .long, help: "public | internal | restricted | confidential")
    var ceiling: Classification = .internal

    func run() async throws {
      let map = try await store.open()
      let order = AccountOrder(
        id: id, name: name, roles: role, regions: region.isEmpty ? nil : region, ceiling: ceiling)
      let secret = try await map.accounts.add(order, by: .operator)
      Self.show(secret, of: id, isJSON: common.json)
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
    @Argument(help: "账户名 · account") var id: String

    func run() async throws {
      try await store.open().accounts.disable(id, by: .operator)
      Terminal.say("已停用 \(id)", "\(id) is disabled")
    }
  }

  /// Gives an account a new first secret, or changes one's own.
  struct Password: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "重发首次口令；--own 更换自己的口令 · new first secret; --own changes your own")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @Argument(help: "账户名 · account") var id: String
    @Flag(name: .long, help: "用原口令换新口令 · from the present password to another") var own = false

    func run() async throws {
      let accounts = try await store.open().accounts
      guard own else {
        Add.show(try await accounts.reset(id, by: .operator), of: id, isJSON: common.json)
        return
      }
      let old = Terminal.secret("原口令", "present password", variable: "KAREZ_PASSWORD")
      let new = Terminal.secret("新口令", "new password", variable: "KAREZ_NEW_PASSWORD")
      try await accounts.changePassword(of: id, from: old, to: new, keeping: nil)
      Terminal.say("已更换 \(id) 的口令", "the password of \(id) is changed")
    }
  }

  /// Lists the accounts.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出账户 · list the accounts")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let accounts = try await store.open().accounts.all()
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
          ].joined(separator: "\t"))
      }
    }
  }
}

/// `karez role`: what each role may do.
struct RoleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "role", abstract: "岗位 · roles", subcommands: [List.self, Accept.self])

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

extension RoleCommand {
  /// Takes the table of roles as it stands now; whoever is at the machine answers for it.
  struct Accept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "采信现行岗位表 · take the table of roles as it is now")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions

    func run() async throws {
      let sm3 = try await OneMap.acceptOffices(
        data: store.folder, server: store.address, installation: try Installation.find(),
        by: .operator)
      Terminal.say("已采信岗位表 \(sm3.prefix(16))", "table of roles accepted: \(sm3.prefix(16))")
    }
  }
}

extension Classification: ExpressibleByArgument {}
