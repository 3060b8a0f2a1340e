import ArgumentParser
import KarezCore
import KarezService

/// `karez bench`: one benchmark job, its figures as JSON.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "性能测试 · one benchmark job",
    subcommands: [
      BenchCheckCommand.self, BenchProbeCommand.self, BenchLayersCommand.self,
      BenchCoverageCommand.self, BenchLayoutCommand.self, BenchLogCommand.self,
      BenchTilesCommand.self, BenchClocksCommand.self, BenchLedgerCommand.self,
    ])
}

/// `karez bench check`: whole compliance answers.
struct BenchCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "合规检查 · compliance answers for many boundaries")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "次数 · how many boundaries") var count = 200
  @Option(name: .long, help: "写出边界供其他系统使用 · write the boundaries for peers")
  var boundaries: String?

  func run() async throws {
    let map = try await store.open()
    Terminal.json(
      try await CheckBenchmark(map: map, count: count).run(writing: boundaries).json)
  }
}

/// `karez bench probe`: what a check costs the library, on the map there is.
struct BenchProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe", abstract: "单次查询，仅测算法 · one look at the map, library only")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "次数 · how many boundaries") var count = 200

  func run() async throws {
    let map = try await store.open()
    Terminal.json(try await ProbeBenchmark(map: map, count: count).run().json)
  }
}
