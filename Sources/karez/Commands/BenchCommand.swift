import ArgumentParser
import KarezCore
import KarezService

/// `karez bench`: one benchmark job, its figures as JSON.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "性能测试 · one benchmark job",
    subcommands: [BenchLayersCommand.self])

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Argument(help: "check, probe") var job: String
  @Option(name: .long, help: "次数 · how many boundaries") var count = 200
  @Option(name: .long, help: "写出边界供其他系统使用 · write the boundaries for peers")
  var boundaries: String?

  func run() async throws {
    guard ["check", "probe"].contains(job) else {
      throw ValidationError("bench: \(job): check, probe")
    }
    let map = try await store.open()
    let figures =
      job == "probe"
      ? try await ProbeBenchmark(map: map, count: count).run()
      : try await CheckBenchmark(map: map, count: count).run(writing: boundaries)
    Terminal.json(figures.json)
  }
}
