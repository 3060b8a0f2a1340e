import ArgumentParser
import Foundation
import KarezCore
import KarezIndicators
import KarezPacks
import KarezRules
import KarezService

/// `karez indicators`: what the map comes to, against what the plan asks.
struct IndicatorsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "indicators", abstract: "规划指标：计算、取数、锁定、预警 · indicators of the plan",
    subcommands: [
      IndicatorsListCommand.self, IndicatorsComputeCommand.self, IndicatorsShowCommand.self,
      IndicatorsImportCommand.self, IndicatorsLockCommand.self, IndicatorsUnlockCommand.self,
      IndicatorsWarningsCommand.self, IndicatorsHandleCommand.self,
      IndicatorsClosureCommand.self,
    ])
}

/// `karez indicators list`: definitions and series, as the packs have them.
struct IndicatorsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "指标定义与取数 · definitions and series")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let plan = try await store.open().indicators().plan
    let language = Terminal.language
    for one in plan.book.definitions {
      Terminal.line(
        "\(one.id)\t\(one.title[language])\t\(one.unit.text)\t\(one.nature.rawValue)\t\(one.formula)\t\(one.certainty.rawValue)"
      )
    }
    for one in plan.book.series {
      let source =
        switch one.source {
        case .map(let tally): tally.dataset.text
        case .ledger(let kind): "ledger/" + kind
        case .external: "external"
        }
      Terminal.line("\(one.name)\t\(one.title[language])\t\(one.unit.text)\t\(source)")
    }
  }
}

/// `karez indicators compute`: all figures of a year from the map.
struct IndicatorsComputeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compute", abstract: "由一张图计算一年的全部指标 · compute all figures of a year")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "年度 · year") var year: Int
  @Option(name: .long, help: "取数日（年末或今天） · as of this day") var on: LegalDate?

  func run() async throws {
    let indicators = try await store.open().indicators()
    let start = Date()
    let all = try await indicators.compute(year: year, on: on, by: .operator, in: .all)
    let seconds = String(format: "%.1f", Date().timeIntervalSince(start))
    let figures = all.flatMap(\.figures)
    let there = figures.count { $0.value != nil }
    if common.json { return Terminal.json(.array(all.map(\.json))) }
    Terminal.say(
      "\(all.count) 个行政区，\(figures.count) 个指标值，有数 \(there) 个，缺数 \(figures.count - there) 个（\(seconds) 秒）",
      "\(all.count) regions, \(figures.count) figures, \(there) there, \(figures.count - there) missing (\(seconds) s)"
    )
  }
}

/// `karez indicators show`: the figures that were kept.
struct IndicatorsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "指标值与来源 · figures and what they rest on")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "年度 · year") var year: Int
  @Option(name: .long, help: "行政区（全地区） · region (the prefecture)") var region: String?

  func run() async throws {
    let indicators = try await store.open().indicators()
    let wanted = region ?? indicators.regions.first ?? ""
    let kept = try await indicators.kept(year: year, in: .all).filter { $0.region == wanted }
    if common.json { return Terminal.json(.array(kept.map(\.json))) }
    for figure in kept.flatMap(\.figures) {
      guard let own = indicators.plan.book.definition(figure.indicator) else { continue }
      let missing = figure.inputs.filter { $0.reading == nil }.map(\.name.text)
      let value =
        figure.value.flatMap(own.text).map { "\($0)\(own.unit.text)" }
        ?? (missing.isEmpty ? "÷ 0" : "– " + missing.joined(separator: ", "))
      let level = kept.first?.levels[figure.indicator]?.name ?? ""
      Terminal.line("\(figure.indicator)\t\(own.title[Terminal.language])\t\(value)\t\(level)")
    }
  }
}

/// `karez indicators import`: values from outside, with who answers for them.
struct IndicatorsImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "导入外部数据（CSV） · bring values of series from outside")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "CSV: series,region,year,value,unit,source") var file: String
  @Option(name: .long, help: "责任单位 · who answers for it") var steward: String

  func run() async throws {
    let receipt = try await store.open().indicators().bring(
      file, steward: steward, by: .operator)
    for doubt in receipt.doubts { Terminal.say(doubt.zh, doubt.en) }
    Terminal.say(
      "\(receipt.values) 个值，新增或变更 \(receipt.news) 个",
      "\(receipt.values) values, \(receipt.news) new or changed")
  }
}

/// A year whose figures stand, or are worked out again, and why.
struct LockOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @Argument(help: "年度 · year") var year: Int
  @Option(name: .long, help: "理由 · why") var reason: String

  func set(_ isLocked: Bool) async throws {
    try await store.open().indicators().setLock(
      isLocked, year: year, because: reason, by: .operator)
    Terminal.say(
      "\(year) 年\(isLocked ? "已锁定" : "已解锁")",
      "\(year) is \(isLocked ? "locked" : "open again")")
  }
}

/// `karez indicators lock`: a year that was reported stands.
struct IndicatorsLockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock", abstract: "锁定一年的指标值 · lock a year")

  @OptionGroup var common: CommonOptions
  @OptionGroup var lock: LockOptions

  func run() async throws { try await lock.set(true) }
}

/// `karez indicators unlock`: opens a year again, with a reason.
struct IndicatorsUnlockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlock", abstract: "解锁一年的指标值 · unlock a year")

  @OptionGroup var common: CommonOptions
  @OptionGroup var lock: LockOptions

  func run() async throws { try await lock.set(false) }
}

/// `karez indicators warnings`: figures that are far from what is asked.
struct IndicatorsWarningsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "warnings", abstract: "指标预警 · warnings")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let warnings = try await store.open().indicators().warnings(in: .all)
    if common.json { return Terminal.json(.array(warnings.map(\.json))) }
    for one in warnings {
      Terminal.line(
        "\(one.level.name)\t\(one.state.rawValue)\t\(one.region)\t\(one.indicator)\t\(one.year)")
    }
  }
}

/// `karez indicators handle`: what is done about a warning, or that it is over.
struct IndicatorsHandleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handle", abstract: "处置或销号预警 · deal with a warning, or close it")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "指标 · indicator") var indicator: String
  @Argument(help: "行政区 · region") var region: String
  @Option(name: .long, help: "处置情况 · what is done") var saying: String
  @Flag(name: .long, help: "销号 · it is over") var close = false

  func run() async throws {
    try await store.open().indicators().handle(
      indicator, region: region, saying: saying, isClosing: close, by: .operator, in: .all)
    Terminal.say(close ? "已销号" : "处置中", close ? "closed" : "in hand")
  }
}

/// `karez indicators closure`: whether targets were handed on whole.
struct IndicatorsClosureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "closure", abstract: "指标分解闭合 · whether targets sum to what was given")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let indicators = try await store.open().indicators()
    for one in indicators.closures {
      let words = one.isBroken ? "≠" : "="
      Terminal.line(
        "\(one.indicator)\t\(one.region)\t\(one.year)\t\(one.upper.value) \(words) \(one.lower.value)\t–\(one.waiting.count)"
      )
    }
    if indicators.closures.isEmpty {
      Terminal.say("没有可核对的分解：县（市）目标待下达", "nothing to close yet: targets below are not handed down")
    }
    if indicators.closures.contains(where: \.isBroken) { throw ExitCode(3) }
  }
}
