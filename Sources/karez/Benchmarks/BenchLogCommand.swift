import ArgumentParser
import KarezCore
import KarezService

/// `karez bench log`: the verifier over a made-up log, checkpoints included.
struct BenchLogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "核验速度 · how fast a log is verified")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "条数 · entries") var entries = 500_000

  func validate() throws {
    guard (1...100_000_000).contains(entries) else {
      throw ValidationError("--entries: \(entries): 1…100000000")
    }
  }

  func run() async throws { Terminal.json(try await LogBenchmark(entries: entries).run()) }
}
