import ArgumentParser
import KarezCore
import KarezService

/// `karez bench clocks`: what a due date takes.
struct BenchClocksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clocks", abstract: "法定时限计算，仅测算法 · due dates, library only")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "次数 · how many") var count = 1_000_000

  func run() throws {
    Terminal.json(try ClockBenchmark(try Installation.find(), count: count).run().json)
  }
}
