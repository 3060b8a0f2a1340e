import ArgumentParser
import KarezCore
import KarezService

/// `karez case deputy`: who acts in cases for somebody who is away.
struct CaseDeputyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deputy", abstract: "代理：外出期间由谁办理 · who acts while you are away",
    subcommands: [Name.self, List.self, Revoke.self], defaultSubcommand: List.self)

  /// Names a deputy.
  struct Name: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "指定代理人 · name a deputy")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "代理人账户 · account of the deputy") var deputy: String
    @Option(name: .long, help: "自 · from, YYYY-MM-DD") var from: String
    @Option(name: .long, help: "至（含当日）· through, YYYY-MM-DD") var through: String
    @Option(name: .long, help: "只限程序，可多次 · only of this procedure; may be repeated")
    var procedure: [String] = []
    @Option(name: .long, help: "事由 · reason") var reason: String = ""

    func run() async throws {
      guard let from = LegalDate(from), let through = LegalDate(through) else {
        throw ValidationError("--from, --through: YYYY-MM-DD")
      }
      let map = try await store.open()
      let principal = try await acting.principal(on: map)
      var order = DeputyOrder(deputy: deputy, from: from, through: through)
      order.procedures = procedure
      order.reason = reason
      CaseDeputyCommand.show(try await map.deputies.name(order, by: principal), common)
    }
  }

  /// Lists deputies, and what they did.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "代理与代办清单 · deputies and their acts")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let deputies = try await map.deputies.list(for: principal)
      let acts = try await map.deputies.acts(limit: 100, for: principal)
      if common.json {
        return Terminal.json(
          .object([
            "deputies": .array(deputies.map(\.json)), "acts": .array(acts.map(\.json)),
          ]))
      }
      for deputy in deputies { CaseDeputyCommand.show(deputy, common) }
      for act in acts {
        Terminal.line("\(act.on)\t\(act.number)\t\(act.act)\t\(act.deputy) → \(act.absent)")
      }
    }
  }

  /// Ends it before its last day.
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "撤销代理 · revoke")

    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "代理编号 · id") var id: String

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.principal(on: map)
      try await map.deputies.revoke(id, by: principal)
    }
  }

  private static func show(_ deputy: Deputy, _ common: CommonOptions) {
    if common.json { return Terminal.json(deputy.json) }
    let ended = deputy.revokedOn.map { "\t× \($0)" } ?? ""
    Terminal.line(
      [
        deputy.id, "\(deputy.deputy) → \(deputy.absent)", "\(deputy.from) – \(deputy.through)",
        deputy.procedures.joined(separator: " "),
      ].joined(separator: "\t") + ended)
  }
}
