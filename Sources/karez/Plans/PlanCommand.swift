import ArgumentParser
import Foundation
import KarezCore
import KarezIndicators
import KarezPacks
import KarezService

/// `karez plan`: a plan's papers, its commitments and its projects.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "规划：导入检查、承诺事项、项目台账 · a plan's papers, commitments, projects",
    subcommands: [
      PlanCheckCommand.self, PlanCommitmentsCommand.self, PlanProjectsCommand.self,
      PlanProgressCommand.self,
    ])
}

/// `karez plan check`: what in a plan's own papers cannot be right.
struct PlanCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "规划文本与清单的导入检查 · check a plan's text and tables")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "地区包 · region pack") var region: String?
  @Argument(help: "文件夹或文件 · folders or files") var paths: [String]

  func run() async throws {
    let (reading, report) = try OneMap.checkPlan(
      paths, region: region, try Installation.find())
    if common.json {
      Terminal.json(report.json)
    } else {
      let language = Terminal.language
      for finding in report.findings { Terminal.line(finding.line(in: language)) }
      let slips = report.findings.count { $0.sort == .slip }
      let compared = report.compared.values.reduce(0, +)
      Terminal.say(
        "读入 \(reading.read.count) 个文件，比对 \(compared) 处；问题 \(report.findings.count) 条，其中笔误 \(slips) 条",
        "\(reading.read.count) files, \(compared) comparisons; \(report.findings.count) findings, \(slips) of them slips"
      )
    }
    if !report.findings.isEmpty { throw ExitCode(3) }
  }
}

/// `karez plan commitments`: what the plan says will be there.
struct PlanCommitmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commitments", abstract: "承诺事项 · commitments of the plan")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let indicators = try await store.open().indicators()
    for one in indicators.plan.commitments {
      let quantity = one.quantity.map { $0 + (one.unit?.text ?? "") } ?? "–"
      let day = one.by?.description ?? "–"
      Terminal.line(
        "\(one.id)\t\(one.kind.rawValue)\t\(one.place)\t\(one.title[Terminal.language])\t\(quantity)\t\(day)"
      )
    }
  }
}

/// `karez plan projects`: the list with how far each has come.
struct PlanProjectsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "projects", abstract: "项目台账 · projects and how far they have come")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let projects = try await store.open().indicators().projects(in: .all)
    if common.json { return Terminal.json(.array(projects.map(\.json))) }
    for project in projects {
      let entry = project.entry
      let budget = entry.budget.map { String($0) } ?? "–"
      Terminal.line(
        "\(entry.number)\t\(entry.category)\t\(entry.region)\t\(budget)\t\(project.stage)\t\(entry.title)"
      )
    }
    for sum in BudgetSum.sums(of: projects.map(\.entry), by: \.category) {
      Terminal.line("\(sum.key)\t\(sum.projects)\t\(sum.pending)\t\(sum.budget)")
    }
  }
}

/// `karez plan project`: says how far a project has come.
struct PlanProgressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project", abstract: "登记项目进展 · say how far a project has come")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "序号 · number") var number: Int
  @Option(name: .long, help: "阶段 · stage") var stage: String
  @Option(name: .long, help: "已用资金（元） · money spent, in yuan") var spent: Int64?
  @Option(name: .long, help: "滞后或停止的原因 · why it is late or stopped") var reason: String?
  @Option(name: .long, help: "占地要素 数据集/标识码 · its ground, DATASET/ID") var footprint: String?

  func run() async throws {
    let indicators = try await store.open().indicators()
    try await indicators.record(
      PlanProjectProgress(
        number: number, stage: stage, spent: spent, reason: reason, footprint: footprint),
      by: .operator, in: .all)
    Terminal.say("项目 \(number)：\(stage)", "project \(number): \(stage)")
  }
}
