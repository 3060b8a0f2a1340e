import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// The command line: one verb a use case, one line a problem, exit statuses that mean something.
@main
struct Karez: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "karez",
    abstract: "自然资源一张图：数据、法规与合规审查 · natural-resources administration on one map",
    version: Installation.version,
    subcommands: [
      InitCommand.self, DemoCommand.self, SynthCommand.self, AreaCommand.self, GateCommand.self,
      ImportCommand.self, AdjustCommand.self,
      ExportCommand.self,
      CheckCommand.self, DatasetsCommand.self, CommitsCommand.self,
      MetadataCommand.self, RulesCommand.self,
      LogCommand.self, UserCommand.self, RoleCommand.self, ProposalCommand.self,
      ClassifyCommand.self, PacksCommand.self,
      SubmitCommand.self, SubmissionsCommand.self, SignCommand.self, WithdrawCommand.self,
      JobsCommand.self, CarriersCommand.self, CaseCommand.self, PaymentsCommand.self,
      ServeCommand.self,
      LayerCommand.self, OverlayCommand.self, FlowCommand.self,
      DiffCommand.self, HistoryCommand.self, SplitCommand.self, MergeCommand.self, EndCommand.self,
      CorrectCommand.self, RevertCommand.self, IncrementCommand.self,
      RenumberCommand.self, UnitsCommand.self, LedgerCommand.self,
      CoverageCommand.self, DissolveCommand.self, SimplifyCommand.self, IntersectCommand.self,
      IndicatorsCommand.self, PlanCommand.self,
      BackupCommand.self, RestoreCommand.self,
      KernelCommand.self, BenchCommand.self, CopyCommand.self, SealCommand.self,
      ReplayCommand.self, ExchangeCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let problem as Problem {
      Terminal.report(problem)
      Foundation.exit(problem.exitStatus)
    } catch let code as ExitCode {
      Foundation.exit(code.rawValue)
    } catch {
      let status = exitCode(for: error)
      if status == .success {
        print(fullMessage(for: error))
        Foundation.exit(0)
      }
      // Anything the parser refuses is wrong usage; anything else is our defect.
      let isUsage = status == .validationFailure
      let said = isUsage ? message(for: error) : "\(error)"
      let line = said.split(separator: "\n").joined(separator: " ")
      let problem = Problem(
        isUsage ? .usage : .defect, code: isUsage ? "usage" : "defect", place: "karez",
        what: LocalizedText(
          zh: isUsage ? "命令写法有误（\(line)）" : "程序内部错误（\(line)）", en: line),
        remedy: LocalizedText(
          zh: isUsage ? "用 karez help 加动词查看用法" : "请报告此信息",
          en: isUsage ? "see karez help and the verb" : "report this"))
      Terminal.report(problem)
      Foundation.exit(problem.exitStatus)
    }
  }
}
