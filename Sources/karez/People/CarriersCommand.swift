import ArgumentParser
import KarezCore
import KarezService

/// `karez carriers`: what carries notices out, and a mail to try it with.
struct CarriersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "carriers", abstract: "送达通道 · what carries notices")

  @OptionGroup var common: CommonOptions
  @OptionGroup var store: StoreOptions
  @Option(name: .customLong("try"), help: "向此邮箱试发一封 · send a trial mail there")
  var address: String?

  func run() async throws {
    let map = try await store.open()
    let lines = try map.carriers().lines
    for line in lines { Terminal.line(line) }
    if lines.isEmpty {
      Terminal.line(Terminal.language == .en ? "files only" : "只有文件 files only")
    }
    guard let address else { return }
    try await map.tryMail(to: address)
    Terminal.line(Terminal.language == .en ? "sent" : "已发出 sent")
  }
}
