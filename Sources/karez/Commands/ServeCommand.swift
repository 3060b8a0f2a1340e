import ArgumentParser
import Foundation
import KarezCore
import KarezService
import KarezWeb
import Logging

/// `karez serve`: portal and application API.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "启动门户与接口 · portal and API")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .long, help: "地址（仅限本机） · address (loopback only)") var host = "127.0.0.1"
  @Option(name: .long, help: "端口，0 为任选 · port, 0 for any") var port = 8080

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port: \(port): 0…65535") }
  }

  func run() async throws {
    let map = try await store.open()
    try await Serving.run(map, host: host, port: port)
  }
}

/// Serving until stopped, shared by `serve` and `demo --serve`.
enum Serving {
  static func run(_ map: OneMap, host: String, port: Int) async throws {
    var logger = Logger(label: "karez") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    try await WebServer(map: map, logger: logger).run(host: host, port: port) { address in
      // On standard output, because a program that starts us waits for this line.
      Terminal.line(Terminal.language == .en ? "serving \(address)" : "门户已启动 serving \(address)")
    }
  }
}
