import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezService
import KarezStore
import KarezWeb
import Logging

/// `karez serve`: portal and application API.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "启动门户与接口 · portal and API")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "地址；建立账户之前仅限本机 · address; loopback only until there are accounts")
  var host = "127.0.0.1"
  @Option(name: .long, help: "端口，0 为任选 · port, 0 for any") var port = 8080
  @Option(name: .long, help: "同时办理的任务数 · jobs done at the same time") var workers = 1

  @OptionGroup var witness: WitnessOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port: \(port): 0…65535") }
    guard (0...64).contains(workers) else { throw ValidationError("--workers: \(workers): 0…64") }
  }

  func run() async throws {
    let map = try await store.open()
    try await Serving.run(
      map, host: host, port: port, workers: workers, witness: try witness.open())
  }
}

/// Serving until stopped, shared by `serve` and `demo --serve`.
enum Serving {
  static func run(
    _ map: OneMap, host: String, port: Int, workers: Int = 1,
    witness: (witness: WitnessFolder, signer: PrivateKey)? = nil
  ) async throws {
    var logger = Logger(label: "karez") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    let log = logger
    let working = Task {
      await Workers(map: map) { what, state in log.warning("\(what): \(state)") }
        .run(count: workers)
    }
    defer { working.cancel() }
    var witnessing: Task<Void, Never>?
    if let witness {
      let service = try map.checkpointService(into: witness.witness, by: witness.signer) {
        log.error("\($0.line(in: .en))")
      }
      witnessing = Task { await service.run() }
    } else {
      Terminal.say(
        "未指定见证文件夹：日志没有检查点（见 docs/operations.md）",
        "no witness folder: nobody vouches for the log (see docs/operations.md)")
    }
    defer { witnessing?.cancel() }
    let gathering = Task { await map.gatherReads { log.error("\($0.line(in: .en))") } }
    defer { gathering.cancel() }
    try await WebServer(map: map, logger: logger).run(host: host, port: port) { address in
      if (try? await map.accounts.isEmpty()) == true {
        Terminal.say(
          "尚无账户：本机来客均按操作员对待；用 karez user add 建立账户后须登录",
          "no accounts yet: whoever is at this machine acts as the operator; "
            + "after karez user add everyone signs in")
      }
      // On standard output, because a program that starts us waits for this line.
      Terminal.line(Terminal.language == .en ? "serving \(address)" : "门户已启动 serving \(address)")
    }
    await map.flushReads { log.error("\($0.line(in: .en))") }
  }
}
