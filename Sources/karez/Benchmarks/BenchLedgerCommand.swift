import ArgumentParser
import KarezCore
import KarezService

/// `karez bench ledger`: postings in batches, and one by one.
struct BenchLedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "记账速度 · how fast postings are recorded")

  @OptionGroup var common: CommonOptions
  @Option(name: .long, help: "成批记账的笔数 · postings in batches") var postings = 50_000
  @Option(name: .long, help: "每批笔数 · to a batch") var batch = 5_000
  @Option(name: .long, help: "逐笔落盘的笔数 · postings one by one") var durable = 1_000
  @Option(name: .customLong("store"), help: "空的服务器数据库 · an empty database of a server")
  var server: String?

  func validate() throws {
    for count in [postings, batch, durable] where !(1...10_000_000).contains(count) {
      throw ValidationError("--postings, --batch, --durable: \(count): 1…10000000")
    }
  }

  func run() async throws {
    Terminal.json(
      try await LedgerBenchmark(
        postings: postings, batch: batch, durable: durable, server: server
      ).run())
  }
}
