import ArgumentParser
import Foundation
import KarezCore
import KarezService

/// `karez rules`: the law as data.
struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "法规规则包 · the rule packs",
    subcommands: [Check.self, Test.self, Impact.self])

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

  /// Tries a draft of the packs on the answers that were kept.
  struct Impact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "影响分析：草案会使哪些已有审查结果改变 · which kept answers a draft would change, and how")

    @OptionGroup var common: CommonOptions
    @OptionGroup var store: StoreOptions
    @OptionGroup var acting: ActingOptions
    @Argument(help: "草案文件夹（整个 Packs 的副本，已改动）· folder of the draft, a changed copy of Packs")
    var draft: String
    @Option(name: .long, help: "自何日起的审查结果（默认一年内）· answers kept since (a year)")
    var since: LegalDate?
    @Option(
      name: .long, help: "按何日的法规重审（默认各自当日）· the day of the law (each answer's own)")
    var on: LegalDate?
    @Option(name: .long, help: "最多多少份，从最近的起 · the newest so many")
    var limit = 100_000
    @Option(name: .long, help: "线程 · threads")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func run() async throws {
      let map = try await store.open()
      let principal = try await acting.orOperator(on: map)
      let yearAgo = Clock.today.adding(days: -365) ?? Clock.today
      let progress = ProgressLine("重审", "asked again")
      let impact = try await map.impact(
        ofPacksIn: URL(filePath: draft),
        on: PackImpact.Question(since: since ?? yearAgo, day: on, most: max(1, limit)),
        for: principal, threads: threads
      ) { progress.show($0) }
      progress.finish()
      if common.json { return Terminal.json(impact.json) }
      impact.show()
    }
  }
}

extension PackImpact {
  fileprivate func show() {
    for change in changes {
      let verdict =
        change.before == change.after
        ? change.after.rawValue : "\(change.before.rawValue) → \(change.after.rawValue)"
      let parts =
        change.gone.map { "- \($0)" } + change.new.map { "+ \($0)" }
        + change.otherwise.map { "~ \($0)" }
      Terminal.line(
        [
          change.answer, String(change.keptAt.prefix(10)), change.caseNumber ?? "-", verdict,
          parts.joined(separator: "; "),
        ].joined(separator: "\t"))
    }
    for (answer, why) in unasked {
      Terminal.line("\(answer)\t?\t\(why[Terminal.language])")
    }
    for turn in turns {
      Terminal.say(
        "\(turn.before.rawValue) → \(turn.after.rawValue)：\(turn.count) 份",
        "\(turn.before.rawValue) → \(turn.after.rawValue): \(turn.count)")
    }
    Terminal.say(
      "重审 \(examined) 份，改变 \(changes.count) 份，无法重问 \(unasked.count) 份",
      "\(examined) answers asked again, \(changes.count) change, \(unasked.count) cannot be asked")
  }
}
