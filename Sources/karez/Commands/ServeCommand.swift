import ArgumentParser
import Foundation
import KarezCore
import KarezCrypto
import KarezPacks
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

  @Option(
    name: .long,
    help: "前置服务器的地址，可重复；其 X-Forwarded-* 才算数 · address of a proxy whose X-Forwarded-* counts")
  var proxy: [String] = []
  @Option(name: .long, help: "限额文件，替代 Packs/web.yaml · file of limits instead of Packs/web.yaml")
  var limits: String?

  @OptionGroup var witness: WitnessOptions

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port: \(port): 0…65535") }
    guard (0...64).contains(workers) else { throw ValidationError("--workers: \(workers): 0…64") }
  }

  func run() async throws {
    let map = try await store.open()
    try await Serving.run(
      map, host: host, port: port, workers: workers, witness: try witness.open(),
      trusting: try witness.trusted(), limits: try map.webLimits(file: limits), proxies: Set(proxy))
  }
}

/// Serving until stopped, shared by `serve` and `demo --serve`.
enum Serving {
  static func run(
    _ map: OneMap, host: String, port: Int, workers: Int = 1,
    witness: (witness: WitnessFolder, signer: PrivateKey)? = nil,
    trusting keys: [PublicKey] = [], limits: WebLimits? = nil,
    proxies: Set<String> = []
  ) async throws {
    let log = Logger(label: "karez") { LogLines(label: $0, level: .info) }
    if witness == nil { try await map.requireWitness() }
    let limits = try limits ?? map.webLimits()
    // Settings nobody can carry notices by are told now and not by what stays undelivered.
    _ = (try map.carriers(), try map.paymentGateway())
    openFiles(for: limits.connections.most)
    let working = Task {
      await Workers(map: map) { what, state in
        log.warning("worker", metadata: ["worker": .string(what), "state": .string(state)])
      }
      .run(count: workers)
    }
    defer { working.cancel() }
    var witnessing: Task<Void, Never>?
    if let witness {
      let service = try map.checkpointService(
        into: witness.witness, by: witness.signer, trusting: keys
      ) {
        log.error("checkpoint", metadata: ["problem": .string($0.line(in: .en))])
      }
      witnessing = Task { await service.run() }
    } else {
      Terminal.say(
        "未指定见证文件夹：日志没有检查点（见 docs/operations.md）",
        "no witness folder: nobody vouches for the log (see docs/operations.md)")
    }
    defer { witnessing?.cancel() }
    let unread: @Sendable (Problem) -> Void = {
      log.error("reads", metadata: ["problem": .string($0.line(in: .en))])
    }
    let gathering = Task { await map.gatherReads(notice: unread) }
    defer { gathering.cancel() }
    let server = WebServer(
      map: map, logger: log, limits: limits, proxies: proxies,
      bundles: witness.map { BundleSigning($0.signer) })
    try await server.run(host: host, port: port) { address in
      if (try? await map.accounts.isEmpty()) == true {
        guard proxies.isEmpty else {
          return Terminal.say(
            "尚无账户：有前置服务器时一概不受理；请先运行 karez user bootstrap",
            "no accounts yet: behind a proxy nobody is answered; run karez user bootstrap first")
        }
        Terminal.say(
          "尚无账户：本机来客均按操作员对待；用 karez user add 建立账户后须登录",
          "no accounts yet: whoever is at this machine acts as the operator; "
            + "after karez user add everyone signs in")
      }
      // On standard output, because a program that starts us waits for this line.
      Terminal.line(Terminal.language == .en ? "serving \(address)" : "门户已启动 serving \(address)")
    }
    // Jobs under way give their leases back; whoever takes them up begins at once.
    working.cancel()
    await ended(working, within: limits.shutdownWithin)
    await map.flushReads(notice: unread)
    log.info("stopped")
  }

  /// Waits for a task that was told to end, but not for ever.
  private static func ended(_ task: Task<Void, Never>, within seconds: Int) async {
    let (ends, end) = AsyncStream<Void>.makeStream()
    Task {
      await task.value
      end.finish()
    }
    Task {
      try? await Task.sleep(for: .seconds(seconds))
      end.finish()
    }
    for await _ in ends {}
  }

  /// As many files as the connections need, as far as the machine allows.
  private static func openFiles(for connections: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let wanted = rlim_t(connections) + 512
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = min(wanted, limit.rlim_max)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
