import ArgumentParser
import KarezCore
import KarezService

/// `karez rules`: the law as data.
struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "法规规则包 · the rule packs",
    subcommands: [Check.self, Test.self])

  /// Loads and links the packs.
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "装载并连接 · load and link")

    @OptionGroup var common: CommonOptions
    @Argument(help: "规则包 · pack") var pack: String?

    func run() async throws {
      let report = try PackReport.check(try Installation.find(), pack: pack)
      if common.json {
        Terminal.json(report.json)
      } else {
        for line in report.lines(in: Terminal.language) { Terminal.line(line) }
      }
      if report.isRefused { throw ExitCode(3) }
    }
  }

  /// Runs the packs' cases.
  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "运行规则案例 · run the cases")

    @OptionGroup var common: CommonOptions
    @Argument(help: "规则包 · pack") var pack: String?

    func run() async throws {
      let report = try await PackReport.runCases(try Installation.find(), pack: pack)
      if common.json {
        Terminal.json(report.json)
      } else {
        for line in report.lines(in: Terminal.language) { Terminal.line(line) }
      }
      if report.isRefused { throw ExitCode(3) }
    }
  }
}
